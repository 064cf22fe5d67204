"""What columns say of people's scores, on arrays: a value for each of some people."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from pyroaring import BitMap

from lianyi.audience.scoring.arithmetic import NEVER, Doubles, Ints
from lianyi.people.columns import names
from lianyi.people.columns.column import Column
from lianyi.people.columns.parts import Part, Persons, numbers
from lianyi.people.columns.queries import Columns

COLUMNS = (names.FIT, names.ENGAGEMENT, names.STATE)


class Rated(NamedTuple):
    """Fit and strength of these people, and until when each is paused (µs), 0 where nobody said so."""

    people: Persons
    fit: Doubles
    strength: Doubles
    until: Ints


def values_of(column: Column | None, some: BitMap, missing: float) -> Doubles:
    """The value of each of these people, ascending; `missing` where there is none."""
    return values_in([] if column is None else column.parts_of(some), some, missing)


def rated(workspace: int, some: BitMap) -> Rated:
    """What is known now of these people."""
    columns = Columns(workspace).loaded((*COLUMNS, names.PAUSED))
    fit = values_of(columns[names.FIT], some, 0.0)
    strength = values_of(columns[names.ENGAGEMENT], some, NEVER)
    return Rated(numbers(some), fit, strength, values_of(columns[names.PAUSED], some, 0.0).astype(np.int64))


def states_of(column: Column | None, some: BitMap, rest: int) -> Ints:
    """The state of each when somebody looked last, as places in STATES; `rest` of who is in none."""
    return values_of(column, some, float(rest)).astype(np.int64)


def values_in(parts: Iterable[Part], some: BitMap, missing: float) -> Doubles:
    """The same by parts that tell of these people alone, later ones over earlier ones."""
    people = numbers(some)
    found = np.full(len(people), missing)
    for one in parts:
        if one.values is not None and one.bits:
            found[_places(people, one.persons)] = one.values.plain
    return found


def _places(people: Persons, some: Persons) -> Ints:
    """Where these stand among the people, all ascending. Most are looked up in a table, few are searched."""
    span = int(people[-1]) - int(people[0]) + 1
    if span > 4 * len(some):
        return np.searchsorted(people, some)
    table = np.zeros(span, np.int64)
    table[people - people[0]] = np.arange(len(people))
    return np.asarray(table[some - people[0]])
