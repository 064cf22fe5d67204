"""The overview: the AISAS funnel by source, new people over time, who came last, what happened last, and how many stand
in each stage.

The page comes at once and asks for what is counted by itself: those are kept answers, shown with their moment while the
next is on its way. The newest people and events are asked for again whenever the live stream says that something new is
there.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import to_micros
from lianyi.people.profiles.queries import newest_people
from lianyi.people.profiles.schemas import PersonRow
from lianyi.people.timeline.queries import newest_events
from lianyi.people.timeline.schemas import Moment
from lianyi.web.access import Seat, seated
from lianyi.web.first_steps import card_for, first_page
from lianyi.web.funnel import SIDES, funnel_shown
from lianyi.web.newcomers import newcomers_shown, stages_shown
from lianyi.web.periods import ALL, DEFAULT, PERIODS, period_of

_NEWEST = 10
_FOLLOWS = (
    "stage.changed",
    "score.changed",
    "segment.entered",
    "segment.left",
)  # what only follows from other events; after an import nothing else would be seen


@require_safe
@seated(Ability.SEE_REPORTS)
def overview(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The page; of an empty workspace, what to do next."""
    people = newest_people(seat.workspace.pk, _NEWEST)
    events = newest_events(seat.workspace.pk, limit=_NEWEST, without=_FOLLOWS)
    context: dict[str, Any] = {
        "live": seat.live,
        "people": people,
        "events": events,
        "period": DEFAULT if _lately(events, people) else ALL,
        "periods": PERIODS,
        "sides": SIDES,
    }
    if not people and not events and Ability.EDIT_KEYS in seat.actor.abilities:
        return first_page(request, seat)
    context["first"] = card_for(request, seat)
    return render(request, "web/overview.html", context)


@require_safe
@seated(Ability.SEE_REPORTS)
def newest(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The parts that change while one looks."""
    context = {
        "people": newest_people(seat.workspace.pk, _NEWEST),
        "events": newest_events(seat.workspace.pk, limit=_NEWEST, without=_FOLLOWS),
    }
    return render(request, "web/parts/newest.html", context)


@require_safe
@seated(Ability.SEE_REPORTS)
def funnel(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The funnel of a period, by first or last source."""
    side = request.GET.get("by", "")
    side = side if side in SIDES else "first_source"
    shown = funnel_shown(seat.workspace.pk, period_of(request.GET.get("period", "")), side)
    return render(request, "web/parts/funnel.html", {"funnel": shown, "periods": PERIODS, "sides": SIDES})


@require_safe
@seated(Ability.SEE_REPORTS)
def newcomers(request: HttpRequest, seat: Seat) -> HttpResponse:
    """New people of a period, by the channel that they came from first."""
    shown = newcomers_shown(seat.workspace.pk, period_of(request.GET.get("period", "")))
    return render(request, "web/parts/newcomers.html", {"newcomers": shown})


@require_safe
@seated(Ability.SEE_REPORTS)
def stages(request: HttpRequest, seat: Seat) -> HttpResponse:
    """How many people stand in each stage."""
    return render(request, "web/parts/stages.html", {"stages": stages_shown(seat.workspace.pk)})


def _lately(events: list[Moment], people: list[PersonRow]) -> bool:
    """Whether anything is as new as the default period: else, as after an import of old files, it would be empty."""
    start = period_of(DEFAULT).start
    at = [one.occurred_at for one in events] + [row.first_seen_at for row in people if row.first_seen_at is not None]
    return start is None or any(moment >= to_micros(start) for moment in at)
