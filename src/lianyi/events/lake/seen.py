"""Which event ids the lake holds, by a sorted copy of each data file's ids beside it.

Ids are digests, so nothing in a file's order helps to find one, and reading twenty million of them for each look-up
takes a second. The copy (`<file>.ids`: the first eight bytes of every id, sorted, then four more of each in the same
order) is made at the first look-up that meets the file, answers in milliseconds, and goes with its file. It is never
needed: without it, it is made again. Twelve bytes of a digest tell a million million events apart.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from lianyi.events.lake.place import INDEX_SUFFIX, Place
from lianyi.events.lake.schemas import File
from lianyi.kernel.ids import DIGEST_BYTES

_ID = np.dtype([("first", "<u8"), ("then", "<u4"), ("rest", "<u4")])
_ROWS_READ = 65_536

Firsts = npt.NDArray[np.uint64]
Thens = npt.NDArray[np.uint32]


def held_ids(place: Place, files: Iterable[File], ids: Sequence[bytes]) -> set[bytes]:
    """Those of the ids that a row of one of the files has. Ids of another length are nobody's."""
    wanted = np.frombuffer(b"".join(one for one in ids if len(one) == DIGEST_BYTES), dtype=_ID)
    wanted = np.unique(wanted)
    found = np.zeros(len(wanted), dtype=np.bool_)
    for file in files:
        if len(wanted):
            found |= _in_file(*_sorted_ids(place, file), wanted)
    return {one.tobytes() for one in wanted[found]}


def prepare(place: Place, inputs: Iterable[File], outputs: Iterable[File]) -> Iterator[File]:
    """Makes the copies for `outputs`, one a step, when `inputs` had some: so no look-up waits for them later."""
    if place.local and any(Path(place.address(file.path + INDEX_SUFFIX)).exists() for file in inputs):
        for file in outputs:
            _sorted_ids(place, file)
            yield file


def _in_file(firsts: Firsts, thens: Thens, wanted: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    found = np.zeros(len(wanted), dtype=np.bool_)
    at = np.searchsorted(firsts, wanted["first"])
    left = np.arange(len(wanted))
    while True:  # once, unless ids share their first eight bytes
        inside = at < len(firsts)
        left, at = left[inside], at[inside]
        same = firsts[at] == wanted["first"][left]
        left, at = left[same], at[same]
        if not len(left):
            return found
        found[left[thens[at] == wanted["then"][left]]] = True
        at = at + 1


def _sorted_ids(place: Place, file: File) -> tuple[Firsts, Thens]:
    if place.local:
        path = Path(place.address(file.path + INDEX_SUFFIX))
        if not _whole(path, file.rows):
            _write(path, *_sort(place, file))
        data = np.memmap(path, dtype=np.uint8, mode="r")
        cut = 8 * file.rows
        return data[:cut].view("<u8"), data[cut:].view("<u4")
    return _sort(place, file)


def _whole(path: Path, rows: int) -> bool:
    try:
        return path.stat().st_size == 12 * rows
    except FileNotFoundError:
        return False


def _sort(place: Place, file: File) -> tuple[Firsts, Thens]:
    import pyarrow.parquet as pq

    read = np.empty(file.rows, dtype=_ID)
    end = 0
    with pq.ParquetFile(place.source(file.path), buffer_size=1 << 20) as source:
        for batch in source.iter_batches(_ROWS_READ, columns=["id"], use_threads=False):
            ids = batch.column(0)
            start = DIGEST_BYTES * ids.offset
            data = ids.buffers()[2][start : start + DIGEST_BYTES * len(ids)]
            read[end : end + len(ids)] = np.frombuffer(data, dtype=_ID)
            end += len(ids)
    order = np.argsort(read["first"])
    return read["first"][order], read["then"][order]


def _write(path: Path, firsts: Firsts, thens: Thens) -> None:
    """Under its name it is whole: two that write it write the same."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    with fresh.open("wb") as file:
        file.write(firsts.tobytes())
        file.write(thens.tobytes())
    fresh.rename(path)
