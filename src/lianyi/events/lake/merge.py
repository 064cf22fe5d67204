"""Sorted data files merged into fewer sorted ones, a short step at a time and in bounded memory.

Every data file is sorted by (identity, occurred_at, batch, position), so of each input only the rows around
one point of that order are in memory. A file is rewritten with some of its rows left out by the same means.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from lianyi.events.lake.columns import ROWS_IN_GROUP, arrow_indices, arrow_numbers, parquet_options
from lianyi.events.lake.place import Place
from lianyi.events.lake.schemas import COLUMNS, File, rows_within

if TYPE_CHECKING:
    import pyarrow as pa

ROWS_IN_FILE = 1_048_576
_ROWS_READ = 4_096
_BYTES_READ = 4 << 20  # of one input, at a time
_BYTES_WRITTEN = 64 << 20  # in a row group
_ORDER = ("identity", "occurred_at", "batch", "position")

Keep = Callable[[dict[str, npt.NDArray[np.int64]]], npt.NDArray[np.bool_]]
Seq = tuple[int, int]  # batch, position


@dataclass
class _Rows:
    """Sorted rows of one input that are in memory."""

    table: "pa.RecordBatch"
    order: tuple[npt.NDArray[np.int64], ...]  # the columns of _ORDER

    @classmethod
    def of(cls, table: "pa.RecordBatch") -> "_Rows":
        return cls(table, tuple(arrow_numbers(table.column(name)) for name in _ORDER))

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def last(self) -> tuple[int, ...]:
        return tuple(int(column[-1]) for column in self.order)

    def up_to(self, bound: tuple[int, ...]) -> int:
        """How many of the rows are not beyond `bound`."""
        low, high = 0, len(self)
        for column, value in zip(self.order, bound, strict=True):
            part = column[low:high]
            equal_from, equal_to = np.searchsorted(part, value, "left"), np.searchsorted(part, value, "right")
            low, high = low + int(equal_from), low + int(equal_to)
            if low == high:
                return low
        return high

    def cut(self, place: int) -> tuple["_Rows", "_Rows"]:
        """The first `place` rows, and the others."""
        return self._slice(0, place), self._slice(place, len(self))

    def _slice(self, first: int, last: int) -> "_Rows":
        return _Rows(self.table.slice(first, last - first), tuple(column[first:last] for column in self.order))


@dataclass
class _Output:
    """The file that is being written."""

    place: Place
    path: str
    sink: Any
    writer: Any
    rows: int = 0
    bounds: dict[str, tuple[int, int]] = field(default_factory=dict)

    def write(self, table: "pa.Table") -> None:
        self.writer.write_table(table, row_group_size=ROWS_IN_GROUP)
        self.rows += table.num_rows
        for name in ("batch", "identity", "occurred_at"):
            values = arrow_numbers(table.column(name).combine_chunks())
            low, high = self.bounds.get(name, (int(values[0]), int(values[0])))
            self.bounds[name] = (min(low, int(values.min())), max(high, int(values.max())))

    def end(self) -> None:
        self.writer.close()
        self.place.end(self.sink)

    def close(self) -> File:
        self.end()
        bounds = (*self.bounds["batch"], *self.bounds["identity"], *self.bounds["occurred_at"])
        return File(self.path, self.place.keep(self.path), self.rows, *bounds)


class Merge:
    """The rows of `inputs`, those that `keep` accepts, rewritten in order into files of upkeep session
    `session`; the rows in `amended` with this JSON in the place of theirs.

    `steps()` does the work; afterwards `outputs` are complete and on disk, but no Delta log lists them yet.
    """

    def __init__(
        self,
        place: Place,
        inputs: Sequence[File],
        *,
        session: int,
        keep: Keep | None = None,
        amended: Mapping[Seq, bytes] = MappingProxyType({}),
    ) -> None:
        self.inputs = tuple(inputs)
        self.outputs: list[File] = []
        self.left_out = 0
        self._place = place
        self._name = f"m-{session}-{uuid.uuid4().hex}"
        self._keep = keep
        self._amended = amended
        self._output: _Output | None = None
        self._waiting: list[pa.Table] = []

    def steps(self) -> Iterator[int]:
        """Yields, after each step of some tens of milliseconds, how many rows have been written so far."""
        written = 0
        for table in self._merged():
            self._waiting.append(table)
            if sum(table.num_rows for table in self._waiting) >= ROWS_IN_GROUP:
                written += self._write(in_whole_groups=True)
            elif sum(table.nbytes for table in self._waiting) >= _BYTES_WRITTEN:
                written += self._write(in_whole_groups=False)
            yield written
        written += self._write(in_whole_groups=False)
        self._close_output()
        yield written

    def drop(self) -> None:
        """Deletes what was written."""
        if self._output is not None:
            self._output.end()
            self._place.delete([self._output.path])
            self._output = None
        self._place.delete(file.path for file in self.outputs)
        self.outputs = []

    def paths(self) -> set[str]:
        """The files it has written or is writing."""
        being_written = set() if self._output is None else {self._output.path}
        return being_written | {file.path for file in self.outputs}

    def _merged(self) -> "Iterator[pa.Table]":
        import pyarrow as pa

        streams = [self._stream(files) for files in _sequences(self.inputs)]
        heads = [next(stream, None) for stream in streams]
        while any(heads):
            bound = min(head.last() for head in heads if head is not None)
            parts = []
            for number, head in enumerate(heads):
                if head is None:
                    continue
                part, rest = head.cut(head.up_to(bound))
                if len(part):
                    parts.append(part)
                heads[number] = rest if len(rest) else next(streams[number], None)
            table = pa.Table.from_batches([part.table for part in parts])
            if len(parts) > 1:
                columns = [np.concatenate(columns) for columns in zip(*(part.order for part in parts), strict=True)]
                table = table.combine_chunks().take(arrow_indices(np.lexsort(columns[::-1])))
            yield table

    def _stream(self, files: Sequence[File]) -> Iterator[_Rows]:
        import pyarrow.parquet as pq

        for file in files:
            rows_read = rows_within(_BYTES_READ, [file], _ROWS_READ)
            with pq.ParquetFile(self._place.source(file.path), buffer_size=1 << 20) as source:
                for batch in source.iter_batches(rows_read, columns=list(COLUMNS), use_threads=False):
                    rows = self._kept(_Rows.of(batch))
                    if len(rows):
                        yield rows

    def _kept(self, rows: _Rows) -> _Rows:
        if self._keep is None:
            return rows
        kept = self._keep(dict(zip(_ORDER, rows.order, strict=True)))
        if not kept.all():
            self.left_out += len(rows) - int(kept.sum())
            rows = _Rows.of(rows.table.take(arrow_indices(np.flatnonzero(kept))))
        return self._with_amended(rows)

    def _with_amended(self, rows: _Rows) -> _Rows:
        if not self._amended:
            return rows
        seqs = list(zip(rows.order[2].tolist(), rows.order[3].tolist(), strict=True))
        if self._amended.keys().isdisjoint(seqs):
            return rows
        import pyarrow as pa

        place = rows.table.schema.get_field_index("raw")
        raws = rows.table.column(place).to_pylist()
        for row, seq in enumerate(seqs):
            if seq in self._amended:
                raws[row] = self._amended[seq].decode()
        return _Rows.of(rows.table.set_column(place, "raw", pa.array(raws, pa.string())))

    def _write(self, *, in_whole_groups: bool) -> int:
        import pyarrow as pa

        if not self._waiting:
            return 0
        table = pa.concat_tables(self._waiting)
        size = int(table.num_rows)
        if in_whole_groups:
            size -= size % ROWS_IN_GROUP
        self._waiting = [table.slice(size)] if size < table.num_rows else []
        for first in range(0, size, ROWS_IN_GROUP):
            self._write_group(table.slice(first, min(ROWS_IN_GROUP, size - first)))
        return size

    def _write_group(self, table: "pa.Table") -> None:
        import pyarrow.parquet as pq

        if self._output is None:
            path = f"{self._name}-{len(self.outputs):05}.parquet"
            sink = self._place.sink(path)
            writer = pq.ParquetWriter(sink, table.schema, **parquet_options())
            self._output = _Output(self._place, path, sink, writer)
        self._output.write(table)
        if self._output.rows >= ROWS_IN_FILE:
            self._close_output()

    def _close_output(self) -> None:
        if self._output is not None:
            self.outputs.append(self._output.close())
            self._output = None


def _sequences(files: Sequence[File]) -> list[list[File]]:
    """Files that one merge wrote follow one another in the order of rows; each other file stands for itself."""
    found: dict[str, list[File]] = {}
    for file in sorted(files, key=lambda file: file.path):
        found.setdefault(file.path.rpartition("-")[0] if file.path.startswith("m-") else file.path, []).append(file)
    return list(found.values())
