"""Grouping a million identities at once: connected components in numpy, Kruskal only where a constraint is at stake.

Says exactly what `grouping.group` says. A component in which no two strong identities share kind and scope, and which
nothing kept apart touches on both sides, is one group whatever the order of its links; only the others need the order.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lianyi.people.identity.grouping import Identity, KeptApart, Link, Strength, group
from lianyi.people.identity.normalise import KINDS

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class Identities(NamedTuple):
    """One row per identity, ascending by number. `space` stands for kind and scope: equal exactly when both are."""

    number: Ints
    space: Ints
    strong: Bools


class Links(NamedTuple):
    """One row per link fact; `event_id` is 16 bytes each."""

    a: Ints
    b: Ints
    strength: Ints
    occurred_at: Ints
    event_id: npt.NDArray[np.bytes_]
    ordinal: Ints


class BulkGrouping(NamedTuple):
    """The person of each identity and whether each link was left out, row by row."""

    person: Ints
    left_out: Bools


def group_million(identities: Identities, links: Links, apart: Iterable[KeptApart] = ()) -> BulkGrouping:
    """The groups of `identities`. ValueError when a link's end is not among them."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    first, second = _rows(identities, links.a), _rows(identities, links.b)
    count = len(identities.number)
    matrix = coo_matrix((np.ones(len(first), np.bool_), (first, second)), shape=(count, count))
    components, label = connected_components(matrix, directed=False)
    _, smallest = np.unique(label, return_index=True)
    person = identities.number[smallest[label]]
    left_out = np.zeros(len(first), np.bool_)
    apart = list(apart)
    contested = _contested(identities, label, components, apart)
    if contested.any():
        inside = np.flatnonzero(contested[label])
        hard = np.flatnonzero(contested[label[first]])
        facts = _links(links, hard)
        found = group(_identities(identities, inside), facts, apart)
        person[inside] = [found.person[number] for number in identities.number[inside].tolist()]
        left_out[hard] = [fact in found.left_out for fact in facts]
    return BulkGrouping(person, left_out)


def resolve_records(columns: Mapping[tuple[str, str], pa.Array | Sequence[str | None]]) -> Ints:
    """The person of each record of a table that states up to a few identities in each row, 0 for a row without any.

    `columns` maps kind and scope to normalised values, the strongest kind first; each row is read as one event that
    vouches for what it states, in order of rows. Identities get numbers in order of first appearance.
    """
    spaces = list(columns)
    stated = np.column_stack([_codes(columns[space]) for space in spaces])  # -1 where a row states nothing
    offsets = np.concatenate([[0], np.cumsum(stated.max(axis=0, initial=-1) + 1)])
    present = stated >= 0
    codes = np.where(present, stated + offsets[:-1], -1)
    # One number for each code, in order of rows and then of columns; the last place answers for "states nothing".
    code, first = np.unique(codes[present], return_index=True)
    number = np.zeros(len(code) + 1, np.int64)
    number[code[np.argsort(first)]] = np.arange(1, len(code) + 1)
    space = np.zeros(len(code), np.int64)
    space[number[:-1] - 1] = np.repeat(np.arange(len(spaces)), np.diff(offsets))
    possible = np.array([KINDS[kind].strong_possible for kind, _ in spaces])
    identities = Identities(np.arange(1, len(code) + 1), space, possible[space])
    numbers = number[codes]
    leader = numbers[np.arange(len(numbers)), present.argmax(axis=1)]
    found = group_million(identities, _links_of_records(numbers, leader, present, possible))
    person: Ints = np.concatenate([[0], found.person])[leader]
    return person


def _links_of_records(numbers: Ints, leader: Ints, present: Bools, possible: Bools) -> Links:
    """Each row links what it states first to all else that it states."""
    row, column = np.nonzero(present & (numbers != leader[:, None]))
    one, other = leader[row], numbers[row, column]
    lead = present.argmax(axis=1)[row]
    strength = np.where(possible[lead] & possible[column], Strength.STRONG, Strength.WEAK)
    event_id = row.astype(">u8").view("S8")
    return Links(np.minimum(one, other), np.maximum(one, other), strength, row, event_id, column)


def _codes(values: pa.Array | Sequence[str | None]) -> Ints:
    array = values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values, pa.string())
    encoded = array.dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    return np.asarray(encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False), np.int64)


def _rows(identities: Identities, numbers: Ints) -> Ints:
    rows = np.searchsorted(identities.number, numbers)
    if len(numbers) and (rows.max() >= len(identities.number) or (identities.number[rows] != numbers).any()):
        raise ValueError("a link names an identity that is not there")
    return rows


def _contested(identities: Identities, label: npt.NDArray[np.int32], components: int, apart: list[KeptApart]) -> Bools:
    """The components in which some constraint could leave a link out."""
    contested = np.zeros(components, np.bool_)
    strong = np.flatnonzero(identities.strong)
    keys = np.sort(label[strong].astype(np.int64) * (identities.space.max(initial=0) + 1) + identities.space[strong])
    twice = keys[1:][keys[1:] == keys[:-1]]
    contested[twice // (identities.space.max(initial=0) + 1)] = True
    for left, right in apart:
        contested[np.intersect1d(label[_known(identities, left)], label[_known(identities, right)])] = True
    return contested


def _known(identities: Identities, numbers: Iterable[int]) -> Ints:
    return np.flatnonzero(np.isin(identities.number, np.fromiter(numbers, np.int64)))


def _identities(identities: Identities, rows: Ints) -> dict[int, Identity]:
    spaces, strong = identities.space[rows].tolist(), identities.strong[rows].tolist()
    numbers = identities.number[rows].tolist()
    return {number: Identity(str(space), "", flag) for number, space, flag in zip(numbers, spaces, strong, strict=True)}


def _links(links: Links, rows: Ints) -> list[Link]:
    columns = [column[rows].tolist() for column in links]
    return [
        Link(a, b, Strength(strength), at, event_id.ljust(16, b"\0"), ordinal)
        for a, b, strength, at, event_id, ordinal in zip(*columns, strict=True)
    ]
