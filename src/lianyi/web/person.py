"""One person, whole: the 360° page and its timeline."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from lianyi.audience.handover import queries as handovers
from lianyi.audience.scoring import queries as scores
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.members.queries import names_of
from lianyi.growth.interviews.queries import interviews
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.people.duplicates.queries import open_pairs_of
from lianyi.people.identity.queries import merges_of, persons_of, questions_about
from lianyi.people.profiles.queries import people, person_page
from lianyi.people.profiles.schemas import PersonRow, PersonUnknown
from lianyi.people.timeline.queries import timeline
from lianyi.people.timeline.schemas import Moment, Place
from lianyi.web.access import Seat, seated
from lianyi.web.foreseen import foresees
from lianyi.web.labels import DIMENSIONS
from lianyi.web.timeline_filter import WHAT, Asked
from lianyi.web.trait_form import Typed, form_of

_MOST = 2**31
_AT_ONCE = 30
_LOOKED_THROUGH = 600  # events that one request reads in search of a name
_INTERVIEWS = 5  # that are shown, the newest
_ORDERS = 50  # that are shown, the newest
_PATH = 12  # touches that are drawn; of a longer path the first ones and the last ones


@require_safe
@seated(Ability.SEE_PEOPLE)
def person(request: HttpRequest, seat: Seat, number: int) -> HttpResponse:
    """The page of a person. A number that became part of another leads there; any other is nobody."""
    return shown(request, seat, number)


def shown(request: HttpRequest, seat: Seat, number: int, *, typed: Typed | None = None) -> HttpResponse:
    """The page; `typed` is a trait that was typed and refused."""
    workspace = seat.workspace.pk
    survivor = persons_of(workspace, [number]).get(number) if 0 < number < _MOST else None
    if not survivor:
        raise Http404
    if survivor != number:
        return redirect("person", survivor)
    now = to_micros(system_clock())
    try:
        page = person_page(workspace, number, now)
    except PersonUnknown:
        raise Http404 from None
    touches = list(page.touches)
    left_out = max(0, len(touches) - _PATH)
    context = {
        "page": page,
        "row": page.row,
        "merges": merges_of(workspace, number),
        "pairs": _others(workspace, number, open_pairs_of(workspace, number)),
        "conflicts": _others(workspace, number, questions_about(workspace, number)),
        "trait_form": form_of(workspace, request.GET.get("trait", ""), page.traits, typed),
        "what": WHAT,
        "dimensions": DIMENSIONS,
        "path": touches[: _PATH // 2] + touches[-(_PATH // 2) :] if left_out else touches,
        "left_out": left_out,
        "gap_after": _PATH // 2 if left_out else 0,
        "orders": page.orders[:_ORDERS],
        "orders_left_out": max(0, len(page.orders) - _ORDERS),
        "standing": scores.standing(workspace, number, now),
        "foresees": foresees(workspace),
        "handover": handovers.open_of(workspace, number),
        "interviews": interviews(workspace, _INTERVIEWS, person=number),
        "takers": names_of(handovers.takers(workspace)) if "handovers_take" in seat.may else {},
    }
    return render(request, "web/person.html", context, status=422 if typed else 200)


@require_safe
@seated(Ability.SEE_PEOPLE)
def person_events(request: HttpRequest, seat: Seat, number: int) -> HttpResponse:
    """A part of the timeline: the events before a place, those of a name when one is asked for."""
    workspace = seat.workspace.pk
    if not 0 < number < _MOST or persons_of(workspace, [number]).get(number) != number:
        raise Http404
    asked = Asked.of(request.GET)
    moments, further = _events(workspace, number, asked, _place(request.GET.get("before", "")) or asked.beginning)
    context = {
        "number": number,
        "moments": moments,
        "asked": asked,
        "further": "-".join(map(str, further)) if further else "",
        "first": "before" not in request.GET,
    }
    return render(request, "web/parts/timeline.html", context)


def _events(workspace: int, number: int, asked: Asked, before: Place | None) -> tuple[list[Moment], Place | None]:
    """The next events that are asked for, and where to go on; at most so many are read, so rare ones take a few
    requests.
    """
    if not asked.any:
        found = timeline(workspace, number, limit=_AT_ONCE, before=before)
        return found, _behind(found) if len(found) == _AT_ONCE else None
    read = timeline(workspace, number, limit=_LOOKED_THROUGH, before=before)
    fit = [one for one in read if asked.fits(one)]
    if len(fit) > _AT_ONCE:
        return fit[:_AT_ONCE], _behind(fit[:_AT_ONCE])
    ended = len(read) < _LOOKED_THROUGH or (asked.since is not None and read[-1].occurred_at < asked.since)
    return fit, None if ended else _behind(read)


def _others(workspace: int, number: int, pairs: Sequence[Any]) -> list[tuple[Any, PersonRow]]:
    """Each of the pairs that this person is one half of, with the other half."""
    halves = [(one, one.person_b if one.person_a == number else one.person_a) for one in pairs]
    rows = {row.number: row for row in people(workspace, [half for _, half in halves])}
    return [(one, rows[half]) for one, half in halves if half in rows]


def _behind(moments: list[Moment]) -> Place:
    last = moments[-1]
    return Place(last.occurred_at, last.batch, last.position)


def _place(text: str) -> Place | None:
    parts = text.rsplit("-", 2)
    try:
        at, batch, position = (int(part) for part in parts)
    except ValueError:
        return None
    return Place(at, batch, position) if abs(at) < 2**63 and 0 <= batch < 2**63 and 0 <= position < 2**31 else None
