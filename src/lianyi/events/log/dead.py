"""Dead letters: what was accepted or offered and cannot be used, with its reason, until someone replays or drops it."""

from django.db import connection

from lianyi.events.log.decoding import UNREADABLE, Undecodable, raw_events
from lianyi.events.log.sequencer import Numbered, Row

Rejected = tuple[int, str, str]  # position, reason code, detail


def bury(numbered: Numbered, projector: str, rejected: list[Rejected]) -> None:
    """Keeps the events at these positions, once per projector however often it is said, in the caller's transaction."""
    if not rejected:
        return
    reasons = {position: (code, detail) for position, code, detail in rejected}
    letters = [
        (
            numbered.workspace,
            row.key,
            row.form,
            row.received_at,
            *reasons[position],
            raw,
            projector,
            numbered.number,
            position,
        )
        for row in numbered.rows
        for position, raw in enumerate(_letters(row), row.offset)
        if position in reasons
    ]
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            INSERT INTO dead_letter
                (workspace_id, key, form, received_at, reason, detail, body, projector, batch, position)
            VALUES (%s, %s, %s, %s, left(%s, 64), left(%s, 500), %s, %s, %s, %s) ON CONFLICT DO NOTHING
            """,
            letters,
        )


def _letters(row: Row) -> list[bytes]:
    """The row's events; all of the body, once, where it cannot even be taken apart."""
    try:
        return raw_events(row.form, row.body)
    except UNREADABLE:
        return [row.body]


def undecodable(failed: list[Undecodable]) -> list[Rejected]:
    """Positions that could not be decoded, as rejections."""
    return [(position, "event.undecodable", reason.replace("\x00", "")) for position, reason in failed]
