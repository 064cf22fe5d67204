"""From identities to people to sources, on arrays: a set of steps is five bits of a byte."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from lianyi.insight.funnel.schemas import TOTAL, Funnel, FunnelRow, Step

Ints = npt.NDArray[np.int64]
Bits = npt.NDArray[np.uint8]
_SETS = 1 << len(Step)


def united(numbers: int, *parts: tuple[Ints, Bits]) -> Bits:
    """The steps of each identity number below `numbers`. An identity may be in several parts, and often in
    one.
    """
    bits = np.zeros(numbers, dtype=np.uint8)
    for identities, some in parts:
        np.bitwise_or.at(bits, identities, some)
    return bits


def of_people(bits: Bits, moved: tuple[Ints, Ints]) -> Bits:
    """The steps of each person, by the identities that are part of another one (person 0: of nobody)."""
    numbers, persons = moved
    known = numbers < len(bits)
    numbers, persons = numbers[known], persons[known]
    given = bits[numbers]
    bits = bits.copy()
    bits[numbers] = 0
    np.bitwise_or.at(bits, persons, given)
    bits[0] = 0
    return bits


def by_source(bits: Bits, persons: Ints, sources: Ints, names: Sequence[str]) -> Funnel:
    """The funnel of people with these steps. `persons[i]` came from `names[sources[i]]`, everybody else from
    `names[0]`. Sources of the same name are one; a source without people in any step has no row.
    """
    of_person = np.zeros(len(bits), dtype=np.int64)
    known = persons < len(bits)
    of_person[persons[known]] = sources[known]
    counted = np.flatnonzero(bits)
    keys = of_person[counted] * _SETS + bits[counted]
    sets = np.bincount(keys, minlength=len(names) * _SETS).reshape(len(names), _SETS)
    merged: dict[str, Ints] = {}
    for name, some in zip(names, sets, strict=True):
        if some.any():
            merged[name] = merged.get(name, 0) + some
    rows = [_row(name, some) for name, some in merged.items()]
    rows.sort(key=lambda row: (-int(merged[row.source].sum()), row.source))
    return Funnel(rows, _row(TOTAL, sets.sum(axis=0)))


def _row(source: str, sets: Ints) -> FunnelRow:
    """From how many people had each set of steps."""
    each = np.arange(_SETS)
    people = tuple(int(sets[each & step.bit > 0].sum()) for step in Step)
    pairs = [step.bit | (step.bit << 1) for step in list(Step)[:-1]]
    return FunnelRow(source, people, tuple(int(sets[each & pair == pair].sum()) for pair in pairs))
