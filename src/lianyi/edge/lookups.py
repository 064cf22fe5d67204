"""What the edge asks the database again and again: remembered for seconds, so a flood of one question is one query, and
where it says so, a flood of many is, too.

Promises bounded memory, and that a change is heard of within `good_for` seconds, what was missing within `bad_for`.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Hashable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Generic, TypeVar

import psycopg

GOOD_FOR = 10.0  # seconds
BAD_FOR = 2.0
MOST = 10_000  # answers that are remembered
CONNECTIONS = 4

Found = TypeVar("Found")
Row = tuple[Any, ...]
Parameters = Sequence[object] | Mapping[str, object]
Key = tuple[object, ...]


class Database:
    """The connections to the database that all lookups of the edge share: opened when they are needed, closed when they
    break. Whoever finds none free waits in turn.
    """

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._idle: list[psycopg.AsyncConnection] = []
        self._places = asyncio.Semaphore(CONNECTIONS)
        self._closed = False

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[psycopg.AsyncConnection]:
        """One of them, that commits by itself; what ends in an error or is cut off ends the connection, too."""
        async with self._places:
            if self._closed:
                raise psycopg.OperationalError("the edge is ending")
            connection = self._idle.pop() if self._idle else await self._opened()
            try:
                yield connection
            except BaseException:
                await connection.close()
                raise
            self._idle.append(connection)

    async def rows(self, query: bytes, parameters: Parameters) -> list[Row]:
        """What a query finds."""
        async with self.connection() as connection:
            return await (await connection.execute(query, parameters)).fetchall()

    async def close(self) -> None:
        """Lets the connections go, once what is under way has ended."""
        self._closed = True
        async with AsyncExitStack() as places:
            for _ in range(CONNECTIONS):
                await places.enter_async_context(self._places)
            for connection in self._idle:
                await connection.close()

    async def _opened(self) -> psycopg.AsyncConnection:
        return await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True, connect_timeout=5)


class _Memory(Generic[Found]):
    """What was found, each answer for its time."""

    def __init__(self, good_for: float, bad_for: float, most: int) -> None:
        self._good_for, self._bad_for, self._most = good_for, bad_for, most
        self._known: dict[Hashable, tuple[float, Found | None]] = {}

    def recall(self, key: Hashable) -> tuple[float, Found | None] | None:
        """The moment until which it holds and what it is; None when it has to be asked."""
        known = self._known.get(key)
        return None if known is None or known[0] < time.monotonic() else known

    def learn(self, key: Hashable, found: Found | None) -> None:
        """Takes in an answer."""
        if len(self._known) >= self._most:
            self._known.clear()
        self._known[key] = (time.monotonic() + (self._bad_for if found is None else self._good_for), found)


class Lookup(Generic[Found]):
    """Answers one query, one question at a time; `read` makes what is found of its first row."""

    def __init__(
        self,
        database: Database,
        query: str,
        read: Callable[[Row], Found | None],
        *,
        good_for: float = GOOD_FOR,
        bad_for: float = BAD_FOR,
        most: int = MOST,
    ) -> None:
        self._read = read
        self._database, self._query = database, query.encode()
        self._one_at_a_time = asyncio.Lock()
        self._memory: _Memory[Found] = _Memory(good_for, bad_for, most)

    async def find(self, key: Hashable, parameters: Parameters) -> Found | None:
        """What the query finds with these parameters, which `key` stands for. psycopg.Error when nobody can tell."""
        known = self._memory.recall(key)
        if known is not None:
            return known[1]
        async with self._one_at_a_time:
            known = self._memory.recall(key)  # another call may have learnt it meanwhile
            if known is not None:
                return known[1]
            rows = await self._database.rows(self._query, parameters)
            found = self._read(rows[0]) if rows else None
            self._memory.learn(key, found)
            return found


class Gathered(Generic[Found]):
    """Answers what many ask of one kind at a time: whatever gathered while a query was under way is the next one.

    The query takes the lists `columns`, the parts of the keys in their order, and each row begins with which of them,
    from 1, it is of; `read` takes the rest of the first.
    """

    def __init__(
        self,
        database: Database,
        query: str,
        columns: Sequence[str],
        read: Callable[[Row], Found],
        *,
        good_for: float = GOOD_FOR,
        bad_for: float = BAD_FOR,
        most: int = MOST,
    ) -> None:
        self._columns, self._read = columns, read
        self._database, self._query = database, query.encode()
        self._memory: _Memory[Found] = _Memory(good_for, bad_for, most)
        self._asked: dict[Key, asyncio.Future[Found | None]] = {}
        self._answering: asyncio.Task[None] | None = None

    async def find(self, key: Key) -> Found | None:
        """What the query finds of this key. psycopg.Error when nobody can tell."""
        known = self._memory.recall(key)
        if known is not None:
            return known[1]
        asked = self._asked.get(key)
        if asked is None:
            asked = self._asked[key] = asyncio.get_running_loop().create_future()
            if self._answering is None or self._answering.done():
                self._answering = asyncio.create_task(self._answer())
        return await asyncio.shield(asked)  # others may wait for it, too

    async def _answer(self) -> None:
        while self._asked:
            asked, self._asked = self._asked, {}
            try:
                found = await self._found(list(asked))
            except Exception as error:
                for future in asked.values():
                    future.set_exception(error)
            else:
                for key, future in asked.items():
                    self._memory.learn(key, found.get(key))
                    future.set_result(found.get(key))

    async def _found(self, keys: list[Key]) -> dict[Key, Found]:
        lists = dict(zip(self._columns, map(list, zip(*keys, strict=True)), strict=True))
        rows = await self._database.rows(self._query, lists)
        return {keys[row[0] - 1]: self._read(row[1:]) for row in reversed(rows)}
