"""Errors as problem documents (RFC 9457), in the language of the caller."""

import json
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext

from lianyi.foundation.access.schemas import Denied, FactorDemanded
from lianyi.foundation.access.turns import Taken
from lianyi.foundation.tokens.answers import Busy
from lianyi.kernel.errors import Refused
from lianyi.kernel.sentences import Sentence
from lianyi.rules.reading import BadRule, Problem

CONTENT_TYPE = "application/problem+json"

_TITLES = {
    400: Sentence("The request cannot be read"),
    401: Sentence("No valid token"),
    403: Sentence("Not allowed"),
    404: Sentence("Not found"),
    405: Sentence("Method not allowed"),
    409: Sentence("Conflict"),
    411: Sentence("The length is missing"),
    412: Sentence("Changed meanwhile"),
    413: Sentence("Too large"),
    415: Sentence("Unknown kind of content"),
    422: Sentence("Not acceptable as it is"),
    429: Sentence("Too many calls"),
    500: Sentence("Broken"),
    503: Sentence("Not available"),
}
# What a refusal's code means to HTTP, where it is no 422.
_STATUS = {
    "arms.ran": 409,
    "arms.runs": 409,
    "arms.stands": 409,
    "arms.started": 409,
    "arms.there": 409,
    "campaign.key_fixed": 409,
    "campaign.there": 409,
    "domain.led_to": 409,
    "domain.many": 409,
    "domain.taken": 409,
    "domain.used": 409,
    "duplicates.answered": 409,
    "duplicates.long_ago": 409,
    "duplicates.none": 404,
    "duplicates.not_answered": 404,
    "duplicates.searching": 409,
    "form.edited": 409,
    "form.many": 409,
    "form.not_archived": 409,
    "form.not_published": 409,
    "form.version_unknown": 404,
    "form_file.gone": 404,
    "survey.version_unknown": 404,
    "survey.not_archived": 409,
    "gathering.came": 409,
    "gathering.many": 409,
    "gathering.not_published": 409,
    "gathering.over": 409,
    "gathering.registration_unknown": 404,
    "gathering.taken": 409,
    "survey.many": 409,
    "survey.not_published": 409,
    "learned.many": 409,
    "learned.no_scores": 409,
    "learned.runs": 409,
    "learned.there": 409,
    "link.busy": 409,
    "look.many": 409,
    "look.taken": 409,
    "sheet.no_file": 404,
    "sheet.runs": 409,
    "sheet.waiting": 409,
    "pack.none": 409,
    "pack.holder": 404,
    "link.fixed": 409,
    "link.scene_taken": 409,
    "link.taken": 409,
    "link.template_unknown": 404,
    "link.templates": 409,
    "page.archived": 409,
    "page.changed": 409,
    "page.many": 409,
    "page.taken": 409,
    "page.version": 404,
    "people.answered": 409,
    "people.no_answer": 404,
    "people.erased": 404,
    "people.no_merge": 404,
    "people.no_question": 404,
    "person.merged": 404,
    "letter.refused": 409,
    "letter.of_projector": 409,
    "outbox.busy": 409,
    "people.same": 409,
    "people.unmerged": 409,
    "scoring.changed": 409,
    "scoring.none": 409,
    "segment.name_taken": 409,
    "segment.used": 409,
    "handover.closed": 409,
    "handover.has_it": 409,
    "handover.nobody": 409,
    "handover.not_yours": 409,
    "handover.open": 409,
    "handover.state": 409,
    "account.twice": 409,
    "spend.twice": 409,
    "tag.no_task": 404,
    "upload.done": 409,
    "upload.gone": 409,
    "upload.large": 413,
    "upload.running": 409,
    "webhook.delivery_unknown": 404,
    "webhook.not_on": 409,
    "worth.no_buyer": 404,
    "worth.none": 404,
    "worth.runs": 409,
    "disk.low": 503,
    "invitation.many": 409,
    "member.gone": 409,
    "member.here": 409,
    "member.last_owner": 409,
    "member.no_factor": 409,
    "member.oneself": 409,
    "member.unknown_here": 404,
}


class Unserved(Refused):
    """HTTP itself says what is wrong with a request, by its status."""

    def __init__(
        self, status: int, code: str, sentence: str | Sentence, next_step: str | Sentence = "", /, **values: object
    ) -> None:
        super().__init__(code, sentence, next_step, **values)
        self.status = status


def status_of(refusal: Refused) -> int:
    """The status that a refusal is answered with."""
    match refusal:
        case Unserved():
            return refusal.status
        case Denied() | FactorDemanded():
            return HTTPStatus.FORBIDDEN
        case Busy() | Taken():
            return HTTPStatus.CONFLICT
        case _ if refusal.code in _STATUS:
            return _STATUS[refusal.code]
        case _:
            unknown = refusal.code.endswith(".unknown")
            return HTTPStatus.NOT_FOUND if unknown else HTTPStatus.UNPROCESSABLE_ENTITY


def problem(refusal: Refused, errors: list[dict[str, str]] | None = None) -> HttpResponse:
    """The refusal as a problem document; `errors` are {place, code, detail} of parts of the request."""
    status = status_of(refusal)
    document: dict[str, Any] = {
        "type": f"urn:lianyi:problem:{refusal.code}",
        "title": _TITLES[status].told(gettext),
        "status": status,
        "detail": refusal.sentence.told(gettext),
        "code": refusal.code,
        "next_step": refusal.next_step.told(gettext),
        "errors": [_of_rule(one, refusal.root) for one in refusal.problems]
        if isinstance(refusal, BadRule)
        else errors or [],
    }
    return HttpResponse(json.dumps(document, ensure_ascii=False), status=status, content_type=CONTENT_TYPE)


def _of_rule(wrong: Problem, root: str) -> dict[str, str]:
    place = f"{root}.{wrong.place}" if wrong.place else root
    return {"place": place, "code": wrong.code, "detail": wrong.sentence.told(gettext)}


def broken() -> HttpResponse:
    """What a bug or an outage is to the caller; the log has the rest."""
    return problem(Unserved(500, "broken", "Something broke on our side.", "Repeat the call; if it stays, tell us."))


def of_status(status: int) -> HttpResponse:
    """A problem for an answer that Django or ninja gave without one."""
    match status:
        case 400:
            return problem(Unserved(400, "request.invalid", "The request cannot be read."))
        case 404:
            return problem(
                Unserved(404, "address.unknown", "There is nothing at this address.", "See /api/v1/openapi.json.")
            )
        case 405:
            return problem(
                Unserved(405, "method.unknown", "This address does not know the method.", "See its header Allow.")
            )
        case _:
            return broken()
