"""A thread of the worker that does one thing again and again beside the pipeline, and outlives outages.

The worker may stop at any moment: a call that is under way is waited for, half a minute at the most.
"""

import threading
import time
from collections.abc import Callable

import structlog
from django.db import Error, connection

from lianyi.kernel.errors import Broken

_WAITED_FOR = 30.0  # seconds

log = structlog.get_logger()


class Repeating:
    """Calls `work` after every pause of `every` seconds, or `rest` times what the last call took if that is longer, and
    tells it how to know that it should stop. An outage is logged as `failure`, and the next call tries again.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[Callable[[], bool]], object],
        *,
        every: float,
        failure: str,
        rest: float = 0.0,
    ) -> None:
        self._work, self._every, self._failure, self._rest = work, every, failure, rest
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def stop(self) -> None:
        """Asks it to end; `join` waits for that."""
        self._stopping.set()

    def join(self) -> None:
        """Returns when it has ended, or does not."""
        self._thread.join(_WAITED_FOR)

    def _run(self) -> None:
        pause = self._every
        try:
            while not self._stopping.wait(pause):
                began = time.monotonic()
                try:
                    self._work(self._stopping.is_set)
                except (Error, Broken, OSError) as error:
                    log.warning(self._failure, error=type(error).__name__)
                    connection.close()
                pause = max(self._every, self._rest * (time.monotonic() - began))
        finally:
            connection.close()
