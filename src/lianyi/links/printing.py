"""Which channel codes go onto a sheet, and what is said beside each."""

from dataclasses import dataclass

from lianyi.links.codes.sheets import MOST, Item
from lianyi.links.drafts import LinkLine
from lianyi.links.models import ShortLink
from lianyi.links.queries import line_in


@dataclass(frozen=True)
class Chosen:
    """Whose codes: empty fields ask for nothing. Archived ones are never printed."""

    campaign: str = ""  # its key
    holder_kind: str = ""  # of schemas.HOLDERS
    holder: str = ""


def codes_to_print(workspace: int, installation: str, chosen: Chosen) -> list[Item]:
    """The channel codes, and WeChat's whose picture is known, in the order in which they were made, at most one more
    than a document has; `installation` is the installation's own address.
    """
    rows = ShortLink.objects.filter(workspace=workspace, archived_at=None).exclude(kind="link")
    rows = rows.exclude(kind="wechat", picture="").select_related("domain", "campaign")
    if chosen.campaign:
        rows = rows.filter(campaign__key=chosen.campaign)
    if chosen.holder_kind:
        rows = rows.filter(holder_kind=chosen.holder_kind)
    if chosen.holder:
        rows = rows.filter(holder=chosen.holder)
    lines = map(line_in, rows.order_by("pk")[: MOST + 1])
    return [item_of(line, line.address(installation)) for line in lines]


def item_of(line: LinkLine, address: str) -> Item:
    """The code of a link as it is printed; `address` is the link's own."""
    short = "" if line.link.kind == "wechat" else address.partition("://")[2]  # nobody types WeChat's
    return Item(address, line.name or line.link.code, line.link.holder, short)
