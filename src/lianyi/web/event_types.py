"""The catalogue of event types: a list that can be searched, and a page for each with its days, properties and senders.

Names and counts are all that it has; nobody's values.
"""

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianyi.events.catalogue.limits import DAYS, PROPERTIES, TYPES
from lianyi.events.catalogue.queries import event_type, totals, types_by_volume
from lianyi.events.catalogue.schemas import SenderLine, TypeShown
from lianyi.events.catalogue.words import EVENTS
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.workspaces.queries import write_keys
from lianyi.web.access import Seat, seated
from lianyi.web.asked import number_in
from lianyi.web.templatetags.shown import span

_PAGE = 50
_SPANS = (30, 90, DAYS)  # days that the chart offers
_USUAL = 90


@require_safe
@seated(Ability.SEE_REPORTS)
def event_types(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The types with the most events first, of those whose name as sent or as shown holds what is searched."""
    text = request.GET.get("q", "").strip()[:100]
    place = number_in(request.GET.get("events", "")), request.GET.get("after", "").replace("\x00", "")
    after = (place[0], place[1]) if place[0] is not None and place[1] else None
    found = types_by_volume(seat.workspace.pk, _PAGE + 1, text=text, also=_called(text), after=after)
    context: dict[str, Any] = {
        "types": found[:_PAGE],
        "further": found[_PAGE - 1] if len(found) > _PAGE else None,
        "text": text,
    }
    target = request.headers.get("HX-Target")
    if target == "more":
        return render(request, "web/parts/event_type_rows.html", context)
    context |= {"totals": totals(seat.workspace.pk), "most": TYPES}
    return render(request, "web/parts/event_types.html" if target == "types" else "web/event_types.html", context)


@require_safe
@seated(Ability.SEE_REPORTS)
def one(request: HttpRequest, seat: Seat) -> HttpResponse:
    """One type. Its name is part of the query, since it may hold any character."""
    found = event_type(seat.workspace.pk, request.GET.get("name", ""))
    if found is None:
        raise Http404
    days = number_in(request.GET.get("days", "")) or _USUAL
    days = days if days in _SPANS else _USUAL
    context = {
        "type": found,
        "chart": _chart(found, days),
        "days": days,
        "spans": _SPANS,
        "properties": [(line, line.seen / found.examined) for line in found.properties],
        "most": PROPERTIES,
        "senders": _senders(seat.workspace.pk, found),
    }
    part = request.headers.get("HX-Target") == "volume"
    return render(request, "web/parts/event_volume.html" if part else "web/event_type.html", context)


def _called(text: str) -> frozenset[str]:
    """The names whose words in the language of the page hold the text."""
    wanted = text.casefold()
    return frozenset(name for name, said in EVENTS.items() if wanted and wanted in str(said).casefold())


def _chart(found: TypeShown, days: int) -> dict[str, Any]:
    """The days of the span, empty ones too; up to today, or where that shows nothing, up to the last that has any."""
    counts = dict(found.days)
    last = timezone.localdate()
    newest: date = max(counts, default=last)
    if newest <= last - timedelta(days):
        last = newest
    shown = [last - timedelta(back) for back in range(days - 1, -1, -1)]
    return {
        "labels": [span(day, "day") for day in shown],
        "series": [{"name": _("Events"), "values": [counts.get(day, 0) for day in shown]}],
    }


def _senders(workspace: int, found: TypeShown) -> list[tuple[SenderLine, str, float]]:
    """Each sender with the label of its key, and its share."""
    keys = {key.id: f"{key.label} · {key.hint}…" for key in write_keys(workspace)}
    return [(one, keys.get(one.key, ""), one.events / found.line.events) for one in found.senders]
