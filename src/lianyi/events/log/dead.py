"""Dead letters: what was accepted or offered and cannot be used, with its reason, until someone replays or drops it.

What the door refuses is answered there and kept nowhere but in its body, since the door has no time; when the body is
numbered it is judged once more, and the refused events become letters of INTAKE: the newest KEPT of a workspace, so
that a broken sender fills no disk, each with its first EVENT_BYTES. A body that is no batch at all leaves none.
"""

from bisect import bisect_left

from django.db import connection

from lianyi.events.intake import segment, sensors
from lianyi.events.intake.limits import EVENT_BYTES, BadBody, Refusal
from lianyi.events.intake.packing import count_in, ids_in
from lianyi.events.log.decoding import UNREADABLE, Undecodable, raw_events
from lianyi.events.log.keys import key_of
from lianyi.events.log.sequencer import Numbered, Row

INTAKE = "intake"
KEPT = 10_000

Rejected = tuple[int, str, str]  # position, reason code, detail


def bury(numbered: Numbered, projector: str, rejected: list[Rejected]) -> None:
    """Keeps the events at these positions, once per projector however often it is said, in the caller's transaction."""
    if not rejected:
        return
    reasons = {position: (code, detail) for position, code, detail in rejected}
    positions = sorted(reasons)
    most = EVENT_BYTES if projector == INTAKE else None
    letters = [
        (numbered.workspace, row.key, row.form, row.received_at, *reasons[position], raw[:most], projector,
         numbered.number, position)
        for row in numbered.rows
        if bisect_left(positions, row.offset) < bisect_left(positions, row.offset + count_in(row.ids))
        for position, raw in enumerate(_letters(row), row.offset)
        if position in reasons
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            INSERT INTO dead_letter
                (workspace_id, key, form, received_at, reason, detail, body, projector, batch, position)
            VALUES (%s, %s, %s, %s, left(%s, 64), left(%s, 500), %s, %s, %s, %s) ON CONFLICT DO NOTHING
            """,
            letters,
        )


def bury_refused(numbered: Numbered) -> None:
    """Keeps what the door refused of these, and no more than KEPT of the workspace, in the caller's transaction."""
    rejected = _refused(numbered)
    if not rejected:
        return
    bury(numbered, INTAKE, rejected)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM dead_letter WHERE workspace_id = %(ws)s AND projector = %(intake)s AND id <= (
                SELECT id FROM dead_letter WHERE workspace_id = %(ws)s AND projector = %(intake)s
                ORDER BY id DESC OFFSET %(kept)s LIMIT 1)
            """,
            {"ws": numbered.workspace, "intake": INTAKE, "kept": KEPT},
        )


def _refused(numbered: Numbered) -> list[Rejected]:
    """The refused events, the last KEPT or a body more, with the reasons that the door gave."""
    found: list[Rejected] = []
    for row in reversed(numbered.rows if numbered.left_out else ()):
        if len(found) >= KEPT:
            break
        if bytes(16) in ids_in(row.ids):  # a refused event has no id
            found += [
                (row.offset + one.place, one.code, one.sentence.replace("\x00", ""))
                for one in _judged(row)
                if row.ids[16 * one.place : 16 * one.place + 16] == bytes(16)
            ]
    return found


def _judged(row: Row) -> list[Refusal]:
    """The row's refusals, given again: the same body at the same time is judged the same."""
    if row.form == "own":
        return []
    try:
        key = key_of(row.key)
        if row.form == "sensors":
            return sensors.accept(row.body, key, row.received_at).refused
        return segment.accept(row.body, row.form, key, row.received_at).refused
    except (BadBody, LookupError):
        return []


def _letters(row: Row) -> list[bytes]:
    """The row's events; all of the body, once, where it cannot even be taken apart."""
    try:
        return raw_events(row.form, row.body)
    except UNREADABLE:
        return [row.body]


def undecodable(failed: list[Undecodable]) -> list[Rejected]:
    """Positions that could not be decoded, as rejections."""
    return [(position, "event.undecodable", reason.replace("\x00", "")) for position, reason in failed]
