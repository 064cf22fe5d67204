"""Who works in the workspace, and who is invited to."""

from datetime import datetime
from typing import Literal

from django.conf import settings
from ninja import Query
from pydantic import BaseModel, Field

from lianyi.api.cursors import page_of, place_in
from lianyi.api.operations import Request, Section, workspace_of
from lianyi.api.shapes import Body, Page, Paging, RowId
from lianyi.foundation.access.schemas import Ability, Role
from lianyi.foundation.members.actions import change_role, remove_member
from lianyi.foundation.members.invitations.actions import invite, withdraw_invitation
from lianyi.foundation.members.invitations.queries import invitation_to, open_invitations
from lianyi.foundation.members.queries import colleagues
from lianyi.foundation.members.schemas import Colleague, Invited
from lianyi.kernel.clock import system_clock

_section = Section("Members", "Who works in the workspace, and who is invited to.")
_MEMBER = {
    "id": 2,
    "email": "editor@example.com",
    "name": "",
    "role": "editor",
    "second_factor": True,
    "last_sign_in": "2026-02-03T10:00:00Z",
}
_INVITATION = {"id": 4, "email": "new@example.com", "role": "sales", "expires_at": "2026-02-07T08:00:00Z"}

RoleName = Literal["owner", "manager", "editor", "agent", "sales", "analyst", "viewer"]


class MemberShown(BaseModel):
    """A member of the workspace."""

    id: int
    email: str
    name: str
    role: RoleName
    second_factor: bool = Field(description="Whether an authenticator app or a passkey is set up.")
    last_sign_in: datetime | None


class NewRole(Body):
    """The role that a member gets."""

    role: RoleName


class InvitationShown(BaseModel):
    """An invitation that can be accepted. Its link is in the mail alone."""

    id: int
    email: str
    role: RoleName
    expires_at: datetime


class InvitationMade(InvitationShown):
    """The new invitation."""

    link: str | None = Field(
        description="Where no mail is sent: what to hand to whoever is invited, shown here and never again. Else null."
    )


class NewInvitation(Body):
    """Whom to invite, and as what."""

    email: str = Field(min_length=1, max_length=254)
    role: RoleName


@_section.get("/members", Ability.EDIT_MEMBERS, answers=Page[MemberShown], example={"items": [_MEMBER], "next": None})
def list_members(request: Request, paging: Query[Paging]) -> Page[MemberShown]:
    """Lists the members, in the order in which they joined."""
    place = place_in(request, paging.cursor)
    rows = colleagues(workspace_of(request), place[0] if place else 0, paging.limit + 1)
    return page_of(request, rows, paging.limit, lambda one: [one.member], _member)


@_section.patch("/members/{member}", Ability.EDIT_MEMBERS, status=204, body={"role": "manager"}, conflicts=True)
def change_member(request: Request, member: RowId, body: NewRole) -> None:
    """Gives a member another role. Only who may appoint owners makes one or changes theirs; one owner always stays."""
    change_role(request.bearer.workspace, member, Role(body.role))


@_section.delete("/members/{member}", Ability.EDIT_MEMBERS, status=204, conflicts=True)
def drop_member(request: Request, member: RowId) -> None:
    """Removes a member. Sessions and API tokens of theirs end at once; what they did stays under their name."""
    remove_member(request.bearer.workspace, member, system_clock())


@_section.get(
    "/invitations", Ability.EDIT_MEMBERS, answers=Page[InvitationShown], example={"items": [_INVITATION], "next": None}
)
def list_invitations(request: Request, paging: Query[Paging]) -> Page[InvitationShown]:
    """Lists the invitations that can be accepted. The newest come first."""
    place = place_in(request, paging.cursor)
    rows = open_invitations(workspace_of(request), system_clock())
    after = [one for one in rows if place is None or one.id < place[0]]
    return page_of(request, after, paging.limit, lambda one: [one.id], _invitation)


@_section.post(
    "/invitations",
    Ability.EDIT_MEMBERS,
    answers=InvitationMade,
    status=201,
    example={**_INVITATION, "link": None},
    body={"email": "new@example.com", "role": "sales"},
    conflicts=True,
)
def invite_member(request: Request, body: NewInvitation) -> InvitationMade:
    """Mails somebody a link by which they join. A second invitation of the same address takes the first one's place."""
    address = request.build_absolute_uri("/").rstrip("/")
    secret = invite(request.bearer.workspace, body.email, Role(body.role), address, system_clock())
    made = _invitation(invitation_to(workspace_of(request), body.email))
    link = None if settings.MAIL_IS_SENT else f"{address}/invitation/{secret}"
    return InvitationMade(**made.model_dump(), link=link)


@_section.delete("/invitations/{invitation}", Ability.EDIT_MEMBERS, status=204)
def stop_invitation(request: Request, invitation: RowId) -> None:
    """Makes the link of an invitation stop working."""
    withdraw_invitation(request.bearer.workspace, invitation)


def _member(one: Colleague) -> MemberShown:
    return MemberShown(
        id=one.member,
        email=one.email,
        name=one.name,
        role=one.role.value,
        second_factor=one.second_factor,
        last_sign_in=one.last_login,
    )


def _invitation(one: Invited) -> InvitationShown:
    return InvitationShown(id=one.id, email=one.email, role=one.role.value, expires_at=one.expires_at)
