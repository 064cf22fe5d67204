"""The worker's part: takes a search that was asked for, sees it through, and goes on where somebody died. A search has
the number of its workspace.
"""

import structlog
from django.db import transaction

from lianyi.foundation.pieces import MOST_DEATHS, Pieces
from lianyi.kernel.clock import Clock
from lianyi.kernel.sentences import Sentence
from lianyi.people.duplicates.actions import keep_found
from lianyi.people.duplicates.comparing import compare_all
from lianyi.people.duplicates.models import DuplicateRun
from lianyi.people.duplicates.suggesting import THRESHOLD

_DIED = Sentence("The search was ended from outside {times} times.", times=MOST_DEATHS)
PIECES = Pieces(DuplicateRun, "duplicates", _DIED)

release_claims, claim, asked_to_stop = PIECES.release_claims, PIECES.claim, PIECES.asked_to_stop
give_back, settle = PIECES.give_back, PIECES.settle

log = structlog.get_logger()


def run(workspace: int, holder: str, clock: Clock) -> None:
    """Sees the claimed search through, for whoever asked for it."""

    def search(row: DuplicateRun) -> None:
        log.info("duplicates.searching", workspace=row.workspace)
        found = compare_all(row.workspace, THRESHOLD, lambda steps: PIECES.step(workspace, holder, steps))
        with transaction.atomic():
            PIECES.hold(workspace, holder)
            keep_found(row.workspace, found, clock())
            PIECES.finish(workspace, holder, clock)

    PIECES.see_through(workspace, holder, clock, search)
