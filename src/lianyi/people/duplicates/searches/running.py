"""The searches for duplicates, as pieces of work. One has the number of its workspace, so there is one at a time."""

from collections.abc import Callable

import structlog

from lianyi.foundation.pieces import MOST_DEATHS, Pieces, Step
from lianyi.kernel.clock import Clock
from lianyi.kernel.sentences import Sentence
from lianyi.people.duplicates.actions import keep_found
from lianyi.people.duplicates.comparing import compare_all
from lianyi.people.duplicates.models import DuplicateRun
from lianyi.people.duplicates.suggesting import THRESHOLD

log = structlog.get_logger()


def _search(row: DuplicateRun, clock: Clock, step: Step) -> Callable[[], object]:
    log.info("duplicates.searching", workspace=row.workspace)
    found = compare_all(row.workspace, THRESHOLD, step)
    return lambda: keep_found(row.workspace, found, clock())


PIECES = Pieces(
    DuplicateRun,
    "duplicates",
    Sentence("The search was ended from outside {times} times.", times=MOST_DEATHS),
    _search,
)
