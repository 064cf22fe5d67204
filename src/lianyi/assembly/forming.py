"""The thread of the worker that mails those who left an address in a form, and tells members of submissions."""

from collections.abc import Callable

from django.conf import settings

from lianyi.assembly.repeating import Repeating
from lianyi.assembly.room import has_room
from lianyi.kernel.clock import system_clock, to_micros

LOOKS_EVERY = 2.0  # seconds


def former() -> Repeating:
    """The thread."""
    return Repeating("forms", _work, every=LOOKS_EVERY, failure="forms.retry")


def _work(stopping: Callable[[], bool]) -> None:
    from lianyi.foundation.workspaces.queries import workspace_ids
    from lianyi.growth.forms.ticking import send_letters, tell_members

    for workspace in workspace_ids():
        while not stopping() and has_room() and send_letters(workspace, to_micros(system_clock())):
            pass
        if stopping() or not has_room():
            return
        tell_members(workspace, settings.ENVIRONMENT.url, to_micros(system_clock()))
