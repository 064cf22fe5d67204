"""Rows taken out of the lake for good: erased people, and batches that a restored database does not know."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from lianyi.events.lake.database import connect
from lianyi.events.lake.merge import Keep, Merge, Seq
from lianyi.events.lake.place import place_of
from lianyi.events.lake.reading import Listed
from lianyi.events.lake.replay import clear_spilled
from lianyi.events.lake.schemas import File
from lianyi.events.lake.table import (
    WRITER,
    Change,
    Snapshot,
    Table,
    epoch_transaction,
    refuse_overtaken,
    table_at,
)
from lianyi.events.lake.upkeep import SESSION, holding, refuse_closed, unlisted_for_good
from lianyi.kernel.arrays import distinct


class Removed(NamedTuple):
    """What a removal did."""

    rows: int
    files_rewritten: int
    files_deleted: int  # from the disk, files of earlier merges included
    rows_amended: int = 0


def erase(
    root: str, workspace: int | str, identities: Sequence[int], amended: Mapping[Seq, bytes] = MappingProxyType({})
) -> Removed:
    """Deletes every row of these identities, then every file that no version to come can list. The rows in `amended`
    stay, whoever they belong to, with this JSON in the place of theirs.

    Ends a session of upkeep that is under way, whose unfinished files may hold such rows. Rows that are
    appended meanwhile are looked at too. What was read before and is still being read breaks off and is read
    again.
    """
    table = table_at(place_of(root, workspace))
    if table.snapshot().version < 0 or not (identities or amended):
        return Removed(0, 0, 0)
    numbers = distinct(np.array(identities, dtype=np.int64))
    spared = np.array([_one_number(*seq) for seq in amended], dtype=np.int64)

    def keep(columns: dict[str, npt.NDArray[np.int64]]) -> npt.NDArray[np.bool_]:
        gone = np.isin(columns["identity"], numbers)
        return ~gone | np.isin(_one_number(columns["batch"], columns["position"]), spared)

    rows = files = 0
    with holding(table) as session:
        while held := _having(table, numbers, amended):
            removed = _rewrite(table, held, keep, session=session, transactions={}, amended=amended)
            rows, files = rows + removed, files + len(held)
        return Removed(rows, files, sweep_now(table, session), len(amended) if files else 0)


def _one_number(batch: Any, position: Any) -> Any:
    """Batch and position, each of 31 bits, as one number to compare by."""
    return (batch << 32) | position


def rewind(root: str, workspace: int | str, batch: int, *, epoch: int, fence: int) -> Removed:
    """Cuts the lake back to `batch` and opens `epoch`, for a database restored from a backup whose cursor
    stood there.

    Rows of later batches are unknown to that database, which will give their numbers to other events. Rows
    are deleted by batch rather than by going back to a version of the table: the files of an old version may
    be gone, and people who were erased since the backup stay erased. What the lake lacks up to `batch` it
    says it lacks: `queries.held` of the new epoch is where its writer has to go on. Calling it again changes
    nothing.
    """
    table = table_at(place_of(root, workspace))
    table.change(lambda snapshot: _taking_over(snapshot, fence))  # no older writer can append from here on
    held = max((file.last_batch for file in table.snapshot().files), default=0)

    def keep(columns: dict[str, npt.NDArray[np.int64]]) -> npt.NDArray[np.bool_]:
        return columns["batch"] <= batch

    with holding(table) as session:
        later = [file for file in table.snapshot().files if file.last_batch > batch]
        opened = {epoch_transaction(epoch): min(batch, held), WRITER: fence}
        rows = _rewrite(table, later, keep, session=session, transactions=opened)
        return Removed(rows, len(later), sweep_now(table, session))


def _taking_over(snapshot: Snapshot, fence: int) -> Change:
    refuse_overtaken(snapshot, fence)
    return Change(rows_changed=False, transactions={WRITER: fence})


def sweep_now(table: Table, session: int) -> int:
    """Deletes every file that the table does not list and cannot list again; says how many."""
    unlisted = unlisted_for_good(table, table.snapshot(), session)
    table.place.delete(unlisted)
    table.place.delete_strays()
    clear_spilled(table.place)
    return len(unlisted)


def _having(table: Table, numbers: npt.NDArray[np.int64], amended: Mapping[Seq, bytes]) -> list[File]:
    """The files that have a row of one of the identities that is to go, or one that is still to be amended."""
    listed = Listed(table.place, table.snapshot().files)
    batches = sorted({batch for batch, _ in amended})
    near = [
        file
        for file in listed.files
        if np.searchsorted(numbers, file.first_identity, "left") < np.searchsorted(numbers, file.last_identity, "right")
        or any(file.first_batch <= batch <= file.last_batch for batch in batches)
    ]
    if not near:
        return []
    connection = connect()
    connection.register("erased", {"identity": numbers})
    relation = listed.relation(near, named=True)
    if not amended:
        question = f"SELECT DISTINCT filename FROM {relation} SEMI JOIN erased USING (identity)"
    else:
        connection.register("amended", _table_of(amended))
        question = f"""
            SELECT DISTINCT filename FROM {relation} r
            LEFT JOIN amended a ON a.batch = r.batch AND a.position = r.position
            WHERE CASE WHEN a.batch IS NULL THEN r.identity IN (SELECT identity FROM erased) ELSE r.raw <> a.raw END
            """
    found = connection.execute(question).fetchall()
    names = {str(name).rpartition("/")[2] for (name,) in found}
    return [file for file in near if file.path in names]


def _table_of(amended: Mapping[Seq, bytes]) -> Any:
    import pyarrow as pa

    batches, positions = zip(*amended, strict=True)
    columns = [pa.array(batches, pa.int64()), pa.array(positions, pa.int32())]
    return pa.table([*columns, pa.array([raw.decode() for raw in amended.values()])], ["batch", "position", "raw"])


def _rewrite(
    table: Table,
    files: Sequence[File],
    keep: Keep,
    *,
    session: int,
    transactions: dict[str, int],
    amended: Mapping[Seq, bytes] = MappingProxyType({}),
) -> int:
    """Replaces the files by ones with the kept rows only, in one commit. How many rows are gone."""
    merges = [Merge(table.place, [file], session=session, keep=keep, amended=amended) for file in files]

    def decide(snapshot: Snapshot) -> Change:
        refuse_closed(snapshot, session)
        return Change(
            rows_changed=True,
            added=[file for merge in merges for file in merge.outputs],
            removed=files,  # listed still: only the one session of upkeep takes files out
            transactions={SESSION: session, **transactions},
        )

    try:
        for merge in merges:
            for _ in merge.steps():
                pass
        table.change(decide)
    except BaseException:
        for merge in merges:
            if not merge.paths() & table.snapshot().paths:
                merge.drop()
        raise
    return sum(merge.left_out for merge in merges)
