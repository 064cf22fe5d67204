"""The thread of the worker that washes what was erased out of the files of the database, within about a minute.

Several people who are erased one after another cost one washing; a washing that takes long is followed by a pause ten
times as long. On the embedded server the write-ahead log is emptied as well; another server's is its owner's matter.
"""

from collections.abc import Callable

import structlog
from django.conf import settings

from lianyi.assembly.postgres.emptying import empty_wal
from lianyi.assembly.repeating import Repeating
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.people.erasing import washing
from lianyi.people.erasing.tidying import AT_ONCE

LOOKS_EVERY = 5.0  # seconds
_PAUSE = 10.0  # times what the last one took

log = structlog.get_logger()


def wash(largest: int | None = AT_ONCE) -> int:
    """Washes now; of how many people nothing is left in the files. Of tables over `largest` bytes something may be."""
    return washing.wash(_empty_log, largest)


def washer() -> Repeating:
    """The thread that washes when it is due."""
    return Repeating("washer", _wash_when_due, every=LOOKS_EVERY, rest=_PAUSE, failure="washing.retry")


def _empty_log() -> None:
    if settings.ENVIRONMENT.database_url is None:
        empty_wal(settings.ENVIRONMENT.socket_folder)


def _wash_when_due(stopping: Callable[[], bool]) -> None:
    del stopping  # once begun, it goes through
    largest = washing.due(to_micros(system_clock()))
    if largest != 0:
        log.info("people.washed", people=wash(largest))
