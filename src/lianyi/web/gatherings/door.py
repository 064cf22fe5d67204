"""The door: a page for a phone, which reads tickets by its camera and goes on without a network.

What the phone keeps is a list of codes with what became of each, which says nothing of anybody, and the scans that have
not been told yet. It says how long ago each was by its own clock, so that a wrong clock makes no wrong moment.
"""

from pathlib import Path
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lianyi.foundation.access.schemas import Ability
from lianyi.growth.gatherings import queries
from lianyi.growth.gatherings.arrivals import CheckIn, Scan, check_in, codes_of
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.kernel.errors import Refused
from lianyi.web.access import Seat, seated
from lianyi.web.gatherings.words import SEATS
from lianyi.web.refusals import told
from lianyi.web.saving import found
from lianyi.web.security import PERMISSIONS

_WORKER = Path(__file__).parents[1] / "static" / "built" / "door-worker.js"
_SHOWN = 20  # people of a search
_CAMERA = PERMISSIONS.replace("camera=()", "camera=(self)")


class _Scan(msgspec.Struct):
    """What a phone says of a scan; `ago` in milliseconds."""

    ticket: str = ""
    code: str = ""
    registration: str = ""
    ago: int = 0
    anyway: str = ""


class _Scans(msgspec.Struct):
    scans: list[_Scan]


@require_safe
@seated(Ability.EDIT_PEOPLE)
def door(request: HttpRequest, seat: Seat, gathering: int) -> HttpResponse:
    """The page."""
    one = found(lambda: queries.gathering_of(seat.workspace.pk, gathering))
    answer = render(request, "web/gatherings/door.html", {"gathering": one, "words": _words()})
    answer.headers["Permissions-Policy"] = _CAMERA
    return answer


@require_safe
@seated(Ability.EDIT_PEOPLE)
def door_list(_request: HttpRequest, seat: Seat, gathering: int) -> HttpResponse:
    """The codes of all tickets, and how many came."""
    found(lambda: queries.gathering_of(seat.workspace.pk, gathering))
    codes = {
        code: [place.value, None if at is None else at // 1_000]
        for code, (place, at) in codes_of(seat.workspace.pk, gathering).items()
    }
    counts = queries.counts_of(seat.workspace.pk, gathering)
    came = sum(at is not None for _place, at in codes.values())
    return JsonResponse({"codes": codes, "seated": counts.seated, "came": came})


@require_POST
@seated(Ability.EDIT_PEOPLE)
def door_check(request: HttpRequest, seat: Seat, gathering: int) -> HttpResponse:
    """What a phone has scanned, now or while it had no network; the same again says the same."""
    found(lambda: queries.gathering_of(seat.workspace.pk, gathering))
    try:
        said = msgspec.json.decode(request.body, type=_Scans)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, RawPostDataException):
        return JsonResponse({"detail": _("This is no list of scans.")}, status=400)
    scans = [Scan(one.ticket, one.code, one.registration, one.ago * 1_000, one.anyway) for one in said.scans]
    try:
        done = check_in(seat.workspace.pk, gathering, scans, system_clock())
    except Refused as refused:
        return JsonResponse({"detail": told(refused)}, status=422)
    return JsonResponse({"items": [_item(one) for one in done], "now": to_micros(system_clock()) // 1_000})


@require_safe
@seated(Ability.EDIT_PEOPLE)
def door_search(request: HttpRequest, seat: Seat, gathering: int) -> HttpResponse:
    """Who registered by that name, phone or e-mail."""
    one = found(lambda: queries.gathering_of(seat.workspace.pk, gathering))
    words = request.GET.get("q", "").strip()[:100]
    rows = queries.registrations(seat.workspace.pk, gathering, _SHOWN, containing=words) if words else []
    items = [
        {
            "registration": line.event,
            "name": str(line.answers.get(one.draft.name_field, "")),
            "others": " · ".join(
                str(value)
                for key, value in line.answers.items()
                if key != one.draft.name_field and isinstance(value, str)
            ),
            "seat": str(SEATS[line.seat][1]),
            "came": None if line.came_at is None else line.came_at // 1_000,
        }
        for line, _place in rows
    ]
    return JsonResponse({"items": items})


@require_safe
@seated(Ability.EDIT_PEOPLE)
def door_worker(_request: HttpRequest, _seat: Seat) -> HttpResponse:
    """The script that keeps the page for when there is no network; it stands above the pages that it serves."""
    answer = HttpResponse(_WORKER.read_bytes(), content_type="text/javascript; charset=utf-8")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _item(one: CheckIn) -> dict[str, Any]:
    return {
        "outcome": one.outcome.value,
        "registration": one.registration,
        "name": one.name,
        "at": None if one.at is None else one.at // 1_000,
    }


def _words() -> dict[str, str]:
    """What the page's script says."""
    return {
        "came": _("Welcome"),
        "before": _("Checked in before, {at}"),
        "undone": _("This check-in was undone, {at}. Let them in if they are here."),
        "waiting": _("Has no seat: on the waiting list"),
        "cancelled": _("Has cancelled"),
        "repeated": _("A second registration of somebody who has a ticket"),
        "unknown": _("No ticket of this gathering"),
        "kept": _("Noted. It is told when there is a network again."),
        "kept_unknown": _("Not on this phone's list of {at}. Noted; the answer comes with the network."),
        "again": _("Scanned before on this phone, {at}"),
        "offline": _("No network. {count} noted here."),
        "online": _("Connected."),
        "settled": _("{count} told: {came} counted now, {before} were there before, {other} to be looked at."),
        "signed_out": _("You are signed out. Sign in again; what is noted here stays."),
        "no_camera": _("There is no camera to be had here. Type the code instead."),
        "let_in": _("Let in anyway"),
        "check_in": _("Check in"),
        "nobody": _("Nobody is called that."),
        "count": _("{came} of {seated} are here"),
    }
