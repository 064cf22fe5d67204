"""Writes to members."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from allauth.account.models import EmailAddress
from django.db import transaction

from lianyi.foundation.access.acting import current_actor, needs, require
from lianyi.foundation.access.schemas import Ability, Role
from lianyi.foundation.audit.actions import record_audit
from lianyi.foundation.members.models import Member, Membership, SignInLink
from lianyi.foundation.members.queries import has_second_factor
from lianyi.foundation.members.sessions import end_sessions_of
from lianyi.foundation.tokens.actions import revoke_tokens_of
from lianyi.foundation.workspaces.schemas import Workspace
from lianyi.kernel.errors import Refused
from lianyi.kernel.ids import new_secret, secret_hash

LINK_LIVES_FOR = timedelta(hours=1)


@transaction.atomic
def ensure_member(workspace: Workspace, email: str, role: Role) -> Member:
    """The member of this address, with at least a membership here; an existing role stays as it is."""
    member = _member_of_address(email, workspace.language)
    _, joined = Membership.objects.get_or_create(member=member, workspace=workspace, defaults={"role": role})
    if joined:
        record_audit(workspace.pk, "member.joined", {"member": member.pk, "role": role})
    return member


def _member_of_address(email: str, language: str) -> Member:
    """Whoever calls this vouches for the address: codes are sent to it from now on."""
    member, created = Member.objects.get_or_create(email=email.lower(), defaults={"language": language})
    if created:
        member.set_unusable_password()
        member.save(update_fields=["password"])
        EmailAddress.objects.create(user=member, email=member.email, verified=True, primary=True)
    return member


@needs(Ability.EDIT_MEMBERS)
@transaction.atomic
def change_role(workspace: Workspace, member: int, role: Role) -> None:
    """Gives the member another role. Only an owner makes owners or changes their role, nobody changes their own, and
    a workspace keeps an owner.
    """
    found = _locked(workspace, member)
    if current_actor().name == f"member:{member}":
        raise Refused("member.oneself", "Nobody changes their own role.", "Ask another owner or manager.")
    if Role.OWNER in (role, found.role):
        require(Ability.APPOINT_OWNERS, workspace.pk)
    if found.role == role:
        return
    _keep_an_owner(workspace, found)
    before, found.role = found.role, role
    found.save(update_fields=["role"])
    record_audit(workspace.pk, "member.role_changed", {"member": member, "from": before, "to": role})


@needs(Ability.EDIT_MEMBERS)
@transaction.atomic
def remove_member(workspace: Workspace, member: int, now: datetime) -> None:
    """The member leaves the workspace; their sessions end at once, and their API tokens for good. What they did stays
    under their name.
    """
    found = _locked(workspace, member)
    if found.role == Role.OWNER:
        require(Ability.APPOINT_OWNERS, workspace.pk)
    _keep_an_owner(workspace, found)
    found.delete()
    end_sessions_of(member)
    revoke_tokens_of(workspace.pk, member, now)
    SignInLink.objects.filter(member=member, used_at=None).delete()
    record_audit(workspace.pk, "member.removed", {"member": member, "role": found.role})


@needs(Ability.APPOINT_OWNERS)
@transaction.atomic
def demand_second_factor(workspace: Workspace, asked_by: int, *, demanded: bool) -> None:
    """From now on members without a second factor set one up before anything else here, and their tokens wait for it;
    or nobody has to. Refuses to demand what the member who asks has not done.
    """
    if demanded and not has_second_factor(asked_by):
        raise Refused(
            "member.no_factor",
            "You have no second factor yourself.",
            "Set up an authenticator app or a passkey first: My account → How you sign in.",
        )
    if Workspace.objects.filter(pk=workspace.pk, second_factor=not demanded).update(second_factor=demanded):
        record_audit(workspace.pk, "workspace.second_factor", {"demanded": demanded})


def _locked(workspace: Workspace, member: int) -> Membership:
    """The membership. Owners are locked together: two who leave at once would leave nobody."""
    here = Membership.objects.filter(workspace=workspace).select_for_update()
    owners = list(here.filter(role=Role.OWNER).order_by("pk"))
    found = next((one for one in owners if one.member_id == member), None) or here.filter(member=member).first()
    if found is None:
        raise Refused("member.unknown_here", "There is no such member here.", "Look at the list of members.")
    return found


def _keep_an_owner(workspace: Workspace, leaving: Membership) -> None:
    others = Membership.objects.filter(workspace=workspace, role=Role.OWNER, member__is_active=True)
    if leaving.role == Role.OWNER and not others.exclude(pk=leaving.pk).exists():
        raise Refused(
            "member.last_owner", "This is the last owner of the workspace.", "Make somebody else owner first."
        )


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
    return SignInLink.objects.select_related("member").get(hash=secret_hash(secret)).member
