"""What buyers are worth: the fit in plain words, who is still a customer, tenths of buyers, and who is worth most."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from lianyi.audience.worth import actions, queries
from lianyi.audience.worth.ranking import Page, Place, ranked
from lianyi.audience.worth.schemas import Fit
from lianyi.audience.worth.summing import TENTHS, leaving, rate, spent_at_once, summed
from lianyi.foundation.access.schemas import Ability
from lianyi.insight.kept.keeping import kept
from lianyi.kernel.clock import system_clock
from lianyi.people.profiles.queries import people
from lianyi.people.profiles.schemas import PersonRow
from lianyi.web.access import Seat, seated
from lianyi.web.asked import PERSONS, number_in
from lianyi.web.saving import saved, tell

HORIZONS = (30, 90, 365)
_USUAL = 365
_AT_ONCE = 50
_EARLIER = 12  # fits
_STEPS: tuple[Promise, ...] = (
    gettext_lazy("Reading orders"),
    gettext_lazy("Fitting when people buy"),
    gettext_lazy("Fitting how much they spend"),
)


@require_safe
@seated(Ability.SEE_REPORTS)
def worth(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The page, with what became of the last fit asked for. The sums are a kept answer: they are of every buyer."""
    around = _run(seat.workspace.pk)
    if request.headers.get("HX-Target") == "standing":
        if not around["runs"]:
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "web/worth/standing.html", around)
    fits = queries.fits(seat.workspace.pk, _EARLIER)
    if not fits:
        return render(request, "web/worth/none.html", around)
    days = horizon(request.GET.get("days", ""))
    context = {**around, "fit": fits[0], "fits": fits, "days": days, "horizons": HORIZONS, **_plain(fits[0])}
    context |= _sums(seat.workspace.pk, fits[0], days)
    part = request.headers.get("HX-Target") == "sums"
    return render(request, "web/worth/sums.html" if part else "web/worth/page.html", context)


@require_safe
@seated(Ability.SEE_PEOPLE)
def top(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Who is worth most. A page names the worth and the person that the one before ended with."""
    workspace, days = seat.workspace.pk, horizon(request.GET.get("days", ""))
    fits = queries.fits(workspace, 1)
    part = request.headers.get("HX-Request")
    if not fits:
        return HttpResponse() if part else redirect("worth")
    page = ranked(
        workspace,
        days,
        queries.today_of(workspace, system_clock()),
        _AT_ONCE,
        after=_place(request.GET.get("after", "")),
    )
    context = {
        "people": [(row, alive, round(bought, 2), value) for row, alive, bought, value in lines_of(workspace, page)],
        "further": f"{page.further.worth!r}_{page.further.person}" if page.further else "",
        "fit": fits[0],
        "days": days,
        "first": not part or "after" not in request.GET,
    }
    return render(request, "web/worth/people.html" if part else "web/worth/top.html", context)


@require_POST
@seated(Ability.EDIT_SEGMENTS)
def fit(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Has the worker fit the models to the orders up to yesterday."""
    tell(request, saved(request, lambda: actions.start_fit(seat.workspace.pk, system_clock())))
    return redirect("worth")


@require_POST
@seated(Ability.EDIT_SEGMENTS)
def stop(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Has the fit end."""
    tell(request, saved(request, lambda: actions.stop_fit(seat.workspace.pk, system_clock())))
    return redirect("worth")


def _run(workspace: int) -> dict[str, Any]:
    run = queries.run_of(workspace)
    runs = run is not None and run.state == "running"
    return {"run": run, "runs": runs, "step": _STEPS[min(run.step, len(_STEPS) - 1)] if run else ""}


def horizon(text: str) -> int:
    """How many days are asked of."""
    days = number_in(text) or _USUAL
    return days if days in HORIZONS else _USUAL


def _place(text: str) -> Place | None:
    worth, _line, number = text.rpartition("_")
    person = number_in(number, PERSONS)
    try:
        return None if person is None else Place(float(worth), person)
    except ValueError:
        return None


def _plain(fitted: Fit) -> dict[str, Any]:
    """The parameters as what they mean."""
    often = rate(fitted.purchasing)
    amount = None if fitted.spending is None else spent_at_once(fitted.spending)
    return {
        "weeks": 1 / often,
        "leaving": leaving(fitted.purchasing),
        "amount": money(amount),
        "given_back": 1 - fitted.kept,
    }


def _sums(workspace: int, fitted: Fit, days: int) -> dict[str, Any]:
    today = queries.today_of(workspace, system_clock())

    def count() -> list[Any]:
        found = summed(queries.worths(workspace, days, today))
        return [*found[:4], list(found.by_alive), [list(one) for one in found.tenths]]

    known = kept(workspace, f"worth:{days}:{today}:{fitted.fitted_at}", count)
    if known.answer is None:
        return {"kept": known, "counted": False}
    buyers, alive, purchases, value, by_alive, tenths = known.answer
    return {
        "kept": known,
        "counted": True,
        "buyers": buyers,
        "alive": round(alive),
        "purchases": round(purchases),
        "value": money(value),
        "by_alive": {
            "labels": [f"{100 * place // TENTHS}–{100 * (place + 1) // TENTHS}%" for place in range(TENTHS)],
            "series": [{"name": _("Buyers"), "values": by_alive}],
        },
        "tenths": [(place, *one[:3], money(one[3])) for place, one in enumerate(tenths, 1)],
        "by_tenth": _by_tenth(tenths, valued=value is not None),
    }


def _by_tenth(tenths: list[list[Any]], *, valued: bool) -> dict[str, Any]:
    name = _("Expected value") if valued else _("Expected purchases of each")
    values = [round(one[3] if valued else one[2], 2) for one in tenths]
    return {"labels": [str(place) for place in range(1, len(tenths) + 1)], "series": [{"name": name, "values": values}]}


def lines_of(workspace: int, page: Page) -> Iterator[tuple[PersonRow, float, float, Decimal | None]]:
    """Who is on a page of buyers, how likely they are still customers, how often they will buy, and what that comes to.
    Whoever is gone since is left out.
    """
    worths = page.worths
    rows = {row.number: row for row in people(workspace, worths.persons.tolist())}
    values = [None] * len(worths.persons) if worths.value is None else worths.value.tolist()
    told = zip(worths.persons.tolist(), worths.alive.tolist(), worths.purchases.tolist(), values, strict=True)
    for number, alive, bought, value in told:
        if number in rows:
            yield rows[number], alive, bought, money(value)


def money(value: float | None) -> Decimal | None:
    """An amount that a model says, to two decimals."""
    return None if value is None else Decimal(f"{value:.2f}")
