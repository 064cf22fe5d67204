"""What changes of segments mean for people, as events: `segment.entered` and `segment.left`.

A change is written with whom it is still to be told of; each block of events is recorded in the transaction that takes
its people off that list. So each is told once and in order, whatever dies in between, and a change of a million people
holds nobody up.
"""

from django.db import connection, transaction
from pyroaring import BitMap

from lianyi.audience.segments.schemas import Cause
from lianyi.events.intake.own import OwnEvent
from lianyi.events.log.actions import EVENTS_IN_A_ROW, Record, record_own
from lianyi.kernel.bitmaps import from_bytes, to_bytes
from lianyi.kernel.ids import digest
from lianyi.people.profiles.queries import claims_of

ENTERED, LEFT = "segment.entered", "segment.left"

_NEXT = """
SELECT c.segment, c.change, c.at, c.cause, c.entered, c.untold, s.name FROM segment_change c
JOIN segment s ON s.workspace = c.workspace AND s.number = c.segment
WHERE c.workspace = %s AND c.untold IS NOT NULL ORDER BY c.segment, c.change LIMIT 1 FOR UPDATE OF c
"""


@transaction.atomic
def tell(workspace: int, record: Record = record_own) -> int:
    """Records the next block of events, at most 1,000; how many people it was about. 0: everything is told."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [workspace])
        row = cursor.fetchone()
        if row is None:
            return 0
        segment, change, at, cause, entered, untold, name = row
        waiting = from_bytes(bytes(untold))
        some = BitMap(waiting[:EVENTS_IN_A_ROW])
        waiting -= some
        cursor.execute(
            "UPDATE segment_change SET untold = %s WHERE workspace = %s AND segment = %s AND change = %s",
            [to_bytes(waiting) if waiting else None, workspace, segment, change],
        )
    came = from_bytes(bytes(entered))
    claims = claims_of(workspace, list(some))
    events = [
        OwnEvent(
            id=digest(ENTERED, str(workspace), str(segment), str(change), str(person)).hex(),
            name=ENTERED if person in came else LEFT,
            at=at,
            who=[claims[person]],
            properties={"segment": segment, "name": name, "cause": Cause(cause).value},
        )
        for person in some
        if person in claims
    ]
    record(workspace, events)
    return len(some)
