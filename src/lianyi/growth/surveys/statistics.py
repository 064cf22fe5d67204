"""What counts say, and how sure that is. No Django here.

Shares have Wilson's interval (Wilson 1927, JASA 22), means and scores a bootstrap's by drawing the counts anew. A
cross-tab is judged by the chi-square test of independence, and its cells by adjusted residuals (Haberman 1973,
Biometrics 29), whose p-values are held to Holm's order (Holm 1979, Scand. J. Statist. 6). All at 95 %.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

LEVEL = 0.05
SMALL = 5.0  # an expected count below it is too small for the test
FEW = 30  # answers below it are said to be few
_DRAWS = 2_000
_Z = 1.959963984540054  # of 95 %

Counts = npt.NDArray[np.float64]


class Interval(NamedTuple):
    """A number, and between which two it probably is."""

    value: float
    low: float
    high: float


class Cell(NamedTuple):
    """A cell of a cross-tab: how many, their share of the column, how far that is from what independence would make it
    (adjusted residual), and whether it is more (1) or less (-1) than chance explains.
    """

    often: int
    share: float
    residual: float
    mark: int


class Tested(NamedTuple):
    """A cross-tab, judged. `p` is None where a response may be in several rows or columns, or nothing can be tested;
    `small` says that some expected count is too small to trust it.
    """

    cells: list[list[Cell]]
    chi_square: float | None
    freedom: int
    p: float | None
    small: bool


def share(count: int, base: int) -> Interval:
    """How large a part `count` of `base` is, from 0 to 1."""
    if not base:
        return Interval(0.0, 0.0, 0.0)
    p, z = count / base, _Z
    middle = (p + z * z / (2 * base)) / (1 + z * z / base)
    half = z / (1 + z * z / base) * float(np.sqrt(p * (1 - p) / base + z * z / (4 * base * base)))
    return Interval(p, max(0.0, middle - half), min(1.0, middle + half))


def mean(values: Sequence[float], counts: Sequence[int]) -> Interval | None:
    """The mean of values that were given so often; None for no answer."""
    total = sum(counts)
    if not total:
        return None
    numbers, often = np.asarray(values, np.float64), np.asarray(counts, np.float64)
    draws = np.random.default_rng(total).multinomial(total, often / total, _DRAWS) @ numbers / total
    low, high = np.percentile(draws, [2.5, 97.5])
    return Interval(float(often @ numbers / total), float(low), float(high))


def nps(counts: Sequence[int]) -> Interval | None:
    """The net promoter score of how often 0 to 10 were given, from -100 to 100; None for no answer."""
    return mean([-100.0] * 7 + [0.0] * 2 + [100.0] * 2, counts)


def compared(
    table: Sequence[Sequence[int]], rows: Sequence[int], columns: Sequence[int], base: int, *, exclusive: bool
) -> Tested:
    """Judges the counts `table` of rows by columns. `rows` and `columns` are how many responses are in each, `base` how
    many in any; `exclusive` says that each is in one row and one column.
    """
    observed = np.asarray(table, np.float64).reshape(len(rows), len(columns))
    down, across = np.asarray(rows, np.float64)[:, None], np.asarray(columns, np.float64)[None, :]
    expected = down @ across / base if base else np.zeros_like(observed)
    spread = expected * (1 - down / max(base, 1)) * (1 - across / max(base, 1))
    residuals = np.divide(observed - expected, np.sqrt(spread), out=np.zeros_like(observed), where=spread > 0)
    trusted = (expected >= SMALL) & (spread > 0)
    marks = _marks(residuals, trusted)
    shares = np.divide(observed, across, out=np.zeros_like(observed), where=across > 0)
    cells = [
        [
            Cell(int(observed[i, j]), float(shares[i, j]), float(residuals[i, j]), int(marks[i, j]))
            for j in range(len(columns))
        ]
        for i in range(len(rows))
    ]
    filled = observed[np.ix_(down[:, 0] > 0, across[0] > 0)]
    if not exclusive or min(filled.shape, default=0) < 2:
        return Tested(cells, None, 0, None, bool((expected < SMALL).any()))
    from scipy.special import chdtrc

    wanted = expected[np.ix_(down[:, 0] > 0, across[0] > 0)]
    chi_square = float(((filled - wanted) ** 2 / wanted).sum())
    freedom = (filled.shape[0] - 1) * (filled.shape[1] - 1)
    return Tested(cells, chi_square, freedom, float(chdtrc(freedom, chi_square)), bool((wanted < SMALL).any()))


def _marks(residuals: Counts, trusted: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """1 and -1 where a residual stands out, all tests of the table taken together."""
    marks = np.zeros(residuals.shape, np.int64)
    places = np.argwhere(trusted)
    if not len(places):
        return marks
    from scipy.special import ndtr

    values = residuals[trusted]
    chances = 2 * ndtr(-np.abs(values))
    order = np.argsort(chances, kind="stable")
    for rank, place in enumerate(order.tolist()):
        if chances[place] > LEVEL / (len(order) - rank):
            break
        marks[tuple(places[place])] = int(np.sign(values[place]))
    return marks
