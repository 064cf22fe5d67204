"""`lianyi key`: write keys, by which events come in."""

from dataclasses import asdict
from enum import Enum
from typing import Annotated

import typer

from lianyi.cli.frame import Call, verb, verbs
from lianyi.cli.language import _
from lianyi.kernel.errors import Refused

app = verbs(_("Write keys: what lets a sender write events."))


class Kind(Enum):
    """Who uses the key: a server of yours, or everybody's browser."""

    SERVER = "server"
    BROWSER = "browser"


@verb(app, "create")
def create(
    call: Call,
    kind: Annotated[Kind, typer.Option(help=_("server: may vouch for who it speaks of; browser: public."))],
    label: Annotated[str, typer.Option(help=_("What it is for."))] = "",
    group: Annotated[str, typer.Option(help=_("Keys of one group share user ids and cookies."))] = "default",
) -> None:
    """Makes a write key and shows its secret, which cannot be shown again."""
    with call.installation():
        from lianyi.foundation.workspaces.actions import create_write_key
        from lianyi.foundation.workspaces.schemas import KeyKind

        workspace = call.workspace()
        key, secret = create_write_key(workspace, KeyKind(kind.value), label or kind.value, group=group)
        call.show(
            {"id": key.pk, "workspace": workspace.slug, "kind": kind.value, "group": group, "write_key": secret},
            secret,
        )
        call.note(_("This secret is not stored: keep it now."))


@verb(app, "list")
def list_keys(call: Call) -> None:
    """Lists the write keys, revoked ones too, by the first characters of their secrets."""
    with call.installation():
        from lianyi.foundation.workspaces.queries import write_keys

        rows = (asdict(key) for key in write_keys(call.workspace().pk))
        call.rows(rows, ["id", "kind", "group", "hint", "label", "created_at", "revoked_at"], _("No keys."))


@verb(app, "revoke")
def revoke(
    call: Call, key: Annotated[int, typer.Argument(help=_("The number of the key, as `key list` says."))]
) -> None:
    """Makes a write key stop working, within ten seconds and for good. What came by it stays."""
    with call.installation():
        from lianyi.foundation.workspaces.actions import revoke_write_key
        from lianyi.kernel.clock import system_clock

        workspace = call.workspace()
        revoke_write_key(workspace, key, system_clock())
        call.show({"id": key, "workspace": workspace.slug, "revoked": True}, _("Revoked."))


@verb(app, "identity-secret")
def identity_secret(
    call: Call,
    group: Annotated[str, typer.Option(help=_("The group of the website's key."))] = "default",
) -> None:
    """Shows the secret by which a server of yours signs the user ids that a website sends."""
    with call.installation():
        from django.conf import settings

        from lianyi.events.intake import senders
        from lianyi.foundation.workspaces.queries import key_groups

        workspace = call.workspace()
        if group not in key_groups(workspace.pk):
            raise Refused(
                "key.group_unknown",
                "No write key of {slug} is in the group {group!r}.",
                "Name another by --group, or make a key in it: lianyi key create --group.",
                slug=workspace.slug,
                group=group,
            )
        secret = senders.identity_secret(str(settings.SECRET_KEY).encode(), workspace.pk, group)
        call.show({"workspace": workspace.slug, "group": group, "identity_secret": secret}, secret)
        call.note(_("Keep it on your server: whoever has it can pass for any user."))
