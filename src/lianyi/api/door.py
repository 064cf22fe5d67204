"""The door: who calls, how fast, in which language; then the operation; then what every answer carries.

It answers the bearer of a token and nobody else: no session, no cookie, so no other website can make a browser call in
somebody's name, and no header opens it to one. Each call is done as its token, in the token's workspace.
"""

import copy
import hashlib
import time
from collections.abc import Callable
from contextlib import nullcontext

import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils import timezone, translation
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables

from lianyi.api.bodies import LARGEST, read_json
from lianyi.api.files import arriving, takes_file
from lianyi.api.problems import CONTENT_TYPE, Unserved, broken, of_status, problem
from lianyi.foundation.access.acting import acting_as, require
from lianyi.foundation.access.schemas import FactorDemanded
from lianyi.foundation.access.turns import be_alone, changing
from lianyi.foundation.tokens import answers
from lianyi.foundation.tokens.actions import note_use
from lianyi.foundation.tokens.pace import take
from lianyi.foundation.tokens.queries import bearer_of
from lianyi.foundation.tokens.schemas import Allowance, Bearer
from lianyi.foundation.workspaces.queries import zone_of
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused
from lianyi.kernel.ids import digest

VERSION = "v1/"
_KEPT_HEADERS = ("Content-Type", "Location")  # of an answer that is given again
log = structlog.get_logger()
View = Callable[[HttpRequest], HttpResponseBase]


@csrf_exempt
def door(request: HttpRequest, rest: str) -> HttpResponseBase:
    """Every address under `/api/`."""
    with translation.override(_language(request)):
        head = request.method == "HEAD"
        if head:
            request.method = "GET"
        try:
            response = _described(request) if rest == f"{VERSION}openapi.json" else _let_in(request, rest)
        except Refused as refusal:
            response = problem(refusal)
        except Exception:
            log.exception("api.broken", path=request.path)
            response = broken()
        response = _as_problem(response)
        if request.method == "GET" and response.status_code == 200:
            _tag(request, response)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        response.headers["Vary"] = "Authorization, Accept-Language"
        response.headers["Content-Language"] = translation.get_language() or settings.LANGUAGE_CODE
        if head:
            request.method = "HEAD"
    return response


def _language(request: HttpRequest) -> str:
    """The first language that the caller asks for and we speak; no cookie plays a part."""
    for asked, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "")[:500]):
        if asked != "*":
            try:
                return translation.get_supported_language_variant(asked)
            except LookupError:
                continue
    return settings.LANGUAGE_CODE


def _described(request: HttpRequest) -> HttpResponseBase:
    from lianyi.api.app import description

    if request.method != "GET":
        response = of_status(405)
        response.headers["Allow"] = "GET, HEAD"
        return response
    return HttpResponse(description(), content_type="application/json")


@sensitive_variables("secret")
def _let_in(request: HttpRequest, rest: str) -> HttpResponseBase:
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    secret = secret.strip()
    now = system_clock()
    response: HttpResponseBase
    bearer = bearer_of(secret, now) if kind.lower() == "bearer" else None
    if bearer is None:
        log.warning("token.refused", path=request.path, named=bool(secret))
        response = problem(
            Unserved(
                401,
                "token.invalid",
                "This call has no token that works.",
                "Send Authorization: Bearer with a token of Settings → API tokens.",
            )
        )
        response.headers["WWW-Authenticate"] = 'Bearer realm="lianyi"'
        return response
    allowance = take(bearer.line.id, time.time())
    if allowance.wait is not None:
        response = problem(
            Unserved(
                429,
                "pace.exceeded",
                "More than {limit} calls came within {window} seconds.",
                "Wait {wait} seconds.",
                limit=allowance.limit,
                window=allowance.window,
                wait=allowance.wait,
            )
        )
    elif bearer.lacks_factor:
        response = problem(FactorDemanded())
    else:
        note_use(bearer.line.id, bearer.line.last_used_at, now)
        with acting_as(bearer.actor), timezone.override(zone_of(bearer.workspace.pk)):
            response = _done(request, rest, bearer, secret)
    _tell_pace(response, allowance)
    return response


def _tell_pace(response: HttpResponseBase, allowance: Allowance) -> None:
    response.headers["RateLimit-Policy"] = f'"token";q={allowance.limit};w={allowance.window}'
    response.headers["RateLimit"] = f'"token";r={allowance.remaining};t={allowance.reset}'
    if allowance.wait is not None:
        response.headers["Retry-After"] = str(allowance.wait)


def _done(request: HttpRequest, rest: str, bearer: Bearer, secret: str) -> HttpResponseBase:
    """The operation's answer, with its effect or without any."""
    try:
        view = _view(request, rest)
        request.bearer = bearer  # type: ignore[attr-defined]
        by_file = takes_file(request.method, f"/{rest.removeprefix(VERSION)}")
        if by_file is None:
            request.told = read_json(request) if request.method in ("POST", "PUT", "PATCH") else {}  # type: ignore[attr-defined]
            return _answered(request, view, bearer, secret)
        if by_file.ability is not None:
            require(by_file.ability, bearer.workspace.pk)
        with arriving(request, by_file.most) as file:
            request.told = file  # type: ignore[attr-defined]
            return _answered(request, view, bearer, secret, file.digest)
    except RequestDataTooBig:
        return problem(Unserved(413, "body.too_large", "The body has more than {most:,} bytes.", most=LARGEST))
    except Refused as refusal:
        return problem(refusal)


def _answered(
    request: HttpRequest, view: View, bearer: Bearer, secret: str, content: bytes | None = None
) -> HttpResponseBase:
    """The answer of the view; `content` stands for a body that is a file, which only adds something."""
    if request.method in ("PUT", "PATCH", "DELETE") and "If-Match" in request.headers:
        return _if_unchanged(request, view, bearer)
    changes = request.method != "GET" and content is None
    with changing(bearer.workspace.pk) if changes else nullcontext():
        if request.method == "POST" and "Idempotency-Key" in request.headers:
            return _once(request, view, _call(request, bearer, secret, content))
        return view(request)


def _view(request: HttpRequest, rest: str) -> View:
    query = request.META.get("QUERY_STRING", "")
    if "\x00" in rest or "%00" in query or "\x00" in query:
        raise Unserved(400, "text.nul", "A text holds the character NUL, which cannot be stored.", "Leave it out.")
    try:
        match = (
            resolve(f"/{rest.removeprefix(VERSION)}", urlconf="lianyi.api.urls") if rest.startswith(VERSION) else None
        )
    except Resolver404:
        match = None
    if match is None:
        return lambda _: of_status(404)
    return lambda asked: match.func(asked, *match.args, **match.kwargs)


def _call(request: HttpRequest, bearer: Bearer, secret: str, content: bytes | None) -> answers.Call:
    key = request.headers["Idempotency-Key"]
    if not (0 < len(key) <= answers.LONGEST_KEY and key.isascii() and key.isprintable()):
        raise Unserved(
            422,
            "idempotency.key",
            "An Idempotency-Key has 1 to {most} characters of ASCII.",
            "A random UUID is a good one.",
            most=answers.LONGEST_KEY,
        )
    asked = digest(request.method or "", request.get_full_path(), request.body if content is None else content)
    return answers.Call(bearer.line.id, key, asked, secret)


def _once(request: HttpRequest, view: View, call: answers.Call) -> HttpResponseBase:
    """Does it in one transaction with its answer, or gives the answer that was given. What failed may be repeated."""
    with transaction.atomic():
        given = answers.begin(call, system_clock())
        if given is not None:
            response = HttpResponse(given.body, status=given.status, headers=dict(given.headers))
            response.headers["Idempotency-Replayed"] = "true"
            return response
        done = view(request)
        if done.status_code >= 400 or not isinstance(done, HttpResponse):
            transaction.set_rollback(True)
        else:
            headers = {name: done.headers[name] for name in _KEPT_HEADERS if name in done.headers}
            answers.keep(call, answers.Given(done.status_code, headers, done.content))
        return done


def _if_unchanged(request: HttpRequest, view: View, bearer: Bearer) -> HttpResponseBase:
    """Does it only while what is there is what the caller has seen; such changes come one after another."""
    wanted = {tag.strip() for tag in request.headers["If-Match"].split(",")}
    with transaction.atomic():
        be_alone(bearer.workspace.pk)
        asked = copy.copy(request)
        asked.method = "GET"
        seen = view(asked)
        if seen.status_code == 405:  # nothing is read there, so nothing can have been seen
            return view(request)
        if seen.status_code not in (200, 404):
            return seen
        there = seen.status_code == 200 and isinstance(seen, HttpResponse)
        if not there or ("*" not in wanted and _tag_of(seen.content) not in wanted):  # type: ignore[attr-defined]
            raise Unserved(
                412,
                "state.changed",
                "This was changed since you read it, or it is not there.",
                "Read it again and decide anew.",
            )
        done = view(request)
        if done.status_code >= 400:
            transaction.set_rollback(True)
        return done


def _as_problem(response: HttpResponseBase) -> HttpResponseBase:
    """Every error has its document, also those that Django and ninja answer by themselves."""
    if response.status_code < 400 or response.headers.get("Content-Type") == CONTENT_TYPE:
        return response
    told = of_status(response.status_code)
    for name in ("Allow", "Retry-After", "RateLimit", "RateLimit-Policy"):
        if name in response.headers:
            told.headers[name] = response.headers[name]
    return told


def _tag(request: HttpRequest, response: HttpResponseBase) -> None:
    """The digest of the answer; nothing but that when the caller has it already."""
    if not isinstance(response, HttpResponse):
        return
    tag = _tag_of(response.content)
    response.headers["ETag"] = tag
    known = {one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")}
    if tag in known or "*" in known:
        response.status_code = 304
        response.content = b""
        for name in ("Content-Type", "Content-Length"):
            response.headers.pop(name, None)


def _tag_of(content: bytes) -> str:
    return f'"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'
