"""From the orders of a workspace to both models, and the fit that is kept. A million buyers take seconds, so the worker
does it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from lianyi.audience.worth import purchasing, spending
from lianyi.audience.worth.buyers import Buyers, buyers
from lianyi.audience.worth.models import WorthFit
from lianyi.audience.worth.schemas import Spending
from lianyi.foundation.audit.actions import record_audit
from lianyi.foundation.workspaces.queries import currency_of
from lianyi.kernel.errors import Refused
from lianyi.people.profiles.queries import Purchases, purchases

LEAST_BUYERS = 200
LEAST_RETURNING = 50
LEAST_WEEKS = 8
FITS_KEPT = 60
STEPS = 3


class Found(NamedTuple):
    """What was fitted to the orders up to the day `as_of`: the fields of a row."""

    as_of: date
    row: dict[str, Any]


def fit(workspace: int, as_of: date, advance: Callable[[], object] = bool) -> Found:
    """Fits both models to what was bought up to the day `as_of`, that one included. `advance` hears of each of STEPS
    steps. Refuses when there is too little to learn from, and says how much is needed.
    """
    currency = currency_of(workspace)
    bought = purchases(workspace, currency, as_of)
    of = buyers(bought, as_of)
    _refuse_too_little(of)
    advance()
    model = purchasing.fit(purchasing.alike(of.x, of.t_x, of.T))
    advance()
    amounts = _amounts(of, currency)
    advance()
    paid = float(np.nansum(bought.amounts))
    row = {
        "currency": currency,
        "buyers": len(of.persons),
        "returning": int((of.x > 0).sum()),
        "purchasing": model._asdict(),
        "spending": amounts.model and amounts.model._asdict(),
        "kept": _kept(bought, paid),
        "correlation": amounts.correlation,
        "problem": amounts.problem and amounts.problem.packed(),
    }
    return Found(as_of, row)


def keep(workspace: int, found: Found, now: int) -> None:
    """Keeps the fit, in the transaction of whoever asks; one of the same day is replaced."""
    day = found.as_of
    WorthFit.objects.update_or_create(workspace=workspace, as_of=day, defaults={**found.row, "fitted_at": now})
    old = WorthFit.objects.filter(workspace=workspace).order_by("-as_of").values_list("as_of", flat=True)
    WorthFit.objects.filter(workspace=workspace, as_of__in=list(old[FITS_KEPT : FITS_KEPT + 10])).delete()
    record_audit(workspace, "worth.fitted", {"as_of": day.isoformat(), "buyers": found.row["buyers"]})


@dataclass(frozen=True)
class _Amounts:
    model: Spending | None = None
    correlation: float | None = None
    problem: Refused | None = None


def _amounts(of: Buyers, currency: str) -> _Amounts:
    known = of.valued > 0
    count = int(known.sum())
    if count < LEAST_RETURNING:
        return _Amounts(
            problem=Refused(
                "worth.few_amounts",
                "The amounts of repeat purchases are known of {count} people; to say what somebody will spend takes "
                "{least}.",
                "State the amount of each order in {currency}, or choose the currency of your orders in the settings "
                "of the workspace.",
                currency=currency,
                count=count,
                least=LEAST_RETURNING,
            )
        )
    x, z = of.valued[known], of.z[known]
    varied = float(x.std()) > 0 and float(z.std()) > 0
    try:
        return _Amounts(spending.fit(x, z), float(np.corrcoef(x, z)[0, 1]) if varied else None)
    except Refused as refused:
        return _Amounts(problem=refused)


def _kept(bought: Purchases, paid: float) -> float:
    return min(1.0, max(0.0, 1.0 - bought.given_back / paid)) if paid > 0 else 1.0


def _refuse_too_little(of: Buyers) -> None:
    count, returning = len(of.persons), int((of.x > 0).sum())
    if count < LEAST_BUYERS or returning < LEAST_RETURNING:
        raise Refused(
            "worth.few_buyers",
            "There are {count} buyers, {returning} of whom bought on more than one day; it takes {least} and "
            "{least_returning}.",
            "Import more orders, or wait for them.",
            count=count,
            returning=returning,
            least=LEAST_BUYERS,
            least_returning=LEAST_RETURNING,
        )
    weeks = float(of.T.max())
    if weeks < LEAST_WEEKS:
        raise Refused(
            "worth.short",
            "The first order is {days} days old; it takes {least} weeks.",
            "Import older orders, or wait.",
            days=round(weeks * 7),
            least=LEAST_WEEKS,
        )
