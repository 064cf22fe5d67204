"""What to do about dead letters: look at them, take one in again, or drop it.

An event that could not be decoded, or that the door refused, went nowhere: it is taken in once this version takes it,
judged by itself as of its first receipt. So what is wrong in itself (no name, a time in the future) stays refused: its
sender has to send it right. One that a projector could not take is in the lake, and comes to that projector again by
`lianyi replay`.
"""

from datetime import datetime
from typing import NamedTuple

import msgspec
from django.db import connection, transaction

from lianyi.events.intake import own, segment, sensors
from lianyi.events.intake.limits import Accepted, BadBody
from lianyi.events.intake.packing import pack, times_in
from lianyi.events.log.actions import append_row
from lianyi.events.log.appending import NewRow, day_of
from lianyi.events.log.dead import INTAKE
from lianyi.events.log.keys import key_of
from lianyi.foundation.access.acting import needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.kernel.clock import to_micros
from lianyi.kernel.errors import Refused
from lianyi.kernel.ids import digest

_UNDECODABLE = "event.undecodable"


class Letter(NamedTuple):
    """A dead letter. `projector` is empty when the event could not be decoded, `intake` when the door refused it."""

    id: int
    key: int
    form: str
    received_at: int  # µs
    reason: str
    detail: str
    body: bytes
    projector: str
    replayed_at: datetime | None


_FIELDS = "id, key, form, received_at, reason, detail, body, projector, replayed_at"


def newest(workspace: int, limit: int, *, before: int | None = None, reason: str = "") -> list[Letter]:
    """The newest letters first, of one reason if it is given; those older than number `before`, where a page ended."""
    conditions, values = ["workspace_id = %s"], [workspace]
    if before is not None:
        conditions.append("id < %s")
        values.append(before)
    if reason:
        conditions.append("reason = %s")
        values.append(reason)  # type: ignore[arg-type]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_FIELDS} FROM dead_letter WHERE {' AND '.join(conditions)} ORDER BY id DESC LIMIT %s",
            [*values, limit],
        )
        return [_letter(row) for row in cursor.fetchall()]


def letter_of(workspace: int, letter: int) -> Letter | None:
    """One letter."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_FIELDS} FROM dead_letter WHERE workspace_id = %s AND id = %s", [workspace, letter])
        row = cursor.fetchone()
    return None if row is None else _letter(row)


def reasons(workspace: int) -> list[str]:
    """The reasons that letters have, each found by one step in the index, however many letters there are."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE found AS (
                (SELECT reason FROM dead_letter WHERE workspace_id = %(ws)s ORDER BY reason LIMIT 1)
                UNION ALL
                SELECT (SELECT reason FROM dead_letter WHERE workspace_id = %(ws)s AND reason > found.reason
                    ORDER BY reason LIMIT 1) FROM found WHERE found.reason IS NOT NULL)
            SELECT reason FROM found WHERE reason IS NOT NULL LIMIT 200
            """,
            {"ws": workspace},
        )
        return [reason for (reason,) in cursor.fetchall()]


@needs(Ability.EDIT_SETTINGS)
@transaction.atomic
def drop(workspace: int, letter: int) -> None:
    """Forgets a letter. Refuses when there is none of this number."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM dead_letter WHERE workspace_id = %s AND id = %s", [workspace, letter])
        if cursor.rowcount == 0:
            raise _unknown(letter)
    record_audit(workspace, "letter.dropped", {"letter": letter})


@needs(Ability.EDIT_SETTINGS)
def replay(workspace: int, letter: int, now: datetime) -> None:
    """Puts the event into the log once more; doing so twice changes nothing more. Refuses when it still cannot be
    taken.
    """
    with transaction.atomic():
        found = _locked(workspace, letter)
        if found.projector not in ("", INTAKE):
            raise Refused(
                "letter.of_projector",
                "The event of dead letter {letter} is known; it was {projector} that could not take it.",
                "Run `lianyi replay {projector}` with a version that can.",
                letter=letter,
                projector=found.projector,
            )
        form, accepted = _judged(found)
        if accepted.refused or accepted.taken != 1:
            raise _still(letter, accepted.refused[0].code if accepted.refused else _UNDECODABLE)
        received_at = to_micros(now)
        ids = accepted.ids
        if found.projector != INTAKE:  # its own id is known already: under that it would pass for a repeat
            ids = pack([digest(b"dead letter", letter.to_bytes(8, "little"))], list(times_in(ids)))
        append_row(NewRow(day_of(received_at), workspace, found.key, form, received_at, 1, ids, accepted.body))
        with connection.cursor() as cursor:
            cursor.execute("UPDATE dead_letter SET replayed_at = %s WHERE id = %s", [now, letter])
        record_audit(workspace, "letter.replayed", {"letter": letter})


def _locked(workspace: int, letter: int) -> Letter:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_FIELDS} FROM dead_letter WHERE workspace_id = %s AND id = %s FOR UPDATE", [workspace, letter]
        )
        row = cursor.fetchone()
    if row is None:
        raise _unknown(letter)
    return _letter(row)


def _judged(letter: Letter) -> tuple[str, Accepted]:
    """The event as a body of its own, judged as of its first receipt; and that body's form."""
    try:
        if letter.form == "own":
            event = own.event(letter.body, position=0, event_id=b"", received_at=letter.received_at)
            return "own", Accepted(b"[" + letter.body + b"]", pack([bytes(16)], [event.occurred_at]), 1, [])
        key = key_of(letter.key)
        if letter.form == "sensors":
            return "sensors", sensors.accept(b"[" + letter.body + b"]", key, letter.received_at)
        body = b'{"batch":[' + letter.body + b"]}"
        return "segment", segment.accept(body, "segment", key, letter.received_at)
    except (msgspec.DecodeError, LookupError, ValueError) as error:
        raise _still(letter.id, error.code if isinstance(error, BadBody) else _UNDECODABLE) from None


def _letter(row: tuple[object, ...]) -> Letter:
    letter = Letter(*row)  # type: ignore[arg-type]
    return letter._replace(body=bytes(letter.body))


def _still(letter: int, reason: str) -> Refused:
    return Refused(
        "letter.refused",
        "Dead letter {letter} still cannot be taken: {reason}.",
        "Its sender has to send it right.",
        letter=letter,
        reason=reason,
    )


def _unknown(letter: int) -> Refused:
    return Refused("letter.unknown", "There is no dead letter {letter}.", letter=letter)
