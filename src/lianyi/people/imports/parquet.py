"""Parquet: columns with types; structures become columns with a dotted name."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lianyi.kernel.errors import Refused
from lianyi.kernel.sentences import Sentence
from lianyi.kernel.text import clean
from lianyi.people.imports.cells import Bad
from lianyi.people.imports.files import RATIO_FROM, UNFOLDED, Glimpse
from lianyi.people.imports.tables import MOST_COLUMNS, Block, Reading

_CELLS = 100_000  # in one block
_MICROSECONDS = pa.timestamp("us")


class ParquetTable:
    """The rows of a Parquet file."""

    def __init__(self, seen: Glimpse) -> None:
        self.seen = seen
        self.reading = Reading("Parquet", header=False)
        with self._open() as file:
            meta = file.metadata
            unfolded = sum(meta.row_group(place).total_byte_size for place in range(meta.num_row_groups))
            if unfolded > min(UNFOLDED, max(RATIO_FROM, seen.size * 2_000)):
                raise Refused(
                    "file.bomb",
                    "{file!r} unfolds to {size:,} MiB.",
                    "Split it.",
                    file=seen.path.name,
                    size=unfolded >> 20,
                )
            self._total = meta.num_rows
            if len(file.schema_arrow) > MOST_COLUMNS:
                raise Refused(
                    "file.columns", "The file has {count:,} columns.", "Is it a table?", count=len(file.schema_arrow)
                )
            self.columns = [clean(name) for name in _flat(file.schema_arrow.empty_table()).column_names]

    def blocks(self) -> Iterator[Block]:
        """The rows, from number 1."""
        number = 0
        with self._open() as file:
            batches = file.iter_batches(max(1, min(4_096, _CELLS // max(1, len(self.columns)))))
            while True:
                try:
                    batch = next(batches, None)
                except (pa.ArrowException, OSError) as error:
                    raise self._damaged() from error
                if batch is None:
                    return
                columns = [_cells(column) for column in _flat(pa.Table.from_batches([batch])).columns]
                numbers = range(number + 1, number + batch.num_rows + 1)
                number += batch.num_rows
                rows: list[Any] = list(zip(*columns, strict=True))
                yield Block(numbers, rows, [], self.seen.size * number // max(1, self._total))

    def _open(self) -> Any:
        try:
            return pq.ParquetFile(self.seen.path, memory_map=False)
        except (pa.ArrowException, OSError) as error:
            raise self._damaged() from error

    def _damaged(self) -> Refused:
        return Refused("file.damaged", "{file!r} is cut short or damaged.", "Write it again.", file=self.seen.path.name)


def _flat(table: Any) -> Any:
    for _ in range(16):
        if not any(pa.types.is_struct(field.type) for field in table.schema):
            break
        table = table.flatten()
    return table


def _cells(column: Any) -> list[Any]:
    kind = column.type
    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        column = column.cast(pa.timestamp("us", kind.tz), safe=False)
    elif pa.types.is_float32(kind) or pa.types.is_float16(kind):
        column = column.cast(pa.float32()).cast(pa.string())  # 2.55, not 2.549999952
    try:
        cells = column.to_pylist()
    except (ValueError, OverflowError):  # bytes that are no text, a day after the year 9999
        cells = [_cell(scalar) for scalar in column]
    if pa.types.is_float64(kind):
        return [None if cell is not None and cell != cell else cell for cell in cells]
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return [cell if cell is None else cell.decode("utf-8", "surrogateescape") for cell in cells]
    return ["" if cell == "nan" else cell for cell in cells] if pa.types.is_floating(kind) else list(cells)


def _cell(scalar: Any) -> Any:
    try:
        return scalar.as_py()
    except UnicodeDecodeError:
        return scalar.as_buffer().to_pybytes().decode("utf-8", "surrogateescape")
    except (ValueError, OverflowError):
        return Bad("cell.range", Sentence("The cell lies outside what can be read."), repr(scalar.value))
