"""The proof of an erasure: everything the lake has on disk, decompressed and searched for byte strings."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lianyi.events.lake.place import SHEET_SUFFIX, Place
from lianyi.events.lake.readers import READING
from lianyi.events.lake.replay import SPILL

if TYPE_CHECKING:
    import pyarrow as pa


def occurrences(place: Place, needles: Sequence[bytes]) -> dict[bytes, int]:
    """How often each needle stands in the lake's folder: in the columns of every Parquet file, whether or not
    the table lists it, in what was spilled, and in the bytes of all other files. On S3, in the data files.
    """
    found = dict.fromkeys(needles, 0)
    for content in _contents(place):
        for needle in needles:
            found[needle] += content.count(needle)
    return found


def _contents(place: Place) -> Iterator[bytes]:
    if not place.local:
        for name in sorted(place.data_files()):
            yield from _columns(place.source(name))
        return
    for path in sorted(Path(place.uri).parent.rglob("*")):
        if path.suffix in (".parquet", SHEET_SUFFIX):
            yield from _columns(path)
        elif path.parent.name.startswith(SPILL):
            yield from _spilled(path)
        elif path.is_file() and not path.name.startswith(READING):
            yield path.read_bytes()


def _columns(source: Any) -> Iterator[bytes]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(source, buffer_size=1 << 20) as file:
        for batch in file.iter_batches(8_192, use_threads=False):
            for array in batch.columns:
                yield from _buffers(array)


def _spilled(path: Path) -> Iterator[bytes]:
    import pyarrow as pa

    with pa.ipc.open_stream(path) as reader:
        for batch in reader:
            for array in batch.columns:
                yield from _buffers(array)


def _buffers(array: "pa.Array") -> Iterator[bytes]:
    """The bytes of an array, those of nested ones included: neighbours in a column are neighbours here."""
    for buffer in array.buffers():
        if buffer is not None:
            yield buffer.to_pybytes()
