"""Writes to API tokens."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from lianyi.foundation.access.acting import current_actor, needs
from lianyi.foundation.access.schemas import ABILITIES, Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.foundation.members.queries import role_held
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
    parent: int | None = None,
) -> tuple[int, str]:
    """A new token of this member: its number and its secret, which is not stored and cannot be shown again. One that a
    token makes (`parent`) ends with it at the latest.

    Refuses scopes that are none, that the member's role does not have or whoever asks does not, and an end that is
    past, too far away, or behind that of the parent.
    """
    chosen = _scopes(workspace.pk, member, scopes)
    if parent is not None:
        expires_at = _within(workspace.pk, parent, expires_at)
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
        parent_id=parent,
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
    """From now on the token is refused, with all that were made by it. Revoking it again changes nothing.

    Each is locked before its children are read, so that one which is being made by it is among them.
    """
    if not ApiToken.objects.select_for_update().filter(workspace=workspace, pk=token):
        raise Refused("token.unknown", "There is no such API token here.")
    gone = [token, *_made_by([token])]
    if ApiToken.objects.filter(pk__in=gone, revoked_at=None).update(revoked_at=now):
        record_audit(workspace, "token.revoked", {"token": token, "with_children": len(gone) - 1})


@needs(Ability.EDIT_MEMBERS)
@transaction.atomic
def revoke_tokens_of(workspace: int, member: int, now: datetime) -> None:
    """What a member who leaves had is revoked, with all that was made by it: who comes back makes new ones."""
    theirs = ApiToken.objects.select_for_update().filter(workspace=workspace, member=member).order_by("pk")
    own = [one.pk for one in theirs]
    gone = ApiToken.objects.filter(pk__in=[*own, *_made_by(own)], revoked_at=None)
    ending = sorted(gone.values_list("pk", flat=True))
    if gone.update(revoked_at=now):
        record_audit(workspace, "token.revoked", {"member": member, "tokens": ending})


def _made_by(tokens: list[int]) -> list[int]:
    """All that were made by these, and by what they made; locked."""
    found: list[int] = []
    these = tokens
    while these := [one.pk for one in ApiToken.objects.select_for_update().filter(parent__in=these).order_by("pk")]:
        found += these
    return found


def note_use(token: int, last_used_at: datetime | None, now: datetime) -> None:
    """Keeps when a token was last used, to the minute: most calls write nothing."""
    if last_used_at is None or now - last_used_at >= _COARSE:
        unused = Q(last_used_at=None) | Q(last_used_at__lte=now - _COARSE)
        ApiToken.objects.filter(unused, pk=token).update(last_used_at=now)


def _within(workspace: int, parent: int, expires_at: datetime | None) -> datetime | None:
    """The end of a token that another one makes: that of the other, unless an earlier one is asked for."""
    row = ApiToken.objects.select_for_update().filter(workspace=workspace, pk=parent, revoked_at=None).first()
    if row is None:
        raise Refused("token.unknown", "There is no such API token here.")
    ends = row.expires_at
    if ends is not None and expires_at is not None and expires_at > ends:
        raise Refused(
            "token.outlives", "A token ends with the one that makes it at the latest.", "Choose an earlier day."
        )
    return expires_at or ends


def _scopes(workspace: int, member: int, scopes: Collection[str]) -> list[str]:
    role = role_held(workspace, member)
    if role is None:
        raise Refused("member.gone", "Member {member} does not work here any more.", member=member)
    unknown = sorted(set(scopes) - {ability.value for ability in Ability})
    if unknown or not scopes:
        raise Refused(
            "token.scopes",
            "A token needs scopes, each of them one of these: {known}.",
            known=[ability.value for ability in Ability],
        )
    missing = {ability.value for ability in Ability if not current_actor().may(ability, workspace)} & set(scopes)
    if missing:
        raise Refused(
            "token.beyond_yours",
            "You may not give what you do not have: {beyond}.",
            "Leave it out, or ask an owner to make the token.",
            beyond=sorted(missing),
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
