"""Write keys at the door: looked up by the hash of their secret, and remembered for a few seconds."""

import asyncio
import time

import psycopg

from lianyi.events.intake.senders import Key
from lianyi.kernel.ids import secret_hash

GOOD_FOR = 10.0  # seconds; a revoked key stops after at most this
BAD_FOR = 2.0
_MOST = 10_000
_LONGEST = 200  # characters: no key is longer, and what is asked for is remembered


class Keyring:
    """Finds keys; one connection, reopened when it breaks."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._connection: psycopg.AsyncConnection | None = None
        self._one_at_a_time = asyncio.Lock()
        self._known: dict[str, tuple[float, Key | None, str]] = {}

    async def find(self, secret: str) -> tuple[Key, str] | None:
        """The key and its workspace's slug; None when it is unknown or revoked. psycopg.Error when nobody can tell."""
        if len(secret) > _LONGEST:
            return None
        known = self._known.get(secret)
        if known is None or known[0] < time.monotonic():
            known = await self._learn(secret)
        return (known[1], known[2]) if known[1] else None

    async def close(self) -> None:
        """Lets the connection go."""
        if self._connection is not None:
            await self._connection.close()

    async def _learn(self, secret: str) -> tuple[float, Key | None, str]:
        async with self._one_at_a_time:
            known = self._known.get(secret)
            if known is None or known[0] < time.monotonic():  # else another call has learnt it meanwhile
                key, slug = await self._look_up(secret)
                if len(self._known) >= _MOST:
                    self._known.clear()
                known = (time.monotonic() + (GOOD_FOR if key else BAD_FOR), key, slug)
                self._known[secret] = known
            return known

    async def _look_up(self, secret: str) -> tuple[Key | None, str]:
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True, connect_timeout=5)
        try:
            cursor = await self._connection.execute(
                """
                SELECT k.id, k.workspace_id, k.kind = 'server', k."group", w.slug
                FROM write_key k JOIN workspace w ON w.id = k.workspace_id WHERE k.hash = %s AND k.revoked_at IS NULL
                """,
                [secret_hash(secret)],
            )
            row = await cursor.fetchone()
        except psycopg.Error:
            await self._connection.close()
            raise
        return (Key(*row[:4]), row[4]) if row else (None, "")
