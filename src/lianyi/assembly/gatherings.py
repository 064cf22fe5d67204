"""The thread of the worker that mails tickets to those who registered, and records who did not come."""

from collections.abc import Callable

from django.conf import settings

from lianyi.assembly.repeating import Repeating
from lianyi.assembly.room import has_room
from lianyi.kernel.clock import system_clock

LOOKS_EVERY = 2.0  # seconds


def gatherer() -> Repeating:
    """The thread."""
    return Repeating("gatherings", _work, every=LOOKS_EVERY, failure="gatherings.retry")


def _work(stopping: Callable[[], bool]) -> None:
    from lianyi.foundation.workspaces.queries import workspace_ids
    from lianyi.growth.gatherings.telling import tell_changed, tell_missed, tell_registered

    for workspace in workspace_ids():
        while not stopping() and has_room() and tell_registered(workspace, settings.ENVIRONMENT.url, system_clock()):
            pass
        while not stopping() and has_room() and tell_changed(workspace, settings.ENVIRONMENT.url, system_clock()):
            pass
        if stopping() or not has_room():
            return
        tell_missed(workspace, system_clock())
