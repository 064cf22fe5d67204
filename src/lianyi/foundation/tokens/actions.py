"""Writes to API tokens."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from lianyi.foundation.access.acting import needs
from lianyi.foundation.access.schemas import ABILITIES, Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.foundation.members.queries import role_in
from lianyi.foundation.tokens.models import ApiToken
from lianyi.foundation.tokens.queries import PREFIX
from lianyi.foundation.workspaces.schemas import Workspace
from lianyi.kernel.errors import Refused
from lianyi.kernel.ids import new_secret, secret_hash

LONGEST = timedelta(days=366)
_LABEL_CHARACTERS = 100
_TOKENS = 200  # of a workspace that work
_COARSE = timedelta(minutes=1)


@needs(Ability.EDIT_KEYS)
@transaction.atomic
def create_token(
    workspace: Workspace,
    member: int,
    label: str,
    scopes: Collection[str],
    now: datetime,
    *,
    expires_at: datetime | None = None,
) -> tuple[int, str]:
    """A new token of this member: its number and its secret, which is not stored and cannot be shown again.

    Refuses scopes that are none or that the member's role does not have, and an end that is past or too far away.
    """
    chosen = _scopes(workspace.pk, member, scopes)
    named = label.replace("\x00", "").strip()
    if not 0 < len(named) <= _LABEL_CHARACTERS:
        raise Refused("token.label", "A token needs a name of 1 to {most} characters.", most=_LABEL_CHARACTERS)
    if expires_at is not None and not now < expires_at <= now + LONGEST:
        raise Refused(
            "token.expiry", "A token ends in the future, within {days} days.", "Choose another day.", days=LONGEST.days
        )
    working = ApiToken.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), workspace=workspace, revoked_at=None)
    if working.count() >= _TOKENS:
        raise Refused("token.full", "There are {most} tokens already.", "Revoke some of them first.", most=_TOKENS)
    secret = new_secret(PREFIX)
    row = ApiToken.objects.create(
        workspace=workspace,
        member_id=member,
        label=named,
        scopes=chosen,
        hash=secret_hash(secret),
        hint=secret[:8],
        expires_at=expires_at,
    )
    record_audit(workspace.pk, "token.created", {"token": row.pk, "member": member, "scopes": chosen})
    return row.pk, secret


@needs(Ability.EDIT_KEYS)
@transaction.atomic
def revoke_token(workspace: int, token: int, now: datetime) -> None:
    """From now on the token is refused. Revoking it again changes nothing."""
    found = ApiToken.objects.filter(workspace=workspace, pk=token)
    if not found.exists():
        raise Refused("token.unknown", "There is no such API token here.")
    if found.filter(revoked_at=None).update(revoked_at=now):
        record_audit(workspace, "token.revoked", {"token": token})


def note_use(token: int, last_used_at: datetime | None, now: datetime) -> None:
    """Keeps when a token was last used, to the minute: most calls write nothing."""
    if last_used_at is None or now - last_used_at >= _COARSE:
        unused = Q(last_used_at=None) | Q(last_used_at__lte=now - _COARSE)
        ApiToken.objects.filter(unused, pk=token).update(last_used_at=now)


def _scopes(workspace: int, member: int, scopes: Collection[str]) -> list[str]:
    role = role_in(workspace, member)
    if role is None:
        raise Refused("member.gone", "Member {member} does not work here any more.", member=member)
    unknown = sorted(set(scopes) - {ability.value for ability in Ability})
    if unknown or not scopes:
        raise Refused(
            "token.scopes",
            "A token needs scopes, each of them one of these: {known}.",
            known=[ability.value for ability in Ability],
        )
    beyond = sorted(set(scopes) - {ability.value for ability in ABILITIES[role]})
    if beyond:
        raise Refused(
            "token.beyond",
            "The role {role} does not have {beyond}.",
            "Leave them out, or ask an owner to make the token.",
            role=role.value,
            beyond=beyond,
        )
    return [ability.value for ability in Ability if ability.value in scopes]
