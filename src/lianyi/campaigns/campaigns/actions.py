"""Writes to campaigns."""

from datetime import datetime

from django.db import IntegrityError, transaction

from lianyi.campaigns.campaigns.models import Campaign
from lianyi.campaigns.campaigns.queries import line_of, unknown
from lianyi.campaigns.campaigns.schemas import CampaignLine, Draft
from lianyi.foundation.access.acting import needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.kernel.clock import to_micros
from lianyi.kernel.errors import Refused


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def create_campaign(workspace: int, draft: Draft, now: datetime) -> CampaignLine:
    """A new campaign. Refuses a key that another has, archived ones included."""
    good = draft.check()
    try:
        with transaction.atomic():
            row = Campaign.objects.create(workspace=workspace, created_at=to_micros(now), **good._asdict())
    except IntegrityError:
        raise Refused(
            "campaign.there", "There is a campaign with the key {key!r} already.", "Choose another key.", key=good.key
        ) from None
    record_audit(workspace, "campaign.created", {"campaign": row.pk, "key": row.key})
    return line_of(row)


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def change_campaign(workspace: int, campaign: int, draft: Draft) -> CampaignLine:
    """Another name, other days, another note. Refuses another key: events keep it."""
    row, good = _held(workspace, campaign), draft.check()
    if good.key != row.key:
        raise Refused(
            "campaign.key_fixed", "The key {key!r} stays: events and addresses carry it.", "Make a new campaign.",
            key=row.key,
        )  # fmt: skip
    row.name, row.begins_on, row.ends_on, row.note = good.name, good.begins_on, good.ends_on, good.note
    row.save(update_fields=["name", "begins_on", "ends_on", "note"])
    record_audit(workspace, "campaign.changed", {"campaign": campaign})
    return line_of(row)


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def archive_campaign(workspace: int, campaign: int, now: datetime) -> CampaignLine:
    """Out of the lists in use; its links go on. Archived before, it stays as it is."""
    row = _held(workspace, campaign)
    if row.archived_at is None:
        row.archived_at = to_micros(now)
        row.save(update_fields=["archived_at"])
        record_audit(workspace, "campaign.archived", {"campaign": campaign})
    return line_of(row)


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def restore_campaign(workspace: int, campaign: int) -> CampaignLine:
    """In use again."""
    row = _held(workspace, campaign)
    if row.archived_at is not None:
        row.archived_at = None
        row.save(update_fields=["archived_at"])
        record_audit(workspace, "campaign.restored", {"campaign": campaign})
    return line_of(row)


def _held(workspace: int, campaign: int) -> Campaign:
    row = Campaign.objects.select_for_update().filter(workspace=workspace, pk=campaign).first()
    if row is None:
        raise unknown(campaign)
    return row
