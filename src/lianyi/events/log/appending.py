"""The rows of the table `log`, and how they are appended: one for each request body, in a partition for each day.

| column | what |
|---|---|
| day, id | of receipt (UTC), and a number to address the row by; their order means nothing |
| workspace, key, form | whose it is, the write key it came by (0: our own), and how to read it |
| received_at | µs |
| count, ids | events taken, and their ids and own times as `intake.packing` packs them |
| body | the JSON as it came, decompressed |
| batch, offset | null until the sequencer numbers the row; then its batch and its first event's position there |

No Django here: the edge appends without it.
"""

import struct
from collections.abc import Iterable, Sequence
from datetime import UTC, date
from typing import NamedTuple

from lianyi.events.intake import own
from lianyi.events.intake.own import OwnEvent
from lianyi.events.intake.packing import pack
from lianyi.kernel.clock import from_micros

COPY = "COPY log (day, workspace, key, form, received_at, count, ids, body) FROM STDIN (FORMAT BINARY)"
_HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_TRAILER = b"\xff\xff"
_FIXED = struct.Struct(">hiiiqiqi")  # eight columns; a day; the workspace; the key; the length of the form
_MIDDLE = struct.Struct(">iqiii")  # receipt; taken; the length of the ids
_LENGTH = struct.Struct(">i")
_POSTGRES_EPOCH = date(2000, 1, 1).toordinal()


class NewRow(NamedTuple):
    """A row to append, in the order of `COPY`."""

    day: date
    workspace: int
    key: int
    form: str
    received_at: int
    taken: int
    ids: bytes
    body: bytes


def day_of(received_at: int) -> date:
    """The partition of a row received at this moment."""
    return from_micros(received_at).astimezone(UTC).date()


def own_row(workspace: int, events: Sequence[OwnEvent], received_at: int) -> NewRow:
    """The row that holds these events of our own."""
    ids = pack([bytes.fromhex(event.id) for event in events], [event.at for event in events])
    body = own.encode(events)
    return NewRow(day_of(received_at), workspace, 0, "own", received_at, len(events), ids, body)


def copy_data(rows: Iterable[NewRow]) -> bytes:
    """What `COPY` reads for these rows, in PostgreSQL's binary format, as one piece."""
    parts = [_HEADER]
    for day, workspace, key, form, received_at, taken, ids, body in rows:
        name = form.encode()
        parts += (
            _FIXED.pack(8, 4, day.toordinal() - _POSTGRES_EPOCH, 8, workspace, 8, key, len(name)),
            name,
            _MIDDLE.pack(8, received_at, 4, taken, len(ids)),
            ids,
            _LENGTH.pack(len(body)),
            body,
        )
    parts.append(_TRAILER)
    return b"".join(parts)
