"""One segment: what it is, how its size went, who is in it, and why somebody is."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianyi.audience.segments import previewing, queries
from lianyi.audience.segments.schemas import Segment, State
from lianyi.audience.segments.using import users_of
from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import from_micros
from lianyi.kernel.errors import Refused
from lianyi.people.profiles.queries import people, search_people
from lianyi.rules.explaining import Explained
from lianyi.web.access import Seat, seated
from lianyi.web.asked import PERSONS, number_in
from lianyi.web.people import cells, columns_of
from lianyi.web.people_filter import COLUMNS
from lianyi.web.refusals import told
from lianyi.web.segments.seen import around, moment_now, segment_at, spoken
from lianyi.web.segments.venn import venn
from lianyi.web.segments.words import CAUSES
from lianyi.web.templatetags.shown import span

_MEMBERS, _CHANGES = 50, 20  # at once
_FEWEST = 6  # days before today that it shows at least: one alone would be no line
_SPANS = (30, 90, 366)  # days that the chart offers
_OTHERS = 3  # segments beside this one
_ALIKE = 10  # people whom a text may mean


@require_safe
@seated(Ability.SEE_PEOPLE)
def segment(request: HttpRequest, seat: Seat, segment: int) -> HttpResponse:
    """The rule in words, the history of the size, the newest changes, and where it is used."""
    one, workspace = segment_at(seat, segment), seat.workspace.pk
    days = number_in(request.GET.get("days", "")) or _SPANS[0]
    days = days if days in _SPANS else _SPANS[0]
    before = number_in(request.GET.get("before", ""))
    changes = queries.changes(workspace, segment, before=before, limit=_CHANGES + 1)
    if request.headers.get("HX-Target") == "standing":
        response = render(request, "web/segments/standing.html", around(seat, one))
        if one.state is not State.BUILDING:
            response["HX-Refresh"] = "true"
        return response
    context = {
        **around(seat, one),
        "days": days,
        "spans": _SPANS,
        "changes": [(change, CAUSES[change.cause.value]) for change in changes[:_CHANGES]],
        "further": changes[_CHANGES - 1].number if len(changes) > _CHANGES else None,
    }
    target = request.headers.get("HX-Target")
    if target == "more":
        return render(request, "web/segments/changes.html", context)
    context["chart"] = _chart(seat, one, days)
    if target == "sizes":
        return render(request, "web/segments/sizes.html", context)
    context["used_by"] = users_of(workspace, [segment]).get(segment, [])
    return render(request, "web/segments/one.html", context)


@require_safe
@seated(Ability.SEE_PEOPLE)
def members(request: HttpRequest, seat: Seat, segment: int) -> HttpResponse:
    """Who is in it, those who came last first. A page names the person that the one before ended with."""
    one, workspace = segment_at(seat, segment), seat.workspace.pk
    found, after = queries.members(workspace, segment), number_in(request.GET.get("after", ""), PERSONS)
    end = len(found) if after is None else found.rank(after - 1)
    numbers = list(found[max(end - _MEMBERS, 0) : end])[::-1]
    rows, columns = people(workspace, numbers), columns_of(request)
    context = {
        **around(seat, one),
        "shown": cells(workspace, rows, columns, moment_now()),
        "columns": [(name, label) for name, label in COLUMNS.items() if name in columns],
        "further": numbers[-1] if end > _MEMBERS else None,
        "more": f"{reverse('segment-members', args=[segment])}?after=",
        "unticked": True,
    }
    part = after is not None and request.headers.get("HX-Target") == "more"
    return render(request, "web/parts/people_rows.html" if part else "web/segments/members.html", context)


@require_safe
@seated(Ability.SEE_PEOPLE)
def why(request: HttpRequest, seat: Seat, segment: int) -> HttpResponse:
    """What each part of the rule says of somebody: by number, by an identity, or by a name, which may mean several."""
    one, workspace = segment_at(seat, segment), seat.workspace.pk
    text = request.GET.get("who", "").strip()[:200]
    alike = search_people(workspace, text, _ALIKE) if text else []
    numbered = [row for row in alike if text.removeprefix("#") == str(row.number)]
    person = numbered[0] if numbered else alike[0] if len(alike) == 1 else None
    context: dict[str, Any] = {**around(seat, one), "who": text, "alike": alike, "person": person}
    if person is not None:
        context["inside"] = person.number in queries.members(workspace, segment)
        if one.rule is not None:
            try:
                whole = previewing.explanation(workspace, one.rule, person.number, moment_now(), spoken())
                context["parts"] = _branches(whole)
                context["differs"] = whole.holds != context["inside"]
            except Refused as refused:
                context["wrong"] = told(refused)
    part = request.headers.get("HX-Target") == "reasons"
    return render(request, "web/segments/reasons.html" if part else "web/segments/why.html", context)


@require_safe
@seated(Ability.SEE_PEOPLE)
def overlap(request: HttpRequest, seat: Seat, segment: int) -> HttpResponse:
    """How many are in it and in up to three others at once, as a drawing and as a table."""
    one, workspace = segment_at(seat, segment), seat.workspace.pk
    names = queries.segment_names(workspace)
    asked = [number_in(text, PERSONS) for text in request.GET.getlist("with")]
    others = [number for number in dict.fromkeys(asked) if number is not None and number in names and number != segment]
    others = others[:_OTHERS]
    context: dict[str, Any] = {
        **around(seat, one),
        "choices": [(number, name) for number, name in names.items() if number != segment],
        "chosen": [*others, *([None] * (_OTHERS - len(others)))],
    }
    if others:
        asked_about = [segment, *others]
        parts = queries.overlap(workspace, asked_about)
        context["parts"] = [([number in part.inside for number in asked_about], part.people) for part in parts]
        context["sets"] = [(place, number, names[number]) for place, number in enumerate(asked_about)]
        context["all"] = sum(part.people for part in parts)
        context["venn"] = venn(asked_about, parts)
    part = request.headers.get("HX-Target") == "overlap"
    return render(request, "web/segments/parts.html" if part else "web/segments/overlap.html", context)


def _chart(seat: Seat, one: Segment, days: int) -> dict[str, Any]:
    """The size at the end of each day, as far back as the segment was there."""
    last = timezone.localdate()
    made = timezone.localtime(from_micros(one.created_at)).date()
    first = max(last - timedelta(days - 1), min(made, last - timedelta(_FEWEST)))
    sizes = queries.sizes_by_day(seat.workspace.pk, one.number, first, last, timezone.get_current_timezone())
    return {
        "labels": [span(day, "day") for day, _size in sizes],
        "series": [{"name": _("People in it"), "values": [size or 0 for _day, size in sizes]}],
    }


def _branches(part: Explained, depth: int = 0) -> list[tuple[int, Explained]]:
    return [(depth, part), *(below for one in part.parts for below in _branches(one, depth + 1))]
