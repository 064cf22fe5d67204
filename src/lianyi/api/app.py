"""The API as a whole: its sections in order, how ninja's errors are told, and its description."""

import json
from functools import cache

import structlog
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from lianyi.api import (  # noqa: F401  # each declares its section
    account,
    accounts,
    audit,
    campaigns,
    catalogue,
    clicks,
    code_looks,
    code_sheets,
    decisions,
    domains,
    duplicates,
    events,
    experiments,
    forms,
    gatherings,
    handovers,
    hours,
    imports,
    interviews,
    keys,
    learned,
    lifecycle,
    links,
    members,
    packs,
    pages,
    people,
    person,
    questions,
    reports,
    results,
    scores,
    segments,
    spend,
    surveys,
    tagging,
    webhooks,
    worth,
)
from lianyi.api.bodies import Parsed
from lianyi.api.openapi import complete
from lianyi.api.operations import SECTIONS
from lianyi.api.problems import Unserved, broken, of_status, problem
from lianyi.api.validation import errors_of
from lianyi.foundation.access.acting import current_actor
from lianyi.foundation.access.schemas import Denied
from lianyi.kernel.errors import Refused

log = structlog.get_logger()


def _made() -> NinjaAPI:
    api = NinjaAPI(
        title="Lianyi",
        version="1",
        urls_namespace="api",
        docs_url=None,
        openapi_url=None,
        parser=Parsed(),
    )
    for section in SECTIONS:
        api.add_router("", section.router)
    return api


api = _made()


@api.exception_handler(Refused)
def _refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    if isinstance(refusal, Denied):
        log.warning("access.denied", actor=current_actor().name, path=request.path)
    return problem(refusal)


@api.exception_handler(ValidationError)
def _invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    refusal = Unserved(
        422, "request.invalid", "Parts of the request are not as they must be.", "Mend what `errors` names."
    )
    return problem(refusal, errors_of(error.errors))


@api.exception_handler(HttpError)
def _by_ninja(_request: HttpRequest, error: HttpError) -> HttpResponse:
    return of_status(error.status_code)


@api.exception_handler(Http404)
def _nothing(_request: HttpRequest, _error: Http404) -> HttpResponse:
    return of_status(404)


@api.exception_handler(Exception)
def _broken(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("api.broken", path=request.path, exc_info=error)
    return broken()


@cache
def description() -> str:
    """The API in OpenAPI 3.1."""
    return json.dumps(complete(api.get_openapi_schema(path_prefix="/api/v1/")), ensure_ascii=False, indent=1) + "\n"
