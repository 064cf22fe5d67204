"""`lianyi campaign`: campaigns, and what they brought."""

from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lianyi.cli.frame import Call, verb, verbs
from lianyi.cli.language import _
from lianyi.cli.link import ArchivedOption, ByClicks, rows_of

if TYPE_CHECKING:
    from lianyi.campaigns.campaigns.schemas import CampaignLine

app = verbs(_("Campaigns: what groups links, pages, forms and gatherings, and what they brought."))

Key = Annotated[str, typer.Argument(help=_("The key of the campaign, as `campaign list` says."))]
_COLUMNS = ("key", "name", "begins_on", "ends_on", "archived_at")
_HOLDERS = ("rank", "kind", "holder", "clicks", "people", "registrations", "orders", "page")
_DAY = ["%Y-%m-%d"]


class ByOption(Enum):
    """What the results are told by."""

    STEP = "step"
    SOURCE = "source"
    DAY = "day"
    HOUR = "hour"
    PLACE = "place"
    DEVICE = "device"


@verb(app, "list")
def list_campaigns(
    call: Call,
    *,
    words: Annotated[str, typer.Option(help=_("In its name or key."))] = "",
    archived: Annotated[ArchivedOption, typer.Option(help=_("Whether archived ones are listed, too."))] = (
        ArchivedOption.NO
    ),
    limit: Annotated[int, typer.Option(min=1, max=10_000, help=_("How many at the most."))] = 200,
) -> None:
    """Lists campaigns, the newest first."""
    with call.installation():
        from lianyi.campaigns.campaigns.queries import campaigns

        found = campaigns(call.workspace().pk, limit, words=words, archived=archived.value)
        call.rows(map(_line, found), _COLUMNS, _("No campaigns."))


@verb(app, "show")
def show(call: Call, campaign: Key) -> None:
    """Shows a campaign."""
    with call.installation():
        from lianyi.campaigns.campaigns.queries import campaign_named

        call.show(_line(campaign_named(call.workspace().pk, campaign)))


@verb(app, "create")
def create(
    call: Call,
    key: Annotated[str, typer.Argument(help=_("Its utm_campaign, such as spring-2026; it stays for ever."))],
    name: Annotated[str, typer.Option(help=_("What you call it; the key where this is not said."))] = "",
    *,
    begins: Annotated[datetime | None, typer.Option(formats=_DAY, help=_("Its first day."))] = None,
    ends: Annotated[datetime | None, typer.Option(formats=_DAY, help=_("Its last day."))] = None,
    note: Annotated[str, typer.Option(help=_("What it is for."))] = "",
) -> None:
    """Makes a campaign."""
    with call.installation():
        from lianyi.campaigns.campaigns.actions import create_campaign
        from lianyi.campaigns.campaigns.schemas import Draft
        from lianyi.kernel.clock import system_clock

        days = (begins.date() if begins else None, ends.date() if ends else None)
        call.show(_line(create_campaign(call.workspace().pk, Draft(name or key, key, *days, note), system_clock())))


@verb(app, "archive")
def archive(call: Call, campaign: Key) -> None:
    """Archives a campaign; its links go on."""
    with call.installation():
        from lianyi.campaigns.campaigns.actions import archive_campaign
        from lianyi.campaigns.campaigns.queries import campaign_named
        from lianyi.kernel.clock import system_clock

        workspace = call.workspace().pk
        done = archive_campaign(workspace, campaign_named(workspace, campaign).id, system_clock())
        call.show(_line(done), _("Archived."))


@verb(app, "restore")
def restore(call: Call, campaign: Key) -> None:
    """Puts an archived campaign into use again."""
    with call.installation():
        from lianyi.campaigns.campaigns.actions import restore_campaign
        from lianyi.campaigns.campaigns.queries import campaign_named

        workspace = call.workspace().pk
        call.show(_line(restore_campaign(workspace, campaign_named(workspace, campaign).id)), _("In use again."))


@verb(app, "results")
def results(
    call: Call,
    campaign: Key,
    by: Annotated[ByOption, typer.Option(help=_("One row for each of these."))] = ByOption.STEP,
) -> None:
    """Counts what a campaign brought, from those who saw it to those who bought. What states no source counts for the
    campaign by which the person came last, within 30 days.
    """
    with call.installation():
        from lianyi.campaigns.campaigns.queries import campaign_named
        from lianyi.insight.clicks.queries import clicks_of_campaign
        from lianyi.insight.results.queries import campaign_results

        workspace = call.workspace().pk
        key = campaign_named(workspace, campaign).key
        if by in (ByOption.PLACE, ByOption.DEVICE):
            rows = rows_of(clicks_of_campaign(workspace, key), ByClicks(by.value))
        else:
            rows = list(_rows(campaign_results(workspace, key), by))
        call.rows(rows, list(rows[0]) if rows else [], _("Nobody came by this campaign."))


@verb(app, "share")
def share(
    call: Call,
    campaign: Key,
    text: Annotated[list[str] | None, typer.Option(help=_("A text to share; {link} is the holder's address."))] = None,
    *,
    ranking: Annotated[bool, typer.Option("--ranking/--no-ranking", help=_("Whether holders see the ranking."))] = True,
) -> None:
    """Makes the share pack of a campaign: each holder of its links has a page, as `campaign holders` lists them."""
    with call.installation():
        from lianyi.campaigns.campaigns.queries import campaign_named
        from lianyi.kernel.clock import system_clock
        from lianyi.links.packs.actions import save_pack

        workspace = call.workspace().pk
        number = campaign_named(workspace, campaign).id
        pack = save_pack(workspace, number, text or [], system_clock(), ranking=ranking)
        call.show({"campaign": campaign, "texts": pack.texts, "ranking": pack.ranking}, _("Saved."))


@verb(app, "holders")
def holders(
    call: Call,
    campaign: Key,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help=_("How many at the most."))] = 200,
) -> None:
    """Ranks who holds links of a campaign by clicks, people, registrations and orders, with the address of each
    page.
    """
    with call.installation():
        from django.conf import settings

        from lianyi.campaigns.campaigns.queries import campaign_named
        from lianyi.insight.results.queries import standings
        from lianyi.links.packs import queries
        from lianyi.links.packs.opening import PATH, token_of

        workspace = call.workspace().pk
        one = campaign_named(workspace, campaign)
        pack, lines = queries.pack_of(workspace, one.id), queries.holders(workspace, one.id)
        secret = settings.SECRET_KEY.encode()
        pages = {line.holder: call.address + PATH + token_of(secret, pack, line) for line in lines if pack}
        rows = [
            {
                "rank": place,
                "kind": row.holder.kind,
                "holder": row.holder.name,
                "clicks": row.scans,
                "people": row.people,
                "registrations": row.registrations,
                "orders": row.orders,
                "page": pages.get(row.holder, ""),
            }
            for place, row in enumerate(standings(workspace, one.key, lines)[:limit], 1)
        ]
        call.rows(rows, _HOLDERS, _("Nobody holds a link of this campaign."))


def _rows(found: Any, by: ByOption) -> list[dict[str, Any]]:
    from lianyi.insight.results.schemas import Step

    match by:
        case ByOption.STEP:
            return [
                {"step": step.value, "people": count.people, "times": count.events}
                for step, count in zip(Step, found.total, strict=True)
            ]
        case ByOption.SOURCE:
            return [
                {
                    "channel": line.source.channel,
                    "medium": line.source.medium,
                    "code": line.source.code,
                    **{step.value: count.people for step, count in zip(Step, line.steps, strict=True)},
                }
                for line in found.lines
            ]
        case ByOption.DAY:
            return [{"day": day, "clicks": count} for day, count in found.days]
        case ByOption.HOUR:
            return [{"hour": hour, "clicks": count} for hour, count in enumerate(found.hours)]
        case _:  # of clicks, told by `rows_of`
            return []


def _line(one: "CampaignLine") -> dict[str, Any]:
    from lianyi.kernel.clock import from_micros

    ended = one.archived_at
    return {
        **one._asdict(),
        "created_at": from_micros(one.created_at),
        "archived_at": None if ended is None else from_micros(ended),
    }
