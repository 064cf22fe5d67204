"""Writes to members."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db import transaction

from lianyi.foundation.access.schemas import Role
from lianyi.foundation.audit.actions import record_audit
from lianyi.foundation.members.models import Member, Membership, SignInLink
from lianyi.foundation.workspaces.schemas import Workspace
from lianyi.kernel.errors import Refused
from lianyi.kernel.ids import new_secret, secret_hash

LINK_LIVES_FOR = timedelta(hours=1)


@transaction.atomic
def ensure_member(workspace: Workspace, email: str, role: Role) -> Member:
    """The member of this address, with at least a membership here; an existing role stays as it is."""
    member, created = Member.objects.get_or_create(email=email.lower())
    if created:
        member.set_unusable_password()
        member.save(update_fields=["password"])
    _, joined = Membership.objects.get_or_create(member=member, workspace=workspace, defaults={"role": role})
    if joined:
        record_audit(workspace.pk, "member.joined", {"member": member.pk, "role": role})
    return member


@transaction.atomic
def issue_sign_in_link(member: Member, now: datetime) -> str:
    """The secret of a fresh one-time link; it works for an hour."""
    secret = new_secret("lys")
    SignInLink.objects.create(member=member, hash=secret_hash(secret), expires_at=now + LINK_LIVES_FOR)
    record_audit(None, "member.link_issued", {"member": member.pk})
    return secret


def issue_sign_in_path(member: Member, workspace: Workspace, now: datetime) -> str:
    """What an address has behind `/sign-in/`: a fresh secret, and to which of several workspaces of theirs it leads."""
    secret = issue_sign_in_link(member, now)
    several = Membership.objects.filter(member=member).exclude(workspace=workspace).exists()
    return f"{secret}?{urlencode({'workspace': workspace.slug})}" if several else secret


@transaction.atomic
def redeem_sign_in_link(secret: str, now: datetime) -> Member:
    """The member that the link is for. Refuses one that is unknown, used or too old, always in the same words."""
    used = SignInLink.objects.filter(hash=secret_hash(secret), used_at=None, expires_at__gt=now).update(used_at=now)
    if not used:
        raise Refused("link.dead", "This sign-in link does not work any more.", "Run `lianyi sign-in` for a new one.")
    member = SignInLink.objects.select_related("member").get(hash=secret_hash(secret)).member
    record_audit(None, "member.signed_in", {"member": member.pk, "by": "link"})
    return member
