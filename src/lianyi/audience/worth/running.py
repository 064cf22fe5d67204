"""The worker's part: takes a fit that was asked for, sees it through, and goes on where somebody died. A fit has the
number of its workspace, so there is one at a time.
"""

import structlog
from django.db import transaction

from lianyi.audience.worth.fitting import fit, keep
from lianyi.audience.worth.models import WorthRun
from lianyi.foundation.pieces import MOST_DEATHS, Pieces
from lianyi.kernel.clock import Clock, to_micros
from lianyi.kernel.sentences import Sentence

_DIED = Sentence("The fit was ended from outside {times} times.", times=MOST_DEATHS)
PIECES = Pieces(WorthRun, "worth", _DIED)

release_claims, claim, asked_to_stop = PIECES.release_claims, PIECES.claim, PIECES.asked_to_stop
give_back, settle = PIECES.give_back, PIECES.settle

log = structlog.get_logger()


def run(workspace: int, holder: str, clock: Clock) -> None:
    """Sees the claimed fit through, for whoever asked for it."""

    def work(row: WorthRun) -> None:
        log.info("worth.fitting", workspace=workspace)
        found = fit(workspace, row.as_of, lambda: PIECES.step(workspace, holder))
        with transaction.atomic():
            PIECES.hold(workspace, holder)
            keep(workspace, found, to_micros(clock()))
            PIECES.finish(workspace, holder, clock)

    PIECES.see_through(workspace, holder, clock, work)
