"""The model itself: logistic regression while there are few outcomes, gradient boosting when there are many, and its
probabilities levelled by people whom it has not seen.

scikit-learn takes a second and 120 MB to load, so that is done when a model is fitted, in a process of its own.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from lianyi.audience.learned.columns import Column, Numbers
from lianyi.audience.learned.measuring import Truths, auc, of_each
from lianyi.audience.learned.schemas import Feature, Floats, Method, Reason

BOOSTED_FROM = 2_000  # outcomes
_MIXED = 2_500  # people with the outcome, and without it, among whom facts are mixed up
_TIMES = 3
_LEAST_LOSS = 0.001
_MOST_REASONS = 10
_SURE = 1e-6  # no probability is nearer to 0 or 1

Say = Callable[[Numbers], Floats]


class Fitted(NamedTuple):
    """A model: `raw` is what it says by itself, between 0 and 1."""

    method: Method
    raw: Say


def fit(table: Numbers, outcome: Truths) -> Fitted:
    """Learns the outcome from the table."""
    if int(outcome.sum()) >= BOOSTED_FROM:
        return Fitted("boosting", _boosted(table, outcome))
    return Fitted("regression", _regressed(table, outcome))


def _boosted(table: Numbers, outcome: Truths) -> Say:
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    model = HistGradientBoostingClassifier(
        learning_rate=0.06,
        max_iter=150,
        max_leaf_nodes=15,
        min_samples_leaf=50,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=0,
    )

    def say(some: Numbers) -> Floats:
        with threadpool_limits(1):  # threads that wait for each other by spinning would slow all else down
            said: Floats = model.predict_proba(some)[:, 1]
        return said

    with threadpool_limits(1):
        model.fit(table, outcome)
    return say


def _regressed(table: Numbers, outcome: Truths) -> Say:
    from sklearn.linear_model import LogisticRegression

    known = _logs(table)
    there = ~np.isnan(known)
    count = np.maximum(there.sum(0), 1)
    mean = np.where(there, known, 0).sum(0) / count
    spread = np.sqrt(np.where(there, (known - mean) ** 2, 0).sum(0) / count)
    gaps = np.flatnonzero((~there).any(0) & there.any(0))

    def ready(some: Numbers) -> Floats:
        """Around 0, about as far from it in each column; what is missing is in the middle, and told so beside it."""
        logs = _logs(some)
        missing = np.isnan(logs)
        scaled = np.divide(logs - mean, spread, out=np.zeros_like(logs), where=spread > 1e-9)
        return np.hstack([np.where(missing, 0.0, np.clip(scaled, -8, 8)), missing[:, gaps]])

    model = LogisticRegression(C=0.1, max_iter=2_000).fit(ready(table), outcome)
    return lambda some: model.predict_proba(ready(some))[:, 1]


def _logs(table: Numbers) -> Floats:
    """Counts and days by their logarithm: between 1 and 2 lies more than between 101 and 102."""
    wide = table.astype(np.float64)
    return np.sign(wide) * np.log1p(np.abs(wide))


def level(said: Floats, outcome: Truths) -> Callable[[Floats], Floats]:
    """Makes probabilities of what a model says, so that they come true among these people (J. Platt, "Probabilistic
    Outputs for Support Vector Machines", 1999).
    """
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1e6, max_iter=1_000).fit(_odds(said)[:, None], outcome)
    return lambda some: model.predict_proba(_odds(some)[:, None])[:, 1]


def _odds(said: Floats) -> Floats:
    bounded = np.clip(said, _SURE, 1 - _SURE)
    return np.log(bounded / (1 - bounded))


def reasons(fitted: Fitted, columns: Sequence[Column], table: Numbers, outcome: Truths) -> tuple[Reason, ...]:
    """What the model rests on most: the facts without which it tells people apart worst."""
    chance = np.random.default_rng(0)
    some = of_each(outcome, _MIXED, chance)
    table, outcome = table[some], outcome[some]
    if outcome.all() or not outcome.any():
        return ()
    said = fitted.raw(table)
    whole = auc(said, outcome)
    places: dict[Feature, list[int]] = {}
    for place, column in enumerate(columns):
        places.setdefault(column.feature, []).append(place)
    found = []
    for feature, mine in places.items():
        lost = whole - float(np.mean([auc(fitted.raw(_mixed(table, mine, chance)), outcome) for _ in range(_TIMES)]))
        if lost >= _LEAST_LOSS:
            place, more = _strongest(table, mine, said)
            found.append(Reason(feature, columns[place].detail, lost, more))
    return tuple(sorted(found, key=lambda one: -one.lost)[:_MOST_REASONS])


def _mixed(table: Numbers, places: list[int], chance: np.random.Generator) -> Numbers:
    """The table with these columns, together, given to others than whose they are."""
    mixed = table.copy()
    mixed[:, places] = table[chance.permutation(len(table))][:, places]
    return mixed


def _strongest(table: Numbers, places: list[int], said: Floats) -> tuple[int, bool]:
    """Which of the columns goes with what the model says most, and whether upwards."""
    found = []
    for place in places:
        values = table[:, place].astype(np.float64)
        known = ~np.isnan(values)
        if known.sum() > 1 and np.ptp(values[known]) > 0 and np.ptp(said[known]) > 0:
            found.append((float(np.corrcoef(values[known], said[known])[0, 1]), place))
    if not found:
        return places[0], True
    strength, place = max(found, key=lambda one: abs(one[0]))
    return place, strength > 0


def pick(table: Numbers, columns: list[Column], kept: npt.NDArray[np.bool_]) -> tuple[Numbers, list[Column]]:
    """The columns that are kept."""
    return table[:, kept], [column for column, stays in zip(columns, kept, strict=True) if stays]
