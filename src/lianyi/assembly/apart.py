"""Work that the worker has a process of its own for: it takes a gigabyte and minutes, which the pipeline shall not
feel, and it can be stopped at any line. One at a time of each kind.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Protocol
from uuid import uuid4

from lianyi.assembly.repeating import Repeating
from lianyi.assembly.room import has_room
from lianyi.kernel.clock import Clock, system_clock

LOOKS_EVERY = 1.0  # seconds
_NICE = 10  # the pipeline goes first


class Work(Protocol):
    """Pieces of work, each with a number, as rows that are claimed; the module `running` of a room is one."""

    def release_claims(self) -> None:
        """Frees what a worker left behind that is gone."""

    def claim(self, holder: str) -> int | None:
        """The next piece; None when none waits."""

    def run(self, piece: int, holder: str, clock: Clock, /) -> None:
        """Sees the claimed piece through."""

    def asked_to_stop(self, piece: int, holder: str, /) -> bool:
        """Whether there is no use in going on."""

    def give_back(self, piece: int, holder: str, /) -> None:
        """The worker stops: the next one begins it anew."""

    def settle(self, piece: int, holder: str, clock: Clock, /) -> None:
        """The process has ended, whatever became of the piece."""


def repeating(name: str, verb: str, work: Work) -> Repeating:
    """The thread that sees to it. What a worker that is gone had claimed is free again, since this one holds the
    pipeline's lease. `verb` is what the process is called by (`processes.entry`).
    """
    work.release_claims()
    holder = f"{os.getpid()}:{uuid4().hex[:8]}"
    return Repeating(
        name, lambda stopping: see_to(work, verb, holder, stopping), every=LOOKS_EVERY, failure=f"{name}.retry"
    )


def see_to(work: Work, verb: str, holder: str, stopping: Callable[[], bool]) -> None:
    """Sees every piece through that waits, one after the other."""
    while not stopping() and has_room():
        piece = work.claim(holder)
        if piece is None:
            return
        _see_through(work, verb, piece, holder, stopping)


def _see_through(work: Work, verb: str, piece: int, holder: str, stopping: Callable[[], bool]) -> None:
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


def main(work: Work, piece: int, holder: str) -> None:
    """What that process does."""
    os.nice(_NICE)
    work.run(piece, holder, system_clock)
