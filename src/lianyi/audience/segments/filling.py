"""Lists from long files, which the worker looks up: the list is there at once, and its people when that is done.

Whoever works at one claims it for a while and again with every block, so one who dies leaves it to another; the people
are written in one transaction, so it is filled once.
"""

from collections.abc import Callable, Sequence

from django.db import connection, transaction
from pyroaring import BitMap

from lianyi.audience.segments import storing
from lianyi.audience.segments.models import ListUpload, SegmentRow
from lianyi.audience.segments.schemas import Cause, State
from lianyi.audience.segments.storing import Memory, Moved
from lianyi.audience.segments.uploading import Resolved, resolve
from lianyi.events.log.actions import lock
from lianyi.kernel.clock import SECOND, system_clock, to_micros
from lianyi.kernel.errors import Refused
from lianyi.people.identity.queries import persons_of
from lianyi.people.imports.uploads.keeping import drop, file_in

_CLAIMED_FOR = 120 * SECOND

_CLAIM = """
UPDATE segment_upload SET claimed_until = %(until)s WHERE (workspace, segment) = (
    SELECT workspace, segment FROM segment_upload WHERE workspace = %(workspace)s AND NOT done
    AND claimed_until < %(now)s ORDER BY segment LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING segment, stored, holds
"""


class _Stopped(Exception):
    """The process is to end; another takes it up."""


def fill(workspace: int, stopping: Callable[[], bool] = lambda: False) -> bool:
    """Fills one of the lists that wait; False where none does."""
    now = to_micros(system_clock())
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"workspace": workspace, "now": now, "until": now + _CLAIMED_FOR})
        row = cursor.fetchone()
    if row is None:
        return False
    segment, stored, holds = row
    mine = ListUpload.objects.filter(workspace=workspace, segment=segment)

    def passed(rows: int) -> None:
        if stopping():
            raise _Stopped
        mine.update(rows=rows, claimed_until=to_micros(system_clock()) + _CLAIMED_FOR)

    try:
        found = resolve(workspace, file_in(stored), holds, passed=passed)
    except _Stopped:
        mine.update(claimed_until=0)
        return False
    except Refused as refused:
        _refuse(workspace, segment, refused)
    else:
        _fill(workspace, segment, found, to_micros(system_clock()))
    drop(stored)
    return True


@transaction.atomic
def _fill(workspace: int, segment: int, found: Resolved, now: int) -> None:
    lock(workspace, "identity")  # before the segment, as the pipeline does
    if not _is_waiting(workspace, segment):
        return
    note_rows(workspace, segment, found)
    SegmentRow.objects.filter(workspace=workspace, number=segment).update(state=State.CURRENT)
    people = BitMap(persons_of(workspace, found.people).values())  # of whom some may have become one, or nobody
    memory = Memory()
    held = memory.held(workspace, [segment], lock=True)
    people -= held[segment].members
    storing.write(workspace, memory, held, [Moved(segment, people, BitMap(), BitMap(), Cause.MEMBER, now)])
    storing.stamp(workspace)


@transaction.atomic
def _refuse(workspace: int, segment: int, refused: Refused) -> None:
    if not _is_waiting(workspace, segment):
        return
    ListUpload.objects.filter(workspace=workspace, segment=segment).update(done=True)
    rows = SegmentRow.objects.filter(workspace=workspace, number=segment)
    rows.update(state=State.BROKEN, problem=refused.packed())
    storing.stamp(workspace)


def forget_files(workspace: int, _numbers: Sequence[int]) -> dict[str, int]:
    """Removes the files that wait, since whoever is being erased may be in them; each list says that it has to be given
    again. One that is being looked up goes when that is done, and brings nobody back.
    """
    now = to_micros(system_clock())
    for row in ListUpload.objects.filter(workspace=workspace, done=False, claimed_until__lt=now):
        drop(row.stored)
    return {}


def _is_waiting(workspace: int, segment: int) -> bool:
    """Whether it is still to be filled; nobody else does meanwhile."""
    row = SegmentRow.objects.select_for_update().filter(workspace=workspace, number=segment).first()
    return row is not None and row.state == State.BUILDING


def note_rows(workspace: int, segment: int, found: Resolved) -> None:
    """Keeps how many rows there were, and the numbers of those that meant nobody; not what they said."""
    ListUpload.objects.update_or_create(
        workspace=workspace,
        segment=segment,
        defaults={"rows": found.rows, "missing": found.missing, "missed": found.spans[:MOST_SPANS], "done": True},
    )


MOST_SPANS = 1_000
