"""BG/NBD: when people buy, and whether they still do.

While somebody is a customer they buy at a rate λ of their own, and after each purchase they leave for good with a
probability p of their own; over people λ is gamma(r, α) and p is beta(a, b). Of a customer it needs three numbers: `x`
repeat purchases, the time `t_x` of the last one, and `T`, how long ago the first one was, all since the first purchase.

Sources: P. Fader, B. Hardie, K. L. Lee, "Counting Your Customers the Easy Way: An Alternative to the Pareto/NBD Model",
Marketing Science 24 (2005), equations 6 (likelihood) and 10 (expectation); P(alive) as in their note "Computing
P(alive) Using the BG/NBD Model" (2008). Everything is done in logarithms, so that no count of purchases overflows. The
expectation is not taken by the hypergeometric function of equation 10, which overflows for large x and has a pole at
a = 1, but by quadrature of what it stands for: E[(1 - e^(-λpt))/p] with λ ~ gamma(r + x, α + T) and p ~ beta(a, b + x).
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from lianyi.audience.worth.schemas import Purchasing
from lianyi.kernel.errors import Refused

Floats = npt.NDArray[np.float64]
_SMALLEST, _LARGEST = -12.0, 14.0  # of the parameters' logarithms
_NODES = 64  # of the quadrature: within 0.01 % up to a horizon of some years, most often within a millionth of that
_AT_ONCE = 65_536  # customers


class Customers(NamedTuple):
    """Kinds of customers, place by place, and how many there are of each. Times are weeks."""

    x: Floats
    t_x: Floats
    T: Floats
    many: Floats


def alike(x: Floats, t_x: Floats, T: Floats) -> Customers:
    """Customers of whom the model knows the same, counted once: a million of them are some thousands."""
    kinds, many = np.unique(np.stack([x, t_x, T]), axis=1, return_counts=True)
    return Customers(kinds[0], kinds[1], kinds[2], many.astype(np.float64))


def fit(customers: Customers) -> Purchasing:
    """The parameters under which these customers are most likely."""
    from scipy.optimize import minimize

    total = float(customers.many.sum())
    distinct, place = np.unique(customers.x, return_inverse=True)

    def loss(logs: Floats) -> tuple[float, Floats]:
        likelihood, slope = _likelihood(np.exp(logs), customers, distinct, place)
        return -likelihood / total, -slope * np.exp(logs) / total

    start = np.log([1.0, max(float(customers.T.mean()), 0.1), 1.0, 1.0])
    found = minimize(
        loss, start, jac=True, method="L-BFGS-B", bounds=[(_SMALLEST, _LARGEST)] * 4,
        options={"maxiter": 1_000, "ftol": 1e-13, "gtol": 1e-8},
    )  # fmt: skip
    if not np.isfinite(found.fun):
        raise Refused("worth.no_fit", "No model of purchases fits these orders.", "Look for orders with a wrong date.")
    r, alpha, a, b = np.exp(found.x).tolist()
    return Purchasing(r, alpha, a, b, -float(found.fun) * total)


def _likelihood(
    parameters: Floats, customers: Customers, distinct: Floats, place: npt.NDArray[Any]
) -> tuple[float, Floats]:
    """The logarithm of the likelihood, and its slope by r, α, a and b. `distinct` are the values of x, `place` says
    which of them each kind of customer has.
    """
    from scipy.special import digamma, expit, gammaln

    r, alpha, a, b = parameters.tolist()
    x, t_x, T, many = customers
    of_x = gammaln(r + distinct) - gammaln(r) + r * np.log(alpha)
    of_x += gammaln(a + b) - gammaln(b) + gammaln(b + distinct) - gammaln(a + b + distinct)
    again, behind, ahead = x > 0, np.log(alpha + t_x), np.log(alpha + T)
    alive = -(r + x) * ahead
    left = np.where(again, np.log(a) - np.log(np.where(again, b + x - 1, 1.0)) - (r + x) * behind, -np.inf)
    gone = expit(left - alive)  # how likely it is that they left at their last purchase
    whole = many * (of_x[place] + np.logaddexp(alive, left))
    slope_r = digamma(r + distinct) - digamma(r) + np.log(alpha)
    slope_a = digamma(a + b) - digamma(a + b + distinct)
    slope_b = slope_a + digamma(b + distinct) - digamma(b)
    slopes = (
        slope_r[place] - (1 - gone) * ahead - gone * behind,
        r / alpha - (r + x) * ((1 - gone) / (alpha + T) + gone / (alpha + t_x)),
        slope_a[place] + gone / a,
        slope_b[place] - gone / np.where(again, b + x - 1, 1.0),
    )
    return float(whole.sum()), np.array([float((many * slope).sum()) for slope in slopes])


def alive(model: Purchasing, x: Floats, t_x: Floats, T: Floats) -> Floats:
    """How probable it is that each is still a customer. Who bought once cannot have left: one leaves by a repeat
    purchase.
    """
    from scipy.special import expit

    again = x > 0
    odds = np.log(model.a) - np.log(np.where(again, model.b + x - 1, 1.0))
    odds += (model.r + x) * (np.log(model.alpha + T) - np.log(model.alpha + t_x))
    return np.where(again, expit(-odds), 1.0)


def expected(model: Purchasing, x: Floats, t_x: Floats, T: Floats, weeks: float) -> Floats:
    """How many purchases each is expected to make in the next `weeks`."""
    return alive(model, x, t_x, T) * _of_the_living(model, x, T, weeks)


def _of_the_living(model: Purchasing, x: Floats, T: Floats, weeks: float) -> Floats:
    kinds, place = np.unique(np.stack([x, T]), axis=1, return_inverse=True)
    found = np.empty(kinds.shape[1])
    if not len(found):
        return found
    rules: dict[float, tuple[Floats, Floats]] = {}
    # `unique` sorts by x first: those with one x stand together and share a rule of quadrature.
    starts = np.flatnonzero(np.r_[True, np.diff(kinds[0]) != 0])
    for start, end in zip(starts, [*starts[1:], kinds.shape[1]], strict=True):
        repeats = float(kinds[0, start])
        p, weight = rules.setdefault(repeats, _beta_rule(model.a, model.b + repeats))
        for some in range(start, end, _AT_ONCE):
            known = kinds[1, some : min(some + _AT_ONCE, end)]
            inner = -np.expm1(-(model.r + repeats) * np.log1p(np.outer(weeks / (model.alpha + known), p))) / p
            found[some : some + len(known)] = inner @ weight
    return found[place.reshape(-1)]


def _beta_rule(a: float, b: float) -> tuple[Floats, Floats]:
    """Places in (0, 1) and weights that sum to 1: the mean over beta(a, b) of whatever is near a polynomial.

    Gauss's rule by the eigenvalues of Jacobi's matrix (G. Golub, J. Welsch, "Calculation of Gauss Quadrature Rules",
    Mathematics of Computation 23, 1969); the weights come out scaled, so that no beta function can underflow.
    """
    from scipy.linalg import eigh_tridiagonal

    one, two = b - 1.0, a - 1.0  # exponents of 1 - p and of p
    n = np.arange(1, _NODES, dtype=np.float64)
    both = 2 * n + one + two
    diagonal = np.r_[(two - one) / (one + two + 2), (two**2 - one**2) / (both * (both + 2))]
    with np.errstate(invalid="ignore", divide="ignore"):
        squared = 4 * n * (n + one) * (n + two) * (n + one + two) / (both**2 * (both + 1) * (both - 1))
    squared[0] = 4 * (1 + one) * (1 + two) / ((2 + one + two) ** 2 * (3 + one + two))  # n = 1, where 0/0 may stand
    places, vectors = eigh_tridiagonal(diagonal, np.sqrt(squared))
    p = np.clip((1 + places) / 2, np.finfo(np.float64).tiny, 1.0)
    return p, vectors[0] ** 2
