"""The arithmetic of scores, on arrays: the same for a million people as for one.

Somebody who did things worth p₁, p₂, … at t₁, t₂, … has at t the engagement E(t) = Σ pᵢ · 2^-((t - tᵢ)/h), where h is
the half-life. What is kept is the *strength* L = log₂ Σ pᵢ · 2^(tᵢ/h), which no time changes: E(t) = 2^(L - t/h), and
E(t) ≥ x exactly when L ≥ log₂ x + t/h. It is reckoned from the newest event of each person on, so nothing is ever too
large, and sums are of whole parts of a point, so that no order of adding changes them.
"""

from math import log2

import numpy as np
import numpy.typing as npt

from lianyi.audience.scoring.schemas import GRADES, MOST, STATES, Bounds, Settings
from lianyi.kernel.clock import DAY

Ints = npt.NDArray[np.int64]
Doubles = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
NEVER = -np.inf  # the strength of who did nothing that counts

_PARTS = 1 << 30  # of a point


def first_of_each_day(who: Ints, days: Ints, most: int) -> Mask:
    """Which rows are among the first `most` of their person's day; rows are in order of person and time."""
    begins = np.ones(len(who), np.bool_)
    begins[1:] = (who[1:] != who[:-1]) | (days[1:] != days[:-1])
    places = np.arange(len(who))
    first = np.maximum.accumulate(np.where(begins, places, 0))
    counted: Mask = places - first < most
    return counted


def strengths(who: Ints, at: Ints, points: Doubles, half_life: int) -> tuple[Ints, Doubles]:
    """The people who did anything, ascending, and the strength of each. `half_life` in days."""
    if not len(who):
        return np.zeros(0, np.int64), np.zeros(0)
    size = int(who.max()) + 1
    if size > 4 * len(who):
        people, place = np.unique(who, return_inverse=True)
        size = len(people)
    else:
        people, place = np.arange(size), who
    newest = np.full(size, np.iinfo(np.int64).min)
    np.maximum.at(newest, place, at)
    left = np.exp2((at - newest[place]) / (half_life * DAY)) * points
    sums = np.zeros(size, np.int64)
    np.add.at(sums, place, np.rint(left * _PARTS).astype(np.int64))
    some = np.flatnonzero(sums)
    strength = newest[some] / (half_life * DAY) + np.log2(sums[some] / _PARTS)
    return people[some].astype(np.int64), strength


def bar(score: float, now: int, half_life: int) -> float:
    """The least strength with which somebody has at least this engagement (above 0) at a moment (µs)."""
    return now / (half_life * DAY) + log2(score)


def engagements(strength: Doubles, now: int, half_life: int) -> Doubles:
    """The engagement at a moment (µs), from 0 to 100."""
    shown: Doubles = np.minimum(np.exp2(np.minimum(strength - now / (half_life * DAY), 10.0)), MOST)
    return shown


def fits(points: Ints) -> Doubles:
    """The fit of people whose points come to this."""
    return np.clip(points, 0, MOST).astype(np.float64)


def fit_grades(fit: Doubles, bounds: Bounds) -> Ints:
    """Grades as places in GRADES."""
    return _places(fit, bounds.least)


def engagement_grades(strength: Doubles, bounds: Bounds, now: int, half_life: int) -> Ints:
    """Grades as places in GRADES, at a moment (µs)."""
    return _places(strength, tuple(bar(one, now, half_life) for one in bounds.least))


def _places(values: Doubles, least: tuple[float, ...]) -> Ints:
    """How many of the bounds each does not reach: a comparison for each, many times faster than a search."""
    places = np.zeros(len(values), np.int64)
    for bound in least:
        places += values < bound
    return places


def at_rest(state: Ints, until: Ints, now: int) -> Ints:
    """The states (places in STATES) of people who count as no more than nurture until a moment each (µs)."""
    nurture = STATES.index("nurture")
    return np.where(until > now, np.maximum(state, nurture), state)


def states(fit: Doubles, strength: Doubles, settings: Settings, now: int) -> Ints:
    """States as places in STATES, at a moment (µs)."""
    rows = fit_grades(fit, settings.fit_grades)
    columns = engagement_grades(strength, settings.engagement_grades, now, settings.half_life)
    return meant(rows, columns, settings)


def meant(by_fit: Ints, by_engagement: Ints, settings: Settings) -> Ints:
    """What pairs of grades mean, as places in STATES."""
    matrix = np.array([STATES.index(one) for one in settings.matrix], np.int64)
    return np.asarray(matrix[by_fit * len(GRADES) + by_engagement])
