"""The ordered funnel: how many people did the things that the address lists, one after another.

The address holds the whole question, so that it can be sent to somebody else. Counts only: who they are is asked by a
segment.
"""

from datetime import date, timedelta
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianyi.events.catalogue.queries import types_by_volume
from lianyi.foundation.access.schemas import Ability
from lianyi.insight.funnel.ordered import MOST_STEPS, ordered_funnel, read_steps
from lianyi.insight.funnel.queries import period_of
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.kernel.errors import Refused
from lianyi.web.access import Seat, seated
from lianyi.web.asked import day_in, number_in
from lianyi.web.tables_out import csv_file
from lianyi.web.templatetags.shown import event_name

_WITHIN, _LONGEST = 30, 3_650  # days
_LEAST, _SPARE = 3, 1  # fields: at first, and beside those that are filled
_TYPES = 300  # names that the fields offer
_YEARS = range(1971, 2200)


class Asked(NamedTuple):
    """What the address asks. Days are of the workspace's zone, the last one included."""

    events: tuple[str, ...]
    within: int
    first: date | None
    last: date | None


class Reached(NamedTuple):
    """A step, how many people reached it, and of the step before and of the first one the shares."""

    event: str
    people: int
    of_before: float | None
    of_first: float | None


@require_safe
@seated(Ability.SEE_REPORTS)
def funnels(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The question in its form, and the answer where there is one."""
    asked, workspace = _asked(request.GET), seat.workspace.pk
    refused: Refused | None = None
    rows: list[Reached] = []
    if asked.events:
        try:
            rows = _counted(workspace, asked)
        except Refused as not_counted:
            refused = not_counted
    types = types_by_volume(workspace, _TYPES)
    fields = min(MOST_STEPS, max(_LEAST, len(asked.events) + _SPARE))
    context: dict[str, Any] = {
        "asked": asked,
        "fields": [*asked.events, *[""] * (fields - len(asked.events))][:MOST_STEPS],
        "most": MOST_STEPS,
        "longest": _LONGEST,
        "types": [(one.name, event_name(one.name)) for one in types],
        "rows": rows,
        "refused": refused,
        "query": request.GET.urlencode(),
    }
    return render(request, "web/funnels.html", context, status=422 if refused else 200)


@require_safe
@seated(Ability.SEE_REPORTS)
def export(request: HttpRequest, seat: Seat) -> HttpResponse | StreamingHttpResponse:
    """The answer as CSV; to the page where there is none."""
    try:
        rows = _counted(seat.workspace.pk, _asked(request.GET))
    except Refused:
        answer = redirect("funnels")
        answer["Location"] += f"?{request.GET.urlencode()}"
        return answer
    head = (_("Step"), _("Event"), _("People"), _("Of the step before"), _("Of the first step"))
    lines = [(place, *_plain(row)) for place, row in enumerate(rows, 1)]
    return csv_file("funnel", [head, *lines])


def _counted(workspace: int, asked: Asked) -> list[Reached]:
    if not 2 <= len(asked.events) <= MOST_STEPS:
        raise Refused("funnel.steps", "A funnel has 2 to {most} steps.", "Choose what follows what.", most=MOST_STEPS)
    steps = read_steps([{"event": event} for event in asked.events])
    after = None if asked.last is None else asked.last + timedelta(1)
    period = period_of(workspace, asked.first, after)
    people = ordered_funnel(workspace, steps, asked.within, to_micros(system_clock()), period)
    before = [0, *people]
    return [
        Reached(event, count, _share(count, before[place]) if place else None, _share(count, people[0]))
        for place, (event, count) in enumerate(zip(asked.events, people, strict=True))
    ]


def _share(some: int, of: int) -> float | None:
    return some / of if of else None


def _plain(row: Reached) -> tuple[Any, ...]:
    shares = ("" if share is None else f"{share:.4f}" for share in row[2:])
    return (row.event, row.people, *shares)


def _asked(said: QueryDict) -> Asked:
    events = tuple(text for one in said.getlist("step") if (text := one.strip()))
    within = number_in(said.get("within", ""))
    return Asked(events, min(within or _WITHIN, _LONGEST), _day(said.get("from", "")), _day(said.get("to", "")))


def _day(text: str) -> date | None:
    found = day_in(text)
    return found if found is not None and found.year in _YEARS else None
