"""Exposures in the database: one row per test and identity, the first. Rows never move: whose an exposure is, is asked
of the identities when it is read.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from django.db import connection

from lianyi.people.identity import queries as identity
from lianyi.people.identity.mapping import group_of

Ints = npt.NDArray[np.int64]
_ROW = np.dtype([("identity", ">i4"), ("at", ">i8")])
_KEEP = """
    INSERT INTO arm_exposure AS old (workspace, test, identity, at, event, arm)
    VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (workspace, test, identity) DO UPDATE
    SET at = excluded.at, event = excluded.event, arm = excluded.arm
    WHERE (excluded.at, excluded.event) < (old.at, old.event)
"""


class Exposure(NamedTuple):
    """An identity saw an arm of a test."""

    at: int
    event: bytes
    arm: str


class Firsts(NamedTuple):
    """Persons, ascending, when each saw an arm first, and the place of that arm in `arms`."""

    persons: Ints
    at: Ints
    places: Ints
    arms: list[str]


def keep(workspace: int, seen: Mapping[tuple[int, int], Exposure]) -> None:
    """Keeps what was seen, by test and identity, where it is the earliest."""
    if seen:
        with connection.cursor() as cursor:
            cursor.executemany(_KEEP, [(workspace, *key, *seen[key]) for key in sorted(seen)])


def firsts(workspace: int, test: int, persons: Sequence[int] | None = None) -> Firsts:
    """The first exposure of everybody, or of these persons, whichever of their identities had it."""
    some, asked = "", [workspace, test]
    if persons is not None:
        moved = group_of(workspace, np.array(persons, np.int64))
        some, asked = "AND identity = ANY(%s)", [workspace, test, moved[0].tolist()]
    else:
        moved = identity.moved_map(workspace)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT arm, string_agg(int4send(identity) || int8send(at), '') FROM arm_exposure "
            f"WHERE workspace = %s AND test = %s {some} GROUP BY arm ORDER BY arm",
            asked,
        )
        groups = [(arm, np.frombuffer(data, _ROW)) for arm, data in cursor.fetchall()]
    rows = np.concatenate([np.empty(0, _ROW), *(found for _, found in groups)])
    places = np.repeat(np.arange(len(groups)), [len(found) for _, found in groups])
    identities, at = rows["identity"].astype(np.int64), rows["at"].astype(np.int64)
    owner = identity.owners(identities, moved)
    order = np.lexsort((identities, at, owner))
    order = order[owner[order] > 0]
    owner = owner[order]
    first = np.r_[True, np.diff(owner) != 0] if len(owner) else np.empty(0, bool)
    return Firsts(owner[first], at[order][first], places[order][first], [arm for arm, _ in groups])


def forget_identities(workspace: int, numbers: Iterable[int]) -> dict[str, int]:
    """Deletes what these identities saw; how many rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM arm_exposure WHERE workspace = %s AND identity = ANY(%s)", [workspace, list(numbers)]
        )
        return {"arm_exposure": cursor.rowcount}
