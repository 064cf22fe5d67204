"""Reads of share packs."""

from lianyi.campaigns.campaigns.queries import campaign_of
from lianyi.links.drafts import LinkLine
from lianyi.links.models import ShortLink
from lianyi.links.packs.models import PackHolder, SharePack
from lianyi.links.packs.opening import named_by
from lianyi.links.packs.schemas import Holder, HolderLine, Pack
from lianyi.links.queries import line_in

MOST_LINKS = 50_000  # of the holders of a campaign


def pack_of(workspace: int, campaign: int) -> Pack | None:
    """The campaign's pack; None where nobody has made one."""
    row = SharePack.objects.filter(workspace=workspace, campaign=campaign).first()
    return None if row is None else pack_in(row)


def holders(workspace: int, campaign: int) -> list[HolderLine]:
    """Whoever has links of the campaign, by the link that was made first; of MOST_LINKS links at the most."""
    rows = ShortLink.objects.filter(workspace=workspace, campaign=campaign).exclude(holder="", holder_kind="")
    theirs: dict[Holder, list[LinkLine]] = {}
    for row in rows.select_related("domain", "campaign").order_by("pk")[:MOST_LINKS]:
        theirs.setdefault(Holder(row.holder_kind, row.holder), []).append(line_in(row))
    kept = {
        Holder(row.kind, row.holder): row
        for row in PackHolder.objects.filter(workspace=workspace, campaign=campaign)
    }  # fmt: skip
    return [_line(holder, links, kept.get(holder)) for holder, links in theirs.items()]


def holder_of(workspace: int, campaign: int, holder: Holder) -> HolderLine | None:
    """One of them; None where there is no link of theirs."""
    rows = ShortLink.objects.filter(workspace=workspace, campaign=campaign, holder_kind=holder.kind, holder=holder.name)
    links = [line_in(row) for row in rows.select_related("domain", "campaign").order_by("pk")[:MOST_LINKS]]
    kept = PackHolder.objects.filter(workspace=workspace, campaign=campaign, kind=holder.kind, holder=holder.name)
    return _line(holder, links, kept.first()) if links and any(holder) else None


def silent_holders(workspace: int, campaign: int) -> set[Holder]:
    """Those who wish not to be named to the others."""
    rows = PackHolder.objects.filter(workspace=workspace, campaign=campaign, hidden=True)
    return {Holder(*row) for row in rows.values_list("kind", "holder")}


def opened_pack(secret: bytes, token: str, now: float) -> tuple[Pack, HolderLine] | None:
    """Whose page an address is; None where it is forged, too old, made anew since, or there is nothing of theirs any
    more.
    """
    named = named_by(secret, token, now)
    row = SharePack.objects.filter(campaign=named.campaign).first() if named else None
    if named is None or row is None or campaign_of(row.workspace, row.pk).archived_at is not None:
        return None
    line = holder_of(row.workspace, row.pk, named.holder)
    return None if line is None or line.serial != named.serial else (pack_in(row), line)


def pack_in(row: SharePack) -> Pack:
    """The row as others see it."""
    return Pack(row.pk, row.workspace, tuple(row.texts), row.ranking, row.created_at)


def _line(holder: Holder, links: list[LinkLine], kept: PackHolder | None) -> HolderLine:
    return HolderLine(holder, tuple(links), kept.serial if kept else 0, kept.hidden if kept else False)
