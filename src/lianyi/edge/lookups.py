"""What the edge asks the database again and again: remembered for seconds, so a flood of one question is one query.

Promises bounded memory, and that a change is heard of within `good_for` seconds, what was missing within `bad_for`.
"""

import asyncio
import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Generic, TypeVar

import psycopg

GOOD_FOR = 10.0  # seconds
BAD_FOR = 2.0
MOST = 10_000  # answers that are remembered

Found = TypeVar("Found")
Row = tuple[Any, ...]
Parameters = Sequence[object] | Mapping[str, object]


class Lookup(Generic[Found]):
    """Answers one query; `read` makes what is found of its first row. One connection, reopened when it breaks."""

    def __init__(
        self,
        conninfo: str,
        query: str,
        read: Callable[[Row], Found | None],
        *,
        good_for: float = GOOD_FOR,
        bad_for: float = BAD_FOR,
        most: int = MOST,
    ) -> None:
        self._conninfo = conninfo
        self._query = query.encode()
        self._read = read
        self._good_for, self._bad_for, self._most = good_for, bad_for, most
        self._connection: psycopg.AsyncConnection | None = None
        self._one_at_a_time = asyncio.Lock()
        self._known: dict[Hashable, tuple[float, Found | None]] = {}

    async def find(self, key: Hashable, parameters: Parameters) -> Found | None:
        """What the query finds with these parameters, which `key` stands for. psycopg.Error when nobody can tell."""
        known = self._known.get(key)
        if known is None or known[0] < time.monotonic():
            known = await self._learn(key, parameters)
        return known[1]

    async def close(self) -> None:
        """Lets the connection go."""
        if self._connection is not None:
            await self._connection.close()

    async def _learn(self, key: Hashable, parameters: Parameters) -> tuple[float, Found | None]:
        async with self._one_at_a_time:
            known = self._known.get(key)
            if known is None or known[0] < time.monotonic():  # else another call has learnt it meanwhile
                found = await self._look_up(parameters)
                if len(self._known) >= self._most:
                    self._known.clear()
                known = (time.monotonic() + (self._bad_for if found is None else self._good_for), found)
                self._known[key] = known
            return known

    async def _look_up(self, parameters: Parameters) -> Found | None:
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True, connect_timeout=5)
        try:
            cursor = await self._connection.execute(self._query, parameters)
            row = await cursor.fetchone()
        except psycopg.Error:
            await self._connection.close()
            raise
        return None if row is None else self._read(row)
