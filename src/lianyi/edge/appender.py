"""Group commit: every body that waits goes into one COPY, and each sender is answered after that commit.

Two connections take turns, so that bodies gather for one while the other waits for the disk. A lonely body goes at
once; one that follows closely on others waits some milliseconds for company, since a commit costs more than a body.
When the database does not answer, senders are told so; what was committed although nobody heard of it is told apart by
its ids when it comes again.
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
GATHER_FOR = 0.004  # seconds
ENOUGH = 16  # rows that wait for no more company


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
        self._began = 0.0  # when the last group was taken, by the loop's clock
        self._arrived = asyncio.Event()
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
        self._arrived.set()
        await done

    async def _work(self) -> None:
        connection: psycopg.AsyncConnection | None = None
        try:
            while True:
                await self._arrived.wait()
                await self._gather()
                group, self._waiting = self._waiting[:ROWS_AT_ONCE], self._waiting[ROWS_AT_ONCE:]
                if not self._waiting:
                    self._arrived.clear()
                if not group:
                    continue
                self._bytes -= sum(len(one.row.body) for one in group)
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
            if connection is not None:
                await connection.close()


    async def _gather(self) -> None:
        clock = asyncio.get_running_loop().time
        if len(self._waiting) < ENOUGH and clock() - self._began < GATHER_FOR:
            await asyncio.sleep(GATHER_FOR)
        self._began = clock()


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
