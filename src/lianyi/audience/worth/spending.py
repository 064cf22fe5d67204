"""Gamma-Gamma: how much somebody spends on a purchase.

What a customer pays varies around a mean of their own by gamma(p, ν), and ν varies over customers by gamma(q, v),
independently of how often they buy. Of a customer it needs `x`, the number of repeat purchases, and their mean `z`.

Source: P. Fader, B. Hardie, "The Gamma-Gamma Model of Monetary Value" (note of 2013), equations 1a (likelihood) and 5
(conditional expectation). `q` is kept above 1, below which the population has no mean.
"""

import numpy as np
import numpy.typing as npt

from lianyi.audience.worth.schemas import Spending
from lianyi.kernel.errors import Refused

Floats = npt.NDArray[np.float64]
_ABOVE_ONE = np.array([0.0, 1.0, 0.0])  # what is sought is q - 1
_SMALLEST, _LARGEST = -12.0, 14.0  # of the parameters' logarithms


def fit(x: Floats, z: Floats) -> Spending:
    """The parameters under which it is most likely that `x` purchases (1 or more) had the means `z` (above 0)."""
    from scipy.optimize import minimize

    unit = float(np.exp(np.log(z).mean()))  # so that v does not depend on the currency
    scaled = z / unit

    def loss(logs: Floats) -> tuple[float, Floats]:
        likelihood, slope = _likelihood(np.exp(logs) + _ABOVE_ONE, x, scaled)
        return -likelihood / len(x), -slope * np.exp(logs) / len(x)

    found = minimize(
        loss, np.log([3.0, 2.0, 1.0]), jac=True, method="L-BFGS-B", bounds=[(_SMALLEST, _LARGEST)] * 3,
        options={"maxiter": 1_000, "ftol": 1e-13, "gtol": 1e-8},
    )  # fmt: skip
    if not np.isfinite(found.fun):
        raise Refused("worth.no_spending", "No model of amounts fits these orders.", "Look for wrong amounts.")
    p, over_one, v = np.exp(found.x).tolist()
    likelihood = -float(found.fun) * len(x) - len(x) * float(np.log(unit))
    return Spending(p, 1.0 + over_one, v * unit, likelihood)


def _likelihood(parameters: Floats, x: Floats, z: Floats) -> tuple[float, Floats]:
    """The logarithm of the likelihood, and its slope by p, q and v."""
    from scipy.special import digamma, gammaln

    p, q, v = parameters.tolist()
    px, paid, log_z, log_x = p * x, np.log(v + x * z), np.log(z), np.log(x)
    each = gammaln(px + q) - gammaln(px) - gammaln(q) + q * np.log(v) + (px - 1) * log_z + px * log_x - (px + q) * paid
    both = digamma(px + q)
    slope_p = x * (both - digamma(px) + log_z + log_x - paid)
    slope_q = both - digamma(q) + np.log(v) - paid
    slope_v = q / v - (px + q) / (v + x * z)
    return float(each.sum()), np.array([float(slope.sum()) for slope in (slope_p, slope_q, slope_v)])


def expected(model: Spending, x: Floats, z: Floats) -> Floats:
    """The mean that each is expected to spend on a purchase; of whom no amount is known (x = 0), that of all."""
    return model.p * (model.v + x * z) / (model.p * x + model.q - 1)
