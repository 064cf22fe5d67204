"""Group commit: every body that waits goes into one COPY, and each sender is answered after that commit.

A commit costs more than a body: while one waits for the disk, and for some milliseconds after it began, bodies gather
for the next; when many have gathered, a second connection takes them at once. A lonely body goes at once. When the
database does not answer, senders are told so; what was committed although nobody heard of it is told apart by its ids
when it comes again.
"""

import asyncio
from typing import NamedTuple

import psycopg
import structlog

from lianyi.events.log.appending import COPY, NewRow, copy_data

log = structlog.get_logger()

CONNECTIONS = 2
WAITING_BYTES = 64_000_000
ROWS_AT_ONCE = 500
MANY = 16  # rows
GATHER_FOR = 0.014  # seconds


class Unavailable(Exception):
    """The log cannot take anything at the moment."""


class _Waiting(NamedTuple):
    row: NewRow
    done: asyncio.Future[None]


class Appender:
    """Appends rows to the log; `start` it inside the event loop that uses it."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._waiting: list[_Waiting] = []
        self._bytes = 0
        self._committing = 0
        self._next_at = 0.0  # by the loop's clock: then a few rows are enough
        self._timer: asyncio.TimerHandle | None = None
        self._due = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begins to take rows."""
        self._tasks = [asyncio.create_task(self._work()) for _ in range(CONNECTIONS)]

    async def stop(self) -> None:
        """Takes no more; what is under way is finished first."""
        while self._waiting:
            await asyncio.sleep(0.01)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def append(self, row: NewRow) -> None:
        """Returns when the row is on disk. Unavailable when it may not be."""
        if self._bytes > WAITING_BYTES:
            raise Unavailable
        done = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(row, done))
        self._bytes += len(row.body)
        self._look()
        await done

    def _look(self) -> None:
        """Whether what waits is to be taken now."""
        self._due.clear()
        if len(self._waiting) >= MANY:
            self._due.set()
        elif self._waiting and not self._committing and self._timer is None:
            loop = asyncio.get_running_loop()
            if loop.time() >= self._next_at:
                self._due.set()
            else:
                self._timer = loop.call_at(self._next_at, self._gathered)

    def _gathered(self) -> None:
        self._timer = None
        self._look()

    async def _work(self) -> None:
        connection: psycopg.AsyncConnection | None = None
        try:
            while True:
                await self._due.wait()
                group, self._waiting = self._waiting[:ROWS_AT_ONCE], self._waiting[ROWS_AT_ONCE:]
                if not group:
                    continue
                self._bytes -= sum(len(one.row.body) for one in group)
                self._committing += 1
                self._next_at = asyncio.get_running_loop().time() + GATHER_FOR
                self._look()
                try:
                    if connection is None or connection.closed:
                        connection = await psycopg.AsyncConnection.connect(
                            self._conninfo, autocommit=True, connect_timeout=5
                        )
                    await _copy(connection, [one.row for one in group])
                except (psycopg.Error, OSError) as error:
                    log.warning("log.append_failed", error=type(error).__name__, rows=len(group))
                    if connection is not None:
                        await connection.close()
                        connection = None
                    _settle(group, Unavailable())
                    await asyncio.sleep(0.1)
                except asyncio.CancelledError:
                    _settle(group, Unavailable())
                    raise
                else:
                    _settle(group, None)
                finally:
                    self._committing -= 1
                    self._look()
        finally:
            if connection is not None:
                await connection.close()


async def _copy(connection: psycopg.AsyncConnection, rows: list[NewRow]) -> None:
    async with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        await copy.write(copy_data(rows))


def _settle(group: list[_Waiting], error: Exception | None) -> None:
    for one in group:
        if not one.done.done():
            if error is None:
                one.done.set_result(None)
            else:
                one.done.set_exception(error)
