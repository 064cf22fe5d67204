"""Reads of segments."""

from pyroaring import BitMap

from lianyi.audience.segments.models import ChangeRow, SegmentRow, SegmentUse
from lianyi.audience.segments.schemas import Cause, Change, Kind, Segment, SegmentUnknown, State
from lianyi.audience.segments.storing import Memory
from lianyi.kernel.bitmaps import from_bytes
from lianyi.kernel.errors import Refused
from lianyi.rules.reading import read

_memory = Memory()


def segments(workspace: int) -> list[Segment]:
    """All of them, by name."""
    return [_shown(row) for row in SegmentRow.objects.filter(workspace=workspace).order_by("name")]


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


def used_by(workspace: int, number: int) -> list[Segment]:
    """The segments whose rules ask for this one."""
    outer = SegmentUse.objects.filter(workspace=workspace, inner=number).values_list("segment", flat=True)
    rows = SegmentRow.objects.filter(workspace=workspace, number__in=list(outer)).order_by("name")
    return [_shown(row) for row in rows]


def _shown(row: SegmentRow) -> Segment:
    return Segment(
        number=row.number,
        name=row.name,
        note=row.note,
        kind=Kind(row.kind),
        state=State(row.state),
        rule=None if row.rule is None else read(row.rule),
        edition=row.edition,
        size=row.size,
        created_at=row.created_at,
        changed_at=row.changed_at,
        actor=row.actor,
        problem=None if row.problem is None else Refused.unpacked(row.problem),
    )
