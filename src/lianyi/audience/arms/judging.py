"""Whether people saw arms in about the shares that the weights say. Where they surely did not, something keeps some of
them from being counted, and a comparison of the arms would mislead.
"""

from collections.abc import Sequence

from lianyi.audience.arms.schemas import Exposures

FEWEST = 5  # people whom each arm should have, before anything is said
SURELY = 0.001  # such a split, or one further off, comes by chance once in a thousand experiments


def chance_of(seen: Sequence[Exposures]) -> float | None:
    """How often chance alone makes a split that is this far off, by Pearson's chi-square; None while that is too early
    to say.
    """
    people, weights = sum(one.people for one in seen), sum(one.arm.weight for one in seen)
    wanted = [people * one.arm.weight / weights for one in seen]
    if min(wanted) < FEWEST:
        return None
    from scipy.special import chdtrc

    off = sum((one.people - due) ** 2 / due for one, due in zip(seen, wanted, strict=True))
    return float(chdtrc(len(seen) - 1, off))
