"""Events: the newest as they arrive, and the dead letters, to be looked at, taken in again or dropped.

What a sender wrote is shown as text and nothing else, at most 32 kB of it.
"""

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lianyi.events.log import letters
from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused
from lianyi.people.timeline.queries import newest_events
from lianyi.web.access import Seat, seated
from lianyi.web.asked import number_in
from lianyi.web.refusals import told

_NEWEST = 50
_PAGE = 50
_SHOWN = 32_000  # bytes of a body


@require_safe
@seated(Ability.SEE_REPORTS)
def events(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The newest events, or those of one type; the live stream has the list asked for anew."""
    name = request.GET.get("type", "")[:200]
    context = {
        "events": newest_events(seat.workspace.pk, limit=_NEWEST, only=name),
        "live": seat.live,
        "type": name,
    }
    part = request.headers.get("HX-Target") == "tail"
    return render(request, "web/parts/tail.html" if part else "web/events.html", context)


@require_safe
@seated(Ability.SEE_REPORTS)
def dead_letters(request: HttpRequest, seat: Seat) -> HttpResponse:
    """What could not be used, the newest first, by reason if one is asked for."""
    reasons = letters.reasons(seat.workspace.pk)
    reason = request.GET.get("reason", "")
    reason = reason if reason in reasons else ""
    before = number_in(request.GET.get("before", ""))
    found = letters.newest(seat.workspace.pk, _PAGE + 1, before=before, reason=reason)
    context = {
        "letters": found[:_PAGE],
        "further": found[_PAGE - 1].id if len(found) > _PAGE else None,
        "reasons": reasons,
        "reason": reason,
    }
    target = request.headers.get("HX-Target")
    if target == "more":
        return render(request, "web/parts/letter_rows.html", context)
    return render(request, "web/parts/letters.html" if target == "letters" else "web/dead_letters.html", context)


@require_safe
@seated(Ability.EDIT_SETTINGS)
def dead_letter(request: HttpRequest, seat: Seat, letter: int) -> HttpResponse:
    """One letter with what its sender wrote."""
    return _page(request, seat, letter)


@require_POST
@seated(Ability.EDIT_SETTINGS)
def dead_letter_replay(request: HttpRequest, seat: Seat, letter: int) -> HttpResponse:
    """Takes it in again, if it can be taken now."""
    _found(seat, letter)
    try:
        letters.replay(seat.workspace.pk, letter, system_clock())
    except Refused as refused:
        return _page(request, seat, letter, told(refused))
    messages.success(request, _("It is on its way again."))
    return redirect("dead-letters")


@require_POST
@seated(Ability.EDIT_SETTINGS)
def dead_letter_drop(request: HttpRequest, seat: Seat, letter: int) -> HttpResponse:
    """Forgets it."""
    _found(seat, letter)
    letters.drop(seat.workspace.pk, letter)
    messages.success(request, _("It is forgotten."))
    return redirect("dead-letters")


def _page(request: HttpRequest, seat: Seat, letter: int, wrong: str = "") -> HttpResponse:
    found = _found(seat, letter)
    context: dict[str, Any] = {
        "letter": found,
        "body": _written(found.body[:_SHOWN]),
        "cut": len(found.body) > _SHOWN,
        "wrong": wrong,
    }
    return render(request, "web/dead_letter.html", context, status=422 if wrong else 200)


def _found(seat: Seat, letter: int) -> letters.Letter:
    found = letters.letter_of(seat.workspace.pk, letter) if letter < 2**63 else None
    if found is None:
        raise Http404
    return found


def _written(body: bytes) -> str:
    """JSON is indented; whatever else comes as it is, what is no text replaced."""
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return body.decode(errors="replace")
