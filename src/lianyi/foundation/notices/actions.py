"""Writes of notices."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from lianyi.foundation.members.queries import first_workspace_of, owners, owners_of
from lianyi.foundation.notices.models import Episode
from lianyi.foundation.notices.schemas import MAIL
from lianyi.foundation.notices.words import Notice
from lianyi.foundation.outbox.actions import enqueue

RESTS_FOR = timedelta(hours=1)  # what ended and begins again within this is the same episode


@transaction.atomic
def tell_owners_once(notice: Notice, values: Mapping[str, int | str], now: datetime) -> int:
    """Tells each owner once, in one mail however many workspaces are theirs, that an episode began; how many were told:
    none while it goes on. `ended` ends it.
    """
    number = _begun(notice.value, now)
    if number is None:
        return 0
    told = owners()
    for workspace, member in told:
        payload = {"notice": notice.value, "member": member, "values": dict(values)}
        enqueue(workspace, MAIL, f"{notice.value}:{number}:{member}", payload, now)
    return len(told)


@transaction.atomic
def tell_owners_of(workspace: int, notice: Notice, values: Mapping[str, int | str], key: str, now: datetime) -> int:
    """Tells the owners of one workspace, once for each `key`; how many."""
    told = owners_of(workspace)
    for member in told:
        payload = {"notice": notice.value, "member": member, "values": dict(values)}
        enqueue(workspace, MAIL, f"{notice.value}:{key}:{member}", payload, now)
    return len(told)


@transaction.atomic
def tell_member(member: int, notice: Notice, values: Mapping[str, int | str], now: datetime) -> bool:
    """Mails one member; whether there was somebody to tell: who works nowhere gets no mail."""
    workspace = first_workspace_of(member)
    if workspace is None:
        return False
    payload = {"notice": notice.value, "member": member, "values": dict(values)}
    enqueue(workspace, MAIL, f"{notice.value}:{member}:{secrets.token_hex(8)}", payload, now)
    return True


@transaction.atomic
def tell_one_of(
    workspace: int, member: int, notice: Notice, values: Mapping[str, int | str], key: str, now: datetime
) -> None:
    """Mails one member in the name of a workspace, once for each `key`."""
    payload = {"notice": notice.value, "member": member, "values": dict(values)}
    enqueue(workspace, MAIL, f"{notice.value}:{key}:{member}", payload, now)


@transaction.atomic
def ended(notice: Notice, now: datetime) -> None:
    """The episode is over, unless it begins again shortly."""
    Episode.objects.filter(name=notice.value, ended_at=None).update(ended_at=now)


def _begun(name: str, now: datetime) -> int | None:
    """The number of an episode that begins now; None when it goes on."""
    Episode.objects.get_or_create(name=name, defaults={"number": 0, "began_at": now, "ended_at": now - RESTS_FOR})
    row = Episode.objects.select_for_update().get(name=name)
    if row.ended_at is None:
        return None
    fresh = now - row.ended_at >= RESTS_FOR
    if fresh:
        row.number, row.began_at = row.number + 1, now
    row.ended_at = None
    row.save()
    return row.number if fresh else None
