"""Columns of numbers about people, sparse until they are put side by side."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from lianyi.audience.learned.schemas import Feature
from lianyi.kernel.arrays import distinct

Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float32]


class Column(NamedTuple):
    """The value of some persons, ascending; that of the others is `missing`. `detail` tells columns of one feature
    apart.
    """

    feature: Feature
    detail: str
    persons: Ints
    values: Numbers
    missing: float = 0.0


def side_by_side(columns: Iterable[Column], persons: Ints) -> Numbers:
    """A row for each of `persons`, which ascend."""
    whole = list(columns)
    made = np.empty((len(persons), len(whole)), np.float32, order="F")
    for place, column in enumerate(whole):
        made[:, place] = column.missing
        if len(column.persons) and len(persons):
            at = np.minimum(np.searchsorted(column.persons, persons), len(column.persons) - 1)
            there = column.persons[at] == persons
            made[there, place] = column.values[at[there]]
    return made


def ones(feature: Feature, detail: str, persons: Ints) -> Column:
    """1 for each of these persons, who may be named twice, and 0 for the others."""
    some = distinct(persons[persons > 0])
    return Column(feature, detail, some, np.ones(len(some), np.float32))


def summed(persons: Ints, values: npt.NDArray[np.number]) -> tuple[Ints, npt.NDArray[np.float64]]:
    """Persons, ascending and each once, and the sums of their values."""
    some, place = np.unique(persons, return_inverse=True)
    return some, np.bincount(place.reshape(-1), values, len(some)).astype(np.float64)


def latest(persons: Ints, at: Ints) -> tuple[Ints, Ints]:
    """Persons, ascending and each once, and the place of the row that is the last of each."""
    order = np.lexsort((at, persons))
    persons = persons[order]
    last = np.r_[persons[1:] != persons[:-1], True] if len(persons) else np.empty(0, bool)
    mine = persons[last] > 0
    return persons[last][mine], order[last][mine]


def earliest(persons: Ints, at: Ints) -> tuple[Ints, Ints]:
    """The same of the first row of each."""
    return latest(persons, -at)
