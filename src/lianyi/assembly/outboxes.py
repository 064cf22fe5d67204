"""Everything that leaves the system: which senders there are, and the thread of the worker that runs them.

It works on while the disk is full, since news of that leaves here too.
"""

import random
from collections.abc import Callable
from itertools import count

from django.conf import settings

from lianyi.assembly.repeating import Repeating
from lianyi.foundation.notices.mail import mail_sender, way_out
from lianyi.foundation.outbox.schemas import Sender
from lianyi.foundation.outbox.sending import move_on, send_due
from lianyi.foundation.webhooks.calling import Caller
from lianyi.foundation.webhooks.sender import WebhookSender
from lianyi.kernel.clock import system_clock

LOOKS_EVERY = 1.0  # seconds
MOVES_ON_EVERY = 30  # looks


def senders() -> list[Sender]:
    """One for each kind of row."""
    from lianyi.growth.forms.sender import LetterSender
    from lianyi.growth.gatherings.letters import TicketSender

    environment = settings.ENVIRONMENT
    way = way_out(environment.email, environment.home)
    letters = LetterSender(way, environment.url, environment.secret_key().encode())
    return [mail_sender(environment.email, environment.home), letters, TicketSender(way), webhook_sender()]


def webhook_sender() -> WebhookSender:
    """That of webhooks, within the reach that the environment allows."""
    return WebhookSender(Caller(settings.ENVIRONMENT.webhooks), random.Random())  # noqa: S311 - spreads pauses


def outboxes() -> Repeating:
    """The thread that sends what is due."""
    looks, ours = count(), senders()

    def look(stopping: Callable[[], bool]) -> None:
        if next(looks) % MOVES_ON_EVERY == 0:
            move_on(ours, system_clock, stopping)
        send_due(ours, system_clock, stopping)

    return Repeating("outboxes", look, every=LOOKS_EVERY, failure="outbox.retry")
