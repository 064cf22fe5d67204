"""What the worker does for scores and segments beside the pipeline: one thread asks about new settings and rules and
about whom time has moved, another tells of changes as events, a third looks up long files of lists.
"""

import time
from collections.abc import Callable

from lianyi.assembly.repeating import Repeating
from lianyi.assembly.room import has_room
from lianyi.kernel.clock import system_clock, to_micros

LOOKS_EVERY = 0.5  # seconds
TIME_EVERY = 20.0  # seconds between looks at whom time has moved


def segmenters() -> tuple[Repeating, ...]:
    """The threads."""
    return (
        Repeating("segments", _Keeping().work, every=LOOKS_EVERY, failure="segments.retry"),
        Repeating("segment-events", _tell, every=LOOKS_EVERY, failure="segments.retry"),
        Repeating("segment-lists", _fill, every=LOOKS_EVERY, failure="segments.retry"),
    )


class _Keeping:
    def __init__(self) -> None:
        self._time_due_at = 0.0

    def work(self, stopping: Callable[[], bool]) -> None:
        from django.db import transaction

        from lianyi.audience.scoring import upkeep as scoring
        from lianyi.audience.segments import upkeep

        due = time.monotonic() >= self._time_due_at

        def look_after(workspace: int) -> None:
            with transaction.atomic():  # no segment goes by scores of before
                if scoring.build(workspace, to_micros(system_clock())):
                    upkeep.ask_anew(workspace, to_micros(system_clock()))
            if due:
                upkeep.check_anew(workspace)
            upkeep.build(workspace, to_micros(system_clock()), stopping)
            upkeep.prepare(workspace)
            if due:
                scoring.look_at_time(workspace, to_micros(system_clock()))
                upkeep.look_at_time(workspace, to_micros(system_clock()))

        if _each(look_after, stopping) and due:
            self._time_due_at = time.monotonic() + TIME_EVERY


def _each(look_after: Callable[[int], None], stopping: Callable[[], bool]) -> bool:
    """Has every workspace its turn, while there is room; False when that ended before all had it. What goes wrong with
    one hinders no other, and is raised when all had theirs.
    """
    from lianyi.foundation.workspaces.queries import workspace_ids

    wrong: list[Exception] = []
    for workspace in workspace_ids():
        if stopping() or not has_room():
            return False
        try:
            look_after(workspace)
        except Exception as error:  # whatever it is
            wrong.append(error)
    if wrong:
        raise wrong[0]
    return True


def _tell(stopping: Callable[[], bool]) -> None:
    from lianyi.audience.scoring.telling import tell as tell_of_scores
    from lianyi.audience.segments.telling import tell

    def tell_all(workspace: int) -> None:
        while not stopping() and has_room() and (tell_of_scores(workspace) or tell(workspace)):
            pass

    _each(tell_all, stopping)


def _fill(stopping: Callable[[], bool]) -> None:
    from lianyi.audience.segments.filling import fill

    def fill_all(workspace: int) -> None:
        while not stopping() and has_room() and fill(workspace, stopping):
            pass

    _each(fill_all, stopping)
