"""What the models need to know of each buyer, from the days on which they bought.

All purchases of a day are one, and time counts from the first day in weeks, as in the papers; so the first purchase is
in no count and in no mean.
"""

from datetime import date
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from lianyi.people.profiles.queries import Purchases

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
_EPOCH = date(1970, 1, 1).toordinal()
_WEEK = 7.0


class Buyers(NamedTuple):
    """Persons, ascending. `x` repeat purchases, the last `t_x` weeks after the first, which was `T` weeks ago; of
    `valued` repeat purchases the amount is known, and `z` is their mean, 0 where there is none.
    """

    persons: Ints
    x: Floats
    t_x: Floats
    T: Floats
    valued: Floats
    z: Floats


def buyers(bought: Purchases, as_of: date) -> Buyers:
    """Each person's purchases up to the day `as_of`, summed up."""
    if not len(bought.persons):
        none = np.empty(0)
        return Buyers(bought.persons, none, none, none, none, none)
    starts = np.flatnonzero(np.r_[True, np.diff(bought.persons) != 0])
    ends = np.r_[starts[1:], len(bought.persons)]
    first, last = bought.days[starts], bought.days[ends - 1]
    repeat = np.ones(len(bought.persons), bool)
    repeat[starts] = False
    # An amount of nothing, such as a sum that rounding left, is none that the logarithm knows.
    counts = repeat & (np.nan_to_num(bought.amounts) > 0)
    valued = np.add.reduceat(counts.astype(np.float64), starts)
    spent = np.add.reduceat(np.where(counts, bought.amounts, 0.0), starts)
    return Buyers(
        bought.persons[starts],
        (ends - starts - 1).astype(np.float64),
        (last - first) / _WEEK,
        (as_of.toordinal() - _EPOCH - first) / _WEEK,
        valued,
        np.divide(spent, valued, out=np.zeros(len(starts)), where=valued > 0),
    )
