"""Reads: fits, and what they say of people. A fit that is some weeks old is still good for orders of today."""

from datetime import date, datetime

import numpy as np
from pyroaring import BitMap

from lianyi.audience.worth import purchasing, spending
from lianyi.audience.worth.buyers import Buyers, buyers
from lianyi.audience.worth.fitting import STEPS
from lianyi.audience.worth.models import WorthFit, WorthRun
from lianyi.audience.worth.schemas import Fit, Purchasing, Run, Spending, Worth, Worths
from lianyi.foundation.workspaces.queries import zone_of
from lianyi.kernel.errors import Refused
from lianyi.people.identity.queries import numbers_of
from lianyi.people.profiles.queries import purchases

LONGEST_HORIZON = 1_825  # days


def fits(workspace: int, limit: int = 50, *, before: date | None = None) -> list[Fit]:
    """The fits there are, the latest day first; those of days before `before`."""
    rows = WorthFit.objects.filter(workspace=workspace).order_by("-as_of")
    return [_fit(row) for row in (rows if before is None else rows.filter(as_of__lt=before))[:limit]]


def fit_of(workspace: int, as_of: date | None = None) -> Fit:
    """The fit of this day, or the latest. Refuses when there is none."""
    rows = WorthFit.objects.filter(workspace=workspace).order_by("-as_of")
    row = (rows if as_of is None else rows.filter(as_of=as_of)).first()
    if row is None:
        raise Refused("worth.none", "Nothing was fitted to the orders yet.", "Start a fit.")
    return _fit(row)


def run_of(workspace: int) -> Run | None:
    """The fit that was asked for last, and what became of it; None before the first."""
    row = WorthRun.objects.filter(workspace=workspace).first()
    return None if row is None else described(row)


def described(row: WorthRun) -> Run:
    """A row as the doors see it."""
    return Run(
        as_of=row.as_of,
        state=row.state,  # type: ignore[arg-type]
        stopping=row.stop,
        waits=row.waits,
        step=row.step,
        steps=STEPS,
        asked_at=row.asked_at,
        finished_at=row.finished_at,
        problem=row.refusal,
    )


def today_of(workspace: int, now: datetime) -> date:
    """The day that it is where the workspace is."""
    return now.astimezone(zone_of(workspace)).date()


def worths(workspace: int, horizon: int, today: date, persons: BitMap | None = None) -> Worths:
    """What the latest fit says of the next `horizon` days of everybody who bought up to `today`, that day included, or
    of those of `persons`. A million buyers take seconds.
    """
    fitted = fit_of(workspace)
    bought = purchases(workspace, fitted.currency, today)
    found = _said(fitted, buyers(bought, today), horizon)
    return found if persons is None else found.some(np.isin(found.persons, np.asarray(persons, dtype=np.int64)))


def worth_of(workspace: int, person: int, horizon: int, today: date) -> Worth | None:
    """The same of one person, by their orders alone; None of who never bought."""
    fitted = fit_of(workspace)
    numbers = numbers_of(workspace, person)
    if not numbers:
        return None
    bought = purchases(workspace, fitted.currency, today, numbers)
    found = _said(fitted, buyers(bought, today), horizon)
    mine = found.some(found.persons == person)  # somebody else may own an order that this person spoke of
    if not len(mine.persons):
        return None
    return Worth(float(mine.alive[0]), float(mine.purchases[0]), None if mine.value is None else float(mine.value[0]))


def _said(fitted: Fit, of: Buyers, horizon: int) -> Worths:
    if not 1 <= horizon <= LONGEST_HORIZON:
        raise Refused("worth.horizon", "{days} days are no horizon.", "Say 1 to {most}.", days=horizon,
                      most=LONGEST_HORIZON)  # fmt: skip
    alive = purchasing.alive(fitted.purchasing, of.x, of.t_x, of.T)
    repeats = purchasing.expected(fitted.purchasing, of.x, of.t_x, of.T, horizon / 7)
    value = None
    if fitted.spending is not None:
        value = repeats * spending.expected(fitted.spending, of.valued, of.z) * fitted.kept
    return Worths(of.persons, alive, repeats, value)


def _fit(row: WorthFit) -> Fit:
    return Fit(
        row.as_of,
        row.fitted_at,
        row.currency,
        row.buyers,
        row.returning,
        Purchasing(**row.purchasing),
        None if row.spending is None else Spending(**row.spending),
        row.kept,
        row.correlation,
        None if row.problem is None else Refused.unpacked(row.problem),
    )
