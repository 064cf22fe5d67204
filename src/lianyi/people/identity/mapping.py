"""Who has which identities, of many people at once; packed by the database."""

import numpy as np
import numpy.typing as npt

from lianyi.events.log.fetching import fetch
from lianyi.kernel.arrays import distinct
from lianyi.people.identity.arrays import ints

Ints = npt.NDArray[np.int64]

_PAIR = np.dtype([("number", ">i4"), ("person", ">i4")])


def group_of(workspace: int, persons: Ints) -> tuple[Ints, Ints]:
    """The identities of those of `persons` that are persons, ascending, and whose each is."""
    asked = ints(persons.tolist())
    rows = fetch(
        """
        SELECT string_agg(int4send(number) || int4send(person), '') FROM (
            SELECT number, person FROM identity
            WHERE workspace = %s AND number = ANY(%s::int[]) AND person = number
            UNION ALL
            SELECT number, person FROM identity
            WHERE workspace = %s AND person = ANY(%s::int[]) AND person < number) members
        """,
        [workspace, asked, workspace, asked],
    )
    return _ascending(*_pairs(rows[0][0]))


def group_between(workspace: int, low: int, high: int) -> tuple[Ints, Ints]:
    """The identities of the persons from number `low` up to `high`, and whose each is."""
    rows = fetch(
        """
        SELECT string_agg(int4send(number) || int4send(person), '') FROM (
            SELECT number, person FROM identity
            WHERE workspace = %s AND number >= %s AND number < %s AND person = number
            UNION ALL
            SELECT number, person FROM identity
            WHERE workspace = %s AND person >= %s AND person < %s AND person < number) members
        """,
        [workspace, low, high, workspace, low, high],
    )
    return _pairs(rows[0][0])


def kind_map(workspace: int, numbers: Ints) -> dict[str, Ints]:
    """Kind → the persons that identities of this kind among `numbers` belong to, ascending."""
    rows = fetch(
        "SELECT kind, string_agg(int4send(person), '') FROM identity "
        "WHERE workspace = %s AND number = ANY(%s::int[]) AND person > 0 GROUP BY kind ORDER BY kind",
        [workspace, ints(numbers.tolist())],
    )
    return {kind: distinct(np.frombuffer(packed, ">i4").astype(np.int64)) for kind, packed in rows}


def owners_of(workspace: int, numbers: Ints) -> tuple[Ints, Ints]:
    """Those of these identities that belong to anybody, ascending, and to whom."""
    if not len(numbers):
        return numbers, numbers
    rows = fetch(
        "SELECT string_agg(int4send(number) || int4send(person), '') FROM identity "
        "WHERE workspace = %s AND number = ANY(%s::int[]) AND person > 0",
        [workspace, ints(numbers.tolist())],
    )
    return _ascending(*_pairs(rows[0][0]))


def _pairs(packed: bytes | None) -> tuple[Ints, Ints]:
    rows = np.frombuffer(packed or b"", _PAIR)
    return rows["number"].astype(np.int64), rows["person"].astype(np.int64)


def _ascending(numbers: Ints, persons: Ints) -> tuple[Ints, Ints]:
    order = np.argsort(numbers)
    return numbers[order], persons[order]
