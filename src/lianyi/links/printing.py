"""Which channel codes go onto a sheet, and what is said beside each."""

from dataclasses import dataclass

from lianyi.links.codes.sheets import MOST, Item
from lianyi.links.models import ShortLink


@dataclass(frozen=True)
class Chosen:
    """Whose codes: empty fields ask for nothing. Archived ones are never printed."""

    campaign: str = ""  # its key
    holder_kind: str = ""  # of schemas.HOLDERS
    holder: str = ""


def codes_to_print(workspace: int, installation: str, chosen: Chosen) -> list[Item]:
    """The channel codes in the order in which they were made, at most one more than a document has;
    `installation` is the installation's own address.
    """
    rows = ShortLink.objects.filter(workspace=workspace, kind="code", archived_at=None).select_related("domain")
    if chosen.campaign:
        rows = rows.filter(campaign__key=chosen.campaign)
    if chosen.holder_kind:
        rows = rows.filter(holder_kind=chosen.holder_kind)
    if chosen.holder:
        rows = rows.filter(holder=chosen.holder)
    return [_item(row, installation) for row in rows.order_by("pk")[: MOST + 1]]


def _item(row: ShortLink, installation: str) -> Item:
    address = f"https://{row.domain.host}/{row.slug}" if row.domain else f"{installation.rstrip('/')}/l/{row.slug}"
    return Item(address, row.name or row.code, row.holder, address.partition("://")[2])
