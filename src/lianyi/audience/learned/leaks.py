"""Facts that give the outcome away, since they come with it or after it: named, and not learned from."""

from collections.abc import Iterable

import numpy as np

from lianyi.audience.learned.columns import Column, Ints, Numbers
from lianyi.audience.learned.measuring import Truths, auc, of_each
from lianyi.audience.learned.schemas import Feature, Leak

LATER = 0.95  # share of people with the outcome of whom a fact is known only afterwards
ALONE = 0.98  # AUC that a single fact does not reach honestly
FEWEST = 20  # people who have the fact
_LOOKED_AT = 10_000  # people with the outcome, and without it


def later(firsts: Iterable[tuple[Feature, Ints, Ints]], persons: Ints, at: Ints) -> list[Leak]:
    """Facts that became known at the outcome or later of nearly everybody who has both. `persons` ascend, and had the
    outcome `at`.
    """
    found = []
    for feature, those, first in firsts:
        both, mine, theirs = np.intersect1d(persons, those, assume_unique=True, return_indices=True)
        if len(both) >= FEWEST:
            share = float((first[theirs] >= at[mine]).mean())
            if share >= LATER:
                found.append(Leak(feature, "later", share))
    return found


def alone(columns: Iterable[Column], table: Numbers, outcome: Truths) -> list[Leak]:
    """Facts one column of which tells nearly everybody apart."""
    some = of_each(outcome, _LOOKED_AT, np.random.default_rng(0))
    table, outcome = table[some], outcome[some]
    found: dict[Feature, float] = {}
    for place, column in enumerate(columns):
        values = table[:, place]
        lowest = np.nanmin(values) - 1 if not np.isnan(values).all() else 0.0
        area = auc(np.where(np.isnan(values), lowest, values), outcome)
        area = max(area, 1 - area)
        if area >= ALONE:
            found[column.feature] = max(area, found.get(column.feature, 0.0))
    return [Leak(feature, "alone", area) for feature, area in found.items()]
