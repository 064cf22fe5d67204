"""What is kept of old changes: all of the last week, one an hour of the last quarter, one a day of the time before.

Several changes become one that comes to the same: who entered and left again between them did neither.
"""

from collections.abc import Iterable
from itertools import groupby

from django.db import connection, transaction
from pyroaring import BitMap

from lianyi.audience.segments import storing
from lianyi.events.log.actions import lock
from lianyi.kernel.bitmaps import from_bytes, to_bytes
from lianyi.kernel.clock import DAY, HOUR

WHOLE_FOR = 7 * DAY
HOURLY_FOR = 90 * DAY

_CROWDED = """
SELECT segment, change, at / %(span)s FROM segment_change
WHERE workspace = %(workspace)s AND at < %(before)s AND at >= %(since)s AND untold IS NULL
AND (segment, at / %(span)s) IN (
    SELECT segment, at / %(span)s FROM segment_change
    WHERE workspace = %(workspace)s AND at < %(before)s AND at >= %(since)s AND untold IS NULL
    GROUP BY 1, 2 HAVING count(*) > 1)
ORDER BY segment, change
"""


@transaction.atomic
def thin_out(workspace: int, now: int) -> int:
    """Puts old changes together as of the moment `now` (µs); how many rows went."""
    lock(workspace, "identity")  # before the members, as the pipeline does
    gone = _together(workspace, HOUR, now - HOURLY_FOR, now - WHOLE_FOR)
    return gone + _together(workspace, DAY, 0, now - HOURLY_FOR)


def _together(workspace: int, span: int, since: int, before: int) -> int:
    # Whole spans only, so that one is put together once.
    bounds = {"workspace": workspace, "span": span, "since": since // span * span, "before": before // span * span}
    with connection.cursor() as cursor:
        cursor.execute(_CROWDED, bounds)
        found = [(segment, at, change) for segment, change, at in cursor.fetchall()]
    if not found:
        return 0
    segments = sorted({segment for segment, _, _ in found})
    storing.fold(workspace, segments)  # the members of now do not stand on what is put together
    gone = 0
    for (segment, _), some in groupby(found, key=lambda one: one[:2]):
        changes = [change for _, _, change in some]
        _put_together(workspace, segment, changes)
        gone += len(changes) - 1
    return gone


def _put_together(workspace: int, segment: int, changes: list[int]) -> None:
    """The last of these changes becomes all of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT entered, "left" FROM segment_change'
            " WHERE workspace = %s AND segment = %s AND change = ANY(%s) ORDER BY change",
            [workspace, segment, changes],
        )
        entered, left = netted([(from_bytes(bytes(came)), from_bytes(bytes(went))) for came, went in cursor.fetchall()])
        cursor.execute(
            'UPDATE segment_change SET entered = %s, "left" = %s WHERE workspace = %s AND segment = %s AND change = %s',
            [to_bytes(entered), to_bytes(left), workspace, segment, changes[-1]],
        )
        cursor.execute(
            "DELETE FROM segment_change WHERE workspace = %s AND segment = %s AND change = ANY(%s)",
            [workspace, segment, changes[:-1]],
        )


def netted(changes: Iterable[tuple[BitMap, BitMap]]) -> tuple[BitMap, BitMap]:
    """Who entered and who left by all of these changes, (entered, left), one after another."""
    entered, left = BitMap(), BitMap()
    for came, went in changes:
        entered, left = (entered | (came - left)) - went, (left | (went - entered)) - came
    return entered, left
