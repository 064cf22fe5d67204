"""Reads of the log: what was seen, what is not in the lake yet, and how far each projector is."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from django.conf import settings
from django.db import connection

from lianyi.events.intake.packing import ids_in
from lianyi.events.intake.senders import Signed, signature_check
from lianyi.events.lake import queries as lake
from lianyi.events.log import reading
from lianyi.events.schemas import Batch

ONLY_READ = ("lake", "webhooks")  # cursors of those that take events away and change nothing here


class Lag(NamedTuple):
    """How far behind one projector of one workspace is."""

    workspace: int
    projector: str
    batches: int


def signed() -> Signed:
    """The installation's check of signed user ids."""
    return signature_check(str(settings.SECRET_KEY).encode())


def lake_cursor(workspace: int) -> int:
    """The number of the last batch that the lake holds, as the database knows it."""
    return cursor_of(workspace, "lake")


def cursor_of(workspace: int, projector: str) -> int:
    """The number of the last batch that the projector has passed; 0 before the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT batch FROM cursor WHERE workspace_id = %s AND projector = %s", [workspace, projector])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def passed_by_all(workspace: int) -> int:
    """The number of the last batch that every projector has passed; what changes nothing here does not count."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(min(batch), 0) FROM cursor WHERE workspace_id = %s AND projector <> ALL(%s)",
            [workspace, [*ONLY_READ]],
        )
        return int(cursor.fetchone()[0])


def tail_events(workspace: int, after: int | None = None, *, up_to: int = 2**63 - 1) -> Iterator[Batch]:
    """The batches after number `after`, by default those that the lake does not hold yet, up to number `up_to`. Their
    `numbers` are not filled.
    """
    yield from reading.tail(workspace, lake_cursor(workspace) if after is None else after, signed(), up_to=up_to)


def newest_batches(workspace: int, limit: int = 50, *, up_to: int = 2**63 - 1) -> Iterator[Batch]:
    """The newest batches of the log's tail, newest first, from number `up_to` down; `numbers` is not filled."""
    check = signed()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number FROM batch WHERE workspace_id = %s AND number <= %s ORDER BY number DESC LIMIT %s",
            [workspace, up_to, limit],
        )
        numbers = [number for (number,) in cursor.fetchall()]
    for number in numbers:
        try:
            yield reading.decode(reading.read(number), check)[0]
        except LookupError:  # its day was dropped
            return


def seen(workspace: int, ids: Sequence[bytes], *, until: int | None = None) -> set[bytes]:
    """Those of `ids` that were taken before: in the lake, or in the tail that is on its way there.

    With `until`, rows of the tail that came after `newest_row` said so are passed over: those of whoever asks.
    """
    wanted = set(ids)
    found: set[bytes] = set()
    # The tail first: what moves from it into the lake in the meantime is then found there.
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT ids FROM log WHERE workspace = %s AND (batch > %s OR batch IS NULL) AND id <= coalesce(%s, id)
            """,
            [workspace, lake_cursor(workspace), until],
        )
        for (packed,) in cursor:
            ids_here = ids_in(packed)
            found |= wanted.intersection(ids_here[i : i + 16] for i in range(0, len(ids_here), 16))
    return found.union(lake.seen(settings.ENVIRONMENT.lake, workspace, list(wanted)))


def newest_row() -> int:
    """A number that no row of the log exceeds; rows that are appended from now on do."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM log_id")
        return int(cursor.fetchone()[0])


def lags(projectors: Sequence[str]) -> list[Lag]:
    """Every projector of every workspace that has batches, with the number of batches it has still to pass."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT w.id, p.name, (
                SELECT count(*) FROM batch b WHERE b.workspace_id = w.id AND b.number > coalesce(c.batch, 0))
            FROM workspace w CROSS JOIN unnest(%s::text[]) WITH ORDINALITY AS p (name, place)
            LEFT JOIN cursor c ON c.workspace_id = w.id AND c.projector = p.name ORDER BY w.id, p.place
            """,
            [list(projectors)],
        )
        return [Lag(*row) for row in cursor.fetchall()]
