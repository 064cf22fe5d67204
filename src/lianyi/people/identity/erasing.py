"""Identities erased: their rows go, and what groups the others goes on as if they had never been.

The number of an erased identity is never given again. What stays of it is a mark, a keyed hash that says nothing to who
has not the installation's key: by it an event of before is known, from wherever it comes back.
"""

from collections.abc import Collection, Iterable, Mapping
from hashlib import blake2b

from django.conf import settings
from django.db import connection

from lianyi.events.schemas import Claim
from lianyi.kernel.ids import digest
from lianyi.people.identity.arrays import blobs, ints
from lianyi.people.identity.decisions import judge_apart
from lianyi.people.identity.passed import drop_passed_moves
from lianyi.people.identity.regrouping import Moved, regroup
from lianyi.people.identity.uniting import persons_of


def mark_of(hash_: bytes) -> bytes:
    """The mark of an identity with this hash: 16 bytes, made with the installation's key."""
    key = str(settings.SECRET_KEY).encode()[:64]
    return blake2b(hash_, key=key, digest_size=16, person=b"lianyi.erased").digest()


def mark_of_claim(claim: Claim) -> bytes:
    """The same of a claim that is normalised."""
    return mark_of(digest(claim.kind, claim.scope, claim.value))


def marks_of(workspace: int, numbers: Iterable[int]) -> dict[int, bytes]:
    """The mark of each of these identities that is there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number, hash FROM identity WHERE workspace = %s AND number = ANY(%s::int[])",
            [workspace, ints(numbers)],
        )
        return {number: mark_of(bytes(hash_)) for number, hash_ in cursor.fetchall()}


def marks(workspace: int) -> dict[bytes, int]:
    """Every mark, and until when (µs) it holds: what happened later is somebody new."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT mark, max(erased_at) FROM erased_identity WHERE workspace = %s GROUP BY mark", [workspace]
        )
        return {bytes(mark): until for mark, until in cursor.fetchall()}


def marked_at(workspace: int, erased_at: int) -> dict[bytes, int]:
    """The marks that were written at this moment, each with the number that it stood for."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT mark, number FROM erased_identity WHERE workspace = %s AND erased_at = %s", [workspace, erased_at]
        )
        return {bytes(mark): number for mark, number in cursor.fetchall()}


def neighbours_of(workspace: int, numbers: Collection[int]) -> set[int]:
    """Identities of others that some event names together with one of these."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT a, b FROM link WHERE workspace = %(ws)s AND (a = ANY(%(n)s::int[]) OR b = ANY(%(n)s::int[]))
            UNION
            SELECT a, b FROM person_merge WHERE workspace = %(ws)s AND (a = ANY(%(n)s::int[]) OR b = ANY(%(n)s::int[]))
            """,
            {"ws": workspace, "n": ints(numbers)},
        )
        return {end for pair in cursor.fetchall() for end in pair}.difference(numbers)


def keep_marks(workspace: int, marked: Mapping[bytes, int], erased_at: int) -> None:
    """Writes marks, each with the number (0: none) that it stood for, and makes every process look again."""
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            INSERT INTO erased_identity (workspace, mark, erased_at, number) VALUES (%s, %s, %s, %s)
            ON CONFLICT (workspace, mark, erased_at) DO UPDATE
            SET number = greatest(erased_identity.number, excluded.number)
            """,
            [(workspace, mark, erased_at, number) for mark, number in marked.items()],
        )
        cursor.execute(
            """
            INSERT INTO identity_counter AS c (workspace, last, epoch) VALUES (%s, 0, 1)
            ON CONFLICT (workspace) DO UPDATE SET epoch = c.epoch + 1
            """,
            [workspace],
        )


def restate(workspace: int, stated: Mapping[int, tuple[int, bool]]) -> None:
    """Says of identities when they were first seen, and whether anybody vouched for them."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE identity SET first_seen_at = %s, strong = %s WHERE workspace = %s AND number = %s",
            [(*said, workspace, number) for number, said in stated.items()],
        )


def remove(workspace: int, numbers: Collection[int]) -> tuple[dict[str, int], list[Moved]]:
    """Deletes the identities and every fact that names one of them; how many rows of each table, and who of the others
    belongs to another person now. To be called after `keep_marks`, with the projection held still.
    """
    others = neighbours_of(workspace, numbers)
    gone: dict[str, int | str] = {"ws": workspace, "n": ints(numbers)}
    counts: dict[str, int] = {}
    with connection.cursor() as cursor:

        def delete(table: str, condition: str) -> None:
            cursor.execute(f"DELETE FROM {table} WHERE workspace = %(ws)s AND ({condition})", gone)
            counts[table] = counts.get(table, 0) + cursor.rowcount

        # A merge whose own two identities are not both there says nothing, and lifts nothing.
        cursor.execute(
            """
            SELECT event_id FROM person_merge WHERE workspace = %(ws)s AND ordinal = 0
            AND (a = ANY(%(n)s::int[]) OR b = ANY(%(n)s::int[]))
            """,
            gone,
        )
        gone["merges"] = blobs(bytes(event_id) for (event_id,) in cursor.fetchall())
        cursor.execute(
            "SELECT overruled FROM overruling WHERE workspace = %(ws)s AND by = ANY(%(merges)s::bytea[])", gone
        )
        lifted = {bytes(overruled) for (overruled,) in cursor.fetchall()}
        delete("overruling", "by = ANY(%(merges)s::bytea[])")
        delete(
            "person_merge",
            "event_id = ANY(%(merges)s::bytea[]) OR a = ANY(%(n)s::int[]) OR b = ANY(%(n)s::int[])",
        )
        delete("kept_apart_side", "number = ANY(%(n)s::int[])")
        for table in ("link", "link_question", "question_answer"):
            delete(table, "a = ANY(%(n)s::int[]) OR b = ANY(%(n)s::int[])")
        drop_passed_moves(workspace)
        delete("move", "number = ANY(%(n)s::int[]) OR was = ANY(%(n)s::int[]) OR became = ANY(%(n)s::int[])")
        delete("identity", "number = ANY(%(n)s::int[])")
    others |= set(judge_apart(workspace, lifted, set()))
    persons = set(persons_of(workspace, others).values())
    return counts, regroup(workspace, persons, [], disturbed=True) if persons else []
