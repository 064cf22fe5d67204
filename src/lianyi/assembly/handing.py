"""The thread of the worker that gives on what members did not accept in time, and tells members what is theirs."""

from collections.abc import Callable

from django.conf import settings

from lianyi.assembly.repeating import Repeating
from lianyi.assembly.room import has_room
from lianyi.kernel.clock import system_clock, to_micros

LOOKS_EVERY = 2.0  # seconds


def hander() -> Repeating:
    """The thread."""
    return Repeating("handover", _work, every=LOOKS_EVERY, failure="handover.retry")


def _work(stopping: Callable[[], bool]) -> None:
    from lianyi.audience.handover.ticking import escalate, give_back, tell_members
    from lianyi.foundation.workspaces.queries import workspace_ids

    for workspace in workspace_ids():
        for act in (give_back, escalate):
            while not stopping() and has_room() and act(workspace, to_micros(system_clock())):
                pass
        if stopping() or not has_room():
            return
        tell_members(workspace, settings.ENVIRONMENT.url, to_micros(system_clock()))
