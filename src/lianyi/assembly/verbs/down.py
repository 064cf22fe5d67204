"""`lianyi down`: stops the `up` of this home."""

import os
import select
import signal

from lianyi.cli.frame import Call, single, verb
from lianyi.cli.language import _

app = single()

_WITHIN = 90.0  # seconds: more than all the time limits of the supervisor together


@verb(app, "down")
def down(call: Call) -> None:
    """Stops what `lianyi up` started, and returns when it has ended."""
    from lianyi.assembly.processes.presence import running
    from lianyi.kernel.errors import Broken

    home = call.place.home
    found = running(home)
    if found is None:
        call.show({"stopped": False, "url": None}, _("Nothing runs in {home}.").format(home=home))
        return
    process = os.pidfd_open(found.pid)
    try:
        if running(home) == found:  # so the number was still its own when we took hold of it
            signal.pidfd_send_signal(process, signal.SIGTERM)
        if not select.select([process], [], [], _WITHIN)[0]:
            raise Broken("Process {pid} does not stop; see {place}.", pid=found.pid, place=home / "logs")
    finally:
        os.close(process)
    call.show({"stopped": True, "url": f"{found.url}/"}, _("Stopped."))
