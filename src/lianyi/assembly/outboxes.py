"""Everything that leaves the system: which senders there are, and the thread of the worker that runs them.

It works on while the disk is full, since news of that leaves here too.
"""

import threading

import structlog
from django.conf import settings
from django.db import Error, connection

from lianyi.foundation.notices.mail import mail_sender
from lianyi.foundation.outbox.schemas import Sender
from lianyi.foundation.outbox.sending import move_on, send_due
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Broken

LOOKS_EVERY = 1.0  # seconds
MOVES_ON_EVERY = 30  # looks

log = structlog.get_logger()


def senders() -> list[Sender]:
    """One for each kind of row."""
    return [mail_sender(settings.ENVIRONMENT.email, settings.ENVIRONMENT.home)]


class Outboxes:
    """Sends what is due, until it is stopped; a call to the outside that has begun is waited for."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="outboxes", daemon=True)

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def stop(self) -> None:
        """Ends it after the call that is under way."""
        self._stopping.set()
        self._thread.join(30.0)

    def _run(self) -> None:
        looks, ours = 0, senders()
        try:
            while not self._stopping.wait(LOOKS_EVERY):
                try:
                    if looks % MOVES_ON_EVERY == 0:
                        move_on(ours, system_clock, self._stopping.is_set)
                    send_due(ours, system_clock, self._stopping.is_set)
                except (Error, Broken, OSError) as error:
                    log.warning("outbox.retry", error=type(error).__name__)
                    connection.close()
                looks += 1
        finally:
            connection.close()
