"""Reads of identities and persons. A person is named by its number, the smallest of its identities' numbers."""

import io
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
from django.db import connection

from lianyi.events.schemas import Claim
from lianyi.foundation.workspaces.queries import region_of
from lianyi.people.identity import resolving
from lianyi.people.identity.arrays import ints
from lianyi.people.identity.schemas import Counts, IdentityOf, MergeOf, MoveOf, Question, Reason
from lianyi.people.identity.uniting import MEMBERS
from lianyi.people.identity.uniting import persons_of as _persons_of

Ints = npt.NDArray[np.int64]
_MOST = 2**31 - 1  # the largest number that its column holds; a larger one, which anybody may type, is nobody's


def find(workspace: int, claims: Sequence[Claim]) -> dict[Claim, int]:
    """The identity numbers of those claims, as anybody would write them, that are known; strength plays no part."""
    found = resolving.look_up(workspace, region_of(workspace), claims)
    return {claim: value >> 1 for claim, value in found.values.items()}


def numbers_of(workspace: int, person: int) -> list[int]:
    """The identities of a person, ascending; empty when there is no such person."""
    return [one.number for one in identities_of(workspace, person)]


def identities_of(workspace: int, person: int) -> list[IdentityOf]:
    """The identities of a person, in order of first appearance; empty when there is no such person."""
    if not 0 < person <= _MOST:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT i.number, i.kind, i.scope, i.value, i.strong, i.first_seen_at FROM ({MEMBERS}) m
            JOIN identity i ON i.workspace = %(workspace)s AND i.number = m.number WHERE m.person = %(person)s
            ORDER BY i.number
            """,
            {"workspace": workspace, "persons": [person], "person": person},
        )
        return [IdentityOf(*row) for row in cursor.fetchall()]


def values_of(workspace: int, numbers: Iterable[int]) -> list[str]:
    """The values of these identities, as they are stored."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT value FROM identity WHERE workspace = %s AND number = ANY(%s::int[]) ORDER BY number",
            [workspace, ints(numbers)],
        )
        return [value for (value,) in cursor.fetchall()]


def persons_of(workspace: int, numbers: Iterable[int]) -> dict[int, int]:
    """The person of each identity; those that belong to nobody are left out."""
    return _persons_of(workspace, {number for number in numbers if 0 < number <= _MOST})


def person_exists(workspace: int, person: int) -> bool:
    """Whether this is the number of a person, and not of an identity that is part of another one."""
    return persons_of(workspace, [person]).get(person) == person


_MOVED = np.dtype([("fields", ">i2"), ("size", ">i4"), ("number", ">i4"), ("size_too", ">i4"), ("person", ">i4")])
_COPY_MOVED = """
    COPY (
        SELECT number, person FROM identity WHERE workspace = %s AND person < number
        UNION ALL SELECT number, 0 FROM erased_identity WHERE workspace = %s AND number > 0 ORDER BY number)
    TO STDOUT (FORMAT BINARY)
"""


def moved_map(workspace: int) -> tuple[Ints, Ints]:
    """The identities that are not their own person, ascending, and their persons (0: nobody). All others are.

    Numbers of erased people are among them, as nobody's: the lake may still have rows of them.
    """
    data = io.BytesIO()
    with connection.cursor() as cursor, cursor.copy(_COPY_MOVED, [workspace, workspace]) as copy:
        for part in copy:
            data.write(part)
    # PostgreSQL's binary COPY: 19 bytes of head, rows of two integers with their sizes, and two bytes at the end.
    rows = np.frombuffer(data.getbuffer()[19:-2], _MOVED)
    return rows["number"].astype(np.int64), rows["person"].astype(np.int64)


def moves(workspace: int, batch: int) -> list[MoveOf]:
    """The identities that a batch gave to another person, ascending; not those that were new in it. What every
    projector has passed is dropped after a while.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT number, was, became FROM move WHERE workspace = %s AND batch = %s AND was <> became ORDER BY number
            """,
            [workspace, batch],
        )
        return [MoveOf(*row) for row in cursor.fetchall()]


_STATED = "coalesce(l.occurred_at, 9223372036854775807)"


def questions(workspace: int, limit: int = 100, *, after: tuple[int, int] | None = None) -> list[Question]:
    """The open questions, the one that was stated first in front; those behind the one about `after` (a, b)."""
    a, b = after or (0, 0)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT q.a, q.b, one.person, other.person FROM link_question q
            JOIN identity one ON one.workspace = q.workspace AND one.number = q.a
            JOIN identity other ON other.workspace = q.workspace AND other.number = q.b
            LEFT JOIN link l ON l.workspace = q.workspace AND l.a = q.a AND l.b = q.b AND l.strength = 1
            WHERE q.workspace = %(workspace)s AND (%(a)s = 0 OR ({_STATED}, q.a, q.b) > (coalesce((
                SELECT min(l.occurred_at) FROM link l
                WHERE l.workspace = %(workspace)s AND l.a = %(a)s AND l.b = %(b)s AND l.strength = 1
            ), 9223372036854775807), %(a)s, %(b)s))
            ORDER BY l.occurred_at, q.a, q.b LIMIT %(limit)s
            """,
            {"workspace": workspace, "a": a, "b": b, "limit": limit},
        )
        rows = cursor.fetchall()
    return [_question(workspace, *row) for row in rows]


def _question(workspace: int, a: int, b: int, person_a: int, person_b: int) -> Question:
    spaces = tuple(sorted(_strong_spaces(workspace, person_a) & _strong_spaces(workspace, person_b)))
    reasons: list[Reason] = ["two_strong"] if spaces else []
    if keeping_apart(workspace, person_a, person_b):
        reasons.append("kept_apart")
    return Question(a, b, person_a, person_b, tuple(reasons), spaces)


def _strong_spaces(workspace: int, person: int) -> set[tuple[str, str]]:
    return {(one.kind, one.scope) for one in identities_of(workspace, person) if one.strong}


def keeping_apart(workspace: int, person: int, other: int) -> list[str]:
    """The decisions in force (hex ids) that keep two persons apart."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT k.event_id FROM kept_apart_side s
            JOIN kept_apart k ON k.workspace = s.workspace AND k.event_id = s.event_id AND k.in_force
            JOIN kept_apart_side t ON t.workspace = s.workspace AND t.event_id = s.event_id AND t.side <> s.side
            WHERE s.workspace = %s AND s.number = ANY(%s::int[]) AND t.number = ANY(%s::int[]) ORDER BY 1
            """,
            [workspace, numbers_of(workspace, person), numbers_of(workspace, other)],
        )
        return [bytes(event_id).hex() for (event_id,) in cursor.fetchall()]


def merges_of(workspace: int, person: int) -> list[MergeOf]:
    """The members' merges that hold this person together, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT m.event_id, m.a, m.b, m.occurred_at FROM person_merge m
            JOIN identity one ON one.workspace = m.workspace AND one.number = m.a
            JOIN identity other ON other.workspace = m.workspace AND other.number = m.b
            WHERE m.workspace = %s AND m.in_force AND m.ordinal = 0 AND m.a = ANY(%s::int[])
            AND one.person = other.person
            ORDER BY m.occurred_at, m.event_id
            """,
            [workspace, numbers_of(workspace, person)],
        )
        return [MergeOf(bytes(event_id).hex(), a, b, at) for event_id, a, b, at in cursor.fetchall()]


def epoch_of(workspace: int) -> int:
    """Grows whenever numbers or people were taken back: what was read before is to be read again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT epoch FROM identity_counter WHERE workspace = %s", [workspace])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def erased_numbers(workspace: int) -> set[int]:
    """The numbers that erased identities had."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM erased_identity WHERE workspace = %s AND number > 0", [workspace])
        return {number for (number,) in cursor.fetchall()}


def counts(workspace: int) -> Counts:
    """Counted, not estimated."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*), count(*) FILTER (WHERE person = number),
                (SELECT count(*) FROM link_question WHERE workspace = %(workspace)s)
            FROM identity WHERE workspace = %(workspace)s AND person > 0
            """,
            {"workspace": workspace},
        )
        return Counts(*cursor.fetchone())
