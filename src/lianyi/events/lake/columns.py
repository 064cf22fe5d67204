"""A batch turned into columns, and columns into a Parquet file: a few numpy operations instead of an object
per cell.

Strings that repeat are held once (a code into a list of distinct values); buffers go to Arrow as they are.
Arrow's own conversion from Python lists is avoided: it is slower, and it imports pandas where that is
installed.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from lianyi.events.lake.place import Place
from lianyi.events.lake.schemas import COLUMNS, File
from lianyi.events.schemas import Batch
from lianyi.kernel.ids import DIGEST_BYTES

if TYPE_CHECKING:
    import pyarrow as pa

# Readers skip pages inside a group, so a look-up costs the same from 16,000 to 130,000 rows; whole columns read faster.
ROWS_IN_GROUP = 65_536
_LEVEL = 1  # zstd's: 3 saves half a per cent and costs half as much again

_KIND = attrgetter("name", "source", "machine", "form", "key", "trusted", "scope", "origin")


@dataclass
class Columns:
    """Rows of the lake by column. `kinds` holds the distinct combinations of the columns that repeat (in the
    order of `_KIND`, the source as a tuple of four or None), `kind` says which of them a row has.
    """

    batch: npt.NDArray[np.int64]
    position: npt.NDArray[np.int32]
    identity: npt.NDArray[np.int64]
    occurred_at: npt.NDArray[np.int64]
    received_at: npt.NDArray[np.int64]
    kind: npt.NDArray[np.int32]
    kinds: list[tuple[Any, ...]]
    ids: Sequence[bytes]
    raws: Sequence[bytes]

    def __len__(self) -> int:
        return len(self.ids)

    def parts(self, most_bytes: int) -> "Iterator[Columns]":
        """The same rows in pieces with about so many bytes of JSON at most."""
        sizes = np.cumsum(np.fromiter(map(len, self.raws), np.int64, len(self)))
        cuts = np.searchsorted(sizes, np.arange(most_bytes, sizes[-1] if len(sizes) else 0, most_bytes), "right")
        ends = [*dict.fromkeys(cuts.tolist()), len(self)]
        for first, last in zip([0, *ends], ends, strict=False):
            if first < last:
                yield self._slice(slice(first, last))

    def _slice(self, rows: slice) -> "Columns":
        return Columns(
            batch=self.batch[rows],
            position=self.position[rows],
            identity=self.identity[rows],
            occurred_at=self.occurred_at[rows],
            received_at=self.received_at[rows],
            kind=self.kind[rows],
            kinds=self.kinds,
            ids=self.ids[rows],
            raws=self.raws[rows],
        )


class _Numbering(dict[tuple[Any, ...], int]):
    def __missing__(self, kind: tuple[Any, ...]) -> int:
        number = self[kind] = len(self)
        return number


def columns_of(batch: Batch) -> Columns:
    """The rows of a batch whose numbers are filled, in its order."""
    events = batch.events
    numbering = _Numbering()
    columns = Columns(
        batch=np.full(len(events), batch.number, dtype=np.int64),
        position=np.array([event.position for event in events], dtype=np.int32),
        identity=np.array(batch.numbers, dtype=np.int64),
        occurred_at=np.array([event.occurred_at for event in events], dtype=np.int64),
        received_at=np.array([event.received_at for event in events], dtype=np.int64),
        kind=np.array([numbering[kind] for kind in map(_KIND, events)], dtype=np.int32),
        kinds=[],
        ids=[event.id for event in events],
        raws=[event.raw for event in events],
    )
    columns.kinds = list(numbering)
    return columns


def joined(parts: Sequence[Columns]) -> Columns:
    """The rows of all parts, one part after the other."""
    numbering = _Numbering()
    kinds = [np.array([numbering[kind] for kind in part.kinds], dtype=np.int32)[part.kind] for part in parts]

    def column(of: Callable[[Columns], npt.NDArray[Any]], kind: type) -> npt.NDArray[Any]:
        return np.concatenate([np.empty(0, kind), *map(of, parts)])

    return Columns(
        batch=column(attrgetter("batch"), np.int64),
        position=column(attrgetter("position"), np.int32),
        identity=column(attrgetter("identity"), np.int64),
        occurred_at=column(attrgetter("occurred_at"), np.int64),
        received_at=column(attrgetter("received_at"), np.int64),
        kind=np.concatenate([np.empty(0, np.int32), *kinds]),
        kinds=list(numbering),
        ids=[one for part in parts for one in part.ids],
        raws=[one for part in parts for one in part.raws],
    )


def clustered(columns: Columns) -> Columns:
    """The same rows by identity, then by time; rows equal in both keep their order."""
    order = np.lexsort((columns.occurred_at, columns.identity))
    in_order = itemgetter(*order.tolist()) if len(order) > 1 else tuple
    return Columns(
        batch=columns.batch[order],
        position=columns.position[order],
        identity=columns.identity[order],
        occurred_at=columns.occurred_at[order],
        received_at=columns.received_at[order],
        kind=columns.kind[order],
        kinds=columns.kinds,
        ids=in_order(columns.ids),
        raws=in_order(columns.raws),
    )


def write_parquet(columns: Columns, place: Place, path: str) -> File:
    """Writes the rows, one at least, clustered; on disk when it says what the Delta log is to state of the
    file.
    """
    import pyarrow.parquet as pq

    table = arrow_table(clustered(columns))
    sink = place.sink(path)
    pq.write_table(table, sink, row_group_size=ROWS_IN_GROUP, **parquet_options())
    place.end(sink)
    return File(
        path=path,
        bytes=place.keep(path),
        rows=len(columns),
        first_batch=int(columns.batch.min()),
        last_batch=int(columns.batch.max()),
        first_identity=int(columns.identity.min()),
        last_identity=int(columns.identity.max()),
        earliest=int(columns.occurred_at.min()),
        latest=int(columns.occurred_at.max()),
    )


def parquet_options() -> dict[str, Any]:
    """How every data file is encoded. Numbers and ids are packed by their encoding; zstd would win nothing on
    them.
    """
    # Small pages: a look-up of one person unpacks the page that its rows are in. They cost a hundredth of the size.
    pages = {"data_page_size": 256 << 10, "write_batch_size": 256}
    packed = ("batch", "position", "occurred_at", "received_at", "identity")
    squeezed = [name for name, kind in COLUMNS.items() if kind == "string" or name == "key"]
    return {
        "compression": {name: "zstd" if name in squeezed else "none" for name in COLUMNS},
        "compression_level": dict.fromkeys(squeezed, _LEVEL),
        "use_dictionary": [name for name in squeezed if name != "raw"],
        "column_encoding": {
            **dict.fromkeys(packed, "DELTA_BINARY_PACKED"),
            **dict.fromkeys(("id", "raw"), "DELTA_LENGTH_BYTE_ARRAY"),
        },
        "write_statistics": ["batch", "identity", "occurred_at", "received_at", "name"],
        "store_schema": False,
        **pages,
    }


def arrow_table(columns: Columns) -> "pa.Table":
    """The rows as an Arrow table with the lake's columns in their order."""
    import pyarrow as pa

    names, sources, machines, forms, keys, trusted, scopes, origins = zip(*columns.kinds, strict=True)
    parts: list[tuple[str | None, ...]] = [source or (None,) * 4 for source in sources]
    channels, mediums, campaigns, codes = zip(*parts, strict=True)
    kind = columns.kind
    arrays = {
        "batch": _numbers(columns.batch),
        "position": _numbers(columns.position),
        "id": _ids(columns.ids),
        "name": _repeating(names, kind),
        "occurred_at": _numbers(columns.occurred_at),
        "received_at": _numbers(columns.received_at),
        "identity": _numbers(columns.identity),
        "channel": _repeating(channels, kind),
        "medium": _repeating(mediums, kind),
        "campaign": _repeating(campaigns, kind),
        "code": _repeating(codes, kind),
        "machine": _bits(np.array(machines, dtype=bool)[kind]),
        "form": _repeating(forms, kind),
        "key": _numbers(np.array(keys, dtype=np.int64)[kind]),
        "trusted": _bits(np.array(trusted, dtype=bool)[kind]),
        "scope": _repeating(scopes, kind),
        "origin": _repeating(origins, kind),
        "raw": _texts(columns.raws),
    }
    return pa.Table.from_arrays(list(arrays.values()), names=list(arrays))


def _numbers(values: npt.NDArray[Any]) -> "pa.Array":
    import pyarrow as pa

    kind = pa.from_numpy_dtype(values.dtype)
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(np.ascontiguousarray(values))])


def _bits(values: npt.NDArray[np.bool_]) -> "pa.Array":
    import pyarrow as pa

    packed = np.packbits(values, bitorder="little")
    return pa.Array.from_buffers(pa.bool_(), len(values), [None, pa.py_buffer(packed)])


def _ids(values: Sequence[bytes]) -> "pa.Array":
    import pyarrow as pa

    ends = np.arange(len(values) + 1, dtype=np.int32) * DIGEST_BYTES
    data = b"".join(values)
    if len(data) != ends[-1]:
        raise ValueError(f"an event's id has not {DIGEST_BYTES} bytes")
    return pa.Array.from_buffers(pa.binary(), len(values), [None, pa.py_buffer(ends), pa.py_buffer(data)])


def _texts(values: Sequence[bytes]) -> "pa.Array":
    """Byte strings as text. Bytes that are no UTF-8 are replaced, since no reader would take the file."""
    import pyarrow as pa

    ends = np.zeros(len(values) + 1, dtype=np.int64)
    np.cumsum(np.fromiter(map(len, values), np.int64, len(values)), out=ends[1:])
    if ends[-1] >= 2**31:
        raise ValueError("more than 2 GiB of text in one file of the lake")
    data = b"".join(values)
    buffers = [None, pa.py_buffer(ends.astype(np.int32)), pa.py_buffer(data)]
    array = pa.Array.from_buffers(pa.string(), len(values), buffers)
    if not data.isascii():
        try:
            array.validate(full=True)
        except pa.ArrowInvalid:
            return _texts([value.decode("utf-8", "replace").encode() for value in values])
    return array


def _repeating(values: Sequence[str | None], kind: npt.NDArray[np.int32]) -> "pa.Array":
    """The column in which a row of kind k has `values[k]`, each distinct value held once."""
    import pyarrow as pa

    distinct = {
        value: place for place, value in enumerate(dict.fromkeys(value for value in values if value is not None))
    }
    codes = np.array([-1 if value is None else distinct[value] for value in values], dtype=np.int32)[kind]
    known = None
    if (codes < 0).any():
        known = pa.py_buffer(np.packbits(codes >= 0, bitorder="little"))
        codes = np.where(codes < 0, 0, codes)
    indices = pa.Array.from_buffers(pa.int32(), len(codes), [known, pa.py_buffer(codes)])
    words = _texts([value.encode("utf-8", "replace") for value in distinct])
    return pa.DictionaryArray.from_arrays(indices, words)


def arrow_numbers(array: "pa.Array") -> npt.NDArray[Any]:
    """The values of an Arrow array of integers without nulls, not copied."""
    import pyarrow as pa

    kind = {pa.int64(): np.int64, pa.int32(): np.int32}[array.type]
    return np.frombuffer(array.buffers()[1], dtype=kind)[array.offset : array.offset + len(array)]


def arrow_indices(places: npt.NDArray[np.int64]) -> "pa.Array":
    """Row numbers as `take` wants them."""
    return _numbers(places)
