"""Reads of members."""

from collections.abc import Iterable, Iterator

from allauth.mfa.models import Authenticator

from lianyi.foundation.access.schemas import ABILITIES, Ability, Role
from lianyi.foundation.members.models import Member, Membership
from lianyi.foundation.members.schemas import Colleague
from lianyi.foundation.workspaces.schemas import Workspace
from lianyi.kernel.errors import Refused


def member_for_sign_in(workspace: Workspace, email: str | None) -> Member:
    """The active member of this address in the workspace; without an address, its first owner."""
    here = Membership.objects.filter(workspace=workspace, member__is_active=True)
    if email is not None:
        found = here.filter(member__email=email.lower()).select_related("member").first()
        if found is None:
            raise Refused(
                "member.unknown", "No member of {slug} has the address {email}.", slug=workspace.slug, email=email
            )
        return found.member
    owner = here.filter(role=Role.OWNER).order_by("member").select_related("member").first()
    if owner is None:
        raise Refused("member.no_owner", "{slug} has no owner.", "Name a member by --email.", slug=workspace.slug)
    return owner.member


def memberships_of(member: Member) -> list[Membership]:
    """Where the member works, with the workspaces, the oldest membership first."""
    return list(Membership.objects.filter(member=member).select_related("workspace").order_by("pk"))


def member_of(workspace: int, member: int) -> Member:
    """An active member of the workspace. Refuses one who is gone."""
    found = Membership.objects.filter(workspace=workspace, member=member, member__is_active=True)
    row = found.select_related("member").first()
    if row is None:
        raise Refused("member.gone", "Member {member} does not work here any more.", member=member)
    return row.member


def owners() -> list[tuple[int, int]]:
    """Every active owner once, as (the first workspace they own, member)."""
    rows = Membership.objects.filter(role=Role.OWNER, member__is_active=True)
    found = rows.order_by("member", "workspace").distinct("member")
    return list(found.values_list("workspace", "member"))


def owners_of(workspace: int) -> list[int]:
    """The active owners of the workspace."""
    rows = Membership.objects.filter(workspace=workspace, role=Role.OWNER, member__is_active=True)
    return list(rows.order_by("member").values_list("member", flat=True))


def members_who_may(workspace: int, ability: Ability) -> dict[int, Role]:
    """The active members whose role has the ability there, in the order in which they joined, with that role."""
    roles = [role.value for role, abilities in ABILITIES.items() if ability in abilities]
    rows = Membership.objects.filter(workspace=workspace, role__in=roles, member__is_active=True).order_by("pk")
    return {member: Role(role) for member, role in rows.values_list("member", "role")}


def role_in(workspace: int, member: int) -> Role | None:
    """The role of an active member there; None for one who is gone."""
    found = Membership.objects.filter(workspace=workspace, member=member, member__is_active=True)
    role = found.values_list("role", flat=True).first()
    return Role(role) if role is not None else None


def role_held(workspace: int, member: int) -> Role | None:
    """The same, and nobody removes them until the transaction ends."""
    here = Membership.objects.select_for_update().filter(workspace=workspace, member=member).first()
    return None if here is None else role_in(workspace, member)


def colleagues(workspace: int, after: int = 0, limit: int = 100) -> list[Colleague]:
    """Members of the workspace in the order in which they joined, from behind member `after` of that order."""
    here = Membership.objects.filter(workspace=workspace, member__is_active=True)
    if after:
        here = here.filter(pk__gt=Membership.objects.filter(workspace=workspace, member=after).values("pk")[:1])
    rows = list(here.select_related("member").order_by("pk")[:limit])
    second = _with_second_factor([row.member_id for row in rows])
    return [
        Colleague(
            row.member_id,
            row.member.email,
            row.member.name,
            Role(row.role),
            row.member.last_login,
            row.member_id in second,
        )
        for row in rows
    ]


def has_second_factor(member: int) -> bool:
    """Whether the member has an authenticator app or a passkey; recovery codes only stand in for one."""
    return bool(_with_second_factor([member]))


def _with_second_factor(members: list[int]) -> set[int]:
    strong = Authenticator.objects.filter(user__in=members)
    return set(strong.exclude(type=Authenticator.Type.RECOVERY_CODES).values_list("user_id", flat=True))


def every_colleague(workspace: int, piece: int = 500) -> Iterator[Colleague]:
    """All members of the workspace in that order, read in pieces."""
    after = 0
    while found := colleagues(workspace, after, piece):
        yield from found
        after = found[-1].member


def member_here(workspace: int, email: str) -> int:
    """The number of the member of this address in the workspace. Refuses an address that nobody there has."""
    found = Membership.objects.filter(workspace=workspace, member__email=email.lower()).values_list("member", flat=True)
    number = found.first()
    if number is None:
        raise Refused("member.unknown_here", "There is no such member here.", "Look at the list of members.")
    return number


def addresses_of(workspace: int) -> dict[int, str]:
    """Number → e-mail address of everybody in the workspace."""
    return dict(Membership.objects.filter(workspace=workspace).values_list("member", "member__email"))


def names_of(members: Iterable[int]) -> dict[int, str]:
    """How to call each of these members, whether or not they still work somewhere."""
    rows = Member.objects.filter(pk__in=set(members)).values_list("pk", "name", "email")
    return {pk: name or email for pk, name, email in rows}


def first_workspace_of(member: int) -> int | None:
    """The workspace in whose name mail to the member is sent; None for who works nowhere."""
    return Membership.objects.filter(member=member).order_by("pk").values_list("workspace", flat=True).first()


def guide_closed(member: int, workspace: int) -> bool:
    """Whether they want no first steps shown in this workspace."""
    return Membership.objects.filter(member=member, workspace=workspace, guide_closed=True).exists()
