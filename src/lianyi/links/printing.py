"""Which channel codes go onto a sheet, and what is said beside each."""

from dataclasses import dataclass

from django.db.models import QuerySet

from lianyi.links.captions import USUAL, said_beside
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
    links: tuple[int, ...] = ()  # their numbers


def codes_to_print(workspace: int, installation: str, chosen: Chosen, caption: str = USUAL) -> list[Item]:
    """The channel codes, and WeChat's whose picture is known, in the order in which they were made, at most one more
    than a document has; `installation` is the installation's own address.
    """
    rows = _chosen(workspace, chosen).select_related("domain", "campaign").order_by("pk")
    lines = map(line_in, rows[: MOST + 1])
    return [item_of(line, line.address(installation), caption) for line in lines]


def count_to_print(workspace: int, chosen: Chosen) -> int:
    """How many codes that would be, at most one more than a document has."""
    return _chosen(workspace, chosen)[: MOST + 1].count()


def item_of(line: LinkLine, address: str, caption: str = USUAL) -> Item:
    """The code of a link as it is printed; `address` is the link's own."""
    return Item(address, *said_beside(caption, line, address))


def _chosen(workspace: int, chosen: Chosen) -> QuerySet[ShortLink]:
    rows = ShortLink.objects.filter(workspace=workspace, archived_at=None).exclude(kind="link")
    rows = rows.exclude(kind="wechat", picture="")
    if chosen.campaign:
        rows = rows.filter(campaign__key=chosen.campaign)
    if chosen.holder_kind:
        rows = rows.filter(holder_kind=chosen.holder_kind)
    if chosen.holder:
        rows = rows.filter(holder=chosen.holder)
    return rows.filter(pk__in=chosen.links) if chosen.links else rows
