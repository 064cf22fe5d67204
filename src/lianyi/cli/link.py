"""`lianyi link`: short links and channel codes, one by one and by file."""

import sys
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lianyi.cli.code import HolderOption
from lianyi.cli.files import contents
from lianyi.cli.frame import Call, verb, verbs
from lianyi.cli.language import _

if TYPE_CHECKING:
    from lianyi.insight.clicks.schemas import Clicks
    from lianyi.links.checking import Ours
    from lianyi.links.drafts import LinkLine

app = verbs(_("Short links and channel codes: made, listed, brought in and taken out by file."))

Number = Annotated[int, typer.Argument(help=_("The number of the link, as `link list` says."))]
_COLUMNS = ("id", "kind", "name", "address", "target", "code", "campaign", "holder")


class KindOption(Enum):
    """What a link is."""

    LINK = "link"
    CODE = "code"
    WECHAT = "wechat"


class ArchivedOption(Enum):
    """Whether what is archived is listed."""

    NO = "no"
    YES = "yes"
    ALL = "all"


class ByClicks(Enum):
    """What clicks are told by."""

    TOTAL = "total"
    DAY = "day"
    PLACE = "place"
    DEVICE = "device"


_COUNTS = {
    ByClicks.TOTAL: ("clicks", "people", "machines"),
    ByClicks.DAY: ("day", "clicks"),
    ByClicks.PLACE: ("country", "region", "city", "clicks", "people"),
    ByClicks.DEVICE: ("device", "clicks", "people"),
}


@verb(app, "list")
def list_links(
    call: Call,
    *,
    words: Annotated[str, typer.Option(help=_("In its name, slug, code, holder or target."))] = "",
    kind: Annotated[KindOption | None, typer.Option(help=_("Only links of this kind."))] = None,
    campaign: Annotated[str, typer.Option(help=_("Only those of the campaign with this key."))] = "",
    holder_kind: Annotated[HolderOption | None, typer.Option(help=_("Only those that such a holder has."))] = None,
    archived: Annotated[ArchivedOption, typer.Option(help=_("Whether archived ones are listed, too."))] = (
        ArchivedOption.NO
    ),
    limit: Annotated[int, typer.Option(min=1, max=10_000, help=_("How many at the most."))] = 200,
) -> None:
    """Lists links and channel codes, the newest first."""
    with call.installation():
        from lianyi.campaigns.campaigns.queries import campaign_named
        from lianyi.links.queries import Wanted, links

        workspace = call.workspace().pk
        wanted = Wanted(
            words,
            kind.value if kind else "",
            campaign_named(workspace, campaign).id if campaign else None,
            holder_kind.value if holder_kind else "",
            archived.value,
        )
        rows = (_line(one, call) for one in links(workspace, limit, wanted=wanted))
        call.rows(rows, _COLUMNS, _("No links."))


@verb(app, "show")
def show(call: Call, link: Number) -> None:
    """Shows a link with all that it says, its password left out."""
    with call.installation():
        import msgspec

        from lianyi.links.queries import link_of

        line = link_of(call.workspace().pk, link)
        whole = {**msgspec.to_builtins(line.link), **_line(line, call), "password": bool(line.link.password)}
        call.show({name: value for name, value in whole.items() if name not in ("number", "workspace")})


@verb(app, "clicks")
def clicks(
    call: Call,
    link: Number,
    by: Annotated[ByClicks, typer.Option(help=_("One row for each of these."))] = ByClicks.DAY,
) -> None:
    """Counts who followed a link or scanned a code. Machines are told apart and never counted."""
    with call.installation():
        from lianyi.insight.clicks.queries import clicks_of_link
        from lianyi.links.queries import link_of

        workspace = call.workspace().pk
        found = clicks_of_link(workspace, link_of(workspace, link).link)
        call.rows(rows_of(found, by), _COUNTS[by], _("Nobody has followed it yet."))


@verb(app, "create")
def create(
    call: Call,
    target: Annotated[str, typer.Argument(help=_("Where it leads: a web address; of a WeChat code nowhere."))] = "",
    *,
    kind: Annotated[KindOption, typer.Option(help=_("What it is: wechat is a WeChat code."))] = KindOption.LINK,
    name: Annotated[str, typer.Option(help=_("What you call it."))] = "",
    domain: Annotated[str, typer.Option(help=_("The own domain it stands on."))] = "",
    slug: Annotated[str, typer.Option(help=_("What its address ends in; made where this is not said."))] = "",
    code: Annotated[str, typer.Option(help=_("The code of the source; the slug where this is not said."))] = "",
    channel: Annotated[str, typer.Option(help=_("utm_source, such as wechat."))] = "",
    medium: Annotated[str, typer.Option(help="utm_medium")] = "",
    campaign: Annotated[str, typer.Option(help=_("The key of a campaign."))] = "",
    term: Annotated[str, typer.Option(help="utm_term")] = "",
    content: Annotated[str, typer.Option(help="utm_content")] = "",
    holder_kind: Annotated[HolderOption | None, typer.Option(help=_("What kind of holder has it."))] = None,
    holder: Annotated[str, typer.Option(help=_("Whose it is, such as Booth 3."))] = "",
    account: Annotated[str, typer.Option(help=_("Of a WeChat code: the AppID of a connected account."))] = "",
    scene: Annotated[str, typer.Option(help=_("Of a WeChat code: the scene that it was made with."))] = "",
    picture: Annotated[str, typer.Option(help=_("Of a WeChat code: the url that WeChat gave for its picture."))] = "",
) -> None:
    """Makes a short link or a channel code, and shows its address."""
    with call.installation():
        from lianyi.kernel.clock import system_clock
        from lianyi.links.actions import create_link
        from lianyi.links.drafts import Draft

        draft = Draft(
            target=target,
            kind=kind.value,
            name=name,
            domain=domain,
            slug=slug,
            code=code,
            channel=channel,
            medium=medium,
            campaign=campaign,
            term=term,
            content=content,
            holder_kind=holder_kind.value if holder_kind else "",
            holder=holder,
            account=account,
            scene=scene,
            picture=picture,
        )
        workspace = call.workspace().pk
        made = _line(create_link(workspace, draft, system_clock(), _ours(call, workspace)), call)
        call.show(made, made["address"] or made["scene"])


@verb(app, "import")
def import_links(
    call: Call,
    file: Annotated[str, typer.Argument(metavar="FILE", help=_("CSV, XLSX, NDJSON or Parquet; - reads CSV."))],
) -> None:
    """Makes the links of a file: all of them or, when one is refused, none."""
    with call.installation():
        from lianyi.kernel.clock import system_clock
        from lianyi.links.actions import make_links
        from lianyi.links.reading import read_links

        workspace = call.workspace()
        drafts = read_links("links.csv" if file == "-" else Path(file).name, contents(file))
        made = make_links(workspace.pk, drafts, system_clock(), _ours(call, workspace.pk))
        call.show({"made": len(made), "workspace": workspace.slug}, _("{count:,} made.").format(count=len(made)))


@verb(app, "export")
def export(call: Call) -> None:
    """Writes all links as CSV, archived ones included, in the form in which `link import` takes them."""
    with call.installation():
        from lianyi.links.queries import every_link
        from lianyi.links.reading import as_file

        workspace = call.workspace().pk
        if call.json:
            call.rows((_line(one, call) for one in every_link(workspace)), _COLUMNS)
            return
        for piece in as_file(every_link(workspace), call.address):
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()


@verb(app, "archive")
def archive(call: Call, link: Number) -> None:
    """Archives a link: it leads nowhere any more, and its slug stays its own."""
    with call.installation():
        from lianyi.kernel.clock import system_clock
        from lianyi.links.actions import archive_link

        call.show(_line(archive_link(call.workspace().pk, link, system_clock()), call), _("Archived."))


@verb(app, "restore")
def restore(call: Call, link: Number) -> None:
    """Puts an archived link into use again."""
    with call.installation():
        from lianyi.links.actions import restore_link

        call.show(_line(restore_link(call.workspace().pk, link), call), _("In use again."))


def rows_of(found: "Clicks", by: ByClicks) -> list[dict[str, Any]]:
    """The clicks as rows."""
    match by:
        case ByClicks.TOTAL:
            return [{"clicks": found.total.times, "people": found.total.people, "machines": found.total.machines}]
        case ByClicks.DAY:
            return [{"day": day, "clicks": times} for day, times in found.days]
        case ByClicks.PLACE:
            return [{**where._asdict(), "clicks": times, "people": people} for where, times, people in found.places]
        case ByClicks.DEVICE:
            return [{"device": name, "clicks": times, "people": people} for name, times, people in found.devices]


def _ours(call: Call, workspace: int) -> "Ours":
    from django.conf import settings

    from lianyi.channels.accounts.queries import externals
    from lianyi.links.queries import our_addresses

    return our_addresses(call.address, settings.ENVIRONMENT.links, externals(workspace, "wechat"))


def _line(line: "LinkLine", call: Call) -> dict[str, Any]:
    from lianyi.kernel.clock import from_micros

    link = line.link
    ended = link.archived_at
    return {
        "id": link.number,
        "kind": link.kind,
        "name": line.name,
        "address": line.address(call.address),
        "target": link.target,
        "code": link.code,
        "channel": link.channel,
        "medium": link.medium,
        "campaign": link.campaign,
        "holder_kind": link.holder_kind,
        "holder": link.holder,
        "account": link.account,
        "scene": link.scene,
        "created_at": from_micros(line.created_at),
        "archived_at": None if ended is None else from_micros(ended),
    }
