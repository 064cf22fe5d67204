"""Lists of people, and the search for one."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from lianyi.events.schemas import Claim
from lianyi.kernel.text import bigrams, clean
from lianyi.people.identity import queries as identity
from lianyi.people.profiles.arrays import integers
from lianyi.people.profiles.dictionaries import source_names
from lianyi.people.profiles.lifecycle.stages import Stage
from lianyi.people.profiles.persons.members import members
from lianyi.people.profiles.persons.named import spaces
from lianyi.people.profiles.persons.presence import presence_of
from lianyi.people.profiles.schemas import PersonRow, SourceSeen

_QUERY = """
    SELECT i.number, p.name, s.stage, s.since, p.first_source, p.first_touch_at, p.last_source, p.last_touch_at,
        p.orders, p.spent
    FROM identity i LEFT JOIN person p ON p.workspace = i.workspace AND p.number = i.number
        LEFT JOIN standing s ON s.workspace = i.workspace AND s.number = i.number
    WHERE i.workspace = %s AND i.person = i.number AND
"""
_SIFTED = 500  # names that have a query's bigrams, of which those that hold the query are taken
_NAMED = "SELECT number, name FROM person WHERE workspace = %s AND bigrams @> %s::text[] ORDER BY number DESC LIMIT %s"
# A term such as 王 stands in every fourteenth name: the newest have enough of them, and the index would give them all.
_LATELY = 10_000
_NAMED_LATELY = """
    SELECT number, name FROM (
        SELECT number, name, bigrams FROM person WHERE workspace = %s ORDER BY number DESC LIMIT %s
    ) AS newest WHERE bigrams @> %s::text[] ORDER BY number DESC LIMIT %s
"""


def people(workspace: int, numbers: Iterable[int]) -> list[PersonRow]:
    """The rows of these persons, in this order; a number that is no person's is left out."""
    asked = list(dict.fromkeys(numbers))
    if not asked:
        return []
    found = {row.number: row for row in _rows(workspace, "i.number = ANY(%s::int[])", [integers(asked)])}
    return [found[number] for number in asked if number in found]


def newest_people(workspace: int, limit: int = 50, after: int | None = None, stage: str = "") -> list[PersonRow]:
    """The people who came last, the newest first; those older than number `after`, where a page ended."""
    conditions = ["i.number < %s"]
    values: list[Any] = [2**31 - 1 if after is None else after]
    if stage == Stage.PROSPECT:
        # A subquery of its own for each row: prospects are many, and the newest are found at once.
        conditions.append("(SELECT stage FROM standing WHERE workspace = i.workspace AND number = i.number) IS NULL")
    elif stage:
        conditions.append("s.stage = %s")
        values.append(stage)
    return _rows(workspace, f"{' AND '.join(conditions)} ORDER BY i.number DESC LIMIT %s", [*values, limit])


def search_people(workspace: int, text: str, limit: int = 50) -> list[PersonRow]:
    """People by an exact identity of any kind, by number (`#12`), or by a part of their name; best first."""
    wanted = clean(text)
    if not wanted:
        return []
    numbers = [*_by_number(wanted), *_by_identity(workspace, wanted), *_by_name(workspace, wanted, limit)]
    return people(workspace, list(dict.fromkeys(numbers))[:limit])


def _by_number(wanted: str) -> list[int]:
    digits = wanted.removeprefix("#")
    return [int(digits)] if digits.isascii() and digits.isdigit() and 0 < int(digits) < 2**31 else []


def _by_identity(workspace: int, wanted: str) -> list[int]:
    claims = [Claim(kind, scope, wanted, False) for kind, scope in spaces(workspace)]
    found = identity.find(workspace, claims)
    persons = identity.persons_of(workspace, found.values())
    return [persons[found[claim]] for claim in claims if claim in found and persons.get(found[claim])]


def _by_name(workspace: int, wanted: str, limit: int) -> list[int]:
    part, terms = _plain(wanted), bigrams(wanted)
    with connection.cursor() as cursor:
        rows: list[tuple[int, str]] = []
        if len(terms) == 1:
            cursor.execute(_NAMED_LATELY, [workspace, _LATELY, terms, _SIFTED])
            rows = cursor.fetchall()
        if len(rows) < _SIFTED:
            cursor.execute(_NAMED, [workspace, terms, _SIFTED])
            rows = cursor.fetchall()
    found = [(name, number) for number, name in rows if part in _plain(name)]
    return [number for _, number in sorted(found, key=lambda one: (_plain(one[0]) != part, -one[1]))][:limit]


def _plain(name: str) -> str:
    return clean(name).casefold().replace(" ", "")


def _rows(workspace: int, condition: str, values: Sequence[Any]) -> list[PersonRow]:
    with connection.cursor() as cursor:
        cursor.execute(f"{_QUERY} {condition}", [workspace, *values])
        rows = cursor.fetchall()
    sources = source_names(workspace, sorted({number for row in rows for number in (row[4], row[6]) if number}))
    presence = _presence(workspace, [row[0] for row in rows])

    def seen(source: int | None, at: int | None) -> SourceSeen | None:
        return None if source is None or at is None else SourceSeen.of(sources[source], at)

    return [
        PersonRow(
            number=row[0],
            name=row[1] or "",
            stage=row[2] or Stage.PROSPECT.value,
            stage_since=row[3],
            first_source=seen(row[4], row[5]),
            last_source=seen(row[6], row[7]),
            first_seen_at=presence[row[0]][0],
            last_seen_on=presence[row[0]][1],
            orders=row[8] or 0,
            spent=row[9] or Decimal(0),
        )
        for row in rows
    ]


def _presence(workspace: int, persons: list[int]) -> dict[int, tuple[int | None, date | None]]:
    """Person → first seen at, last seen on."""
    group = members(workspace, persons)
    of_identities = presence_of(workspace, group.numbers)
    seen: dict[int, list[tuple[int, int]]] = {person: [] for person in persons}
    for number, person in zip(group.numbers, group.persons, strict=True):
        if number in of_identities:
            seen[person].append(of_identities[number])
    return {person: _widest(some) for person, some in seen.items()}


def _widest(seen: list[tuple[int, int]]) -> tuple[int | None, date | None]:
    if not seen:
        return None, None
    last_on = max(last_on for _, last_on in seen)
    return min(first_at for first_at, _ in seen), date(1970, 1, 1) + timedelta(last_on) if last_on else None
