"""`kill -9` of processes that tests have started."""

import os
import signal
from collections.abc import Iterable
from contextlib import suppress


def kill(pids: Iterable[int]) -> None:
    """Kills those that are still there: between looking and killing, one may have ended by itself."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
