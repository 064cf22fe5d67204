"""The list of people: search, filters, columns, and pages that follow one another by place."""

from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from pyroaring import BitMap

from lianyi.audience.scoring.queries import scoring, standings
from lianyi.audience.scoring.schemas import Standing
from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.people.profiles.bulk.queries import unfinished_taggings
from lianyi.people.profiles.queries import found_people, known_tags, sources, tags_of_people
from lianyi.people.profiles.queries import people as rows_of
from lianyi.people.profiles.schemas import PersonRow, Place
from lianyi.people.profiles.tags.facts import Dimension
from lianyi.web.access import Seat, seated
from lianyi.web.asked import PERSONS, number_in
from lianyi.web.labels import DIMENSIONS, KINDS, STAGES
from lianyi.web.people_filter import COLUMNS, ORDERS, USUAL, filter_of
from lianyi.web.segments.builder_words import STATES

_AT_ONCE = 50
_CHANNELS = 200  # that a choice offers
_CHOSEN_COLUMNS = "people_columns"  # in the session


@require_safe
@seated(Ability.SEE_PEOPLE)
def people(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Those who fit, the newest first. A page names the person that the one before ended with, so nobody is shown
    twice or left out while others arrive.
    """
    asked, workspace = filter_of(request.GET), seat.workspace.pk
    now, after = to_micros(system_clock()), _place(request.GET.get("after", ""))
    found = found_people(workspace, asked.wanted, now, _AT_ONCE, after)
    rows, columns = rows_of(workspace, found.numbers), columns_of(request)
    context: dict[str, Any] = {
        "people": rows,
        "shown": cells(workspace, rows, columns, now),
        "columns": [(name, label) for name, label in COLUMNS.items() if name in columns],
        "filter": asked,
        "further": found.further.number if found.further else None,
        "more": f"{reverse('people')}?{asked.query}{'&' if asked.query else ''}after=",
        "paged": after is not None,
    }
    target = request.headers.get("HX-Target")
    if after is not None and target == "more":
        return render(request, "web/parts/people_rows.html", context)
    if target == "people":
        return render(request, "web/parts/people_list.html", context)
    return render(request, "web/people.html", {**context, **_choices(workspace)})


def columns_of(request: HttpRequest) -> tuple[str, ...]:
    """The columns that the address chooses, which are remembered, else those chosen before."""
    if "columns" in request.GET:
        chosen = [name for name in request.GET.getlist("column") if name in COLUMNS]
        request.session[_CHOSEN_COLUMNS] = chosen
    kept = request.session.get(_CHOSEN_COLUMNS)
    return tuple(kept) if isinstance(kept, list) else USUAL


def _choices(workspace: int) -> dict[str, Any]:
    channels = sorted({one.channel for one in sources(workspace).values() if one.channel})
    return {
        "stages": STAGES,
        "kinds": KINDS,
        "states": STATES if scoring(workspace).taken else {},
        "channels": channels[:_CHANNELS],
        "tags": [(f"{dimension}:{name}", dimension, name) for dimension, name in known_tags(workspace)],
        "dimensions": [(one.value, DIMENSIONS[one.value]) for one in Dimension],
        "orders": ORDERS,
        "every_column": COLUMNS,
        "unfinished": unfinished_taggings(workspace),
    }


class Shown(NamedTuple):
    """A row of the list: the person, and where they are shown, tags and scores."""

    row: PersonRow
    tags: list[str]
    standing: Standing | None


def cells(workspace: int, rows: list[PersonRow], columns: tuple[str, ...], now: int) -> list[Shown]:
    """The rows with what their columns need besides."""
    numbers = [row.number for row in rows]
    tags = tags_of_people(workspace, numbers, now) if "tags" in columns else {}
    scores = standings(workspace, BitMap(numbers), now) if "score" in columns else {}
    return [Shown(row, tags.get(row.number, []), scores.get(row.number)) for row in rows]


def _place(text: str) -> Place | None:
    number = number_in(text, PERSONS)
    return None if number is None else Place(number)
