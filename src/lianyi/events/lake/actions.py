"""Writes to the lake: batches appended exactly once, files kept in order, rows taken out for good."""

import uuid
from collections.abc import Callable, Mapping

from lianyi.events.lake.columns import Columns, columns_of, joined, write_parquet
from lianyi.events.lake.place import place_of
from lianyi.events.lake.removal import Removed, erase, rewind
from lianyi.events.lake.schemas import File
from lianyi.events.lake.table import (
    WRITER,
    Change,
    Snapshot,
    Table,
    epoch_transaction,
    held_in,
    refuse_overtaken,
    table_at,
)
from lianyi.events.lake.upkeep import Upkeep, compact

__all__ = ["Columns", "Removed", "Upkeep", "append", "columns_of", "compact", "erase", "rewind", "write"]


_BYTES_IN_FILE = 256 << 20  # of JSON


def write(root: str, workspace: int | str, batches: Mapping[int, Columns], *, epoch: int, fence: int) -> int:
    """Appends the batches that the lake does not hold yet, all in one commit, and returns the last one it now
    holds.

    `batches` are the rows of each by its number, in order. What the lake holds is read from the very snapshot that
    the commit comes from, under the name of the database's `epoch`, so a batch handed in twice is in the lake
    once, also when the first attempt was killed between the commit and the caller's cursor. Raises Overtaken
    when a writer with a larger fence number has written. Files and commit are on disk when this returns.
    """

    def fresh(held: int) -> Columns:
        return joined([rows for number, rows in batches.items() if number > held])

    return append(root, workspace, fresh, last=max(batches, default=0), epoch=epoch, fence=fence)


def append(
    root: str, workspace: int | str, fresh: Callable[[int], Columns], *, last: int, epoch: int, fence: int
) -> int:
    """The same for rows that are columns already: `fresh(held)` are the rows of the batches beyond `held` up
    to `last`.
    """
    table = table_at(place_of(root, workspace))
    written: dict[int, list[File]] = {}

    def decide(snapshot: Snapshot) -> Change | None:
        refuse_overtaken(snapshot, fence)
        held = held_in(snapshot, epoch)
        if held >= last:
            return None
        if held not in written:
            written[held] = _write_files(table, fresh(held), fence=fence, epoch=epoch, last=last)
        return Change(
            rows_changed=True, added=written[held], transactions={epoch_transaction(epoch): last, WRITER: fence}
        )

    return max(last, held_in(table.change(decide), epoch))


def _write_files(table: Table, columns: Columns, *, fence: int, epoch: int, last: int) -> list[File]:
    """One file, unless the events are very large."""
    return [
        write_parquet(part, table.place, f"w-{fence}-{epoch}-{last}-{uuid.uuid4().hex}.parquet")
        for part in columns.parts(_BYTES_IN_FILE)
    ]
