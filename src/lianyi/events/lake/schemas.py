"""The lake's words: a row, its columns, and what stops a writer."""

from collections.abc import Sequence
from typing import NamedTuple

from lianyi.kernel.errors import Broken

# Column and its type for Delta (and, by `SQL_TYPES`, for DuckDB). Columns are only ever added, at the end.
COLUMNS = {
    "batch": "long",
    "position": "integer",
    "id": "binary",
    "name": "string",
    "occurred_at": "long",
    "received_at": "long",
    "identity": "long",
    "channel": "string",
    "medium": "string",
    "campaign": "string",
    "code": "string",
    "machine": "boolean",
    "form": "string",
    "key": "long",
    "trusted": "boolean",
    "scope": "string",
    "origin": "string",
    "raw": "string",
}
_UNPACKS_TO = 6  # times the size of a file, or less
SQL_TYPES = {
    "long": "BIGINT",
    "integer": "INTEGER",
    "binary": "BLOB",
    "string": "VARCHAR",
    "boolean": "BOOLEAN",
}


class Row(NamedTuple):
    """One event as the lake keeps it; the four parts of its source are null together when it states none."""

    batch: int
    position: int
    id: bytes
    name: str
    occurred_at: int
    received_at: int
    identity: int  # 0: none
    channel: str | None
    medium: str | None
    campaign: str | None
    code: str | None
    machine: bool
    form: str
    key: int
    trusted: bool
    scope: str
    origin: str
    raw: bytes  # the event's JSON, whole


class File(NamedTuple):
    """One data file of the table, with the bounds that its Delta log entry states."""

    path: str  # under the table's folder
    bytes: int
    rows: int
    first_batch: int
    last_batch: int
    first_identity: int
    last_identity: int
    earliest: int  # occurred_at
    latest: int


def rows_within(memory: int, files: Sequence[File], most: int) -> int:
    """How many rows of the files, as they are on the average, take so many bytes when read; 1 to `most`."""
    rows = sum(file.rows for file in files)
    unpacked = _UNPACKS_TO * sum(file.bytes for file in files)
    return max(1, min(most, memory * rows // max(unpacked, 1)))


class Overtaken(Broken):
    """A writer with a larger fence number has the lake: this one must stop and take the lease again."""
