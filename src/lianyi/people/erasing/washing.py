"""What was deleted, washed out of the files of the database: of its tables here, of the write-ahead log by whoever has
the server.

Once for many: an erasure names the tables from which something went, and a washing writes them anew for everybody who
was erased until then. It may die anywhere: what is not done is still named, and to do it again changes nothing.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection
from django.db.backends.utils import CursorWrapper

from lianyi.people.erasing.models import Erasure
from lianyi.people.erasing.tidying import AT_ONCE, all_large, tidy

GATHERS_FOR = timedelta(seconds=30)  # so that several who are erased one after another cost one writing
WAITS_AT_MOST = timedelta(hours=20)  # a large table
# Where values of people stand, and stood in row versions of before: always written anew together.
_VALUES = (
    *("identity", "trait_fact", "tag_fact", "consent", "touch", "orders", "person", "column_run"),
    *("dead_letter", "duplicate_suggestion", "media_file"),
)
_ONE_AT_A_TIME = 0x6C69616E79690003
_PATIENCE = 20.0  # seconds until those have ended who may still see what was deleted
_LOOKS_EVERY = 0.05  # seconds


def wash(empty_log: Callable[[], object], largest: int | None = AT_ONCE) -> int:
    """Writes the tables anew from which erasures took something, up to `largest` bytes each (None: any), then has the
    write-ahead log emptied; of how many people nothing is left there. Call it outside of a transaction.

    As long as somebody reads who began before, PostgreSQL keeps for them what was deleted, also in a table written
    anew: then nothing is done, and a table that somebody holds is left. What is left stays named for a later call.
    """
    with _alone():
        waiting = list(Erasure.objects.filter(unwashed__isnull=False))
        if not waiting or not _nobody_sees():
            return 0
        left = tidy({*_VALUES, *(table for one in waiting for table in one.unwashed or ())}, largest)
        empty_log()
        Erasure.objects.filter(pk__in=[one.pk for one in waiting]).update(unwashed=left or None)
        return 0 if left else len(waiting)


def due(now: int) -> int | None:
    """The `largest` with which a washing is due at this moment (µs), or 0 when none is."""
    waiting = Erasure.objects.filter(unwashed__isnull=False).order_by("erased_at")
    rows = list(waiting.values_list("erased_at", "unwashed"))
    if not rows:
        return 0
    if rows[0][0] <= now - WAITS_AT_MOST // timedelta(microseconds=1):
        return None
    gathered = now - GATHERS_FOR // timedelta(microseconds=1)
    return AT_ONCE if any(at <= gathered and not all_large(tables or ()) for at, tables in rows) else 0


def _nobody_sees() -> bool:
    """Whether everybody has ended who began before this call, as far as PostgreSQL shows them; waits a little."""
    until = time.monotonic() + _PATIENCE
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::xid::text")
        (now,) = cursor.fetchone()
        while _somebody_before(cursor, now):
            if time.monotonic() > until:
                return False
            time.sleep(_LOOKS_EVERY)
    return True


def _somebody_before(cursor: CursorWrapper, transaction: str) -> bool:
    cursor.execute(
        """
        SELECT EXISTS (
            SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
            AND (age(backend_xmin) > age(%(then)s::xid) OR age(backend_xid) > age(%(then)s::xid)))
        """,
        {"then": transaction},
    )
    return bool(cursor.fetchone()[0])


@contextmanager
def _alone() -> Iterator[None]:
    """Waits for another washing. It asks again and again: who waits for a lock keeps old rows from going."""
    with connection.cursor() as cursor:
        while not _taken(cursor):
            time.sleep(_LOOKS_EVERY)
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_ONE_AT_A_TIME])


def _taken(cursor: CursorWrapper) -> bool:
    cursor.execute("SELECT pg_try_advisory_lock(%s)", [_ONE_AT_A_TIME])
    return bool(cursor.fetchone()[0])
