"""The log's tail with whose each event is: what the lake does not have yet, and what is read at one moment with it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from lianyi.events.log.queries import tail_events
from lianyi.events.schemas import Batch, Event
from lianyi.people.identity.projector import IdentityProjector


def numbered_tail(workspace: int, after: int, *, up_to: int = 2**63 - 1) -> Iterator[Batch]:
    """The batches behind `after` and up to `up_to`, with their numbers."""
    attach = IdentityProjector().attach
    for batch in tail_events(workspace, after, up_to=up_to):
        attach(batch)
        yield batch


def done_in_tail(workspace: int, after: int, *, up_to: int = 2**63 - 1) -> Iterator[tuple[Event, int]]:
    """What people did, machines left out, in the batches behind `after` and up to `up_to`, each with the number of the
    identity that did it.
    """
    for batch in numbered_tail(workspace, after, up_to=up_to):
        for event, number in zip(batch.events, batch.numbers, strict=True):
            if number and not event.machine:
                yield event, number


@contextmanager
def one_moment() -> Iterator[None]:
    """What is read inside is of one moment; inside a transaction of the caller, of that one's isolation."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
