"""Sheets: what people did in a data file, by the name of the event, with a column for each property.

Rows of a data file lie by identity, and what an event states of its properties is inside its JSON. So a question about
one property of one kind of event would read all JSON there is. The sheet beside a data file (`<file>.sheet`, Parquet)
has the same events but for those that a machine or nobody did: by name, then in the file's own order, with what the
JSON states of each property as a column of its own. A question reads the groups of rows of the names, and the columns,
that it needs.

A sheet is made before a merged file is listed, and goes with its file. It is never needed: without it, JSON is read,
with the same answer. What is neither text nor number nor truth is no value, and the properties of a file that states
more than `MOST_PROPERTIES` of them have no columns.
"""

import json
import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import structlog

from lianyi.events.lake.columns import ROWS_IN_GROUP, arrow_indices
from lianyi.events.lake.database import connect
from lianyi.events.lake.place import SHEET_SUFFIX, Place
from lianyi.events.lake.schemas import File
from lianyi.kernel.durable import make_durable
from lianyi.rules.engines import column_of, pointer, value_in
from lianyi.rules.nodes import NO_DOING

if TYPE_CHECKING:
    import pyarrow as pa

LEAST_ROWS = 131_072  # of a file that has a sheet
MOST_PROPERTIES = 400
DONE = ("name", "identity", "occurred_at", "batch")
DOING = "doing"  # whether the event is something that a person did, of whatever name: `rules.nodes.NO_DOING`
_ROWS_IN_GROUP = 32_768  # at least, if there are so many; names with fewer share a group
_STEP_ROWS = 16_384
_SAID = b"lianyi"
log = structlog.get_logger()
_OF_PEOPLE = "FROM rows WHERE identity > 0 AND NOT machine"


class Sheet(NamedTuple):
    """What a sheet says of itself."""

    columns: frozenset[str]  # of properties
    whole: bool  # whether what has no column is stated nowhere in the file
    no_doing: bool | None  # whether it has events that are nobody's doing; None: by another list of them than today's


def sheet_of(place: Place, file: File) -> Sheet | None:
    """What the sheet of a data file says of itself, if there is one."""
    if not place.local or file.rows < LEAST_ROWS:
        return None
    path = place.address(file.path + SHEET_SUFFIX)
    try:
        return _read(path) if Path(path).exists() else None
    except (ValueError, KeyError, TypeError, OSError):  # damaged, or gone meanwhile
        log.warning("sheet.unreadable", path=path)
        return None


def make_sheets(place: Place, files: Iterable[File]) -> Iterator[object]:
    """Makes the sheets that these files should have and have not, some tens of milliseconds a step."""
    for file in files:
        path = Path(place.address(file.path + SHEET_SUFFIX))
        if place.local and file.rows >= LEAST_ROWS and not path.exists():
            yield from _make(place, file, path)


def _make(place: Place, file: File, path: Path) -> Iterator[object]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pieces: dict[str, list[pa.Table]] = defaultdict(list)
    properties: set[str] = set()
    with pq.ParquetFile(place.source(file.path), buffer_size=1 << 20) as source:
        for batch in source.iter_batches(_STEP_ROWS, columns=[*DONE, "machine", "raw"], use_threads=False):
            # Looked at before anything is made of them: some senders put a number into the name of a property.
            stated = _stated(batch) if len(properties) <= MOST_PROPERTIES else {}
            properties = properties.union(*stated.values())
            for name, rows in _by_name(batch, stated if len(properties) <= MOST_PROPERTIES else {}):
                pieces[name].append(rows)
            yield file
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        for _ in _write(fresh, pieces, properties):
            yield file
        if Path(place.address(file.path)).exists():  # else somebody was erased meanwhile
            fresh.rename(path)
    finally:
        fresh.unlink(missing_ok=True)
        pa.default_memory_pool().release_unused()


def _stated(batch: "pa.RecordBatch") -> dict[str, list[str]]:
    """The properties that events of each name state."""
    # Of an event whose JSON cannot be read nothing is known; of a name, what any event of it states.
    keys = "list_distinct(flatten(list(DISTINCT TRY(json_keys(raw, '/properties')))))"
    rows = _rows(batch).execute(f"SELECT name, {keys} {_OF_PEOPLE} GROUP BY name").fetchall()
    return {name: some or [] for name, some in rows}


def _by_name(batch: "pa.RecordBatch", stated: Mapping[str, list[str]]) -> Iterator[tuple[str, "pa.Table"]]:
    """What people did, by name and in order, with a column for each property that events of the name are said to
    state.
    """
    every = sorted({named for some in stated.values() for named in some})
    said = f"TRY(json_extract(raw, [{', '.join(map(pointer, every))}]))::VARCHAR[]" if every else "NULL"
    columns = "".join(f", said[{place}] AS {column_of(named)}" for place, named in enumerate(every, start=1))
    table = (
        _rows(batch)
        .sql(f"SELECT {', '.join(DONE)}{columns} FROM (SELECT {', '.join(DONE)}, {said} AS said {_OF_PEOPLE})")
        .to_arrow_table()
    )
    names = table["name"].combine_chunks().dictionary_encode()
    codes = names.indices.to_numpy()
    table = table.combine_chunks().take(arrow_indices(np.argsort(codes, kind="stable")))
    counts = np.bincount(codes, minlength=len(names.dictionary))
    for name, end, rows in zip(names.dictionary.to_pylist(), np.cumsum(counts).tolist(), counts.tolist(), strict=True):
        kept = [*DONE, *(column_of(named) for named in sorted(stated.get(name, ())))]
        yield name, _packed(table.slice(end - rows, rows).select(kept))


def _rows(batch: "pa.RecordBatch") -> Any:
    import pyarrow as pa

    duckdb = connect()
    duckdb.register("rows", pa.Table.from_batches([batch]))
    return duckdb


def _packed(rows: "pa.Table") -> "pa.Table":
    """The same with each value of a property held once, as `rules.engines.stated_in` has it."""
    for place, name in enumerate(rows.column_names):
        if name not in DONE:
            rows = rows.set_column(place, name, _values(rows.column(place).combine_chunks().dictionary_encode()))
    return rows


def _values(column: "pa.DictionaryArray") -> "pa.DictionaryArray":
    import pyarrow as pa

    stated = column.dictionary.to_pylist()
    values = list(map(value_in, stated))
    if None in values:
        return pa.array(values, pa.string()).take(column.indices).dictionary_encode()
    return pa.DictionaryArray.from_arrays(column.indices, pa.array(values, pa.string()))


def _write(path: Path, pieces: dict[str, list["pa.Table"]], properties: Collection[str]) -> Iterator[object]:
    """Writes the events of each name, those of rare ones in groups of rows together."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    whole = len(properties) <= MOST_PROPERTIES
    word = pa.dictionary(pa.int32(), pa.string())
    numbers = [("identity", pa.int64()), ("occurred_at", pa.int64()), ("batch", pa.int64())]
    own = sorted(NO_DOING.intersection(pieces))
    columns = [(column, word) for column in sorted(map(column_of, properties)) if whole]
    schema = pa.schema([("name", pa.string()), *numbers, (DOING, pa.bool_()), *columns])
    with pq.ParquetWriter(path, schema, **_options(schema.names)) as writer:
        waiting: list[pa.Table] = []
        for name in sorted(pieces):
            waiting.append(_under(schema, name, pieces.pop(name)))
            if sum(rows.num_rows for rows in waiting) >= _ROWS_IN_GROUP:
                writer.write_table(pa.concat_tables(waiting), row_group_size=ROWS_IN_GROUP)
                waiting = []
                yield name
        if waiting:
            writer.write_table(pa.concat_tables(waiting), row_group_size=ROWS_IN_GROUP)
        writer.add_key_value_metadata({_SAID: json.dumps({"whole": whole, "own": own, "no_doing": sorted(NO_DOING)})})
    make_durable(path)


def _under(schema: "pa.Schema", name: str, pieces: list["pa.Table"]) -> "pa.Table":
    import pyarrow as pa

    rows = pa.concat_tables(pieces, promote_options="default").unify_dictionaries()
    rows = rows.append_column(DOING, pa.repeat(pa.scalar(name not in NO_DOING), rows.num_rows))
    columns = [
        rows[column] if column in rows.column_names else pa.nulls(rows.num_rows, kind)
        for column, kind in zip(schema.names, schema.types, strict=True)
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def _options(columns: Collection[str]) -> dict[str, Any]:
    numbers = ("identity", "occurred_at", "batch")
    return {
        "compression": {name: "none" if name in numbers else "zstd" for name in columns},
        "use_dictionary": [name for name in columns if name not in (*numbers, DOING)],
        "column_encoding": dict.fromkeys(numbers, "DELTA_BINARY_PACKED"),
        "write_statistics": ["name", DOING, *numbers],
        "store_schema": False,
    }


@lru_cache(10_000)
def _read(path: str) -> Sheet:
    import pyarrow.parquet as pq

    footer = pq.read_metadata(path)
    said = json.loads(footer.metadata[_SAID])
    no_doing = bool(said["own"]) if said["no_doing"] == sorted(NO_DOING) else None
    return Sheet(frozenset(footer.schema.names).difference({*DONE, DOING}), said["whole"], no_doing)
