"""`lianyi sign-in`: a fresh one-time link for someone who cannot sign in otherwise."""

from typing import Annotated

import typer

from lianyi.cli.frame import Call, single, verb
from lianyi.cli.language import _

app = single()


@verb(app, "sign-in")
def sign_in(
    call: Call,
    email: Annotated[str, typer.Option(help=_("Which member; without it, the first owner."))] = "",
) -> None:
    """Makes a one-time sign-in link that works for an hour."""
    with call.installation():
        from lianyi.foundation.members.actions import issue_sign_in_path
        from lianyi.foundation.members.queries import member_for_sign_in
        from lianyi.kernel.clock import system_clock

        workspace = call.workspace()
        member = member_for_sign_in(workspace, email or None)
        address = f"{call.address}/sign-in/{issue_sign_in_path(member, workspace, system_clock())}"
        call.show({"sign_in": address, "email": member.email}, f"Sign in {address}")
