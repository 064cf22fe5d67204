"""`lianyi dead-letters`: events that could not be used, and why.

Of those that the door refused (`intake`) the newest 10,000 are kept; the sender had its answer at once.
"""

from typing import Annotated

import typer

from lianyi.cli.frame import Call, single, verb
from lianyi.cli.language import _

app = single()


@verb(app, "dead-letters")
def dead_letters(
    call: Call,
    *,
    replay: Annotated[int, typer.Option(min=0, metavar="ID", help=_("Take this one in, if it can be taken now."))] = 0,
    drop: Annotated[int, typer.Option(min=0, metavar="ID", help=_("Forget this one."))] = 0,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help=_("At most so many."))] = 20,
) -> None:
    """Lists the newest events that were refused (intake), unreadable, or more than a projector could use, and why.
    --replay takes one in when this version can; what is wrong in itself stays refused, and its sender has to send it
    right.
    """
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
                    "key": one.key,
                    "projector": one.projector or None,
                    "reason": one.reason,
                    "detail": one.detail,
                    "replayed_at": one.replayed_at,
                    "event": one.body.decode(errors="replace"),
                }
                for one in letters.newest(workspace, limit)
            ),
            ("id", "received_at", "key", "projector", "reason", "detail"),
            nothing=_("No dead letters."),
        )
