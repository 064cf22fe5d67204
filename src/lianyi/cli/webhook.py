"""`lianyi webhook`: addresses that are told what happens here."""

from dataclasses import asdict
from typing import Annotated

import typer

from lianyi.cli.frame import Call, verb, verbs
from lianyi.cli.language import _
from lianyi.kernel.errors import Refused

app = verbs(_("Webhooks: addresses that are told what happens here."))

Number = Annotated[int, typer.Argument(help=_("The number of the webhook, as `webhook list` says."))]
_PATIENCE = 20.0  # seconds that `test` waits for the worker


@verb(app, "create")
def create(
    call: Call,
    url: Annotated[str, typer.Argument(help=_("Where to: an https address."))],
    events: Annotated[list[str], typer.Option("--event", help=_("A name of events, or a pattern; * for all."))],
    label: Annotated[str, typer.Option(help=_("What it is for."))] = "",
) -> None:
    """Makes a webhook and shows the secret that its calls are signed with, which cannot be shown again."""
    with call.installation():
        from django.conf import settings

        from lianyi.foundation.webhooks.actions import create_endpoint
        from lianyi.kernel.clock import system_clock

        workspace = call.workspace()
        reach = settings.ENVIRONMENT.webhooks
        number, secret = create_endpoint(workspace.pk, url, events, system_clock(), reach, label=label)
        call.show({"id": number, "workspace": workspace.slug, "url": url, "secret": secret.reveal()}, secret.reveal())
        call.note(_("This secret is not shown again: keep it now."))


@verb(app, "list")
def list_webhooks(call: Call) -> None:
    """Lists the webhooks, and how much waits for each."""
    with call.installation():
        from lianyi.foundation.webhooks.queries import endpoints

        rows = ({**asdict(one), "events": one.patterns} for one in endpoints(call.workspace().pk))
        call.rows(rows, ["id", "url", "events", "state", "why", "waiting", "label"], _("No webhooks."))


@verb(app, "test")
def test(call: Call, webhook: Number) -> None:
    """Sends a test event, and says what was answered."""
    with call.installation():
        import time

        from lianyi.foundation.webhooks.actions import send_test
        from lianyi.foundation.webhooks.queries import delivery
        from lianyi.kernel.clock import system_clock

        workspace = call.workspace()
        row = send_test(workspace.pk, webhook, system_clock())
        until = time.monotonic() + _PATIENCE
        while not (calls := delivery(workspace.pk, webhook, row)[1]) and time.monotonic() < until:
            time.sleep(0.1)
        if not calls:
            raise Refused(
                "webhook.not_yet", "Nothing was answered yet.", "See that `lianyi up` runs; the test event waits."
            )
        status, error = calls[0].status, calls[0].error
        if status is None or not 200 <= status < 300:
            raise Refused(
                "webhook.test_failed",
                "The webhook did not take the test event: {said}.",
                "It is tried again; see the log in Settings, Webhooks.",
                said=str(status or error),
            )
        call.show({"id": webhook, "delivery": row, "status": status, "took_ms": calls[0].took_ms}, _("Taken."))


@verb(app, "rotate")
def rotate(call: Call, webhook: Number) -> None:
    """Makes a new secret and shows it. For 24 hours calls are signed with the former one too."""
    with call.installation():
        from lianyi.foundation.webhooks.actions import rotate_secret
        from lianyi.kernel.clock import system_clock

        workspace = call.workspace()
        secret = rotate_secret(workspace.pk, webhook, system_clock()).reveal()
        call.show({"id": webhook, "workspace": workspace.slug, "secret": secret}, secret)
        call.note(_("This secret is not shown again: keep it now."))


@verb(app, "on")
def switch_on(call: Call, webhook: Number) -> None:
    """Switches a webhook on: it is told of what waits for it, and of what is received from now on."""
    with call.installation():
        from lianyi.foundation.webhooks.actions import switch_on
        from lianyi.kernel.clock import system_clock

        workspace = call.workspace()
        switch_on(workspace.pk, webhook, system_clock())
        call.show({"id": webhook, "workspace": workspace.slug, "state": "on"}, _("Switched on."))


@verb(app, "off")
def switch_off(call: Call, webhook: Number) -> None:
    """Switches a webhook off: it is told nothing until it is switched on."""
    with call.installation():
        from lianyi.foundation.webhooks.actions import switch_off

        workspace = call.workspace()
        switch_off(workspace.pk, webhook)
        call.show({"id": webhook, "workspace": workspace.slug, "state": "off"}, _("Switched off."))


@verb(app, "remove")
def remove(call: Call, webhook: Number) -> None:
    """Removes a webhook, its secret, and what still waits for it."""
    with call.installation():
        from lianyi.foundation.webhooks.actions import remove_endpoint

        workspace = call.workspace()
        remove_endpoint(workspace.pk, webhook)
        call.show({"id": webhook, "workspace": workspace.slug, "removed": True}, _("Removed."))
