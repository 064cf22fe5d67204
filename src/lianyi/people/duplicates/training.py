"""Learns, without being told any answer, how much each degree of agreement says.

A pair is one of four things: one person twice, two people of one household or office, two neighbours, or strangers.
How often each level occurs among the first is `m`, among strangers `u`; a household is like one person in the part
`shared` of a field and like strangers in the rest, neighbours likewise in the part `nearby`. So what agrees together
for another reason than being one person (an address with all its parts, a city with its region) is not taken for many
agreements.

Expectation maximisation (Fellegi and Sunter 1969, Winkler 1988) runs on two counts of patterns: over the candidate
pairs, outside of which hardly any match lies, and over random pairs, which tell `u` and neighbours. Every parameter has
a prior worth some observations, so that ten people give sound answers too. Promises the same model for the same counts.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lianyi.people.duplicates.fields import FIELDS, Field

Levels = NDArray[np.int8]  # one row per pattern or pair, one column per field: level's place, -1 unknown
Floats = NDArray[np.float64]

# Priors: five people in a hundred are there twice, two live with another who is there, and of a hundred random pairs
# two are of one city.
MATCHES_PER_PERSON = 0.05
HOUSEHOLDS_PER_PERSON = 0.02
NEIGHBOURS = 0.02
PRIOR_WEIGHT = 0.2  # of all pairs
NEIGHBOUR_OBSERVATIONS = 1000.0
M_OBSERVATIONS = 20.0
MOST_PER_PERSON = 5.0
LOOSEST = 4.0
ROUNDS = 40
SETTLED = 1e-4

BY_NAME = {field.name: field for field in FIELDS}


@dataclass(frozen=True, slots=True)
class Patterns:
    """Distinct combinations of levels, and how many pairs show each."""

    levels: Levels
    counts: Floats


@dataclass(frozen=True, slots=True)
class Model:
    """What was learnt: `m` and `u` hold one array per field, in the order of `fields`; the rest are shares of pairs."""

    fields: tuple[str, ...]
    m: tuple[Floats, ...]
    u: tuple[Floats, ...]
    match: float
    household: float
    neighbour: float

    @property
    def prior_bits(self) -> float:
        """log2 odds of one person against strangers before anything is compared."""
        return self._against_strangers(self.match)

    def log_odds(self, bits: Floats) -> Floats:
        """From the bits of each field (pairs x fields) to the log2 odds of one person against anything else."""
        shared, nearby = self._parts()
        at_home = self._against_strangers(self.household) + _weakened(bits, shared).sum(axis=1)
        next_door = self._against_strangers(self.neighbour) + _weakened(bits, nearby).sum(axis=1)
        others = np.logaddexp2(np.logaddexp2(at_home, next_door), 0.0)
        return np.asarray(bits.sum(axis=1) + self.prior_bits - others)

    def classes(self, levels: Levels) -> Floats:
        """For each row of `levels`, the probabilities of match, household, neighbours and strangers."""
        shared, nearby = self._parts()
        odds = np.zeros((len(levels), 4))
        odds[:, :3] = [self._against_strangers(each) for each in (self.match, self.household, self.neighbour)]
        for place, (m, u) in enumerate(zip(self.m, self.u, strict=True)):
            bits = np.append(np.log2(m / u), 0.0)  # the last for unknown
            column = levels[:, place]
            odds[:, 0] += bits[column]
            odds[:, 1] += _weakened(bits, shared[place])[column]
            odds[:, 2] += _weakened(bits, nearby[place])[column]
        weights = np.exp2(odds - odds.max(axis=1, keepdims=True))
        return np.asarray(weights / weights.sum(axis=1, keepdims=True))

    def _parts(self) -> tuple[Floats, Floats]:
        fields = [BY_NAME[name] for name in self.fields]
        return np.array([field.shared for field in fields]), np.array([field.nearby for field in fields])

    def _against_strangers(self, share: float) -> float:
        return math.log2(share / (1.0 - self.match - self.household - self.neighbour))


def prior_model(fields: Sequence[str], people: int) -> Model:
    """What is believed before any data is seen."""
    chosen = [BY_NAME[name] for name in fields]
    return Model(
        tuple(fields),
        tuple(_shares([level.m for level in field.levels]) for field in chosen),
        tuple(_strangers(field, people) for field in chosen),
        _limited(MATCHES_PER_PERSON * people, people),
        _limited(HOUSEHOLDS_PER_PERSON * people, people),
        NEIGHBOURS,
    )


def learn(fields: Sequence[str], people: int, candidates: Patterns, strangers: Patterns, scale: float) -> Model:
    """The model after at most ROUNDS of expectation maximisation. Each pair of `candidates`, a sample, stands for
    `scale` pairs.
    """
    prior = model = prior_model(fields, people)
    for _ in range(ROUNDS):
        found = model.classes(candidates.levels) * candidates.counts[:, None]
        drawn = model.classes(strangers.levels) * strangers.counts[:, None]
        learnt = Model(
            model.fields,
            tuple(
                _held(_shares(_count(candidates.levels[:, i], found[:, 0], len(p)) + M_OBSERVATIONS * p), p)
                for i, p in enumerate(prior.m)
            ),
            tuple(_rare(_count(strangers.levels[:, i], drawn[:, 3], len(p)), p) for i, p in enumerate(prior.u)),
            _share(float(found[:, 0].sum()) * scale, prior.match, people),
            _share(float(found[:, 1].sum()) * scale, prior.household, people),
            _neighbours(float(drawn[:, 2].sum()), float(drawn.sum())),
        )
        settled = abs(learnt.match - model.match) < SETTLED * model.match
        model = learnt
        if settled:
            break
    return model


def _weakened(bits: Floats, part: float | Floats) -> Floats:
    """The bits of a field for pairs who agree in it like one person in `part` of the cases, else like strangers."""
    return np.asarray(np.log2(part * np.exp2(bits) + 1.0 - part))


def _count(levels: NDArray[np.int8], weights: Floats, size: int) -> Floats:
    counted: Floats = np.bincount(levels.astype(np.int64) + 1, weights=weights, minlength=size + 1).astype(np.float64)
    return counted[1:]


def _pairs(people: int) -> float:
    return max(people * (people - 1) / 2, 1.0)


def _limited(pairs: float, people: int) -> float:
    """`pairs` as a share of all; of a few people no more than a fifth, of many no more than MOST_PER_PERSON each."""
    return min(pairs, MOST_PER_PERSON * people) / _pairs(people) if people > 50 else min(pairs / _pairs(people), 0.2)


def _share(found: float, prior: float, people: int) -> float:
    return _limited((found + PRIOR_WEIGHT * prior * _pairs(people)) / (1.0 + PRIOR_WEIGHT), people)


def _neighbours(found: float, pairs: float) -> float:
    """At most half: where all live in one city, that they do says nothing."""
    return min((found + NEIGHBOURS * NEIGHBOUR_OBSERVATIONS) / (pairs + NEIGHBOUR_OBSERVATIONS), 0.5)


def _shares(values: Sequence[float] | Floats) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    return np.asarray(array / array.sum())


def _held(learnt: Floats, prior: Floats) -> Floats:
    """`learnt`, but not further from `prior` than that records of one person differ LOOSEST times as often. Without
    that hold a class of people who have a city and a first name in common, say, can pass for one of matches.
    """
    differing = min(float(learnt[-1]), LOOSEST * float(prior[-1]))
    rest = learnt[:-1] / learnt[:-1].sum() * (1.0 - differing)
    return np.append(rest, differing)


def _rare(counts: Floats, prior: Floats) -> Floats:
    """One event at its prior rate is added to each level: a level that nobody showed stays as rare as believed, or
    becomes as rare as the number of pairs looked at allows to say.
    """
    return _shares((counts + 1.0) / (counts.sum() + 1.0 / prior))


def _strangers(field: Field, people: int) -> Floats:
    """Prior `u`. Of values that name one person, a stranger has mine by mistake only, so the more people the rarer."""
    rates = [level.u for level in field.levels]
    if field.unique:
        rates[0] = min(rates[0] * 1000.0, 1.0) / max(people, 1000)
    return _shares(rates)
