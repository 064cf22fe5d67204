"""Writes of a member to what is theirs. Each refuses anybody else."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction

from lianyi.foundation.access.acting import require_oneself
from lianyi.foundation.audit.actions import record_audit
from lianyi.foundation.members.models import Device, Member, Membership
from lianyi.foundation.members.sessions import end_sessions_of
from lianyi.foundation.workspaces.zones import check_zone
from lianyi.kernel.errors import Refused
from lianyi.kernel.ids import secret_hash

LANGUAGES = ("zh-hans", "en")
_MOST_DEVICES = 50  # that are remembered of a member, the latest


@transaction.atomic
def change_password(member: Member, password: str, now: datetime) -> None:
    """Sets the password and ends every session. The policy was asked by the form."""
    require_oneself(member.pk)
    member.set_password(password)
    member.password_changed_at = now
    member.save(update_fields=["password", "password_changed_at"])
    end_sessions_of(member.pk)
    record_everywhere(member.pk, "member.password_changed")


@transaction.atomic
def edit_profile(member: Member, *, name: str, language: str, zone: str) -> None:
    """How the member is called, and how pages are shown to them. An empty zone is the workspace's."""
    require_oneself(member.pk)
    if language not in LANGUAGES:
        raise Refused("profile.language", "{language!r} is no language of Lianyi.", language=language)
    if zone:
        check_zone(zone)
    Member.objects.filter(pk=member.pk).update(name=name.strip()[:150], language=language, zone=zone)
    record_everywhere(member.pk, "member.profile_changed")


@transaction.atomic
def speak(member: int, language: str) -> None:
    """Mail to the member is written in this language from now on; an unknown one changes nothing."""
    require_oneself(member)
    if language in LANGUAGES:
        Member.objects.filter(pk=member).exclude(language=language).update(language=language)


@transaction.atomic
def end_sessions(member: int, *, but: str = "", only: int | None = None) -> int:
    """Ends sessions of theirs: all but the one with the key `but`, or the one of a number. How many ended."""
    require_oneself(member)
    ended = end_sessions_of(member, but=but, only=only)
    if ended:
        record_everywhere(member, "member.sessions_ended", sessions=ended)
    return ended


@transaction.atomic
def forget_factors(member: int) -> int:
    """The authenticator app, passkeys and recovery codes are gone, and every session has ended. How many there were."""
    require_oneself(member)
    gone = int(Authenticator.objects.filter(user_id=member).delete()[0])
    if gone:
        end_sessions_of(member)
        record_everywhere(member, "member.factors_forgotten", factors=gone)
    return gone


@transaction.atomic
def note_sign_in(member: int, by: str, device: str, now: datetime) -> bool:
    """Writes down that the member signed in; whether it was with a device that is new, and not their first one."""
    require_oneself(member)
    record_everywhere(member, "member.signed_in", by=by)
    others = Device.objects.filter(member=member).exists()
    _, new = Device.objects.update_or_create(
        member_id=member,
        hash=secret_hash(device),
        defaults={"last_seen_at": now},
        create_defaults={"first_seen_at": now, "last_seen_at": now},
    )
    kept = Device.objects.filter(member=member).order_by("-last_seen_at").values("pk")[:_MOST_DEVICES]
    Device.objects.filter(member=member).exclude(pk__in=kept).delete()
    return new and others


@transaction.atomic
def note_security(member: int, action: str) -> None:
    """Writes down a change to how the member signs in, such as `member.totp_activated`."""
    require_oneself(member)
    record_everywhere(member, action)


def record_everywhere(member: int, action: str, **detail: int | str) -> None:
    """One line in the log of each workspace where the member works; in the installation's for who works nowhere."""
    works = Membership.objects.filter(member=member).values_list("workspace", flat=True).order_by("workspace")
    places: list[int | None] = [*works] or [None]
    for workspace in places:
        record_audit(workspace, action, {"member": member, **detail})


def close_guide(member: int, workspace: int) -> None:
    """The first steps are not shown to them any more in this workspace."""
    require_oneself(member)
    Membership.objects.filter(member=member, workspace=workspace).update(guide_closed=True)
