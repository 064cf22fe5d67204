"""The worker process: the pipeline, and the housekeeping around it.

Any number of workers may run; whoever holds the lease does the work, and the next takes over when it stops. Below
LIANYI_MIN_FREE it pauses, tells the owners, and goes on by itself when there is room again.
"""

import gc
import os
import signal
import socket
import sys
import threading
import time
from datetime import timedelta
from types import FrameType

import structlog
from django.db import Error, connection

from lianyi.assembly import pipeline
from lianyi.assembly.erasures import settle_erasures
from lianyi.assembly.filling import fill_columns
from lianyi.assembly.room import has_room
from lianyi.assembly.schedule import Schedule
from lianyi.foundation.leases.actions import give_back_lease, take_lease
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Broken

log = structlog.get_logger()

LEASE_LIVES_FOR = timedelta(seconds=15)
RENEW_EVERY = 3.0  # seconds
SWITCH_AFTER = 0.0005  # seconds that a thread computes while another wants to
COLLECT_AFTER = 500_000  # objects


class Worker:
    """One process's part in the work; `run` returns after SIGTERM or SIGINT."""

    def __init__(self) -> None:
        from lianyi.assembly.pauses import Pauses

        self._pauses = Pauses(system_clock)
        self._stopping = threading.Event()
        self._holder = f"{socket.gethostname()}:{os.getpid()}"
        self._renewed_at = 0.0
        self._fence: int | None = None

    def run(self) -> None:
        """Works, survives outages of the database, and stops when told."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        while not self._stopping.is_set():
            try:
                self._work()
            except (Error, Broken, OSError) as error:
                log.warning("worker.retry", error=type(error).__name__)
                connection.close()
                self._stopping.wait(1.0)
        self._give_back()

    def _stop(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._stopping.set()

    def _work(self) -> None:
        fill_columns()  # takes longer than a lease lives, once
        self._fence = take_lease(pipeline.LEASE, self._holder, LEASE_LIVES_FOR)
        if self._fence is None:
            self._stopping.wait(1.0)
            return
        self._renewed_at = time.monotonic()
        log.info("pipeline.taken", fence=self._fence)
        settle_erasures()
        schedule = Schedule()
        schedule.start()
        try:
            pipeline.run(
                system_clock, self._fence, self._stopping.is_set, lambda moved: self._keep() and schedule.step(moved)
            )
        finally:
            schedule.stop()

    def _keep(self) -> bool:
        """Keeps the lease, and waits while the disk is nearly full; False when the lease is lost."""
        while True:
            if time.monotonic() - self._renewed_at >= RENEW_EVERY:
                if take_lease(pipeline.LEASE, self._holder, LEASE_LIVES_FOR) != self._fence:
                    log.warning("pipeline.lost")
                    return False
                self._renewed_at = time.monotonic()
            room = has_room()
            self._pauses.see(room=room)
            if self._stopping.is_set() or room:
                return True
            self._stopping.wait(0.5)

    def _give_back(self) -> None:
        try:
            give_back_lease(pipeline.LEASE, self._holder)
        except Error:
            connection.close()


def main() -> None:
    """Entry of the process."""
    import django

    django.setup()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)  # a batch makes a million objects without a cycle; looking for one takes long
    sys.setswitchinterval(SWITCH_AFTER)  # the pipeline asks often, and would wait for the lake's writer each time
    Worker().run()


if __name__ == "__main__":
    main()
