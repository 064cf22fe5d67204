"""The lake read again in the order its events came in, in bounded memory.

Rows lie clustered by identity, so those of one batch are all over the files of a run. A large run is first
dealt into packs of neighbouring batches, in a folder of its own that is deleted afterwards; a pack is then
sorted in memory.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lianyi.events.lake.columns import arrow_indices, arrow_numbers
from lianyi.events.lake.place import Place
from lianyi.events.lake.readers import announced
from lianyi.events.lake.schemas import COLUMNS, Row, rows_within
from lianyi.events.lake.table import Table
from lianyi.events.lake.upkeep import Run, runs_of

if TYPE_CHECKING:
    import pyarrow as pa

SPILL = "spill-"
_ROWS_IN_PACK = 131_072
_BYTES_IN_PACK = 80 << 20
_BYTES_READ = 8 << 20
_MOST_PACKS = 500  # files that are open at once


def in_order(table: Table, number: int, *, rows_in_pack: int = _ROWS_IN_PACK) -> Iterator[tuple[int, list[Row]]]:
    """Every batch beyond `number` that has rows, with its rows in order of position.

    What is written, merged or erased meanwhile is seen from the next run of files on.
    """
    last = number
    while True:
        with announced(table.place):
            runs = [run for run in runs_of(table.snapshot().files) if run.last_batch > last]
            if not runs:
                return
            try:
                for batch, rows in _batches(table.place, runs[0], last, rows_in_pack):
                    last = batch
                    yield batch, rows
            except FileNotFoundError:
                continue  # an erasure waits for nobody
            last = runs[0].last_batch


def _batches(place: Place, run: Run, after: int, rows_in_pack: int) -> Iterator[tuple[int, list[Row]]]:
    rows_in_pack = rows_within(_BYTES_IN_PACK, run.files, rows_in_pack)
    if run.rows <= rows_in_pack:
        yield from _sorted_batches(*_grouped(_read(place, run, after), rows_in_pack))
        return
    with spill_folder(place) as folder:
        for path in _deal(_read(place, run, after), Path(folder), after, run, rows_in_pack):
            yield from _sorted_batches(_pack(path))


def _read(place: Place, run: Run, after: int) -> Iterator["pa.RecordBatch"]:
    import pyarrow.parquet as pq

    for file in run.files:
        if file.last_batch <= after:
            continue
        rows_read = rows_within(_BYTES_READ, [file], 8_192)
        with pq.ParquetFile(place.source(file.path), buffer_size=1 << 20) as source:
            for some in source.iter_batches(rows_read, columns=list(COLUMNS), use_threads=False):
                beyond = arrow_numbers(some.column("batch")) > after
                yield some if beyond.all() else some.take(arrow_indices(np.flatnonzero(beyond)))


def _deal(batches: Iterator["pa.RecordBatch"], folder: Path, after: int, run: Run, rows_in_pack: int) -> list[Path]:
    """The rows as packs, in files, each of them sooner in batches than the next."""
    import pyarrow as pa

    first = max(after + 1, run.first_batch)
    packs = min(-(-run.rows // rows_in_pack), _MOST_PACKS)
    width = -(-(run.last_batch + 1 - first) // packs)
    compressed = pa.ipc.IpcWriteOptions(compression="zstd", use_threads=False)
    writers: dict[Path, Any] = {}
    for group in _grouped(batches, rows_in_pack // 2):
        pack_of = (arrow_numbers(group.column("batch").combine_chunks()) - first) // width
        dealt = group.take(arrow_indices(np.argsort(pack_of, kind="stable")))
        present, starts = np.unique(np.sort(pack_of), return_index=True)
        for pack, start, end in zip(present.tolist(), starts, [*starts[1:], len(pack_of)], strict=True):
            path = folder / f"{pack:08}"
            if path not in writers:
                writers[path] = pa.ipc.new_stream(path, dealt.schema, options=compressed)
            writers[path].write_table(dealt.slice(int(start), int(end - start)))
    for writer in writers.values():
        writer.close()
    return sorted(writers)


def _pack(path: Path) -> "pa.Table":
    import pyarrow as pa

    with pa.ipc.open_stream(path) as reader:
        table = reader.read_all()
    path.unlink()
    return table


def _grouped(batches: Iterator["pa.RecordBatch"], rows: int) -> Iterator["pa.Table"]:
    import pyarrow as pa

    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        waiting.append(batch)
        if sum(some.num_rows for some in waiting) >= rows:
            yield pa.Table.from_batches(waiting)
            waiting = []
    if waiting:
        yield pa.Table.from_batches(waiting)


def _sorted_batches(*tables: "pa.Table") -> Iterator[tuple[int, list[Row]]]:
    for table in map(_sorted, tables):
        for number, rows in groupby(_rows(table), key=itemgetter(0)):
            yield number, list(rows)


def _sorted(table: "pa.Table") -> "pa.Table":
    import pyarrow as pa

    batch, position = (arrow_numbers(table.column(name).combine_chunks()) for name in ("batch", "position"))
    table = table.take(arrow_indices(np.lexsort((position, batch))))
    return table.set_column(table.schema.get_field_index("raw"), "raw", table.column("raw").cast(pa.binary()))


def _rows(table: "pa.Table") -> Iterator[Row]:
    columns = [table.column(name) for name in COLUMNS]
    for first in range(0, table.num_rows, 4_096):
        yield from map(Row._make, zip(*(column.slice(first, 4_096).to_pylist() for column in columns), strict=True))


def spill_folder(place: Place) -> tempfile.TemporaryDirectory[str]:
    """A folder for files that only this process needs, beside the table where that is local."""
    beside = Path(place.uri).parent if place.local else None
    return tempfile.TemporaryDirectory(prefix=f"{SPILL}{os.getpid()}-", dir=beside, ignore_cleanup_errors=True)


def clear_spilled(place: Place) -> None:
    """Deletes what processes that are no more had spilled."""
    if not place.local:
        return
    for folder in Path(place.uri).parent.glob(f"{SPILL}*"):
        process = folder.name.removeprefix(SPILL).partition("-")[0]
        if process.isdigit() and not Path(f"/proc/{process}").exists():
            shutil.rmtree(folder, ignore_errors=True)
