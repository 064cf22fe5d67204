"""The thread of the worker that tags many people at once, as members asked for."""

from collections.abc import Callable

from lianyi.assembly.repeating import Repeating
from lianyi.assembly.room import has_room
from lianyi.kernel.clock import system_clock
from lianyi.people.profiles.bulk.running import run_next_block

LOOKS_EVERY = 1.0  # seconds


def tagger() -> Repeating:
    """The thread."""
    return Repeating("tagging", _work, every=LOOKS_EVERY, failure="tagging.retry")


def _work(stopping: Callable[[], bool]) -> None:
    while not stopping() and has_room() and run_next_block(system_clock):
        pass
