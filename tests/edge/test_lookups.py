"""What many ask at once is one query, and each hears of their own."""

import asyncio

import psycopg
import pytest
from tests.edge.edges import address_of_test_database
from tests.loops import in_a_loop

from lianyi.edge.lookups import Gathered

DOUBLED = """
SELECT asked.place, asked.word || asked.word, pg_current_xact_id()::text
FROM unnest(%(words)s::text[]) WITH ORDINALITY AS asked (word, place) WHERE asked.word <> 'nobody'
"""
Found = tuple[str, str]  # the word twice, and which query found it


def gathered(query: str = DOUBLED) -> Gathered[Found]:
    return Gathered(address_of_test_database(), query, ["words"], lambda row: (row[0], row[1]))


pytestmark = pytest.mark.django_db


def test_a_flood_is_two_queries_and_each_hears_of_their_own() -> None:
    async def ask() -> list[Found | None]:
        asking = gathered()
        try:
            return await asyncio.gather(*(asking.find((f"w{number % 50}",)) for number in range(200)))
        finally:
            await asking.close()

    found = [one for one in in_a_loop(ask()) if one is not None]
    assert [word for word, _ in found] == [f"w{number % 50}" * 2 for number in range(200)]
    assert len({query for _, query in found}) <= 2


def test_who_is_not_there_is_nobody_and_who_goes_away_leaves_the_others() -> None:
    async def ask() -> tuple[Found | None, Found | None]:
        asking = gathered()
        try:
            gone = asyncio.create_task(asking.find(("a",)))
            stays = asyncio.create_task(asking.find(("a",)))
            nobody = asyncio.create_task(asking.find(("nobody",)))
            await asyncio.sleep(0)
            gone.cancel()
            return await stays, await nobody
        finally:
            await asking.close()

    stays, nobody = in_a_loop(ask())
    assert stays is not None
    assert stays[0] == "aa"
    assert nobody is None


def test_everybody_hears_that_nobody_can_tell_and_it_is_asked_again() -> None:
    async def ask() -> list[Found | BaseException | None]:
        asking = gathered("SELECT 1, 2, 3 / 0 FROM unnest(%(words)s::text[])")
        try:
            first = await asyncio.gather(*(asking.find((word,)) for word in "ab"), return_exceptions=True)
            return [*first, *await asyncio.gather(asking.find(("a",)), return_exceptions=True)]
        finally:
            await asking.close()

    assert [type(one) for one in in_a_loop(ask())] == [psycopg.errors.DivisionByZero] * 3
