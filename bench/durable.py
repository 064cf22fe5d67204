"""How fast the edge answers while no worker runs: what the groups of links, pages and forms measure."""

from collections.abc import Sequence

from bench import load
from bench.installation import Installation

CONNECTIONS = 64
SAID = f"{CONNECTIONS} connections, load on the same machine, no worker"


def answered(running: Installation, requests: Sequence[bytes], status: int) -> load.Outcome:
    """Sends them. RuntimeError unless all are answered so."""
    with running.paused("worker"):
        outcome = load.run(running.port, iter(requests), connections=CONNECTIONS)
    if outcome.statuses != {status: len(requests)}:
        raise RuntimeError(f"{outcome.statuses} for {len(requests)} requests")
    return outcome


def acknowledged(running: Installation, requests: Sequence[bytes], status: int, events: int) -> load.Outcome:
    """The same, after which so many events are on disk. RuntimeError unless they are; the first of an installation."""
    outcome = answered(running, requests, status)
    with running.connect() as database:
        # Key 0 is our own: what the edge writes.
        found = database.execute("SELECT sum(count) FROM log WHERE key = 0").fetchone()
    if found is None or found[0] != events:
        raise RuntimeError(f"{found} for {events} events")
    return outcome
