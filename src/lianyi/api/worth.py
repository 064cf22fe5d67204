"""What buyers are worth: whether they are still customers, how often they will buy, and what that comes to."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.utils.translation import gettext
from ninja import Query
from pydantic import BaseModel, Field

from lianyi.api.cursors import page_of, page_to, place_in
from lianyi.api.operations import Request, Section, workspace_of
from lianyi.api.shapes import Body, Day, Page, Paging, PersonNumber, moment
from lianyi.audience.worth import actions, queries
from lianyi.audience.worth.fitting import STEPS
from lianyi.audience.worth.queries import LONGEST_HORIZON, today_of
from lianyi.audience.worth.ranking import Place, ranked
from lianyi.audience.worth.schemas import Fit
from lianyi.audience.worth.summing import leaving, rate, spent_at_once, summed
from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import from_micros, system_clock
from lianyi.kernel.errors import Refused
from lianyi.people.identity.queries import person_exists
from lianyi.people.profiles.schemas import PersonUnknown

_section = Section("Lifetime value", "Who is still a customer, how often they will buy, and what that comes to.")
_FIT = {
    "as_of": "2026-10-31",
    "fitted_at": "2026-11-01T02:00:00Z",
    "currency": "CNY",
    "buyers": 2357,
    "returning": 946,
    "purchasing": {"r": 0.2426, "alpha": 4.4136, "a": 0.7929, "b": 2.4259},
    "spending": {"p": 6.25, "q": 3.74, "v": 15.44},
    "a_week": 0.055,
    "leaving": 0.246,
    "amount": 35.22,
    "kept": 1.0,
    "correlation": 0.11,
    "problem": None,
}
_WORTH = {"person": 88, "alive": 0.7266, "purchases": 1.226, "value": 30.23, "currency": "CNY"}
_RUN: dict[str, Any] = {
    "as_of": "2026-10-31",
    "state": "running",
    "step": 0,
    "steps": 3,
    "asked_at": "2026-11-01T02:00:00Z",
    "finished_at": None,
    "problem": None,
}
Horizon = Annotated[int, Field(ge=1, le=LONGEST_HORIZON, description="The next so many days.")]


class Purchasing(BaseModel):
    """The parameters of BG/NBD, time in weeks."""

    r: float
    alpha: float
    a: float
    b: float


class Spending(BaseModel):
    """The parameters of Gamma-Gamma, money in the fit's currency."""

    p: float
    q: float
    v: float


class FitShown(BaseModel):
    """Models fitted to the orders up to a day, and what their parameters mean."""

    as_of: date
    fitted_at: datetime
    currency: str
    buyers: int
    returning: int = Field(description="Who bought on more than one day.")
    purchasing: Purchasing
    spending: Spending | None
    a_week: float = Field(description="How often a customer buys in a week, on the average.")
    leaving: float = Field(description="How probable it is that somebody leaves for good after a purchase.")
    amount: float | None = Field(description="What a purchase comes to, on the average.")
    kept: float = Field(description="The share of what was paid that was not given back.")
    correlation: float | None
    problem: str | None = Field(description="Why there is no model of amounts.")


class FitRun(BaseModel):
    """The fit that was asked for last. Where it is done, it is the newest of the fits, unless one of a later day is."""

    as_of: date | None
    state: Literal["never", "running", "done", "stopped", "failed"]
    step: int = Field(description="Done, of `steps`.")
    steps: int
    asked_at: datetime | None
    finished_at: datetime | None
    problem: str | None = Field(description="Why nothing was fitted.")


class FitMade(Body):
    """Up to which day orders count; yesterday, where none is named."""

    as_of: Day | None = None


class Asked(BaseModel):
    """Of which days."""

    days: Horizon = 365


class AskedPage(Paging):
    """Of which days, and which page."""

    days: Horizon = 365


class WorthShown(BaseModel):
    """What the newest fit says of somebody's next days."""

    person: int
    alive: float = Field(description="The probability that they are still a customer.")
    purchases: float
    value: float | None
    currency: str


class TenthShown(BaseModel):
    """A tenth of the buyers: means of each, and what all of them will spend."""

    people: int
    alive: float
    purchases: float
    value: float | None


class SummaryShown(BaseModel):
    """Sums over all buyers."""

    buyers: int
    alive: float = Field(description="How many are expected to be customers still.")
    purchases: float
    value: float | None
    currency: str
    by_alive: list[int] = Field(description="How many stand in each tenth of that probability, from the lowest.")
    tenths: list[TenthShown] = Field(description="Those who are worth most come first.")


@_section.get("/worth/fits", Ability.SEE_REPORTS, answers=Page[FitShown], example={"items": [_FIT], "next": None})
def list_fits(request: Request, paging: Query[Paging]) -> Page[FitShown]:
    """Lists the fits there are. The newest come first."""
    place = place_in(request, paging.cursor)
    before = date.fromisoformat(place[0]) if place else None
    rows = queries.fits(workspace_of(request), paging.limit + 1, before=before)
    return page_of(request, rows, paging.limit, lambda one: [one.as_of.isoformat()], _fit)


@_section.post("/worth/fits", Ability.EDIT_SEGMENTS, answers=FitRun, status=202, example=_RUN, conflicts=True,
               body={"as_of": "2026-10-31"})  # fmt: skip
def fit_worth(request: Request, body: FitMade) -> FitRun:
    """Has the models fitted to the orders. It takes seconds, one at a time; a fit of the same day is replaced."""
    actions.start_fit(workspace_of(request), system_clock(), body.as_of)
    return _run(workspace_of(request))


@_section.get("/worth/run", Ability.SEE_REPORTS, answers=FitRun, example=_RUN)
def get_worth_run(request: Request) -> FitRun:
    """Shows how far the fit is. What is too little to learn from is its problem."""
    return _run(workspace_of(request))


@_section.delete("/worth/run", Ability.EDIT_SEGMENTS, answers=FitRun, example={**_RUN, "state": "stopped"})
def stop_worth_run(request: Request) -> FitRun:
    """Stops the fit within seconds. What was fitted before stays."""
    actions.stop_fit(workspace_of(request), system_clock())
    return _run(workspace_of(request))


@_section.get("/worth/summary", Ability.SEE_REPORTS, answers=SummaryShown, misses=True, example={
    "buyers": 2357, "alive": 1570.2, "purchases": 1204.5, "value": 42800.0, "currency": "CNY",
    "by_alive": [120, 90, 80, 70, 60, 50, 60, 70, 257, 1500],
    "tenths": [{"people": 236, "alive": 0.93, "purchases": 2.4, "value": 21000.0}]})  # fmt: skip
def get_worth_summary(request: Request, asked: Query[Asked]) -> SummaryShown:
    """Sums up what the newest fit says of all buyers."""
    workspace = workspace_of(request)
    currency = queries.fit_of(workspace).currency
    found = summed(queries.worths(workspace, asked.days, today_of(workspace, system_clock())))
    tenths = [TenthShown(**one._asdict()) for one in found.tenths]
    return SummaryShown(**{**found._asdict(), "currency": currency, "tenths": tenths})


@_section.get("/worth/people", Ability.SEE_PEOPLE, answers=Page[WorthShown], misses=True,
              example={"items": [_WORTH], "next": None})  # fmt: skip
def list_worths(request: Request, asked: Query[AskedPage]) -> Page[WorthShown]:
    """Lists buyers by what they are worth. Those who are worth most come first; the order is a few minutes old at the
    most.
    """
    place, workspace = place_in(request, asked.cursor), workspace_of(request)
    currency, today = queries.fit_of(workspace).currency, today_of(workspace, system_clock())
    page = ranked(workspace, asked.days, today, asked.limit, after=Place(*place) if place else None)
    values = [None] * len(page.worths.persons) if page.worths.value is None else page.worths.value.tolist()
    items = [
        WorthShown(person=person, alive=alive, purchases=bought, value=value, currency=currency)
        for person, alive, bought, value in zip(
            page.worths.persons.tolist(),
            page.worths.alive.tolist(),
            page.worths.purchases.tolist(),
            values,
            strict=True,
        )
    ]
    return page_to(request, items, list(page.further) if page.further else None)


@_section.get("/people/{number}/worth", Ability.SEE_PEOPLE, answers=WorthShown, example=_WORTH)
def get_worth(request: Request, number: PersonNumber, asked: Query[Asked]) -> WorthShown:
    """Shows what the newest fit says of a person, who must have bought."""
    workspace = workspace_of(request)
    if not person_exists(workspace, number):
        raise PersonUnknown(number)
    currency = queries.fit_of(workspace).currency
    found = queries.worth_of(workspace, number, asked.days, today_of(workspace, system_clock()))
    if found is None:
        raise Refused("worth.no_buyer", "Person {person} has not bought.", person=number)
    return WorthShown(person=number, **found._asdict(), currency=currency)


def _run(workspace: int) -> FitRun:
    run = queries.run_of(workspace)
    return FitRun(
        as_of=run.as_of if run else None,
        state=run.state if run else "never",
        step=run.step if run else 0,
        steps=STEPS,
        asked_at=moment(run.asked_at) if run else None,
        finished_at=moment(run.finished_at) if run else None,
        problem=run.problem.whole.told(gettext) if run and run.problem else None,
    )


def _fit(one: Fit) -> FitShown:
    return FitShown(
        as_of=one.as_of,
        fitted_at=from_micros(one.fitted_at),
        currency=one.currency,
        buyers=one.buyers,
        returning=one.returning,
        purchasing=Purchasing(r=one.purchasing.r, alpha=one.purchasing.alpha, a=one.purchasing.a, b=one.purchasing.b),
        spending=None if one.spending is None else Spending(p=one.spending.p, q=one.spending.q, v=one.spending.v),
        a_week=rate(one.purchasing),
        leaving=leaving(one.purchasing),
        amount=None if one.spending is None else spent_at_once(one.spending),
        kept=one.kept,
        correlation=one.correlation,
        problem=None if one.problem is None else one.problem.whole.told(gettext),
    )
