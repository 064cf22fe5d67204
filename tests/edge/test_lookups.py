"""What many ask at once is one query, and each hears of their own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import psycopg
import pytest
from tests.edge.edges import address_of_test_database
from tests.loops import in_a_loop

from lianyi.edge.lookups import CONNECTIONS, Database, Gathered

DOUBLED = """
SELECT asked.place, asked.word || asked.word, pg_current_xact_id()::text
FROM unnest(%(words)s::text[]) WITH ORDINALITY AS asked (word, place) WHERE asked.word <> 'nobody'
"""
Found = tuple[str, str]  # the word twice, and which query found it


@asynccontextmanager
async def gathered(query: str = DOUBLED) -> AsyncIterator[Gathered[Found]]:
    database = Database(address_of_test_database())
    try:
        yield Gathered(database, query, ["words"], lambda row: (row[0], row[1]))
    finally:
        await database.close()


pytestmark = pytest.mark.django_db


def test_a_flood_is_two_queries_and_each_hears_of_their_own() -> None:
    async def ask() -> list[Found | None]:
        async with gathered() as asking:
            return await asyncio.gather(*(asking.find((f"w{number % 50}",)) for number in range(200)))

    found = [one for one in in_a_loop(ask()) if one is not None]
    assert [word for word, _ in found] == [f"w{number % 50}" * 2 for number in range(200)]
    assert len({query for _, query in found}) <= 2


def test_who_is_not_there_is_nobody_and_who_goes_away_leaves_the_others() -> None:
    async def ask() -> tuple[Found | None, Found | None]:
        async with gathered() as asking:
            gone = asyncio.create_task(asking.find(("a",)))
            stays = asyncio.create_task(asking.find(("a",)))
            nobody = asyncio.create_task(asking.find(("nobody",)))
            await asyncio.sleep(0)
            gone.cancel()
            return await stays, await nobody

    stays, nobody = in_a_loop(ask())
    assert stays is not None
    assert stays[0] == "aa"
    assert nobody is None


def test_everybody_hears_that_nobody_can_tell_and_it_is_asked_again() -> None:
    async def ask() -> list[Found | BaseException | None]:
        async with gathered("SELECT 1, 2, 3 / 0 FROM unnest(%(words)s::text[])") as asking:
            first = await asyncio.gather(*(asking.find((word,)) for word in "ab"), return_exceptions=True)
            return [*first, *await asyncio.gather(asking.find(("a",)), return_exceptions=True)]

    assert [type(one) for one in in_a_loop(ask())] == [psycopg.errors.DivisionByZero] * 3


def test_lookups_share_a_few_connections_and_one_that_broke_is_opened_again() -> None:
    async def pids(database: Database) -> list[int]:
        rows = await asyncio.gather(*(database.rows(b"SELECT pg_backend_pid(), pg_sleep(0.01)", ()) for _ in range(20)))
        return [found[0] for ((*found,),) in rows]

    async def ask() -> tuple[set[int], set[int], BaseException | None]:
        database = Database(address_of_test_database())
        before = set(await pids(database))
        for pid in before:  # as when PostgreSQL starts anew
            with suppress(psycopg.OperationalError):
                await database.rows(b"SELECT pg_terminate_backend(%s)", (pid,))
        await asyncio.gather(*(database.rows(b"SELECT 1", ()) for _ in range(CONNECTIONS)), return_exceptions=True)
        after = set(await pids(database))
        await database.close()
        (ended,) = await asyncio.gather(database.rows(b"SELECT 1", ()), return_exceptions=True)
        return before, after, ended if isinstance(ended, BaseException) else None

    before, after, ended = in_a_loop(ask())
    assert len(before) == len(after) == CONNECTIONS
    assert before != after
    assert isinstance(ended, psycopg.OperationalError)
