"""Reads of segments."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import reduce
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q
from pyroaring import BitMap

from lianyi.audience.segments.definitions import rule_in
from lianyi.audience.segments.models import ChangeRow, ListUpload, SegmentRow
from lianyi.audience.segments.schemas import Cause, Change, Kind, Part, Segment, SegmentUnknown, State, Uploaded
from lianyi.audience.segments.storing import Memory
from lianyi.kernel.bitmaps import from_bytes
from lianyi.kernel.clock import day_bounds, to_micros
from lianyi.kernel.errors import Refused

_memory = Memory()


def segments(workspace: int) -> list[Segment]:
    """All of them, by name."""
    return [_shown(row) for row in SegmentRow.objects.filter(workspace=workspace).order_by("name")]


def segments_found(workspace: int, limit: int, *, text: str = "", after: str = "") -> list[Segment]:
    """Those whose name or note has the text in it, by name, behind the name `after`."""
    rows = SegmentRow.objects.filter(workspace=workspace, name__gt=after)
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(note__icontains=text))
    return [_shown(row) for row in rows.order_by("name")[:limit]]


def segment_names(workspace: int) -> dict[int, str]:
    """Number → name of all of them, by name."""
    return dict(SegmentRow.objects.filter(workspace=workspace).order_by("name").values_list("number", "name"))


def segment(workspace: int, number: int) -> Segment:
    """One of them. Refuses an unknown number."""
    row = SegmentRow.objects.filter(workspace=workspace, number=number).first()
    if row is None:
        raise SegmentUnknown(number)
    return _shown(row)


def members(workspace: int, number: int) -> BitMap:
    """Who is in it now; the caller may change the set. Refuses an unknown number."""
    held = _memory.held(workspace, [number])
    if number not in held:
        raise SegmentUnknown(number)
    return held[number].members.copy()


def upload_of(workspace: int, number: int) -> Uploaded | None:
    """The file of a list that came by one."""
    row = ListUpload.objects.filter(workspace=workspace, segment=number).first()
    if row is None:
        return None
    return Uploaded(row.rows, row.missing, tuple((first, last) for first, last in row.missed), row.done)


def changes(workspace: int, number: int, *, before: int | None = None, limit: int = 50) -> list[Change]:
    """The newest changes of a segment, those before the change `before`."""
    rows = ChangeRow.objects.filter(workspace=workspace, segment=number)
    if before is not None:
        rows = rows.filter(change__lt=before)
    return [
        Change(
            row.change,
            row.at,
            Cause(row.cause),
            from_bytes(bytes(row.entered)),
            from_bytes(bytes(row.left)),
            row.size,
        )
        for row in rows.order_by("-change")[:limit]
    ]


def sizes_by_day(workspace: int, number: int, first: date, last: date, zone: ZoneInfo) -> list[tuple[date, int | None]]:
    """How many it had at the end of each of these days; null before it had a change. Each day is one look at the index,
    however many changes it had.
    """
    days = [first + timedelta(place) for place in range((last - first).days + 1)]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT (SELECT size FROM segment_change WHERE workspace = %s AND segment = %s AND at < day.ends
                ORDER BY at DESC, change DESC LIMIT 1)
            FROM unnest(%s::bigint[]) WITH ORDINALITY AS day (ends, place) ORDER BY place
            """,
            [workspace, number, [to_micros(day_bounds(day, day, zone)[1]) for day in days]],
        )
        return [(day, size) for day, (size,) in zip(days, cursor.fetchall(), strict=True)]


def overlap(workspace: int, numbers: Sequence[int]) -> list[Part]:
    """How many are in each combination of these segments and in no other of them, those in most of them first. Refuses
    an unknown number.
    """
    held = _memory.held(workspace, numbers)
    for number in numbers:
        if number not in held:
            raise SegmentUnknown(number)
    parts = []
    for choice in range(1, 1 << len(numbers)):
        inside = [number for place, number in enumerate(numbers) if choice >> place & 1]
        outside = [held[number].members for number in numbers if number not in inside]
        among = reduce(BitMap.__and__, [held[number].members for number in inside])
        parts.append(Part(tuple(inside), len(reduce(BitMap.__sub__, outside, among))))
    return sorted(parts, key=lambda part: (-len(part.inside), [numbers.index(number) for number in part.inside]))


def _shown(row: SegmentRow) -> Segment:
    """As others see it. One whose rule cannot be read is broken, whatever its row says, which stays as it is."""
    rule = None if row.rule is None else rule_in(row.rule)
    unread = row.rule is not None and rule is None
    return Segment(
        number=row.number,
        name=row.name,
        note=row.note,
        kind=Kind(row.kind),
        state=State.BROKEN if unread else State(row.state),
        rule=rule,
        edition=row.edition,
        size=row.size,
        created_at=row.created_at,
        changed_at=row.changed_at,
        actor=row.actor,
        problem=_newer() if unread else None if row.problem is None else Refused.unpacked(row.problem),
    )


def _newer() -> Refused:
    return Refused(
        "segment.newer_rule",
        "This version of Lianyi cannot read the rule, which a newer one wrote; its people are those of before.",
        "Bring Lianyi up to date.",
    )
