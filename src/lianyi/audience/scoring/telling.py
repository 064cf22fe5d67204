"""Who became what, as events: `score.changed`.

A change is written with whom it is still to be told of; each block of events is recorded in the transaction that takes
its people off that list. So each is told once and in order, whatever dies in between.
"""

from django.db import connection, transaction
from pyroaring import BitMap

from lianyi.audience.scoring.schemas import CHANGED, STATES, Cause
from lianyi.audience.scoring.storing import pairs
from lianyi.events.intake.own import OwnEvent
from lianyi.events.log.actions import EVENTS_IN_A_ROW, Record, record_own
from lianyi.kernel.bitmaps import from_bytes, to_bytes
from lianyi.kernel.ids import digest
from lianyi.people.profiles.queries import claims_of

_NEXT = """
SELECT change, was, became, at, cause, untold, scores FROM scoring_change
WHERE workspace = %s AND untold IS NOT NULL ORDER BY change, was, became LIMIT 1 FOR UPDATE
"""


@transaction.atomic
def tell(workspace: int, record: Record = record_own) -> int:
    """Records the next block of events, at most 1,000; how many people it was about. 0: everything is told."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [workspace])
        row = cursor.fetchone()
        if row is None:
            return 0
        change, was, became, at, cause, untold, scores = row
        waiting, values = from_bytes(bytes(untold)), pairs(scores)
        some = BitMap(waiting[:EVENTS_IN_A_ROW])
        left = waiting - some
        cursor.execute(
            "UPDATE scoring_change SET untold = %s, scores = %s"
            " WHERE workspace = %s AND change = %s AND was = %s AND became = %s",
            [
                to_bytes(left) if left else None,
                values[len(some) :].tobytes() if left else None,
                *(workspace, change, was, became),
            ],
        )
    claims = claims_of(workspace, list(some))
    events = [
        OwnEvent(
            id=digest(CHANGED, str(workspace), str(change), str(person)).hex(),
            name=CHANGED,
            at=at,
            who=[claims[person]],
            properties={
                "from": STATES[was],
                "to": STATES[became],
                "fit": round(float(fit), 1),
                "engagement": round(float(engagement), 1),
                "cause": Cause(cause).value,
            },
        )
        for person, (fit, engagement) in zip(some, values[: len(some)], strict=True)
        if person in claims
    ]
    record(workspace, events)
    return len(some)
