"""The long way: some groups are formed anew from all facts about them, and with them whatever they now reach.

A region of whole groups is loaded with the links among its identities and, where something changed in it, those that
lead out of it. All of the latter were left out before. As long as each of them must still be left out, whatever its
far end's group looks like, the rest of the world cannot feel what changed here; a far end that would now be joined
brings its whole group into the region, and the region is formed again.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import connection

from lianyi.people.identity.arrays import ints
from lianyi.people.identity.grouping import Grouping, Identity, KeptApart, Link, Strength, group, questions
from lianyi.people.identity.uniting import MEMBERS, persons_of


@dataclass
class _Region:
    """Whole groups as they are kept, with the facts about them."""

    person: dict[int, int] = field(default_factory=dict)  # of the identities inside
    identities: dict[int, Identity] = field(default_factory=dict)  # of the far ends of links too
    outside: dict[int, int] = field(default_factory=dict)  # the far ends' persons
    links: list[Link] = field(default_factory=list)
    apart: list[KeptApart] = field(default_factory=list)

    def group(self) -> Grouping:
        return group(self.identities, self.links, self.apart, self.outside.keys())


class Moved(NamedTuple):
    """An identity that belongs to another person now."""

    number: int
    was: int
    became: int


def regroup(workspace: int, persons: Collection[int], news: Collection[Link], *, disturbed: bool) -> list[Moved]:
    """Forms the groups of `persons` anew, and keeps the questions about them up to date.

    `news` are the links that were not among the facts when `persons` were formed; `disturbed` says that other facts
    changed as well. When news is all there is, and all of it is left out, nothing else can have changed.
    """
    wanted = set(persons)
    if not disturbed:
        region = _load(workspace, wanted, with_far_ends=False)
        found = region.group()
        disturbed = not found.left_out.issuperset(news)
    if disturbed:
        while True:
            region = _load(workspace, wanted, with_far_ends=True)
            found = region.group()
            if not found.reached:
                break
            wanted |= {region.outside[number] for number in found.reached}
    _ask(workspace, region, found)
    moved = [
        Moved(number, region.person[number], person)
        for number, person in found.person.items()
        if region.person[number] != person
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE identity i SET person = m.became FROM unnest(%s::int[], %s::int[]) AS m (number, became)
            WHERE i.workspace = %s AND i.number = m.number
            """,
            [ints(one.number for one in moved), ints(one.became for one in moved), workspace],
        )
    return moved


def replace_persons(workspace: int, became: dict[int, int]) -> list[Moved]:
    """Gives all identities of each person of `became` to the other one."""
    moved: list[Moved] = []
    if not became:
        return moved
    with connection.cursor() as cursor:
        for mine in ("i.number = m.was", "i.person = m.was AND i.person < i.number"):
            cursor.execute(
                f"""
                UPDATE identity i SET person = m.became FROM unnest(%s::int[], %s::int[]) AS m (was, became)
                WHERE i.workspace = %s AND {mine} RETURNING i.number, m.was, m.became
                """,
                [ints(became), ints(became.values()), workspace],
            )
            moved += map(Moved._make, cursor.fetchall())
    return moved


def _load(workspace: int, persons: Collection[int], *, with_far_ends: bool) -> _Region:
    region = _Region()
    with connection.cursor() as cursor:
        cursor.execute(MEMBERS, {"workspace": workspace, "persons": ints(persons)})
        for number, person, kind, scope, strong in cursor.fetchall():
            region.person[number] = person
            region.identities[number] = Identity(kind, scope, strong)
    _load_links(workspace, region, with_far_ends=with_far_ends)
    _load_apart(workspace, region)
    return region


# `b + 0`: for two conditions on the index, PostgreSQL would try every pair of the two lists.
_LINKS = """
    SELECT a, b, strength, occurred_at, event_id, ordinal FROM link
    WHERE workspace = %(workspace)s AND a = ANY(%(inside)s::int[]) {both}
    UNION ALL
    SELECT a, b, 0, occurred_at, event_id, ordinal FROM person_merge
    WHERE workspace = %(workspace)s AND in_force AND a = ANY(%(inside)s::int[]) {both}
"""
_INNER_LINKS = _LINKS.format(both="AND b + 0 = ANY(%(inside)s::int[])")
_ALL_LINKS = f"""
    {_LINKS.format(both="")}
    UNION ALL
    SELECT a, b, strength, occurred_at, event_id, ordinal FROM link
    WHERE workspace = %(workspace)s AND b = ANY(%(inside)s::int[]) AND a + 0 <> ALL(%(inside)s::int[])
    UNION ALL
    SELECT a, b, 0, occurred_at, event_id, ordinal FROM person_merge
    WHERE workspace = %(workspace)s AND in_force AND b = ANY(%(inside)s::int[]) AND a + 0 <> ALL(%(inside)s::int[])
"""


def _load_links(workspace: int, region: _Region, *, with_far_ends: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _ALL_LINKS if with_far_ends else _INNER_LINKS, {"workspace": workspace, "inside": ints(region.person)}
        )
        for a, b, strength, occurred_at, event_id, ordinal in cursor.fetchall():
            region.links.append(Link(a, b, Strength(strength), occurred_at, bytes(event_id), ordinal))
        far = {end for link in region.links for end in (link.a, link.b)}.difference(region.person)
        if far:
            cursor.execute(
                """
                SELECT number, person, kind, scope, strong FROM identity
                WHERE workspace = %s AND number = ANY(%s::int[]) AND person > 0
                """,
                [workspace, ints(far)],
            )
            for number, person, kind, scope, strong in cursor.fetchall():
                region.outside[number] = person
                region.identities[number] = Identity(kind, scope, strong)
        there = region.identities  # not so a number that belongs to nobody any more
        region.links = [link for link in region.links if link.a in there and link.b in there]


def _load_apart(workspace: int, region: _Region) -> None:
    sides: dict[bytes, tuple[set[int], set[int]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT s.event_id, s.side, s.number FROM kept_apart_side s JOIN kept_apart k USING (workspace, event_id)
            WHERE k.in_force AND s.workspace = %s AND s.number = ANY(%s::int[])
            """,
            [workspace, ints(region.identities)],
        )
        for event_id, side, number in cursor.fetchall():
            sides.setdefault(bytes(event_id), (set(), set()))[side].add(number)
    region.apart = [KeptApart(frozenset(left), frozenset(right)) for left, right in sides.values()]


def _ask(workspace: int, region: _Region, found: Grouping) -> None:
    """Makes the queue hold exactly the region's open questions."""
    inside = region.person.keys()
    stated: dict[tuple[int, int], int] = {}
    for link in found.left_out:
        if link.strength != Strength.WEAK:
            stated[link.a, link.b] = min(link.occurred_at, stated.get((link.a, link.b), link.occurred_at))
    pairs = questions(found.left_out, region.apart)
    due = {(a, b, stated[a, b]) for a, b in pairs if a in inside and b in inside}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT a, b, stated_at FROM link_question
            WHERE workspace = %(workspace)s AND a = ANY(%(inside)s::int[]) AND b + 0 = ANY(%(inside)s::int[])
            """,
            {"workspace": workspace, "inside": ints(inside)},
        )
        asked = set(cursor.fetchall())
        cursor.executemany(
            "DELETE FROM link_question WHERE workspace = %s AND a = %s AND b = %s",
            [(workspace, a, b) for a, b, _ in asked - due],
        )
        cursor.executemany(
            "INSERT INTO link_question (workspace, a, b, stated_at) VALUES (%s, %s, %s, %s)",
            [(workspace, *one) for one in due - asked],
        )


def sides_without(workspace: int, merge: bytes, a: int, b: int) -> tuple[list[int], list[int]]:
    """The identities on the two sides of a merge: the groups of `a` and of `b` if it were not in force, from what is
    in the groups that it joins. Where they would be one group all the same, `a` and `b` alone.
    """
    region = _load(workspace, set(persons_of(workspace, {a, b}).values()), with_far_ends=False)
    region.links = [link for link in region.links if link.event_id != merge]
    person = region.group().person
    if person[a] == person[b]:
        return [a], [b]
    left, right = (sorted(number for number, one in person.items() if one == person[end]) for end in (a, b))
    return left, right
