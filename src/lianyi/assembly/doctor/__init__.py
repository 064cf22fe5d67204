"""`lianyi doctor`: looks at everything an installation rests on, and says for each what to do when it is not well.

It changes nothing: no migration, no workspace, no file. What cannot be looked at because something before it failed is
left out, and the finding that failed says why.
"""

from collections.abc import Iterator

from lianyi.assembly.doctor.findings import Finding, State
from lianyi.assembly.environment import Environment

__all__ = ["Finding", "State", "examine"]


def examine(environment: Environment) -> Iterator[Finding]:
    """One finding after the other; the machine first, then the database, then what lives in it."""
    from lianyi.assembly.doctor.machine import machine_findings

    machine = list(machine_findings(environment))
    yield from machine
    if any(finding.state is State.BAD and finding.name in ("folders", "sockets") for finding in machine):
        return
    from lianyi.assembly.doctor.database import database_findings

    yield from database_findings(environment)
