"""The short way: new links between groups that nothing holds apart simply unite them.

Exact, whatever the place of the links in the order: see the three laws in `grouping`. What some constraint is in the
way of is set aside for the long way.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
from django.db import connection

from lianyi.people.identity.arrays import Ints, ints, pairs
from lianyi.people.identity.grouping import Forest, Link, Strength
from lianyi.people.identity.resolving import Newcomer


class United(NamedTuple):
    """`became` maps persons, and newcomers' numbers, to the persons they are part of now. `aside` are the links that
    something is in the way of, `disturbed` the persons in whom a strong identity met another by being vouched for.
    """

    became: dict[int, int]
    aside: list[Link]
    disturbed: set[int]


def unite(workspace: int, links: Sequence[Link], newcomers: Sequence[Newcomer], upgraded: list[int]) -> United:
    """What the links and the newly vouched identities change. Newcomers are not in their table yet; links are."""
    if not links and not upgraded:
        return United({}, [], set())
    person = {one.number: one.number for one in newcomers}
    spaces = {one.number: {one.claim[:2]} for one in newcomers if one.strong}
    known = {end for link in links for end in (link.a, link.b)}.difference(person).union(upgraded)
    theirs = persons_of(workspace, known)
    person |= theirs
    old = set(theirs.values())
    vouched, crowded = _spaces(workspace, old)
    disturbed = crowded & {person[number] for number in upgraded}
    forest = Forest(
        set(person.values()),
        spaces | vouched,
        _sides(workspace, old, [one.number for one in newcomers if one.registered]),
    )
    aside = []
    for link in links:
        if link.a not in person or link.b not in person:
            continue  # a decision can name a number that belongs to nobody any more
        first, second = forest.root(person[link.a]), forest.root(person[link.b])
        if first == second:
            continue
        # A merge too goes the long way where strong identities meet: heard first, it can drive out what came before.
        if forest.forbids(first, second, Strength.WEAK):
            aside.append(link)
        else:
            forest.join(first, second)
    became = {one: forest.root(one) for one in set(person.values()) if forest.root(one) != one}
    return United(became, aside, disturbed)


def persons_of(workspace: int, numbers: Collection[int]) -> dict[int, int]:
    """The person of each identity that belongs to one."""
    if not numbers:
        return {}
    ascending = np.array(sorted(numbers), np.int64)
    persons = persons_in_order(workspace, ascending)
    return {one: person for one, person in zip(ascending.tolist(), persons.tolist(), strict=True) if person}


def persons_in_order(workspace: int, numbers: Ints) -> Ints:
    """The person of each of these identities, which ascend; 0 for nobody."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_send(array_agg(number)), array_send(array_agg(person)) FROM identity "
            "WHERE workspace = %s AND number = ANY(%s::int[]) AND person > 0",
            [workspace, ints(numbers.tolist())],
        )
        known, theirs = pairs(cursor.fetchone())
    persons = np.zeros(len(numbers), np.int64)
    persons[np.searchsorted(numbers, known)] = theirs
    return persons


# The identities of some persons: themselves, and those that are not their own person.
MEMBERS = """
    SELECT number, person, kind, scope, strong FROM identity
    WHERE workspace = %(workspace)s AND number = ANY(%(persons)s::int[])
    UNION ALL
    SELECT number, person, kind, scope, strong FROM identity
    WHERE workspace = %(workspace)s AND person = ANY(%(persons)s::int[]) AND person < number
"""


def _spaces(workspace: int, persons: set[int]) -> tuple[dict[int, set[tuple[str, str]]], set[int]]:
    """Kinds and scopes of each person's strong identities, and the persons that have two of one."""
    spaces: dict[int, set[tuple[str, str]]] = {}
    crowded = set()
    if persons:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT person, kind, scope, count(*) FROM ({MEMBERS}) members WHERE strong GROUP BY 1, 2, 3",
                {"workspace": workspace, "persons": ints(persons)},
            )
            for person, kind, scope, count in cursor.fetchall():
                spaces.setdefault(person, set()).add((kind, scope))
                if count > 1:
                    crowded.add(person)
    return spaces, crowded


def _sides(workspace: int, persons: set[int], newcomers: list[int]) -> dict[int, set[int]]:
    """The sides that each person's identities stand on, of all that is kept apart."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM kept_apart WHERE workspace = %s)", [workspace])
        if not cursor.fetchone()[0]:
            return {}
        cursor.execute(
            f"""
            WITH members AS (
                SELECT number, person FROM ({MEMBERS}) kept
                UNION ALL SELECT n, n FROM unnest(%(newcomers)s::int[]) AS n)
            SELECT m.person, s.event_id, s.side FROM members m
            JOIN kept_apart_side s ON s.workspace = %(workspace)s AND s.number = m.number
            JOIN kept_apart k ON k.workspace = s.workspace AND k.event_id = s.event_id AND k.in_force
            """,
            {"workspace": workspace, "persons": ints(persons), "newcomers": ints(newcomers)},
        )
        places: dict[bytes, int] = {}
        sides: dict[int, set[int]] = {}
        for person, event_id, side in cursor.fetchall():
            place = places.setdefault(bytes(event_id), len(places))
            sides.setdefault(person, set()).add(2 * place + side)
        return sides
