"""Turns in a workspace: whoever decides by what they have just read is alone while they do, and nobody changes anything
between their look and their change.

Changes of pages and of the API take part side by side, for a moment each. The command line, which acts for the owner of
the machine, does not wait for anybody.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import Error, connection

from lianyi.foundation.access.waiting import waiting
from lianyi.kernel.errors import Refused
from lianyi.kernel.sentences import Sentence

WAITS = 10_000  # ms
_TURNS = 0x6C69616E79690003


class Taken(Refused):
    """Others are changing something for longer than WAITS."""

    def __init__(self) -> None:
        super().__init__(
            "state.busy",
            Sentence("Something is being changed here for long."),
            Sentence("Repeat it in a few seconds."),
        )


@contextmanager
def changing(workspace: int) -> Iterator[None]:
    """Inside, something is changed, beside others who do the same."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock_shared(%s)", [_turn(workspace)])
    try:
        yield
    finally:
        with suppress(Error), connection.cursor() as cursor:  # a connection that is gone took its lock along
            cursor.execute("SELECT pg_advisory_unlock_shared(%s)", [_turn(workspace)])


def be_alone(workspace: int) -> None:
    """Until the transaction ends, nobody else changes anything there. Raises Taken when that does not come about."""
    with waiting(WAITS, Taken), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_turn(workspace)])


def _turn(workspace: int) -> int:
    return _TURNS + (workspace << 8)
