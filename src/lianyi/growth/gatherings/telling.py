"""What the worker tells: tickets and places on the waiting list by mail, once each, that a gathering was moved or
called off, and who did not come, once the gathering is over.

Any number of workers may do this at once: what is told is a row that only one of them can write.
"""

from datetime import datetime

from django.db import connection, transaction

from lianyi.events.log.actions import EVENTS_IN_A_ROW, record_own
from lianyi.foundation.outbox.actions import enqueue
from lianyi.growth.gatherings.arrivals import who_of
from lianyi.growth.gatherings.changes import CALLED_OFF, MOVED, concerned, versions_of
from lianyi.growth.gatherings.models import GatheringRow
from lianyi.growth.gatherings.queries import published_definition
from lianyi.growth.gatherings.reading import read
from lianyi.growth.gatherings.recording import about, missed
from lianyi.kernel.clock import HOUR, to_micros

TICKET = "ticket"  # the kind of the outbox's rows
SETTLES_FOR = 2 * HOUR  # µs after the end: phones without a network have told then who came
AT_ONCE = 200

_TELL = """
INSERT INTO gathering_told (workspace, registration, what, at)
SELECT r.workspace, r.event, r.seat, %(now)s FROM gathering_registration r
JOIN gathering g ON g.workspace = r.workspace AND g.id = r.gathering
WHERE r.workspace = %(workspace)s AND r.seat IN ('seated', 'waiting') AND r.came_at IS NULL AND g.ends_at > %(now)s
  AND g.called_off_at IS NULL
  AND NOT EXISTS (SELECT FROM gathering_told t
    WHERE t.workspace = r.workspace AND t.registration = r.event AND t.what = r.seat)
ORDER BY r.batch, r.position LIMIT %(limit)s ON CONFLICT DO NOTHING RETURNING registration, what
"""
_TOLD = """
INSERT INTO gathering_told (workspace, registration, what, at) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
_ABSENT = """
SELECT event FROM gathering_registration r LEFT JOIN gathering_arrival a
    ON a.workspace = r.workspace AND a.registration = r.event
WHERE r.workspace = %s AND r.gathering = %s AND r.seat = 'seated'
  AND CASE WHEN a.at IS NULL THEN r.came_at IS NULL ELSE a.undone_at IS NOT NULL END ORDER BY r.batch, r.position
"""


@transaction.atomic
def tell_registered(workspace: int, address: str, now: datetime) -> int:
    """Mails some of those who were not told yet that they have a seat, or wait for one; `address` is that of the
    pages. How many were looked at.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TELL, {"workspace": workspace, "now": to_micros(now), "limit": AT_ONCE})
        told = [(bytes(registration).hex(), what) for registration, what in cursor.fetchall()]
    for registration, what in told:
        payload = {"registration": registration, "what": what, "address": address}
        enqueue(workspace, TICKET, f"{registration}:{what}", payload, now)
    return len(told)


def tell_changed(workspace: int, address: str, now: datetime) -> int:
    """Mails some of those who were not told yet that a gathering was moved or called off. How many were looked at."""
    changed = GatheringRow.objects.filter(workspace=workspace, ends_at__gt=to_micros(now))
    changed = changed.exclude(moved=None, called_off_at=None)
    return sum(_tell_changed(row, address, now) for row in changed)


@transaction.atomic
def _tell_changed(row: GatheringRow, address: str, now: datetime) -> int:
    what = f"{MOVED}:{row.moved}" if row.called_off_at is None else CALLED_OFF
    definition = read(row.versions.get(number=row.published or 0).definition)
    looked_at = list(concerned(row.workspace, row.pk, what, definition, AT_ONCE))
    versions = versions_of(row.workspace, row.pk) if looked_at else {}
    for one in looked_at:
        with connection.cursor() as cursor:
            cursor.execute(_TOLD, [row.workspace, one.registration, what, to_micros(now)])
            mine = cursor.rowcount == 1
        if mine and one.email and (what == CALLED_OFF or one.is_moved(versions, definition)):
            payload = {"registration": one.registration.hex(), "what": what, "address": address}
            enqueue(row.workspace, TICKET, f"{one.registration.hex()}:{what}", payload, now)
    return len(looked_at)


def tell_missed(workspace: int, now: datetime) -> int:
    """Records of gatherings that are over who had a seat and was not checked in; how many gatherings there were."""
    ended = to_micros(now) - SETTLES_FOR
    over = GatheringRow.objects.filter(workspace=workspace, missed_at=None, called_off_at=None, ends_at__lte=ended)
    done = 0
    for number in list(over.values_list("pk", flat=True)):
        with transaction.atomic():
            row = over.select_for_update(skip_locked=True).filter(pk=number).first()
            if row is not None:
                _record_missed(row, to_micros(now))
                done += 1
    return done


def _record_missed(row: GatheringRow, now: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_ABSENT, [row.workspace, row.pk])
        absent = [bytes(event) for (event,) in cursor.fetchall()]
    known = about(row.pk, published_definition(row.workspace, row.pk) or read(row.draft))
    for start in range(0, len(absent), EVENTS_IN_A_ROW):
        some = absent[start : start + EVENTS_IN_A_ROW]
        whose = who_of(row.workspace, some)
        record_own(row.workspace, [missed(known, one, whose[one], row.ends_at or now) for one in some])
    row.missed_at = now
    row.save(update_fields=["missed_at"])
