"""Share packs of a campaign: what its holders get, the address of each, and where they stand among one another."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lianyi.campaigns.campaigns.queries import campaign_of
from lianyi.campaigns.campaigns.schemas import CampaignLine
from lianyi.foundation.access.schemas import Ability
from lianyi.insight.kept.keeping import kept
from lianyi.insight.kept.schemas import Kept
from lianyi.insight.results.queries import standings
from lianyi.kernel.clock import system_clock
from lianyi.links.packs import actions, queries
from lianyi.links.packs.opening import PATH, token_of
from lianyi.links.packs.schemas import HERE, LONGEST_TEXT, MOST_TEXTS, Holder, HolderLine, Pack
from lianyi.web.access import Seat, seated
from lianyi.web.links.words import HOLDERS
from lianyi.web.saving import found, saved, tell
from lianyi.web.tables_out import csv_file

_AT_ONCE = 200  # holders that the page shows
_SPARE = 2  # empty fields for texts


@require_safe
@seated(Ability.SEE_REPORTS)
def pack(request: HttpRequest, seat: Seat, campaign: int) -> HttpResponse:
    """The texts, and the holders in the order of the ranking."""
    workspace = seat.workspace.pk
    one = found(lambda: campaign_of(workspace, campaign))
    made, lines = queries.pack_of(workspace, campaign), queries.holders(workspace, campaign)
    known = ranking(workspace, one)
    rows = _rows(lines, known, made if "campaigns_edit" in seat.may else None)
    texts = list(made.texts) if made else []
    context = {
        "campaign": one,
        "pack": made,
        "texts": [*texts, *[""] * min(_SPARE, MOST_TEXTS - len(texts))],
        "longest": LONGEST_TEXT,
        "here": HERE,
        "rows": rows[:_AT_ONCE],
        "left_out": max(0, len(rows) - _AT_ONCE),
        "kept": known,
    }
    return render(request, "web/campaigns/pack.html", context)


@require_safe
@seated(Ability.SEE_REPORTS)
def export(_request: HttpRequest, seat: Seat, campaign: int) -> HttpResponseBase:
    """The ranking as CSV; whoever may change campaigns has the addresses in it."""
    workspace = seat.workspace.pk
    one = found(lambda: campaign_of(workspace, campaign))
    made, lines = queries.pack_of(workspace, campaign), queries.holders(workspace, campaign)
    counted = standings(workspace, one.key, lines)
    address = {line.holder: _address(made, line) for line in lines} if "campaigns_edit" in seat.may and made else {}
    head = [_("Rank"), _("Kind of holder"), _("Held by"), _("Clicks"), _("People"), _("Registrations"), _("Orders")]
    rows = [
        [place, HOLDERS.get(row.holder.kind, ""), row.holder.name, *row[1:], address.get(row.holder, "")]
        for place, row in enumerate(counted, 1)
    ]
    return csv_file(f"holders-{one.key}", [[*head, _("Address")], *rows])


@require_POST
@seated(Ability.EDIT_CAMPAIGNS)
def save(request: HttpRequest, seat: Seat, campaign: int) -> HttpResponse:
    """Keeps the texts."""
    texts, shown = request.POST.getlist("text")[: MOST_TEXTS + _SPARE], bool(request.POST.get("ranking"))
    refused = saved(
        request,
        lambda: actions.save_pack(seat.workspace.pk, campaign, texts, system_clock(), ranking=shown),
        _("Saved."),
    )
    tell(request, refused)
    return redirect("campaign-pack", campaign)


@require_POST
@seated(Ability.EDIT_CAMPAIGNS)
def renew(request: HttpRequest, seat: Seat, campaign: int) -> HttpResponse:
    """A new address for one holder."""
    holder = Holder(request.POST.get("kind", ""), request.POST.get("holder", ""))
    found(lambda: campaign_of(seat.workspace.pk, campaign))
    refused = saved(
        request,
        lambda: actions.renew_address(seat.workspace.pk, campaign, holder),
        _("The address is made anew; the one before leads nowhere."),
    )
    tell(request, refused)
    return redirect("campaign-pack", campaign)


def ranking(workspace: int, one: CampaignLine) -> Kept:
    """The standings as a kept answer: kind, name, scans, people, registrations and orders of each."""

    def counted() -> list[list[Any]]:
        rows = standings(workspace, one.key, queries.holders(workspace, one.id))
        return [[*row.holder, *row[1:]] for row in rows]

    return kept(workspace, f"holders:{one.key}", counted)


def _rows(lines: list[HolderLine], known: Kept, made: Pack | None) -> list[dict[str, Any]]:
    """The holders as the page has them: ranked, those who came after the counting last."""
    counts = {Holder(kind, name): (place, rest) for place, (kind, name, *rest) in enumerate(known.answer or [], 1)}
    rows: list[dict[str, Any]] = [
        {
            "line": line,
            "kind": HOLDERS.get(line.holder.kind, ""),
            "rank": counts.get(line.holder, (None, []))[0],
            "counts": counts.get(line.holder, (None, []))[1],
            "address": _address(made, line) if made else "",
        }
        for line in lines
    ]
    return sorted(rows, key=lambda row: row["rank"] or len(lines) + 1)


def _address(made: Pack, line: HolderLine) -> str:
    return f"{settings.ENVIRONMENT.url.rstrip('/')}{PATH}{token_of(settings.SECRET_KEY.encode(), made, line)}"
