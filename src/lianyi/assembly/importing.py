"""The threads of the worker that import files which members gave: no brand waits for a large file of another."""

import os
import socket
from collections.abc import Callable
from uuid import uuid4

from lianyi.assembly.repeating import Repeating
from lianyi.assembly.room import has_room
from lianyi.kernel.clock import system_clock
from lianyi.people.imports.uploads.running import release_claims, run_next

LOOKS_EVERY = 1.0  # seconds
AT_ONCE = 2


def importers() -> list[Repeating]:
    """The threads; what a worker that is gone had claimed is free again, since this one holds the pipeline's lease."""
    release_claims()
    return [
        Repeating(f"imports-{place}", _worker(place), every=LOOKS_EVERY, failure="import.retry")
        for place in range(AT_ONCE)
    ]


def _worker(place: int) -> Callable[[Callable[[], bool]], None]:
    holder = f"{socket.gethostname()[:20]}:{os.getpid()}:{place}:{uuid4().hex[:8]}"

    def work(stopping: Callable[[], bool]) -> None:
        while not stopping() and has_room() and run_next(holder, system_clock, stopping):
            pass

    return work
