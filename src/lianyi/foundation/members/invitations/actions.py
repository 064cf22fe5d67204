"""Writes to invitations."""

import hmac
import secrets
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from lianyi.foundation.access.acting import acting_as, current_actor, needs, require
from lianyi.foundation.access.schemas import Ability, Role, oneself
from lianyi.foundation.audit.actions import record_audit
from lianyi.foundation.members.invitations.queries import dead
from lianyi.foundation.members.models import Invitation, Member, Membership
from lianyi.foundation.notices.schemas import MAIL, Notice
from lianyi.foundation.outbox.actions import enqueue
from lianyi.foundation.workspaces.schemas import Workspace
from lianyi.kernel.errors import Refused
from lianyi.kernel.ids import secret_hash

LIVES_FOR = timedelta(days=7)
_MOST_OPEN = 500  # invitations of one workspace


def secret_of(nonce: str) -> str:
    """What the link of an invitation has at its end; 256 bits that only the installation can compute."""
    return "lyi_" + hmac.new(settings.SECRET_KEY.encode(), f"invitation:{nonce}".encode(), "sha256").hexdigest()


@needs(Ability.EDIT_MEMBERS)
@transaction.atomic
def invite(workspace: Workspace, email: str, role: Role, address: str, now: datetime) -> str:
    """Mails somebody a link by which they join, and returns its secret, which the operator is shown, and who invites
    where no mail is sent. A second invitation of the same address takes the place of the first. `address` is how the
    installation is reached.
    """
    email = _address(email)
    if role is Role.OWNER:
        require(Ability.APPOINT_OWNERS, workspace.pk)
    if Membership.objects.filter(workspace=workspace, member__email=email).exists():
        raise Refused("member.here", "{email} is a member already.", "Change their role in the list.", email=email)
    if Invitation.objects.filter(workspace=workspace, expires_at__gt=now).count() >= _MOST_OPEN:
        raise Refused("invitation.many", "Too many invitations are open.", "Withdraw some that nobody answers.")
    nonce = secrets.token_urlsafe(32)
    secret = secret_of(nonce)
    told = {
        "role": role,
        "nonce": nonce,
        "hash": secret_hash(secret),
        "invited_by": current_actor().name,
        "created_at": now,
        "expires_at": now + LIVES_FOR,
    }
    row, _ = Invitation.objects.update_or_create(workspace=workspace, email=email, defaults=told)
    payload = {"notice": Notice.INVITATION.value, "invitation": row.pk, "nonce": nonce, "values": {"address": address}}
    enqueue(workspace.pk, MAIL, f"invitation:{row.pk}:{nonce}", payload, now)
    record_audit(workspace.pk, "member.invited", {"invitation": row.pk, "role": role})
    return secret


@needs(Ability.EDIT_MEMBERS)
@transaction.atomic
def withdraw_invitation(workspace: Workspace, invitation: int) -> None:
    """Its link does not work any more."""
    gone, _ = Invitation.objects.filter(workspace=workspace, pk=invitation).delete()
    if not gone:
        raise Refused("invitation.unknown", "There is no such invitation here.", "Look at the list of members.")
    record_audit(workspace.pk, "member.invitation_withdrawn", {"invitation": invitation})


@transaction.atomic
def accept_invitation(
    secret: str, now: datetime, *, joining: Member | None, name: str, password: str | None, language: str = ""
) -> Member:
    """Uses the link up: `joining`, whose address was invited, gets the membership; without one a member is made of the
    address, with this name, password and language (else the workspace's). Refuses a dead link always in the same words.
    """
    row = Invitation.objects.select_for_update().filter(hash=secret_hash(secret), expires_at__gt=now).first()
    if row is None:
        raise dead()
    member = joining or _newcomer(row, name, password, now, language)
    if member.email != row.email:
        raise Refused(
            "invitation.other_address",
            "This invitation is for {email}.",
            "Sign out, and sign in by that address.",
            email=row.email,
        )
    invitation = row.pk
    row.delete()
    _, joined = Membership.objects.get_or_create(member=member, workspace=row.workspace, defaults={"role": row.role})
    if joined:
        detail = {"member": member.pk, "role": row.role, "invitation": invitation, "invited_by": row.invited_by}
        with acting_as(oneself(member.pk)):
            record_audit(row.workspace_id, "member.joined", detail)
    return member


def _newcomer(row: Invitation, name: str, password: str | None, now: datetime, language: str) -> Member:
    """A member of the invited address. Whoever has the link can read mail to it, so it is theirs."""
    if Member.objects.filter(email=row.email).exists():
        raise _known(row.email)
    member = Member(email=row.email, name=name.strip()[:150], language=language or row.workspace.language)
    if password is None:
        member.set_unusable_password()
    else:
        member.set_password(password)
        member.password_changed_at = now
    try:
        with transaction.atomic():
            member.save()
    except IntegrityError:  # another invitation of theirs was accepted at the same moment
        raise _known(row.email) from None
    EmailAddress.objects.create(user=member, email=member.email, verified=True, primary=True)
    return member


def _known(email: str) -> Refused:
    return Refused(
        "invitation.known", "{email} is a member already.", "Sign in first, then open the link again.", email=email
    )


def _address(email: str) -> str:
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise Refused("member.email", "{email!r} is no e-mail address.", email=email) from None
    return email
