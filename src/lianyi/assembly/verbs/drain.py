"""`lianyi drain`: waits until everything that was acknowledged has arrived everywhere."""

from typing import Annotated

import typer

from lianyi.cli.exits import PARTLY
from lianyi.cli.frame import Call, single, verb
from lianyi.cli.language import _

app = single()


@verb(app, "drain")
def drain(
    call: Call,
    timeout: Annotated[float, typer.Option(min=0, help=_("Give up after so many seconds."))] = 600,
) -> int | None:
    """Returns when every projector has passed what was acknowledged at the call; exit code 3 when the time is over."""
    with call.installation():
        from lianyi.assembly.draining import drain

        with call.progress(_("Projecting")) as advance:
            done = drain(timeout, advance)
        call.show({"drained": done}, _("All is passed on.") if done else _("The time is over; some events still wait."))
    return None if done else PARTLY
