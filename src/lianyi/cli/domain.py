"""`lianyi domain`: own domains of a workspace, and whose each is in the whole installation."""

from enum import Enum
from typing import Annotated

import typer

from lianyi.cli.frame import Call, verb, verbs
from lianyi.cli.language import _

app = verbs(_("Own domains: hosts on which links and pages of a workspace stand, and whose each is."))

Host = Annotated[str, typer.Argument(help=_("The name of the host, such as go.example.com."))]


class PurposeOption(Enum):
    """What stands on a host."""

    ALL = "all"
    LINKS = "links"
    PAGES = "pages"


@verb(app, "list")
def list_domains(call: Call) -> None:
    """Lists the own domains of all workspaces, with who has each, and which wait to be approved."""
    with call.installation():
        from lianyi.foundation.domains.queries import claims

        rows = (one._asdict() for one in claims())
        call.rows(rows, ("host", "workspace", "purpose", "waits", "added_at"), _("No own domains."))


@verb(app, "add")
def add(
    call: Call,
    host: Host,
    purpose: Annotated[PurposeOption, typer.Option(help=_("What stands on it."))] = PurposeOption.ALL,
) -> None:
    """Adds an own domain. Where there are several workspaces it waits until it is approved."""
    with call.installation():
        from lianyi.links.owning import own_domain

        made = own_domain(call.workspace().pk, host, purpose.value, call.address)
        call.show(made._asdict(), made.host)
        if made.waits:
            call.note(_("It is not served before it is approved: lianyi domain approve."))


@verb(app, "approve")
def approve(call: Call, host: Host) -> None:
    """Says that a host is the workspace's that asked for it: from now on it is served."""
    with call.installation():
        from lianyi.foundation.domains.actions import approve_domain

        made = approve_domain(call.workspace().pk, host)
        call.show(made._asdict(), made.host)


@verb(app, "remove")
def remove(call: Call, host: Host) -> None:
    """Takes a host from a workspace. One on which links or pages stand stays."""
    with call.installation():
        from lianyi.foundation.domains.actions import remove_domain
        from lianyi.foundation.domains.queries import domains

        workspace = call.workspace().pk
        number = next((one.id for one in domains(workspace) if one.host == host.strip().lower()), 0)
        remove_domain(workspace, number)
        call.show({"removed": host}, _("Removed."))
