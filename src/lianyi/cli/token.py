"""`lianyi token`: API tokens, by which programs call the API."""

from dataclasses import asdict
from typing import Annotated

import typer

from lianyi.cli.frame import Call, verb, verbs
from lianyi.cli.language import _

app = verbs(_("API tokens: what lets a program call the API."))


@verb(app, "create")
def create(
    call: Call,
    scope: Annotated[
        list[str], typer.Option(metavar="SCOPE", help=_("What it may do, such as people.see; may be repeated."))
    ],
    label: Annotated[str, typer.Option(help=_("What it is for."))] = "API",
    email: Annotated[str | None, typer.Option(help=_("Whose token it is; by default the first owner's."))] = None,
    days: Annotated[int, typer.Option(min=1, max=366, help=_("For how long it works."))] = 90,
) -> None:
    """Makes an API token and shows its secret, which cannot be shown again."""
    with call.installation():
        from datetime import timedelta

        from lianyi.foundation.members.queries import member_for_sign_in
        from lianyi.foundation.tokens.actions import create_token
        from lianyi.kernel.clock import system_clock

        workspace, now = call.workspace(), system_clock()
        member = member_for_sign_in(workspace, email)
        ends = now + timedelta(days=days)
        number, secret = create_token(workspace, member.pk, label, scope, now, expires_at=ends)
        call.show(
            {"id": number, "workspace": workspace.slug, "scopes": scope, "expires_at": ends, "token": secret}, secret
        )
        call.note(_("This secret is not stored: keep it now."))


@verb(app, "list")
def list_tokens(
    call: Call, *, limit: Annotated[int, typer.Option(min=1, max=10_000, help=_("At most so many."))] = 50
) -> None:
    """Lists the API tokens, dead ones too, by the first characters of their secrets."""
    with call.installation():
        from lianyi.foundation.tokens.queries import tokens

        rows = (asdict(token) for token in tokens(call.workspace().pk, limit))
        columns = ["id", "hint", "label", "maker", "scopes", "expires_at", "revoked_at", "last_used_at"]
        call.rows(rows, columns, _("No tokens."))


@verb(app, "revoke")
def revoke(
    call: Call, token: Annotated[int, typer.Argument(help=_("The number of the token, as `token list` says."))]
) -> None:
    """Makes an API token stop working, at once and for good."""
    with call.installation():
        from lianyi.foundation.tokens.actions import revoke_token
        from lianyi.kernel.clock import system_clock

        workspace = call.workspace()
        revoke_token(workspace.pk, token, system_clock())
        call.show({"id": token, "workspace": workspace.slug, "revoked": True}, _("Revoked."))
