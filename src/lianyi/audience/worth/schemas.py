"""A fit, and what it says of people."""

from datetime import date
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from lianyi.kernel.errors import Refused

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Purchasing(NamedTuple):
    """The parameters of BG/NBD, time in weeks, and the logarithm of the likelihood."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float


class Spending(NamedTuple):
    """The parameters of Gamma-Gamma, money in units of the currency, and the logarithm of the likelihood."""

    p: float
    q: float
    v: float
    log_likelihood: float


class Fit(NamedTuple):
    """What was fitted to the orders up to the day `as_of`, that one included.

    `kept` is the share of what was paid that was not given back under a number of its own; `correlation` is that of how
    often people buy and how much they pay, which the model of amounts takes to be 0. Where there is no model of
    amounts, `problem` says why.
    """

    as_of: date
    fitted_at: int  # µs
    currency: str
    buyers: int
    returning: int  # who bought on more than one day
    purchasing: Purchasing
    spending: Spending | None
    kept: float
    correlation: float | None
    problem: Refused | None


class Run(NamedTuple):
    """The fit that was asked for last, to the orders up to the day `as_of`. `step` of `steps` are done; `waits`: nobody
    has begun it yet. `problem` says why nothing was fitted.
    """

    as_of: date
    state: Literal["running", "done", "stopped", "failed"]
    stopping: bool
    waits: bool
    step: int
    steps: int
    asked_at: int  # µs
    finished_at: int | None  # µs
    problem: Refused | None


class Worths(NamedTuple):
    """Buyers, ascending, and what a fit says of each; `value` is None where it has no model of amounts."""

    persons: Ints
    alive: Floats  # probability that they are still customers
    purchases: Floats  # expected in the horizon
    value: Floats | None  # expected in the horizon, in the fit's currency, not discounted

    def some(self, which: Any) -> "Worths":
        """These of them, by place or by a mask."""
        value = None if self.value is None else self.value[which]
        return Worths(self.persons[which], self.alive[which], self.purchases[which], value)


class Worth(NamedTuple):
    """What a fit says of one person."""

    alive: float
    purchases: float
    value: float | None
