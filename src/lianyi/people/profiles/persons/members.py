"""Which identities a person has, for many at once: the only place here that reads the identity room's table."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from django.db import connection

from lianyi.people.identity import queries as identity
from lianyi.people.identity.mapping import group_of
from lianyi.people.profiles.arrays import integers, unpacked


class Members(NamedTuple):
    """Identities and the persons they belong to, place by place. Every person named has at least its own number."""

    numbers: list[int]
    persons: list[int]

    @property
    def person_of(self) -> dict[int, int]:
        """Identity → person."""
        return dict(zip(self.numbers, self.persons, strict=True))


def members(workspace: int, persons: Iterable[int]) -> Members:
    """The identities of those of `persons` that are persons; a number that is not, or no more, is left out."""
    numbers, whose = group_of(workspace, np.array(sorted(set(persons)), np.int64))
    return Members(numbers.tolist(), whose.tolist())


def persons_of(workspace: int, numbers: Iterable[int]) -> set[int]:
    """The persons that these identities belong to."""
    return {person for person in identity.persons_of(workspace, numbers).values() if person}


def moved_in(workspace: int, batch: int) -> set[int]:
    """The persons that a batch took an identity from or gave one to."""
    return {person for move in identity.moves(workspace, batch) for person in (move.was, move.became) if person}


def everybody(workspace: int) -> list[int]:
    """The numbers of all persons, ascending."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(int4send(number), '') FROM identity WHERE workspace = %s AND person = number",
            [workspace],
        )
        return sorted(unpacked(cursor.fetchone()[0]).tolist())


def claims_of(workspace: int, persons: Sequence[int]) -> dict[int, tuple[str, str, str, bool]]:
    """The identity that each person's number stands for, as an event of ours states it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number, kind, scope, value, strong FROM identity WHERE workspace = %s AND number = ANY(%s::int[])",
            [workspace, integers(persons)],
        )
        return {row[0]: (row[1], row[2], row[3], row[4]) for row in cursor.fetchall()}


def hold_still(workspace: int) -> None:
    """Waits for the batch that is being projected, and keeps the next from beginning until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT last FROM identity_counter WHERE workspace = %s FOR UPDATE", [workspace])
