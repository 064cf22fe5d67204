"""Webhooks in the worker: the reader that enqueues events for endpoints, and the thread that delivers.

The reader has a cursor of its own, behind the last projector's, for each workspace that has an endpoint switched on,
and for no other: who has none pays one small query a second for all workspaces together. Enqueuing and the cursor's
move are one transaction. It is no projector, since what was told is never told again by a replay. Each endpoint is
called by one thread at a time, and one that does not answer holds up no other.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import msgspec
from django.db import connection, transaction

from lianyi.assembly.outboxes import webhook_sender
from lianyi.assembly.pipeline import move_cursor, names
from lianyi.assembly.repeating import Repeating
from lianyi.events.log import reading
from lianyi.events.log.queries import cursor_of, signed
from lianyi.events.schemas import Event
from lianyi.foundation.outbox.sending import send_due
from lianyi.foundation.webhooks.enqueuing import enqueue_tellings, hold_still
from lianyi.foundation.webhooks.queries import due_endpoints, listeners, may_be_called
from lianyi.foundation.webhooks.schemas import Happening, Listener, Telling, kind_of
from lianyi.foundation.webhooks.sender import WebhookSender
from lianyi.kernel.clock import Clock, from_micros, system_clock, to_micros
from lianyi.people.identity.projector import IdentityProjector
from lianyi.people.identity.queries import persons_of

READER = "webhooks"
LOOKS_EVERY = 1.0  # seconds
AT_ONCE = 4  # endpoints
BATCHES_AT_ONCE = 50
LONGEST = 200_000  # bytes of an event; a longer one is told without what it said

_json = msgspec.json.Decoder()


def webhooks_in() -> Repeating:
    """The thread that enqueues."""
    return Repeating(
        READER, lambda stopping: read_all(system_clock, stopping), every=LOOKS_EVERY, failure="webhooks.retry"
    )


def webhooks_out() -> Repeating:
    """The thread that delivers."""
    return Repeating("webhooks-out", Deliveries(system_clock).look, every=LOOKS_EVERY, failure="webhooks.out_retry")


def read_all(clock: Clock, stopping: Callable[[], bool] = lambda: False) -> int:
    """Enqueues what came since the last look; how many rows."""
    listening = listeners()
    _drop_cursors(listening.keys())
    made = 0
    for workspace, found in listening.items():
        while not stopping():
            with transaction.atomic():
                moved, new = _read_some(workspace, found, clock)
            made += new
            if not moved:
                break
    return made


def _read_some(workspace: int, listening: Sequence[Listener], clock: Clock) -> tuple[bool, int]:
    """Whether the cursor moved, and how many rows were made. Whoever erases waits for the end of the transaction, and
    this for theirs: what is read is what may stay.
    """
    hold_still(workspace)
    after = _cursor(workspace, listening)
    until = cursor_of(workspace, names()[-2])  # of the last projector before the lake
    numbers = [one for one in reading.batch_numbers(workspace, after, BATCHES_AT_ONCE) if one <= until]
    if not numbers:
        return False, 0
    check, attach, made = signed(), IdentityProjector().attach, 0
    for number in numbers:
        batch, _ = reading.decode(reading.read(number), check)
        attach(batch)
        wanted = [
            (event, who, [one for one in listening if _concerns(one, event)])
            for event, who in zip(batch.events, batch.numbers, strict=True)
        ]
        wanted = [one for one in wanted if one[2]]
        person_of = _persons(workspace, [who for _, who, _ in wanted if who])
        tellings = [
            Telling(one.id, [_happening(event, who, person_of) for event, who, those in wanted if one in those])
            for one in listening
        ]
        made += len(enqueue_tellings(workspace, [one for one in tellings if one.happenings], clock()))
    move_cursor(workspace, READER, numbers[-1])
    return True, made


def _concerns(listener: Listener, event: Event) -> bool:
    return event.received_at >= to_micros(listener.since) and listener.wants(event.name)


def _cursor(workspace: int, listening: Sequence[Listener]) -> int:
    """How far it has read; at the beginning, to the batch before the first body that concerns anybody."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT batch FROM cursor WHERE workspace_id = %s AND projector = %s", [workspace, READER])
        row = cursor.fetchone()
        if row:
            return int(row[0])
        since = min(one.since for one in listening)
        cursor.execute(
            """
            SELECT coalesce(min(batch) - 1, (SELECT max(number) FROM batch WHERE workspace_id = %(workspace)s), 0)
            FROM log WHERE workspace = %(workspace)s AND day >= %(day)s AND received_at >= %(since)s
              AND batch IS NOT NULL
            """,
            {"workspace": workspace, "day": since.date(), "since": to_micros(since)},
        )
        first = int(cursor.fetchone()[0])
    move_cursor(workspace, READER, first)
    return first


def _drop_cursors(listening: Any) -> None:
    """Where nobody listens any more, the log waits for nobody."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM cursor WHERE projector = %s AND NOT workspace_id = ANY(%s)", [READER, list(listening)]
        )


def _persons(workspace: int, numbers: list[int]) -> dict[int, int]:
    return dict(persons_of(workspace, set(numbers))) if numbers else {}


def _happening(event: Event, who: int, person_of: dict[int, int]) -> Happening:
    data = {
        "id": event.id.hex(),
        "name": event.name,
        "occurred_at": from_micros(event.occurred_at).isoformat(),
        "received_at": from_micros(event.received_at).isoformat(),
        "person": person_of.get(who),
        "identities": [{"kind": one.kind, "scope": one.scope, "value": one.value} for one in event.claims],
        "origin": event.origin,
        "source": event.source._asdict() if event.source else None,
        "form": event.form,
        "event": _said(event.raw),
    }
    return Happening(event.id.hex(), event.name, who, from_micros(event.occurred_at), data)


def _said(raw: bytes) -> Any:
    """The event as it was sent; None when it is too long, or holds what no database takes."""
    if len(raw) > LONGEST or b"\\u0000" in raw:
        return None
    try:
        return _json.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return None


class Deliveries:
    """Who is being called. `look` gives each endpoint that is due a thread, unless it has one."""

    def __init__(self, clock: Clock, sender: WebhookSender | None = None) -> None:
        self._clock = clock
        self._sender = sender or webhook_sender()
        self._pool = ThreadPoolExecutor(AT_ONCE, "webhook")
        self._busy: dict[int, Future[int]] = {}

    def look(self, stopping: Callable[[], bool] = lambda: False) -> None:
        """Begins what is due, and ends with nothing of it waited for."""
        for number, future in list(self._busy.items()):
            if future.done():
                del self._busy[number]
                future.result()
        for number in due_endpoints(self._clock()):
            if len(self._busy) < AT_ONCE and number not in self._busy and not stopping():
                self._busy[number] = self._pool.submit(self._deliver, number, stopping)

    def wait(self) -> int:
        """Returns when nobody is being called any more; how many calls were made."""
        calls = sum(future.result() for future in self._busy.values())
        self._busy.clear()
        return calls

    def _deliver(self, number: int, stopping: Callable[[], bool]) -> int:
        def over() -> bool:
            return stopping() or not may_be_called(number, self._clock())

        try:
            return send_due([self._sender], self._clock, over, kinds=[kind_of(number)])
        finally:
            connection.close()
