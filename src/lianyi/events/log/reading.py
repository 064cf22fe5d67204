"""Reading the log in its order: batches that are numbered, decoded."""

from collections.abc import Iterator

from django.db import connection

from lianyi.events.intake.senders import Signed
from lianyi.events.log.decoding import Undecodable, decode_row
from lianyi.events.log.fetching import fetch
from lianyi.events.log.sequencer import Numbered, Row
from lianyi.events.schemas import Batch, Event
from lianyi.kernel.bitmaps import from_bytes


def decode(numbered: Numbered, signed: Signed) -> tuple[Batch, list[Undecodable]]:
    """The batch with its events; `numbers` is still to be filled by the identity projector."""
    left_out = set(numbered.left_out)
    events: list[Event] = []
    failed: list[Undecodable] = []
    for row in numbered.rows:
        decoded = decode_row(**row._asdict(), left_out=left_out, signed=signed)
        events += decoded.events
        failed += decoded.failed
    return Batch(numbered.workspace, numbered.number, events, []), failed


def batch_numbers(workspace: int, after: int, limit: int) -> list[int]:
    """The numbers of the workspace's next batches, ascending."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number FROM batch WHERE workspace_id = %s AND number > %s ORDER BY number LIMIT %s",
            [workspace, after, limit],
        )
        return [number for (number,) in cursor.fetchall()]


def read(number: int) -> Numbered:
    """One batch of the log's tail. LookupError when its rows are gone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT workspace_id, first_day, last_day, left_out, count FROM batch WHERE number = %s", [number]
        )
        found = cursor.fetchone()
        if found is None:
            raise LookupError(f"there is no batch {number}")
        workspace, first_day, last_day, left_out, count = found
    query = """
        SELECT key, form, received_at, ids, body, "offset" FROM log
        WHERE day BETWEEN %s AND %s AND batch = %s ORDER BY "offset"
        """
    rows = [Row(*row) for row in fetch(query, [first_day, last_day, number])]
    if sum(len(row.ids) // 24 for row in rows) != count:
        raise LookupError(f"the log holds batch {number} no longer")
    return Numbered(workspace, number, rows, list(from_bytes(bytes(left_out))))


def tail(workspace: int, after: int, signed: Signed, *, up_to: int = 2**63 - 1) -> Iterator[Batch]:
    """The batches after number `after`, up to number `up_to`, decoded, one at a time."""
    while numbers := batch_numbers(workspace, after, 50):
        for number in numbers:
            if number > up_to:
                return
            yield decode(read(number), signed)[0]
        after = numbers[-1]
