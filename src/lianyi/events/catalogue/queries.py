"""Reads of the catalogue: its types, page by page, and one with its days, senders and properties."""

from collections.abc import Collection
from datetime import date, timedelta

from django.db.models import Max, Q, Sum

from lianyi.events.catalogue.limits import DAYS, may_be_kept
from lianyi.events.catalogue.models import EventDay, EventProperty, EventSender, EventsLeftOut, EventType
from lianyi.events.catalogue.schemas import PropertyLine, SenderLine, Totals, TypeLine, TypeShown

_KINDS = {
    "text": "texts", "number": "numbers", "truth": "truths", "null": "nulls", "list": "lists", "object": "maps",
}  # fmt: skip
_LINE = ("name", "events", "first_at", "last_at")


def types_by_name(workspace: int, limit: int, *, after: str = "") -> list[TypeLine]:
    """The types in the order of their names, those after `after`."""
    found = EventType.objects.filter(workspace=workspace, name__gt=after).order_by("name")
    return [TypeLine(*row) for row in found.values_list(*_LINE)[:limit]]


def types_by_volume(
    workspace: int,
    limit: int,
    *,
    text: str = "",
    also: frozenset[str] = frozenset(),
    after: tuple[int, str] | None = None,
) -> list[TypeLine]:
    """The types with the most events first, of those whose name contains `text` or is one of `also`; those after the
    one with so many events and this name, where a page ended. A workspace has a few hundred at most.
    """
    found = EventType.objects.filter(workspace=workspace)
    if text := text.replace("\x00", ""):
        found = found.filter(Q(name__icontains=text) | Q(name__in=sorted(also)))
    if after is not None:
        events, name = after
        found = found.filter(Q(events__lt=events) | Q(events=events, name__gt=name))
    return [TypeLine(*row) for row in found.order_by("-events", "name").values_list(*_LINE)[:limit]]


def totals(workspace: int) -> Totals:
    """How many types there are, and how many events are of none."""
    left_out = EventsLeftOut.objects.filter(workspace=workspace).values_list("events", flat=True).first() or 0
    return Totals(EventType.objects.filter(workspace=workspace).count(), left_out)


def event_type(workspace: int, name: str) -> TypeShown | None:
    """One type; None when the catalogue has none of this name."""
    row = EventType.objects.filter(workspace=workspace, name=name).first() if may_be_kept(name) else None
    if row is None:
        return None
    days = EventDay.objects.filter(workspace=workspace, name=name).order_by("day").values_list("day", "events")
    senders = EventSender.objects.filter(workspace=workspace, name=name).order_by("-events", "form", "origin", "key")
    properties = [_property(one) for one in EventProperty.objects.filter(workspace=workspace, name=name)]
    return TypeShown(
        TypeLine(row.name, row.events, row.first_at, row.last_at),
        row.examined,
        row.left_out,
        list(days),
        [SenderLine(one.form, one.origin, one.key, one.events) for one in senders],
        sorted(properties, key=lambda one: (-one.seen, one.name)),
    )


def seen_types(workspace: int, names: Collection[str]) -> set[str]:
    """Those of the names of which an event has ever come."""
    return set(EventType.objects.filter(workspace=workspace, name__in=names).values_list("name", flat=True))


def happened(workspace: int, names: Collection[str], from_on: date, to_on: date) -> dict[str, int]:
    """How often an event of each name happened on these days of the workspace's zone, whoever did it. Without a name of
    which the catalogue cannot say: one that is not kept, or days that are too long ago. A name has DAYS rows at most.
    """
    rows = (
        EventDay.objects.filter(workspace=workspace, name__in=names)
        .values_list("name")
        .annotate(newest=Max("day"), counted=Sum("events", filter=Q(day__gte=from_on, day__lte=to_on), default=0))
    )
    found = {name: int(events) for name, newest, events in rows if from_on > newest - timedelta(DAYS)}
    if not EventsLeftOut.objects.filter(workspace=workspace, events__gt=0).exists():
        known = seen_types(workspace, names)
        found |= {name: 0 for name in names if name not in known and may_be_kept(name)}
    return found


def any_came_by_key(workspace: int) -> bool:
    """Whether an event came by a write key, ever: not from inside, as by an import."""
    return EventSender.objects.filter(workspace=workspace, key__gt=0).exists()


def _property(row: EventProperty) -> PropertyLine:
    kinds = [(kind, int(getattr(row, column))) for kind, column in _KINDS.items()]
    met = sorted((one for one in kinds if one[1]), key=lambda one: -one[1])
    return PropertyLine(row.property, sum(count for _, count in met), met)
