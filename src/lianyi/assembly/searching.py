"""The thread of the worker that sees to searches for duplicates. Each runs in a process of its own: it takes a gigabyte
and minutes, which the pipeline shall not feel, and it can be stopped at any line.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from uuid import uuid4

from lianyi.assembly.repeating import Repeating
from lianyi.assembly.room import has_room
from lianyi.kernel.clock import system_clock
from lianyi.people.duplicates.searches import running

LOOKS_EVERY = 1.0  # seconds
_NICE = 10  # the pipeline goes first


def searcher() -> Repeating:
    """The thread; what a worker that is gone had claimed is free again, since this one holds the pipeline's lease."""
    running.release_claims()
    holder = f"{os.getpid()}:{uuid4().hex[:8]}"
    return Repeating(
        "duplicates", lambda stopping: work(holder, stopping), every=LOOKS_EVERY, failure="duplicates.retry"
    )


def work(holder: str, stopping: Callable[[], bool]) -> None:
    """Sees every search through that waits, one after the other."""
    while not stopping() and has_room():
        workspace = running.claim(holder)
        if workspace is None:
            return
        _see_through(workspace, holder, stopping)


def _see_through(workspace: int, holder: str, stopping: Callable[[], bool]) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "lianyi.assembly.processes.entry", "search", str(workspace), holder],
        env={**os.environ, "LIANYI_PARENT": str(os.getpid())},
        stdin=subprocess.DEVNULL,
    )
    try:
        while process.poll() is None:
            if stopping():
                running.give_back(workspace, holder)
                return
            if running.asked_to_stop(workspace, holder):
                break
            time.sleep(LOOKS_EVERY / 2)
    finally:
        process.kill()
        process.wait()
    running.settle(workspace, holder, system_clock)


def main(workspace: int, holder: str) -> None:
    """What that process does."""
    os.nice(_NICE)
    running.run(workspace, holder, system_clock)
