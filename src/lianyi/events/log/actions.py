"""Writes to the log from inside: events that members, imports and rooms record; and the lock of who reads it."""

from collections.abc import Callable

from django.db import connection

from lianyi.events.intake.own import OwnEvent
from lianyi.events.log.appending import COPY, NewRow, copy_data, own_row
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.kernel.errors import Broken

EVENTS_IN_A_ROW = 1_000

Record = Callable[[int, list[OwnEvent]], None]  # how events of a workspace are recorded, as `record_own` does


def record_own(workspace: int, events: list[OwnEvent], *, received_at: int | None = None) -> None:
    """One log row with these events, at most 1,000, in the caller's transaction. Recording the same again is harmless:
    an id counts once in its workspace, for ever.
    """
    if not events:
        return
    if len(events) > EVENTS_IN_A_ROW:
        raise Broken("{count} events in one row; {most} fit.", count=len(events), most=EVENTS_IN_A_ROW)
    if received_at is None:
        received_at = to_micros(system_clock())
    append_row(own_row(workspace, events, received_at))


def append_row(row: NewRow) -> None:
    """One row, by COPY, in the caller's transaction."""
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        copy.write(copy_data([row]))


def lock(workspace: int, projector: str) -> None:
    """Waits until no other process projects this workspace; whoever comes second then sees the cursors moved."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cursor (workspace_id, projector, batch) VALUES (%s, %s, 0) ON CONFLICT DO NOTHING",
            [workspace, projector],
        )
        cursor.execute(
            "SELECT batch FROM cursor WHERE workspace_id = %s AND projector = %s FOR UPDATE", [workspace, projector]
        )


def note_crash() -> bool:
    """Whether the database has begun anew after a crash since this was last asked: commits that did not wait for the
    disk may be gone, and what is in the memory of processes may be of them. In the transaction of who acts on it.
    """
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE unbroken IN EXCLUSIVE MODE")
        cursor.execute("INSERT INTO unbroken SELECT now() WHERE NOT EXISTS (SELECT FROM unbroken)")
        return bool(cursor.rowcount)
