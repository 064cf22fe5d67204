"""Writes to share packs."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from lianyi.campaigns.campaigns.queries import campaign_of
from lianyi.foundation.access.acting import needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.kernel.clock import to_micros
from lianyi.kernel.errors import Refused
from lianyi.links.packs.models import PackHolder, SharePack
from lianyi.links.packs.queries import holder_of, pack_in
from lianyi.links.packs.schemas import Holder, HolderLine, Pack, checked_texts


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def save_pack(workspace: int, campaign: int, texts: Sequence[str], now: datetime, *, ranking: bool) -> Pack:
    """The campaign's pack as it is to be; with it its holders have their addresses."""
    told = checked_texts(texts)
    campaign_of(workspace, campaign)
    row, _ = SharePack.objects.update_or_create(
        campaign_id=campaign,
        workspace=workspace,
        defaults={"texts": list(told), "ranking": ranking},
        create_defaults={"texts": list(told), "ranking": ranking, "created_at": to_micros(now)},
    )
    record_audit(workspace, "pack.saved", {"campaign": campaign})
    return pack_in(row)


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def renew_address(workspace: int, campaign: int, holder: Holder) -> HolderLine:
    """A new address of a holder's page; the one before leads nowhere."""
    row = _held(workspace, campaign, holder)
    row.serial += 1
    row.save(update_fields=["serial"])
    record_audit(workspace, "pack.renewed", {"campaign": campaign, "kind": holder.kind, "holder": holder.name})
    return _line(workspace, campaign, holder)


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def wish_name(workspace: int, campaign: int, holder: Holder, *, hidden: bool) -> HolderLine:
    """Whether the holder is named to the others; it is their own wish, said on their page."""
    row = _held(workspace, campaign, holder)
    if row.hidden is not hidden:
        row.hidden = hidden
        row.save(update_fields=["hidden"])
        record_audit(workspace, "pack.name_hidden" if hidden else "pack.name_shown", {"campaign": campaign})
    return _line(workspace, campaign, holder)


def _held(workspace: int, campaign: int, holder: Holder) -> PackHolder:
    _line(workspace, campaign, holder)
    PackHolder.objects.get_or_create(
        campaign_id=campaign, kind=holder.kind, holder=holder.name, defaults={"workspace": workspace}
    )
    return PackHolder.objects.select_for_update().get(campaign=campaign, kind=holder.kind, holder=holder.name)


def _line(workspace: int, campaign: int, holder: Holder) -> HolderLine:
    found = holder_of(workspace, campaign, holder)
    if found is None:
        raise Refused("pack.holder", "Nobody of that name has links of this campaign.", "List them first.")
    return found
