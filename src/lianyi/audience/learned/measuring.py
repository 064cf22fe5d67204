"""How well a number tells people with an outcome from those without."""

import numpy as np
import numpy.typing as npt

from lianyi.audience.learned.schemas import Bin, Floats

Truths = npt.NDArray[np.bool_]

_BINS = 10
_SURE = 1.96  # standard errors: 95 of 100 cases


def auc(scores: npt.NDArray[np.floating], outcome: Truths) -> float:
    """The probability that somebody with the outcome has a higher score than somebody without (ties count half): the
    area under the ROC curve, by Mann and Whitney's sum of ranks. Needs one person of each kind.
    """
    from scipy.stats import rankdata

    ranks, yes = rankdata(scores), int(outcome.sum())
    no = len(outcome) - yes
    return float((ranks[outcome].sum() - yes * (yes + 1) / 2) / (yes * no))


def of_each(outcome: Truths, most: int, chance: np.random.Generator) -> npt.NDArray[np.int64]:
    """The places, ascending, of at most so many people with the outcome, and without it, drawn by lot. The AUC does not
    depend on how many there are of each.
    """
    kinds = (np.flatnonzero(outcome), np.flatnonzero(~outcome))
    return np.sort(np.concatenate([chance.permutation(some)[:most] for some in kinds]))


def auc_bounds(area: float, yes: int, no: int) -> tuple[float, float]:
    """Between what the AUC lies in 95 of 100 cases (J. Hanley, B. McNeil, "The Meaning and Use of the Area under a ROC
    Curve", Radiology 143, 1982).
    """
    one, two = area / (2 - area), 2 * area**2 / (1 + area)
    spread = area * (1 - area) + (yes - 1) * (one - area**2) + (no - 1) * (two - area**2)
    error = _SURE * float(np.sqrt(max(spread, 0.0) / (yes * no)))
    return max(0.0, area - error), min(1.0, area + error)


def curve(likely: Floats, outcome: Truths) -> tuple[Bin, ...]:
    """People in ten groups of about the same size by what the model says, from the lowest to the highest."""
    order = np.argsort(likely, kind="stable")
    return tuple(
        Bin(float(likely[some].mean()), float(outcome[some].mean()), len(some))
        for some in np.array_split(order, _BINS)
        if len(some)
    )
