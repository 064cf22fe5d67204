"""Work that the worker has a process of its own for: it takes a gigabyte and minutes, which the pipeline shall not
feel, and it can be stopped at any line. One at a time of each kind.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from lianyi.assembly.repeating import Repeating
from lianyi.assembly.room import has_room
from lianyi.foundation.pieces import Pieces
from lianyi.kernel.clock import system_clock

LOOKS_EVERY = 1.0  # seconds
_NICE = 10  # the pipeline goes first


def repeating(name: str, verb: str, work: Pieces[Any]) -> Repeating:
    """The thread that sees to it. What a worker that is gone had claimed is free again, since this one holds the
    pipeline's lease. `verb` is what the process is called by (`processes.entry`).
    """
    work.release_claims()
    holder = f"{os.getpid()}:{uuid4().hex[:8]}"
    return Repeating(
        name, lambda stopping: see_to(work, verb, holder, stopping), every=LOOKS_EVERY, failure=f"{name}.retry"
    )


def see_to(work: Pieces[Any], verb: str, holder: str, stopping: Callable[[], bool]) -> None:
    """Sees every piece through that waits, one after the other."""
    while not stopping() and has_room():
        piece = work.claim(holder)
        if piece is None:
            return
        _see_through(work, verb, piece, holder, stopping)


def _see_through(work: Pieces[Any], verb: str, piece: int, holder: str, stopping: Callable[[], bool]) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "lianyi.assembly.processes.entry", verb, str(piece), holder],
        env={**os.environ, "LIANYI_PARENT": str(os.getpid())},
        stdin=subprocess.DEVNULL,
    )
    try:
        while process.poll() is None:
            if stopping():
                work.give_back(piece, holder)
                return
            if work.asked_to_stop(piece, holder):
                break
            time.sleep(LOOKS_EVERY / 2)
    finally:
        process.kill()
        process.wait()
    work.settle(piece, holder, system_clock)


def main(work: Pieces[Any], piece: int, holder: str) -> None:
    """What that process does."""
    os.nice(_NICE)
    work.run(piece, holder, system_clock)
