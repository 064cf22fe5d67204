"""The sequencer: gives committed log rows their batch and positions, and marks what is a repeat.

Rows commit in any order, and a sequence would number them before that; so only rows that are there are numbered, by
whoever holds the one row of `batch_counter`. A batch holds rows of one workspace. What it is told a second time, within
a batch, the window or the lake, it leaves out, for ever.
"""

from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from django.db import connection, transaction

from lianyi.events.intake.packing import count_in, ids_in
from lianyi.events.log.fetching import fetch
from lianyi.events.log.window import Ids, Window, as_ids
from lianyi.kernel.bitmaps import bitmap, to_bytes
from lianyi.kernel.clock import DAY

ROWS_AT_ONCE = 4_000
BYTES_AT_ONCE = 8_000_000  # a batch is short: who waits for it does not wait long
WITHIN = 7 * DAY  # an event younger than this can only repeat one in the window
_NO_ID = np.bytes_(b"")  # sixteen zeros

Seen = Callable[[int, list[bytes]], set[bytes]]  # workspace, ids → those that the lake holds


class Row(NamedTuple):
    """A log row that has its place."""

    key: int
    form: str
    received_at: int
    ids: bytes
    body: bytes
    offset: int


class Numbered(NamedTuple):
    """A batch as the sequencer made it; `left_out` are the positions of repeats and of refused events."""

    workspace: int
    number: int
    rows: list[Row]
    left_out: Collection[int]


class _Waiting(NamedTuple):
    id: int
    day: date
    key: int
    form: str
    received_at: int
    ids: bytes
    body: bytes


class Sequencer:
    """One for the installation; `seen` asks the lake about ids that are older than the window."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen
        self._window = Window()

    def load_window(self, now: datetime) -> None:
        """Reads the ids of the window from the log; to be called before the first `number_rows`."""
        self._window = Window()
        with transaction.atomic(), connection.chunked_cursor() as cursor:
            cursor.execute(
                "SELECT ids, received_at FROM log WHERE day >= %s AND batch IS NOT NULL ORDER BY received_at",
                [now.astimezone(UTC).date() - timedelta(days=8)],
            )
            while rows := cursor.fetchmany(5_000):
                ids = as_ids(b"".join(ids_in(packed) for packed, _ in rows))
                self._window.add(ids[ids != _NO_ID], rows[-1][1])

    def number_rows(self) -> list[Numbered]:
        """Numbers what is waiting, up to a bound; the batches in order, empty when nothing waits. Commits."""
        with transaction.atomic():
            waiting = _waiting()
            numbered = [self._number(workspace, rows) for workspace, rows in waiting.items()]
        for batch in numbered:
            self._remember(batch)
        return numbered

    def _number(self, workspace: int, waiting: list[_Waiting]) -> Numbered:
        ids = as_ids(b"".join(ids_in(row.ids) for row in waiting))
        left_out = self._left_out(workspace, ids, waiting)
        rows, offsets, offset = [], [], 0
        for row in waiting:
            rows.append(Row(row.key, row.form, row.received_at, row.ids, row.body, offset))
            offsets.append(offset)
            offset += count_in(row.ids)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE batch_counter SET number = number + 1 RETURNING number")
            number = int(cursor.fetchone()[0])
            cursor.execute(
                """
                INSERT INTO batch (number, workspace_id, first_day, last_day, count, left_out, repeats)
                VALUES (%s, %s, %s, %s, %s, %s, %s)
                """,
                [
                    number,
                    workspace,
                    min(row.day for row in waiting),
                    max(row.day for row in waiting),
                    offset,
                    to_bytes(bitmap(left_out.tolist())),
                    int(len(left_out) - (ids == _NO_ID).sum()),
                ],
            )
            cursor.execute(
                """
                UPDATE log SET batch = %s, "offset" = rows.first
                FROM unnest(%s::bigint[], %s::int[]) AS rows (id, first)
                WHERE log.id = rows.id AND log.batch IS NULL
                """,
                [number, [row.id for row in waiting], offsets],
            )
            if cursor.rowcount != len(rows):
                raise RuntimeError(f"{cursor.rowcount} of {len(rows)} log rows were there to be numbered")
        return Numbered(workspace, number, rows, left_out.tolist())

    def _left_out(self, workspace: int, ids: Ids, waiting: list[_Waiting]) -> npt.NDArray[np.int64]:
        times = np.concatenate([np.frombuffer(row.ids, "<i8", offset=16 * count_in(row.ids)) for row in waiting])
        received = np.repeat([row.received_at for row in waiting], [count_in(row.ids) for row in waiting])
        refused = ids == _NO_ID
        _, first = np.unique(ids, return_index=True)
        out = np.ones(len(ids), np.bool_)
        out[first] = False
        out |= refused
        out |= self._window.known(ids)
        old = np.flatnonzero(~out & (times < received - WITHIN))
        if len(old):
            packed = ids[old].tobytes()
            asked = [packed[i : i + 16] for i in range(0, len(packed), 16)]
            seen = self._seen(workspace, asked)
            if seen:
                out[old[[one in seen for one in asked]]] = True
        return np.flatnonzero(out)

    def _remember(self, batch: Numbered) -> None:
        ids = as_ids(b"".join(ids_in(row.ids) for row in batch.rows))
        taken = np.ones(len(ids), np.bool_)
        taken[list(batch.left_out)] = False
        self._window.add(ids[taken], max(row.received_at for row in batch.rows))


def _waiting() -> dict[int, list[_Waiting]]:
    """Rows without a batch, by workspace, up to about BYTES_AT_ONCE; locks the counter."""
    found: dict[int, list[_Waiting]] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM batch_counter FOR UPDATE")
    rows = fetch(
        """
        WITH waiting AS (
            SELECT id, sum(octet_length(body)) OVER (ORDER BY id) - octet_length(body) AS before
            FROM log WHERE batch IS NULL ORDER BY id LIMIT %s)
        SELECT workspace, log.id, day, key, form, received_at, ids, body
        FROM log JOIN waiting ON log.id = waiting.id AND waiting.before < %s
        WHERE log.batch IS NULL ORDER BY log.id
        """,
        [ROWS_AT_ONCE, BYTES_AT_ONCE],
    )
    for workspace, *row in rows:
        found.setdefault(workspace, []).append(_Waiting(*row))
    return found
