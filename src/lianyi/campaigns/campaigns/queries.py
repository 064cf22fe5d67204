"""Reads of campaigns."""

from collections.abc import Iterable

from django.db.models import Q

from lianyi.campaigns.campaigns.models import Campaign
from lianyi.campaigns.campaigns.schemas import CampaignLine
from lianyi.kernel.errors import Refused

MOST_CHOICES = 500  # of a box to choose from


def campaigns(
    workspace: int, limit: int, *, before: int | None = None, words: str = "", archived: str = "no"
) -> list[CampaignLine]:
    """The newest first; those before the id `before`, whose name or key has the words. `archived` is no, yes or all."""
    rows = Campaign.objects.filter(workspace=workspace).order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(key__icontains=words))
    if archived != "all":
        rows = rows.filter(archived_at__isnull=archived == "no")
    return [line_of(row) for row in rows[:limit]]


def campaign_of(workspace: int, campaign: int) -> CampaignLine:
    """The campaign of this id. Refuses one that is not there."""
    row = Campaign.objects.filter(workspace=workspace, pk=campaign).first()
    if row is None:
        raise unknown(campaign)
    return line_of(row)


def campaign_named(workspace: int, key: str) -> CampaignLine:
    """The campaign of this key. Refuses one that is not there."""
    row = Campaign.objects.filter(workspace=workspace, key=key.strip().lower().replace("\x00", "")).first()
    if row is None:
        raise Refused("campaign.unknown_key", "There is no campaign with the key {key!r} here.", key=key[:100])
    return line_of(row)


def ids_of_keys(workspace: int, keys: Iterable[str]) -> dict[str, int]:
    """Key → id, of those that are there."""
    return dict(Campaign.objects.filter(workspace=workspace, key__in=set(keys)).values_list("key", "id"))


def line_of(row: Campaign) -> CampaignLine:
    """The row as others see it."""
    return CampaignLine(*(getattr(row, name) for name in CampaignLine._fields))


def unknown(campaign: int) -> Refused:
    """There is none."""
    return Refused("campaign.unknown", "There is no campaign {campaign} here.", campaign=campaign)
