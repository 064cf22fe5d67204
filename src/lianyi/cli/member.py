"""`lianyi member`: who works in a workspace. Members are named by their e-mail addresses."""

from typing import Annotated

import typer

from lianyi.cli.frame import Call, verb, verbs
from lianyi.cli.language import _
from lianyi.foundation.access.schemas import Role

app = verbs(_("Members: who signs in, and as what."))

_Email = Annotated[str, typer.Argument(metavar="EMAIL", help=_("Their e-mail address."))]


@verb(app, "list")
def list_members(call: Call) -> None:
    """Lists the members, and who is invited."""
    with call.installation():
        from lianyi.foundation.members.invitations.queries import open_invitations
        from lianyi.foundation.members.queries import every_colleague
        from lianyi.kernel.clock import system_clock

        workspace = call.workspace().pk
        members = (
            {
                "email": one.email,
                "name": one.name,
                "role": one.role.value,
                "state": "member",
                "second_factor": one.second_factor,
                "last_login": one.last_login,
            }
            for one in every_colleague(workspace)
        )
        invited = (
            {"email": one.email, "name": "", "role": one.role.value, "state": "invited", "expires_at": one.expires_at}
            for one in open_invitations(workspace, system_clock())
        )
        rows = (row for part in (members, invited) for row in part)
        call.rows(rows, ["email", "name", "role", "state", "second_factor", "last_login"])


@verb(app, "invite")
def invite_member(
    call: Call, email: _Email, role: Annotated[Role, typer.Option(help=_("What they become."))] = Role.VIEWER
) -> None:
    """Invites somebody: mails a link that works once, within seven days, and shows it."""
    with call.installation():
        from lianyi.foundation.members.invitations.actions import invite
        from lianyi.kernel.clock import system_clock

        secret = invite(call.workspace(), email, role, call.address, system_clock())
        link = f"{call.address}/invitation/{secret}"
        call.show({"email": email, "role": role.value, "invitation": link}, link)


@verb(app, "role")
def give_role(call: Call, email: _Email, role: Annotated[Role, typer.Argument(help=_("What they become."))]) -> None:
    """Gives a member another role. A workspace keeps an owner."""
    with call.installation():
        from lianyi.foundation.members.actions import change_role
        from lianyi.foundation.members.queries import member_here

        workspace = call.workspace()
        change_role(workspace, member_here(workspace.pk, email), role)
        call.show({"email": email, "role": role.value}, _("Done."))


@verb(app, "remove")
def remove(call: Call, email: _Email) -> None:
    """Removes a member from the workspace: their sessions and API tokens end at once, what they did stays."""
    with call.installation():
        from lianyi.foundation.members.actions import remove_member
        from lianyi.foundation.members.queries import member_here
        from lianyi.kernel.clock import system_clock

        workspace = call.workspace()
        remove_member(workspace, member_here(workspace.pk, email), system_clock())
        call.show({"email": email, "removed": True}, _("Removed."))


@verb(app, "sign-out")
def sign_out(call: Call, email: _Email) -> None:
    """Ends every session of a member."""
    with call.installation():
        from lianyi.foundation.members.own.actions import end_sessions
        from lianyi.foundation.members.queries import member_here

        ended = end_sessions(member_here(call.workspace().pk, email))
        call.show({"email": email, "ended": ended}, _("Signed out."))


@verb(app, "forget-factors")
def forget(call: Call, email: _Email) -> None:
    """Takes away a member's authenticator app, passkeys and recovery codes. For one who lost them all: make sure that
    it is they who ask. The member is told by mail.
    """
    with call.installation():
        from lianyi.foundation.members.own.actions import forget_factors
        from lianyi.foundation.members.queries import member_here
        from lianyi.foundation.notices.actions import tell_member
        from lianyi.foundation.notices.schemas import Notice
        from lianyi.kernel.clock import system_clock

        member, now = member_here(call.workspace().pk, email), system_clock()
        forgotten = forget_factors(member)
        if forgotten:
            values = {"at": f"{now:%Y-%m-%d %H:%M}", "what": "member.factors_forgotten", "address": "cli"}
            tell_member(member, Notice.SECURITY_CHANGED, values, now)
        call.show({"email": email, "forgotten": forgotten}, _("Forgotten."))
