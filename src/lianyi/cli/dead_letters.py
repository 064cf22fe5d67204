"""`lianyi dead-letters`: events that could not be used, and why."""

from typing import Annotated

import typer

from lianyi.cli.frame import Call, single, verb
from lianyi.cli.language import _

app = single()


@verb(app, "dead-letters")
def dead_letters(
    call: Call,
    *,
    replay: Annotated[int, typer.Option(min=0, metavar="ID", help=_("Take this one in again."))] = 0,
    drop: Annotated[int, typer.Option(min=0, metavar="ID", help=_("Forget this one."))] = 0,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help=_("At most so many."))] = 20,
) -> None:
    """Lists the newest events that were accepted and could not be used; takes one in again, or drops it."""
    with call.installation():
        from lianyi.events.log import letters
        from lianyi.kernel.clock import from_micros, system_clock

        workspace = call.workspace().pk
        if replay:
            letters.replay(workspace, replay, system_clock())
            call.show({"replayed": replay}, _("It is on its way again."))
        if drop:
            letters.drop(workspace, drop)
            call.show({"dropped": drop}, _("It is forgotten."))
        if replay or drop:
            return
        call.rows(
            (
                {
                    "id": one.id,
                    "received_at": from_micros(one.received_at),
                    "projector": one.projector or None,
                    "reason": one.reason,
                    "detail": one.detail,
                    "replayed_at": one.replayed_at,
                    "event": one.body.decode(errors="replace"),
                }
                for one in letters.newest(workspace, limit)
            ),
            ("id", "received_at", "projector", "reason", "detail"),
            nothing=_("No dead letters."),
        )
