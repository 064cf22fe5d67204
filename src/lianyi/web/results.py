"""What a campaign brought, on a page: its steps beside another campaign's, sources, hours and days; and as a file."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy
from django.views.decorators.http import require_safe

from lianyi.campaigns.campaigns.queries import campaign_of, campaigns
from lianyi.campaigns.campaigns.schemas import CampaignLine
from lianyi.campaigns.spend.queries import cost_by_source
from lianyi.foundation.access.schemas import Ability
from lianyi.insight.clicks.queries import clicks_of_campaign
from lianyi.insight.clicks.schemas import Clicks
from lianyi.insight.kept.keeping import kept
from lianyi.insight.results.queries import campaign_results
from lianyi.insight.results.schemas import Count, Line, Results, Step
from lianyi.web.access import Seat, seated
from lianyi.web.asked import number_in
from lianyi.web.links.clicks import campaign_told
from lianyi.web.saving import found
from lianyi.web.tables_out import csv_file

STEPS: dict[Step, str | Promise] = {
    Step.EXPOSURE: pgettext_lazy("step of a campaign", "Saw it"),
    Step.CLICK: pgettext_lazy("step of a campaign", "Clicked or scanned"),
    Step.VISIT: pgettext_lazy("step of a campaign", "Visited a page"),
    Step.REGISTRATION: pgettext_lazy("step of a campaign", "Registered"),
    Step.CHECK_IN: pgettext_lazy("step of a campaign", "Checked in"),
    Step.LEAD: pgettext_lazy("step of a campaign", "Became a lead"),
    Step.ORDER: pgettext_lazy("step of a campaign", "Ordered"),
}
_LINES = 100  # sources that the page shows
_CHOICES = 200  # campaigns to compare with
_EVER = (date(1970, 1, 1), date(2200, 1, 1))


class StepShown(NamedTuple):
    """A step as the page draws it; costs are for each person who took it, by currency."""

    label: str | Promise
    people: int
    events: int
    of_most: float
    costs: list[tuple[Decimal, str]]
    other: Count | None  # of the campaign to compare with


@require_safe
@seated(Ability.SEE_REPORTS)
def results(request: HttpRequest, seat: Seat, campaign: int) -> HttpResponse:
    """The page; a kept answer, since all events of the campaign are counted."""
    workspace = seat.workspace.pk
    one = found(lambda: campaign_of(workspace, campaign))
    beside = _beside(workspace, one, number_in(request.GET.get("with", "")))
    known, other = _kept(workspace, one), _kept(workspace, beside) if beside else None
    told = known.answer
    again = reverse("campaign-results", args=[one.id]) + (f"?with={beside.id}" if beside else "")
    context: dict[str, Any] = {"campaign": one, "beside": beside, "kept": known, "told": told, "again": again}
    if told is not None:
        spent = _spent(workspace, one.key)
        context |= {
            "steps": _steps(told["total"], spent, other.answer["total"] if other and other.answer else None),
            "lines": [
                (channel, medium, code, [(label, *count) for label, count in zip(STEPS.values(), counts, strict=True)])
                for channel, medium, code, counts in told["lines"]
            ],
            "labels": list(STEPS.values()),
            "spent": spent,
            "hours": _hours(one, told, beside, other.answer if other else None),
            "days": {
                "labels": [day for day, _count in told["days"]],
                "series": [{"name": STEPS[Step.CLICK], "values": [count for _day, count in told["days"]]}],
            },
        }
    part = request.headers.get("HX-Target") == "results"
    if not part:
        context["choices"] = [other for other in campaigns(workspace, _CHOICES) if other.id != one.id]
        context["where"] = campaign_told(workspace, one.id, one.key)
    return render(request, f"web/campaigns/{'results_told' if part else 'results'}.html", context)


@require_safe
@seated(Ability.SEE_REPORTS)
def export(request: HttpRequest, seat: Seat, campaign: int) -> HttpResponseBase:
    """The campaign as CSV: every source with people and events of each step, or every place or day with its clicks."""
    one = found(lambda: campaign_of(seat.workspace.pk, campaign))
    match request.GET.get("by", ""):
        case "place":
            return csv_file(f"campaign-{one.key}-places", _places(clicks_of_campaign(seat.workspace.pk, one.key)))
        case "day":
            days = clicks_of_campaign(seat.workspace.pk, one.key).days
            return csv_file(f"campaign-{one.key}-days", [[pgettext("of a calendar", "Day"), _("Clicks")], *days])
        case _:
            return csv_file(f"campaign-{one.key}", _sources(campaign_results(seat.workspace.pk, one.key)))


def _places(clicks: Clicks) -> Iterator[Sequence[Any]]:
    yield [_("Country"), _("Region"), _("City"), _("Clicks"), _("People")]
    for where, times, people in clicks.places:
        yield [*where, times, people]


def _sources(brought: Results) -> Iterator[Sequence[Any]]:
    told = [text for label in STEPS.values() for text in (f"{label} · {_('people')}", f"{label} · {_('events')}")]
    yield [_("Channel"), _("Medium"), _("Code"), *told]
    for line in brought.lines:
        yield [line.source.channel, line.source.medium, line.source.code, *_flat(line.steps)]
    yield [_("Total"), "", "", *_flat(brought.total)]


def _hours(one: CampaignLine, told: Any, beside: CampaignLine | None, other: Any) -> dict[str, Any]:
    """The clicks by hour of the day as a chart, beside those of another campaign."""
    series = [{"name": one.name if beside else STEPS[Step.CLICK], "values": told["hours"]}]
    if beside and other is not None:
        series.append({"name": beside.name, "values": other["hours"]})
    return {"labels": [f"{hour}:00" for hour in range(24)], "series": series}


def _flat(steps: Sequence[Count]) -> list[int]:
    return [number for count in steps for number in count]


def _beside(workspace: int, one: CampaignLine, asked: int | None) -> CampaignLine | None:
    return None if asked is None or asked == one.id else found(lambda: campaign_of(workspace, asked))


def _kept(workspace: int, one: CampaignLine) -> Any:
    return kept(workspace, f"campaign:{one.key}", lambda: _told(campaign_results(workspace, one.key)))


def _told(brought: Results) -> dict[str, Any]:
    """The results as JSON holds them, without the sources that brought least where there are many."""
    return {
        "lines": [_line(one) for one in brought.lines[:_LINES]],
        "left_out": max(0, len(brought.lines) - _LINES),
        "total": brought.total,
        "hours": brought.hours,
        "days": [[day.isoformat(), count] for day, count in brought.days],
        "machines": brought.machines,
    }


def _line(one: Line) -> list[Any]:
    return [one.source.channel, one.source.medium, one.source.code, one.steps]


def _spent(workspace: int, key: str) -> list[tuple[Decimal, str]]:
    """What the campaign cost, by currency."""
    sums: dict[str, Decimal] = {}
    for cost in cost_by_source(workspace, *_EVER):
        if cost.source.campaign == key:
            sums[cost.currency] = sums.get(cost.currency, Decimal(0)) + cost.amount
    return [(amount, currency) for currency, amount in sorted(sums.items())]


def _steps(
    total: Sequence[Sequence[int]], spent: list[tuple[Decimal, str]], other: Sequence[Sequence[int]] | None
) -> list[StepShown]:
    most = max((events for _people, events in total), default=0) or 1
    return [
        StepShown(
            label,
            people,
            events,
            events / most,
            [(amount / people, currency) for amount, currency in spent] if people else [],
            Count(*other[place]) if other else None,
        )
        for place, (label, (people, events)) in enumerate(zip(STEPS.values(), total, strict=True))
    ]
