"""`lianyi outbox`: what is to leave the system, and what of it needs a person's word."""

from dataclasses import asdict
from enum import Enum
from typing import Annotated

import typer

from lianyi.cli.frame import Call, verb, verbs
from lianyi.cli.language import _

app = verbs(_("What is to leave the system, and what needs a decision."))


class Outcome(Enum):
    """What a person says became of a row."""

    SENT = "sent"
    FAILED = "failed"
    AGAIN = "again"


class Shown(Enum):
    """Which rows are listed."""

    OPEN = "open"
    ALL = "all"


@verb(app, "list")
def list_rows(
    call: Call,
    which: Annotated[Shown, typer.Option(help=_("open: what has not left, the failed included; or all."))] = Shown.OPEN,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help=_("At most so many, the newest."))] = 100,
) -> None:
    """Lists rows, without what is in them."""
    with call.installation():
        from lianyi.foundation.outbox.queries import is_held, rows_of
        from lianyi.foundation.outbox.schemas import State

        workspace = call.workspace()
        states = [state for state in State if which is Shown.ALL or state is not State.SENT]
        rows = (asdict(row) for row in rows_of(workspace.pk, states, limit))
        call.rows(rows, ["id", "kind", "state", "attempts", "due_at", "error", "key"], _("Nothing waits."))
        if is_held(workspace.pk):
            call.note(_("This outbox is held: nothing leaves until `lianyi outbox release`."))


@verb(app, "release")
def release(call: Call) -> None:
    """Lets things leave again after a restore. Look first: what left after the backup would leave once more."""
    with call.installation():
        from lianyi.foundation.outbox.actions import release

        workspace = call.workspace()
        released = release(workspace.pk)
        told = _("Released: what is due leaves now.") if released else _("This outbox was not held.")
        call.show({"workspace": workspace.slug, "released": released}, told)


@verb(app, "decide")
def decide(
    call: Call,
    row: Annotated[int, typer.Argument(help=_("Its id in the list."))],
    outcome: Annotated[Outcome, typer.Option(help=_("sent: it is out; failed: let it be; again: try once more."))],
) -> None:
    """Settles a row of which nobody knows whether it left, or that failed or shall not leave."""
    with call.installation():
        from lianyi.foundation.outbox.actions import decide
        from lianyi.foundation.outbox.schemas import Decision
        from lianyi.kernel.clock import system_clock

        workspace = call.workspace()
        decide(workspace.pk, row, Decision(outcome.value), system_clock())
        call.show({"workspace": workspace.slug, "row": row, "outcome": outcome.value}, _("Noted."))
