"""What came of links, on their pages: counts beside a list, and of one link or campaign the days, places and devices.

All are kept answers: whoever looks waits a tenth of a second at the most, and is told the rest when it is counted.
"""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianyi.campaigns.campaigns.queries import campaign_of
from lianyi.foundation.access.schemas import Ability
from lianyi.insight.clicks.queries import clicks_of_campaign, clicks_of_link, counts_of_links
from lianyi.insight.clicks.schemas import Clicks
from lianyi.insight.kept.keeping import kept
from lianyi.insight.kept.schemas import Kept
from lianyi.links import queries
from lianyi.links.drafts import LinkLine
from lianyi.web.access import Seat, seated
from lianyi.web.asked import number_in
from lianyi.web.links.words import DEVICES
from lianyi.web.saving import found

PLACES = 20  # that a page shows
KEPT_PLACES = 500  # that an answer keeps
_AT_ONCE = 100  # links of a list


@require_safe
@seated(Ability.SEE_REPORTS)
def of_link(request: HttpRequest, seat: Seat, link: int) -> HttpResponse:
    """The part of a link's page that tells its clicks."""
    line = found(lambda: queries.link_of(seat.workspace.pk, link))
    return render(request, "web/links/clicks.html", link_told(seat.workspace.pk, line))


@require_safe
@seated(Ability.SEE_REPORTS)
def of_campaign(request: HttpRequest, seat: Seat, campaign: int) -> HttpResponse:
    """The part of a campaign's results that tells places and devices."""
    one = found(lambda: campaign_of(seat.workspace.pk, campaign))
    return render(request, "web/campaigns/places.html", {"where": campaign_told(seat.workspace.pk, one.id, one.key)})


@require_safe
@seated(Ability.SEE_REPORTS)
def of_list(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The counts of the links of a list, for the places that wait for them."""
    numbers = [number for text in request.GET.get("of", "").split(",")[:_AT_ONCE] if (number := number_in(text))]
    lines = queries.links_of(seat.workspace.pk, numbers)
    counts = list_told(seat.workspace.pk, lines)
    shown = [{"line": line, "clicks": one_of(counts, line)} for line in lines]
    return render(request, "web/links/counts.html", {"counted": shown, "known": counts is not None, "of": numbers})


def link_told(workspace: int, line: LinkLine) -> dict[str, Any]:
    """What the part of a link says; `told` is None while it is being counted for the first time."""
    known = kept(workspace, f"link:{line.id}", lambda: _told(clicks_of_link(workspace, line.link)))
    return {**_shown(known), "again": reverse("link-clicks", args=[line.id])}


def campaign_told(workspace: int, number: int, key: str) -> dict[str, Any]:
    """The same of a campaign."""
    known = kept(workspace, f"places:{key}", lambda: _told(clicks_of_campaign(workspace, key)))
    return {**_shown(known), "again": reverse("campaign-places", args=[number])}


def list_told(workspace: int, lines: Sequence[LinkLine]) -> dict[str, list[int]] | None:
    """Times, people and machines of each link of a list, by its number; None while they are being counted."""
    if not lines:
        return {}
    links = [line.link for line in lines]
    question = "links:" + ",".join(str(one.number) for one in sorted(links, key=lambda one: one.number))
    known = kept(
        workspace, question, lambda: {str(one): count for one, count in counts_of_links(workspace, links).items()}
    )
    answer: dict[str, list[int]] | None = known.answer
    return answer


def one_of(counts: dict[str, list[int]] | None, line: LinkLine) -> list[int] | None:
    """The counts of one link; of one that nobody followed, zeros."""
    return None if counts is None else counts.get(str(line.id), [0, 0, 0])


def _told(clicks: Clicks) -> dict[str, Any]:
    """The counts as JSON holds them, without the places that brought least where there are many."""
    return {
        "total": clicks.total,
        "days": [[day.isoformat(), count] for day, count in clicks.days],
        "places": [[*where, times, people] for where, times, people in clicks.places[:KEPT_PLACES]],
        "devices": clicks.devices,
    }


def _shown(known: Kept) -> dict[str, Any]:
    told = known.answer
    if told is None:
        return {"kept": known, "told": None}
    days = {
        "labels": [day for day, _count in told["days"]],
        "series": [{"name": _("Clicks"), "values": [count for _day, count in told["days"]]}],
    }
    devices = [(DEVICES.get(name, DEVICES["other"]), times, people) for name, times, people in told["devices"]]
    return {
        "kept": known,
        "told": told,
        "days": days,
        "places": told["places"][:PLACES],
        "left_out": max(0, len(told["places"]) - PLACES),
        "devices": devices,
    }
