"""`lianyi worth`: who is still a customer, how often they will buy, and what that comes to."""

import time
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lianyi.cli.frame import Call, verb, verbs
from lianyi.cli.language import _, tell

if TYPE_CHECKING:
    from lianyi.audience.worth.schemas import Fit

app = verbs(_("Lifetime value: who is still a customer, and what they will spend."))

Days = Annotated[int, typer.Option(min=1, max=1_825, help=_("The next so many days."))]

_LOOKS_EVERY = 0.5  # seconds


@verb(app, "fit")
def fit(
    call: Call,
    *,
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", formats=["%Y-%m-%d"], help=_("Orders count up to this day; without it, to yesterday.")),
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help=_("Return when they are fitted, and show the fit."))] = False,
) -> None:
    """Has the models fitted to the orders while `lianyi up` runs."""
    with call.installation():
        from lianyi.audience.worth import actions, queries
        from lianyi.kernel.clock import system_clock

        workspace = call.workspace().pk
        run = actions.start_fit(workspace, system_clock(), None if as_of is None else as_of.date())
        while wait and run.state == "running":
            time.sleep(_LOOKS_EVERY)
            run = queries.run_of(workspace) or run
        if wait and run.problem is not None:
            raise run.problem
        if run.state == "done":
            call.show(_fit(queries.fit_of(workspace, run.as_of)))
        else:
            call.show({"as_of": run.as_of.isoformat(), "state": run.state}, None if wait else _("It is being fitted."))


def _fit(found: "Fit") -> dict[str, Any]:
    from lianyi.audience.worth.summing import leaving, rate, spent_at_once

    told: dict[str, Any] = {
        "as_of": found.as_of.isoformat(),
        "currency": found.currency,
        "buyers": found.buyers,
        "returning": found.returning,
        **{name: round(value, 4) for name, value in list(found.purchasing._asdict().items())[:4]},
        "weeks_between": round(1 / rate(found.purchasing), 2),
        "leaving": round(leaving(found.purchasing), 4),
    }
    if found.spending is not None:
        told |= {name: round(value, 4) for name, value in list(found.spending._asdict().items())[:3]}
        amount = spent_at_once(found.spending)
        told["amount"] = None if amount is None else round(amount, 2)
    if found.problem is not None:
        told["problem"] = tell(found.problem.whole)
    return told


@verb(app, "show")
def show(call: Call, *, days: Days = 365) -> None:
    """Sums up what the newest fit says of all buyers, and of each tenth of them."""
    with call.installation():
        from lianyi.audience.worth import queries
        from lianyi.audience.worth.summing import summed
        from lianyi.kernel.clock import system_clock

        workspace = call.workspace().pk
        currency = queries.fit_of(workspace).currency
        found = summed(queries.worths(workspace, days, queries.today_of(workspace, system_clock())))
        sums = {"buyers": found.buyers, "alive": round(found.alive, 1), "purchases": round(found.purchases, 1)}
        told = {**sums, "value": _rounded(found.value), "currency": currency}
        tenths = [
            {
                "tenth": place,
                "people": one.people,
                "alive": round(one.alive, 4),
                "purchases": round(one.purchases, 3),
                "value": _rounded(one.value),
            }
            for place, one in enumerate(found.tenths, 1)
        ]
        if call.json:
            call.show({**told, "by_alive": list(found.by_alive), "tenths": tenths})
        else:
            call.show(told)
            call.rows(tenths, ("tenth", "people", "alive", "purchases", "value"))


@verb(app, "people")
def people(
    call: Call,
    *,
    days: Days = 365,
    limit: Annotated[int, typer.Option(min=1, help=_("How many people at the most."))] = 20,
) -> None:
    """Lists the buyers who are worth most."""
    with call.installation():
        from lianyi.audience.worth.queries import today_of
        from lianyi.audience.worth.ranking import ranked
        from lianyi.kernel.clock import system_clock

        workspace = call.workspace().pk
        found = ranked(workspace, days, today_of(workspace, system_clock()), limit).worths
        values = [None] * len(found.persons) if found.value is None else found.value.tolist()
        rows = (
            {"person": person, "alive": round(alive, 4), "purchases": round(bought, 3), "value": _rounded(value)}
            for person, alive, bought, value in zip(
                found.persons.tolist(), found.alive.tolist(), found.purchases.tolist(), values, strict=True
            )
        )
        call.rows(rows, ("person", "alive", "purchases", "value"), _("Nobody has bought yet."))


@verb(app, "person")
def person(
    call: Call, number: Annotated[int, typer.Argument(min=1, help=_("The person's number."))], *, days: Days = 365
) -> None:
    """Shows what the newest fit says of a person."""
    with call.installation():
        from lianyi.audience.worth import queries
        from lianyi.kernel.clock import system_clock
        from lianyi.kernel.errors import Refused

        workspace = call.workspace().pk
        currency = queries.fit_of(workspace).currency
        found = queries.worth_of(workspace, number, days, queries.today_of(workspace, system_clock()))
        if found is None:
            raise Refused("worth.no_buyer", "Person {person} has not bought.", person=number)
        call.show(
            {
                "person": number,
                "alive": round(found.alive, 4),
                "purchases": round(found.purchases, 3),
                "value": _rounded(found.value),
                "currency": currency,
            }
        )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
