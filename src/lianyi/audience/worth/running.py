"""The fits to orders, as pieces of work. One has the number of its workspace, so there is one at a time."""

from collections.abc import Callable

import structlog

from lianyi.audience.worth.fitting import fit, keep
from lianyi.audience.worth.models import WorthRun
from lianyi.foundation.pieces import MOST_DEATHS, Pieces, Step
from lianyi.kernel.clock import Clock, to_micros
from lianyi.kernel.sentences import Sentence

log = structlog.get_logger()


def _fit(row: WorthRun, clock: Clock, step: Step) -> Callable[[], None]:
    log.info("worth.fitting", workspace=row.workspace)
    found = fit(row.workspace, row.as_of, step)
    return lambda: keep(row.workspace, found, to_micros(clock()))


PIECES = Pieces(WorthRun, "worth", Sentence("The fit was ended from outside {times} times.", times=MOST_DEATHS), _fit)
