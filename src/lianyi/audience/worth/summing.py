"""What a fit says of all buyers together: how many are still customers, and what tenths of them are worth."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from lianyi.audience.worth.schemas import Floats, Purchasing, Spending, Worths

TENTHS = 10


class Tenth(NamedTuple):
    """A tenth of the buyers, the first those who are worth most; means of each, and the sum of what they will spend."""

    people: int
    alive: float
    purchases: float
    value: float | None


class Summary(NamedTuple):
    """Sums over all buyers; `alive` is how many are expected to be customers still, `by_alive` how many people stand in
    each tenth of that probability, from the lowest.
    """

    buyers: int
    alive: float
    purchases: float
    value: float | None
    by_alive: Sequence[int]
    tenths: Sequence[Tenth]


def summed(found: Worths) -> Summary:
    """The summary; tenths go by value, or by purchases where there is none."""
    counts, _ = np.histogram(found.alive, bins=TENTHS, range=(0.0, 1.0))
    order = np.argsort(-ranked_by(found), kind="stable")
    parts = np.array_split(order, TENTHS) if len(order) else []
    return Summary(
        len(found.persons),
        float(found.alive.sum()),
        float(found.purchases.sum()),
        None if found.value is None else float(found.value.sum()),
        [int(one) for one in counts],
        [
            Tenth(
                len(some),
                float(found.alive[some].mean()),
                float(found.purchases[some].mean()),
                None if found.value is None else float(found.value[some].sum()),
            )
            for some in parts
            if len(some)
        ],
    )


def ranked_by(found: Worths) -> Floats:
    """What people are worth by: value, or purchases where there is no model of amounts."""
    return found.purchases if found.value is None else found.value


def rate(model: Purchasing) -> float:
    """How often a customer buys in a week, on the average."""
    return model.r / model.alpha


def leaving(model: Purchasing) -> float:
    """How probable it is, on the average over people, that somebody leaves for good after a purchase."""
    return model.a / (model.a + model.b)


def spent_at_once(model: Spending) -> float | None:
    """What a purchase comes to, on the average over people; None where the model has no mean."""
    return model.p * model.v / (model.q - 1) if model.q > 1 else None
