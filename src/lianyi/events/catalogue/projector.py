"""The projector `catalogue`: counts events by type, day and sender, and what their properties are called.

Per event it costs a look-up and an addition; the database hears of a batch once. Properties are looked at in the first
thousand events of a type, and afterwards in one batch of sixteen, chosen by its number: so a replay chooses the same.
What is kept is a function of the events and their order alone, and bounded by `limits.py`.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from zoneinfo import ZoneInfo

from lianyi.events.catalogue import storing
from lianyi.events.catalogue.limits import (
    EXAMINED_THEN,
    EXAMINED_WHOLE,
    PROPERTIES,
    SENDERS,
    TYPES,
    TYPES_OF_ANYBODY,
    may_be_kept,
)
from lianyi.events.catalogue.shapes import KINDS, shape_of
from lianyi.events.catalogue.storing import Kept, Known, Sender
from lianyi.events.projection_tables import fingerprint, forget
from lianyi.events.schemas import Batch, Event
from lianyi.foundation.workspaces.queries import zone_of
from lianyi.kernel.clock import MINUTE, from_micros
from lianyi.kernel.ids import digest

_QUARTER = 15 * MINUTE  # no zone changes its day within one
_REMEMBERED = 100_000  # quarters of an hour
_ZONE_LASTS = 100  # batches, until a workspace is asked for it again

_Group = tuple[str, str, str, int, bool, int]  # name, form, origin, key, trusted, quarter of an hour


class CatalogueProjector:
    """Comes after those that say who somebody is; it asks nobody."""

    name = "catalogue"

    def __init__(self) -> None:
        self._zones: dict[int, tuple[int, ZoneInfo]] = {}  # by workspace, with the batches that it is good for
        self._days: dict[str, dict[int, date]] = {}  # by zone: quarter of an hour → day

    def project(self, batch: Batch) -> None:
        """Counts a batch, in the caller's transaction."""
        workspace = batch.workspace
        groups = _grouped(batch.events)
        known = storing.known(workspace, set(filter(may_be_kept, {group[0] for group in groups})))
        news = _kept(groups, known)
        left_out = self._count(groups, news, self._zone(workspace))
        _examine(batch, news)
        storing.count_types(workspace, news)
        storing.count_days(workspace, news)
        storing.count_senders(workspace, news, most=SENDERS)
        storing.count_properties(workspace, news, most=PROPERTIES)
        storing.count_left_out(workspace, left_out)

    def forget(self, workspace: int) -> None:
        """Drops what was counted."""
        self._zones.pop(workspace, None)
        for table in (*storing.TABLES, "event_erased"):
            forget(table, workspace)

    def fingerprint(self, workspace: int) -> dict[str, str]:
        """A digest for each table."""
        return {table: fingerprint(table, columns, workspace) for table, columns in storing.TABLES.items()}

    def _count(self, groups: Mapping[_Group, list[int]], news: Mapping[str, Kept], zone: ZoneInfo) -> int:
        """Adds the groups to their types; how many events are of none."""
        left_out = 0
        for (name, form, origin, key, _, quarter), (count, first_at, last_at) in groups.items():
            new = news.get(name)
            if new is None:
                left_out += count
                continue
            new.events += count
            new.first_at = min(new.first_at, first_at)
            new.last_at = max(new.last_at, last_at)
            day, sender = self._day(quarter, zone), Sender(form, origin, key)
            new.days[day] = new.days.get(day, 0) + count
            new.senders[sender] = new.senders.get(sender, 0) + count
        return left_out

    def _zone(self, workspace: int) -> ZoneInfo:
        left, zone = self._zones.get(workspace) or (0, None)
        if zone is None or not left:
            left, zone = _ZONE_LASTS, zone_of(workspace)
        self._zones[workspace] = (left - 1, zone)
        return zone

    def _day(self, quarter: int, zone: ZoneInfo) -> date:
        days = self._days.setdefault(zone.key, {})
        day = days.get(quarter)
        if day is None:
            if len(days) >= _REMEMBERED:
                days.clear()
            day = days[quarter] = from_micros(quarter * _QUARTER).astimezone(zone).date()
        return day


def _grouped(events: Iterable[Event]) -> dict[_Group, list[int]]:
    """How many events are alike, and when the first and the last of them happened. All that is done of each event."""
    groups: dict[_Group, list[int]] = {}
    for event in events:
        at = event.occurred_at
        if at > event.received_at:
            at = event.received_at
        alike = (event.name, event.form, event.origin, event.key, event.trusted, at // _QUARTER)
        group = groups.get(alike)
        if group is None:
            groups[alike] = [1, at, at]
        else:
            group[0] += 1
            if at > group[2]:
                group[2] = at
            elif at < group[1]:
                group[1] = at
    return groups


def _kept(groups: Iterable[_Group], known: Known) -> dict[str, Kept]:
    """The types that are in the catalogue, or find room there in the order in which they appear."""
    news: dict[str, Kept] = {}
    room = known.types
    for name, _, _, _, trusted, _ in groups:
        if name in news:
            continue
        before = known.of.get(name)
        if before is None:
            if room >= (TYPES if trusted else TYPES_OF_ANYBODY) or not may_be_kept(name):
                continue
            room += 1
        news[name] = Kept(before or 0)
    return news


def _examine(batch: Batch, news: Mapping[str, Kept]) -> None:
    """Looks at the properties of events of young types, or of all in a batch whose turn it is."""
    if digest("catalogue", str(batch.number))[0] % EXAMINED_THEN == 0:
        left = dict.fromkeys(news, len(batch.events))
    else:
        left = {name: EXAMINED_WHOLE - new.before for name, new in news.items() if new.before < EXAMINED_WHOLE}
    if not left:
        return
    for event in batch.events:
        if left.get(event.name, 0) > 0:
            left[event.name] -= 1
            new = news[event.name]
            new.examined += 1
            for name, kind in shape_of(event.raw).items():
                counts = new.properties.get(name)
                if counts is None:
                    counts = new.properties[name] = [0] * len(KINDS)
                counts[kind] += 1
