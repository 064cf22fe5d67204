"""Reads of invitations."""

from datetime import datetime

from lianyi.foundation.access.schemas import Role
from lianyi.foundation.members.models import Invitation, Member
from lianyi.foundation.members.schemas import Invited, Letter
from lianyi.kernel.errors import Refused
from lianyi.kernel.ids import secret_hash

_SHOWN = 500


def open_invitations(workspace: int, now: datetime) -> list[Invited]:
    """Those that can be accepted, the newest first."""
    rows = Invitation.objects.filter(workspace=workspace, expires_at__gt=now).order_by("-pk")[:_SHOWN]
    return [_invited(row) for row in rows]


def invitation_to(workspace: int, email: str) -> Invited:
    """The invitation of this address, which was made just now."""
    return _invited(Invitation.objects.get(workspace=workspace, email=email.strip().lower()))


def invitation_behind(secret: str, now: datetime) -> Letter:
    """What the page behind a link shows. Refuses a dead link always in the same words."""
    row = Invitation.objects.select_related("workspace").filter(hash=secret_hash(secret), expires_at__gt=now).first()
    if row is None:
        raise dead()
    return _letter(row, secret)


def dead() -> Refused:
    """Why a link does not work: never whether it once did."""
    return Refused(
        "invitation.dead", "This invitation does not work any more.", "Ask whoever invited you for a new one."
    )


def letter_of(workspace: int, invitation: int, nonce: str, secret: str) -> Letter:
    """What the mail of an invitation says. Refuses one that was withdrawn, used, or made anew."""
    row = Invitation.objects.select_related("workspace").filter(workspace=workspace, pk=invitation, nonce=nonce).first()
    if row is None:
        raise Refused("invitation.gone", "Invitation {invitation} is not open any more.", invitation=invitation)
    return _letter(row, secret)


def _invited(row: Invitation) -> Invited:
    return Invited(row.pk, row.email, Role(row.role), row.expires_at)


def _letter(row: Invitation, secret: str) -> Letter:
    here = row.workspace
    known = Member.objects.filter(email=row.email).exists()
    return Letter(row.email, Role(row.role), here.name, here.slug, here.language, secret, known)
