"""`lianyi account`: the accounts of platforms that push to this workspace."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from lianyi.cli.frame import Call, verb, verbs
from lianyi.cli.language import _
from lianyi.kernel.secret import Secret

app = verbs(_("Connected accounts of platforms, such as a WeChat official account."))

Number = Annotated[int, typer.Argument(help=_("The number of the account, as `account list` says."))]
Given = Annotated[
    list[str] | None,
    typer.Option(
        "--secret", help=_("A secret of your own, as NAME=FILE: the file holds it. Those not named are made.")
    ),
]
Told = Annotated[list[str] | None, typer.Option("--set", help=_("A setting, as NAME=VALUE: original, mode."))]


@verb(app, "connect")
def connect(
    call: Call,
    platform: Annotated[str, typer.Argument(help=_("The platform: wechat."))],
    external: Annotated[str, typer.Argument(help=_("What the platform calls the account: the AppID."))],
    name: Annotated[str, typer.Option(help=_("What you call it."))] = "",
    told: Told = None,
    given: Given = None,
) -> None:
    """Connects an account, and shows what to enter in the platform's console: its address, and secrets made for it."""
    with call.installation():
        from lianyi.channels.accounts.actions import connect as connected
        from lianyi.channels.accounts.queries import account
        from lianyi.kernel.clock import system_clock

        workspace = call.workspace()
        number, made = connected(
            workspace.pk,
            platform,
            external,
            system_clock(),
            name=name,
            settings=_pairs(told),
            given={key: Secret(Path(place).read_text().strip()) for key, place in _pairs(given).items()},
        )
        url = call.address + account(workspace.pk, number).path
        shown = {key: secret.reveal() for key, secret in made.items()}
        lines = [url, *(f"{key} {text}" for key, text in shown.items())]
        call.show({"id": number, "workspace": workspace.slug, "url": url, **shown}, "\n".join(lines))
        if made:
            call.note(_("These secrets are not shown again: enter them in the platform's console now."))


@verb(app, "list")
def list_accounts(call: Call) -> None:
    """Lists the connected accounts, and how each fares."""
    with call.installation():
        from lianyi.channels.accounts.queries import accounts

        rows = ({**asdict(one), "state": one.state, "path": one.path} for one in accounts(call.workspace().pk))
        columns = ["id", "platform", "external", "name", "state", "pushed_at", "refused_why", "refusals", "path"]
        call.rows(rows, columns, _("No accounts."))


@verb(app, "renew")
def renew(call: Call, account: Number) -> None:
    """Makes new secrets and shows them. Calls are refused until the platform's console has them, too."""
    with call.installation():
        from lianyi.channels.accounts.actions import renew_secrets
        from lianyi.kernel.clock import system_clock

        workspace = call.workspace()
        made = {key: secret.reveal() for key, secret in renew_secrets(workspace.pk, account, system_clock()).items()}
        lines = "\n".join(f"{key} {text}" for key, text in made.items())
        call.show({"id": account, "workspace": workspace.slug, **made}, lines)
        call.note(_("These secrets are not shown again: enter them in the platform's console now."))


@verb(app, "change")
def change(
    call: Call,
    account: Number,
    name: Annotated[str | None, typer.Option(help=_("What you call it."))] = None,
    told: Told = None,
    given: Given = None,
) -> None:
    """Changes the name, settings or secrets of an account; what is not named stays."""
    with call.installation():
        from lianyi.channels.accounts import actions, queries
        from lianyi.kernel.clock import system_clock

        workspace = call.workspace()
        one = queries.account(workspace.pk, account)
        actions.change_account(
            workspace.pk,
            account,
            system_clock(),
            name=one.name if name is None else name,
            settings={**one.settings, **_pairs(told)},
            given={key: Secret(Path(place).read_text().strip()) for key, place in _pairs(given).items()},
        )
        call.show({"id": account, "workspace": workspace.slug, "changed": True}, _("Saved."))


@verb(app, "disconnect")
def disconnect(call: Call, account: Number) -> None:
    """Disconnects an account: its address and its secrets go. What came through it stays."""
    with call.installation():
        from lianyi.channels.accounts.actions import disconnect as gone

        workspace = call.workspace()
        gone(workspace.pk, account)
        call.show({"id": account, "workspace": workspace.slug, "disconnected": True}, _("Disconnected."))


def _pairs(said: list[str] | None) -> dict[str, str]:
    pairs = [one.partition("=") for one in said or []]
    if any(not between for _name, between, _value in pairs):
        raise typer.BadParameter("NAME=VALUE")
    return {name.strip(): value for name, _between, value in pairs}
