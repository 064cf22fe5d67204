"""Reads of identities and persons. A person is named by its number, the smallest of its identities' numbers."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from django.db import connection
from django.db.models import Q

from lianyi.events.schemas import Claim
from lianyi.foundation.workspaces.queries import region_of
from lianyi.people.identity import resolving
from lianyi.people.identity.arrays import Ints, ints, pairs
from lianyi.people.identity.models import QuestionAnswer
from lianyi.people.identity.schemas import Answered, Counts, IdentityOf, MergeOf, MoveOf, Question, Reason, Said
from lianyi.people.identity.uniting import MEMBERS
from lianyi.people.identity.uniting import persons_in_order as persons_in_order
from lianyi.people.identity.uniting import persons_of as _persons_of

_Number = TypeVar("_Number", bound=np.integer[Any])
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


def shown_identities(workspace: int, numbers: Iterable[int]) -> dict[int, IdentityOf]:
    """Number → identity, of those that are there."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT number, kind, scope, value, strong, first_seen_at FROM identity
            WHERE workspace = %s AND number = ANY(%s::int[])
            """,
            [workspace, ints(numbers)],
        )
        return {row[0]: IdentityOf(*row) for row in cursor.fetchall()}


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


_DIGEST = np.dtype([("number", ">i4"), ("digest", "V16")])


def first_digests(workspace: int, persons: Iterable[int] | None = None) -> tuple[Ints, npt.NDArray[np.void]]:
    """Of these persons or of everybody, ascending, the digest of each one's first identity, 16 bytes: what stays the
    same of a person, whatever else becomes known. Numbers that are no person's are left out.
    """
    some = "" if persons is None else "AND number = ANY(%s::int[])"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT string_agg(int4send(number) || hash, '') FROM identity "
            f"WHERE workspace = %s AND person = number {some} GROUP BY number >> 17",
            [workspace, *([] if persons is None else [ints(persons)])],
        )
        rows = np.frombuffer(b"".join(data for (data,) in cursor.fetchall()), _DIGEST)
    order = np.argsort(rows["number"], kind="stable")
    return rows["number"][order].astype(np.int64), rows["digest"][order]


def person_exists(workspace: int, person: int) -> bool:
    """Whether this is the number of a person, and not of an identity that is part of another one."""
    return persons_of(workspace, [person]).get(person) == person


def moved_map(workspace: int) -> tuple[Ints, Ints]:
    """The identities that are not their own person, ascending, and their persons (0: nobody). All others are.

    Numbers of erased people are among them, as nobody's: the lake may still have rows of them.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT array_send(array_agg(number)), array_send(array_agg(person)) FROM (
                SELECT number, person FROM identity WHERE workspace = %(workspace)s AND person < number
                UNION ALL SELECT number, 0 FROM erased_identity WHERE workspace = %(workspace)s AND number > 0) AS moved
            """,
            {"workspace": workspace},
        )
        return pairs(cursor.fetchone())


def owners(identities: npt.NDArray[_Number], moved: tuple[Ints, Ints]) -> npt.NDArray[_Number]:
    """The person of each identity by a `moved_map`; 0 for nobody."""
    numbers, persons = moved
    if not len(numbers) or not len(identities):
        return identities
    size = int(identities.max()) + 1
    if size <= 4 * len(identities):  # to look each up in a table of all is several times faster than to search for it
        table: npt.NDArray[_Number] = np.arange(size, dtype=identities.dtype)
        there = int(np.searchsorted(numbers, size))
        table[numbers[:there]] = persons[:there]
        found: npt.NDArray[_Number] = table[identities]
        return found
    place = np.minimum(np.searchsorted(numbers, identities), len(numbers) - 1)
    return np.where(numbers[place] == identities, persons[place].astype(identities.dtype), identities)


def moved_among(workspace: int, numbers: Ints) -> tuple[Ints, Ints]:
    """Of `moved_map` what concerns these numbers, whether as identities or as persons; erased ones are left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT array_send(array_agg(number)), array_send(array_agg(person)) FROM (
                SELECT number, person FROM identity
                WHERE workspace = %(workspace)s AND number = ANY(%(numbers)s::int[]) AND person < number
                UNION SELECT number, person FROM identity
                WHERE workspace = %(workspace)s AND person = ANY(%(numbers)s::int[]) AND person < number) AS moved
            """,
            {"workspace": workspace, "numbers": ints(numbers.tolist())},
        )
        return pairs(cursor.fetchone())


def last_number(workspace: int) -> int:
    """The last identity number that was given; 0 before the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT last FROM identity_counter WHERE workspace = %s", [workspace])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


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


# A question that was answered shows again when the answer has taken effect and it stands all the same.
_HIDDEN = """
    SELECT FROM question_answer x WHERE x.workspace = q.workspace AND x.a = q.a AND x.b = q.b AND (
        x.said = 'later' OR NOT EXISTS (
            SELECT FROM person_merge m WHERE m.workspace = x.workspace AND m.event_id = x.decision
            UNION ALL SELECT FROM kept_apart k WHERE k.workspace = x.workspace AND k.event_id = x.decision))
"""
_OPEN = f"""
    SELECT q.a, q.b, one.person, other.person, q.stated_at FROM link_question q
    JOIN identity one ON one.workspace = q.workspace AND one.number = q.a
    JOIN identity other ON other.workspace = q.workspace AND other.number = q.b
    WHERE q.workspace = %(workspace)s AND NOT EXISTS ({_HIDDEN})
"""


def questions(workspace: int, limit: int = 100, *, after: tuple[int, int, int] | None = None) -> list[Question]:
    """The open questions, the one that was stated first in front; those behind `after` (stated_at, a, b)."""
    behind = "AND (q.stated_at, q.a, q.b) > (%(at)s, %(a)s, %(b)s)" if after else ""
    at, a, b = after or (0, 0, 0)
    return _questions(
        workspace,
        f"{_OPEN} {behind} ORDER BY q.stated_at, q.a, q.b LIMIT %(limit)s",
        {"at": at, "a": a, "b": b, "limit": limit},
    )


def question_of(workspace: int, a: int, b: int) -> Question | None:
    """The open question about identities `a` and `b`; None where nobody asks, or somebody answered."""
    if not (0 < a <= _MOST and 0 < b <= _MOST):
        return None
    asked = {"a": min(a, b), "b": max(a, b)}
    found = _questions(workspace, f"{_OPEN} AND q.a = %(a)s AND q.b = %(b)s", asked)
    return found[0] if found else None


def questions_about(workspace: int, person: int, limit: int = 5) -> list[Question]:
    """Some open questions that ask about this person."""
    mine = {"mine": ints(numbers_of(workspace, person)), "limit": limit}
    about = "(q.a = ANY(%(mine)s::int[]) OR q.b = ANY(%(mine)s::int[]))"
    return _questions(workspace, f"{_OPEN} AND {about} ORDER BY q.stated_at, q.a, q.b LIMIT %(limit)s", mine)


def answered_questions(
    workspace: int, said: Said, limit: int = 100, *, after: tuple[int, int, int] | None = None
) -> list[Answered]:
    """Those that were answered so, the last answer in front; those behind `after` (said_at, a, b)."""
    rows = QuestionAnswer.objects.filter(workspace=workspace, said=said)
    if after is not None:
        at, a, b = after
        behind = Q(said_at__lt=at) | Q(said_at=at, a__gt=a) | Q(said_at=at, a=a, b__gt=b)
        rows = rows.filter(behind, said_at__lte=at)
    return answered_of(workspace, list(rows.order_by("-said_at", "a", "b")[:limit]))


def answer_to(workspace: int, a: int, b: int) -> Answered | None:
    """What was answered about identities `a` and `b`."""
    if not (0 < a <= _MOST and 0 < b <= _MOST):
        return None
    rows = QuestionAnswer.objects.filter(workspace=workspace, a=min(a, b), b=max(a, b))
    return next(iter(answered_of(workspace, list(rows))), None)


def answered_of(workspace: int, rows: Sequence[QuestionAnswer]) -> list[Answered]:
    """The rows as others see them."""
    person = persons_of(workspace, {number for row in rows for number in (row.a, row.b)})
    return [
        Answered(
            Question(
                row.a,
                row.b,
                person.get(row.a, 0),
                person.get(row.b, 0),
                tuple(row.reasons["reasons"]),
                tuple((kind, scope) for kind, scope in row.reasons["spaces"]),
                row.stated_at,
            ),
            row.said,  # type: ignore[arg-type]
            row.said_at,
            row.actor,
            bytes(row.decision).hex() if row.decision is not None else "",
        )
        for row in rows
    ]


def _questions(workspace: int, query: str, values: dict[str, Any]) -> list[Question]:
    with connection.cursor() as cursor:
        cursor.execute(query, {"workspace": workspace, **values})
        rows = cursor.fetchall()
    if not rows:
        return []
    pairs = [(row[2], row[3]) for row in rows]
    spaces = _strong_spaces(workspace, {person for pair in pairs for person in pair})
    apart = kept_apart_among(workspace, pairs)
    found = []
    for a, b, person_a, person_b, stated_at in rows:
        shared = tuple(sorted(spaces.get(person_a, set()) & spaces.get(person_b, set())))
        reasons: list[Reason] = ["two_strong"] if shared else []
        if (person_a, person_b) in apart:
            reasons.append("kept_apart")
        found.append(Question(a, b, person_a, person_b, tuple(reasons), shared, stated_at))
    return found


def _strong_spaces(workspace: int, persons: set[int]) -> dict[int, set[tuple[str, str]]]:
    spaces: dict[int, set[tuple[str, str]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT person, kind, scope FROM ({MEMBERS}) members WHERE strong",
            {"workspace": workspace, "persons": ints(persons)},
        )
        for person, kind, scope in cursor.fetchall():
            spaces.setdefault(person, set()).add((kind, scope))
    return spaces


def kept_apart_among(workspace: int, pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those of the pairs of persons that some decision in force keeps apart."""
    asked = list(set(pairs))
    if not asked:
        return set()
    persons = ints({person for pair in asked for person in pair})
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH member AS MATERIALIZED (SELECT number, person FROM ({MEMBERS}) m), stands AS MATERIALIZED (
                SELECT DISTINCT member.person, s.event_id, s.side FROM member
                JOIN kept_apart_side s ON s.workspace = %(workspace)s AND s.number = member.number
                JOIN kept_apart k ON k.workspace = s.workspace AND k.event_id = s.event_id AND k.in_force)
            SELECT DISTINCT asked.a, asked.b FROM unnest(%(a)s::int[], %(b)s::int[]) AS asked (a, b)
            JOIN stands one ON one.person = asked.a
            JOIN stands other ON other.person = asked.b AND other.event_id = one.event_id AND other.side <> one.side
            """,
            {
                "workspace": workspace,
                "persons": persons,
                "a": ints(a for a, _ in asked),
                "b": ints(b for _, b in asked),
            },
        )
        return set(cursor.fetchall())


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
