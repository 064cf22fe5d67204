"""How connected accounts fare, gathered in memory and written every few seconds: a flood of refused calls to an account
is one row. Promises memory bounded by the accounts there are, since whoever names none is not counted.
"""

import asyncio
import contextlib
from dataclasses import dataclass
from datetime import datetime

import psycopg

from lianyi.channels.accounts.looking_up import FARES
from lianyi.edge.lookups import Database
from lianyi.kernel.clock import from_micros

EVERY = 2.0  # seconds


@dataclass
class _Fare:
    verified: int = 0  # µs; 0 for never
    pushed: int = 0
    refused: int = 0
    why: str = ""
    refusals: int = 0


class Fares:
    """Counts for accounts, by their numbers."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._seen: dict[int, _Fare] = {}
        self._task: asyncio.Task[None] | None = None

    def verified(self, account: int, now: int) -> None:
        """The platform asked whether the address is the account's, and was told so."""
        self._of(account).verified = now

    def pushed(self, account: int, now: int) -> None:
        """Something came and is kept."""
        self._of(account).pushed = now

    def refused(self, account: int, why: str, now: int) -> None:
        """A call was not taken; `why` is the code of the refusal."""
        fare = self._of(account)
        fare.refused, fare.why = now, why
        fare.refusals += 1

    async def close(self) -> None:
        """Writes what was seen last."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        with contextlib.suppress(psycopg.Error, OSError):
            await self._write()

    def _of(self, account: int) -> _Fare:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())
        return self._seen.setdefault(account, _Fare())

    async def _work(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            if not self._seen:
                return
            with contextlib.suppress(psycopg.Error, OSError):  # what was not written is tried with the next
                await self._write()

    async def _write(self) -> None:
        seen, self._seen = self._seen, {}
        if not seen:
            return
        rows = [
            {
                "account": account,
                "verified": _moment(fare.verified),
                "pushed": _moment(fare.pushed),
                "refused": _moment(fare.refused),
                "why": fare.why,
                "refusals": fare.refusals,
            }
            for account, fare in sorted(seen.items())
        ]
        try:
            async with (
                self._database.connection() as connection,
                connection.transaction(),
                connection.cursor() as cursor,
            ):
                await cursor.executemany(FARES, rows)
        except BaseException:  # an end in the middle, too
            for account, fare in seen.items():
                _put_back(self._seen.setdefault(account, _Fare()), fare)
            raise


def _put_back(newer: _Fare, older: _Fare) -> None:
    newer.verified, newer.pushed = max(newer.verified, older.verified), max(newer.pushed, older.pushed)
    if newer.refused < older.refused:
        newer.refused, newer.why = older.refused, older.why
    newer.refusals += older.refusals


def _moment(micros: int) -> datetime | None:
    return from_micros(micros) if micros else None
