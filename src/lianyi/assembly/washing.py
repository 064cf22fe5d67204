"""The thread of the worker that washes what was erased out of the files of the database, within about a minute.

Several people who are erased one after another cost one washing; a washing that takes long is followed by a pause ten
times as long. On the embedded server the write-ahead log is emptied as well; another server's is its owner's matter.
"""

import threading
import time

import structlog
from django.conf import settings
from django.db import Error, connection

from lianyi.assembly.postgres.emptying import empty_wal
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.kernel.errors import Broken
from lianyi.people.erasing import washing
from lianyi.people.erasing.tidying import AT_ONCE

LOOKS_EVERY = 5.0  # seconds
_PAUSE = 10  # times what the last one took

log = structlog.get_logger()


def wash(largest: int | None = AT_ONCE) -> int:
    """Washes now; of how many people nothing is left in the files. Of tables over `largest` bytes something may be."""
    return washing.wash(_empty_log, largest)


def _empty_log() -> None:
    if settings.ENVIRONMENT.database_url is None:
        empty_wal(settings.ENVIRONMENT.socket_folder)


class Washer:
    """Washes when it is due, until it is stopped; a washing that has begun is waited for a while."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="washer", daemon=True)

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def stop(self) -> None:
        """Ends it."""
        self._stopping.set()
        self._thread.join(30.0)

    def _run(self) -> None:
        pause = LOOKS_EVERY
        try:
            while not self._stopping.wait(pause):
                began = time.monotonic()
                try:
                    largest = washing.due(to_micros(system_clock()))
                    if largest != 0:
                        log.info("people.washed", people=wash(largest))
                except (Error, Broken, OSError) as error:
                    log.warning("washing.retry", error=type(error).__name__)
                    connection.close()
                pause = max(LOOKS_EVERY, _PAUSE * (time.monotonic() - began))
        finally:
            connection.close()
