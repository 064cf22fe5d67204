"""Sorted runs of occurrences: immutable arrays, mapped from files without a name as soon as they are large."""

import tempfile
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from lianyi.audience.behaviour.judging import order_of
from lianyi.audience.behaviour.schemas import Doubles, Ints, Numbers, Rows

MAPPED = 1 << 20  # bytes from which on an array lies in a file


class Run:
    """Occurrences of one pattern, by identity and then by time."""

    def __init__(self, rows: Rows, folder: Path) -> None:
        self.rows = rows
        self._folder = folder

    def __len__(self) -> int:
        return len(self.rows.who)

    @property
    def bytes(self) -> int:
        """What its arrays take."""
        return sum(column.nbytes for column in self.rows if column is not None)

    @classmethod
    def of(cls, rows: Rows, folder: Path) -> "Run":
        """A run of rows in any order."""
        order = order_of(rows.who, rows.at)
        return cls(Rows(*(None if part is None else mapped(part[order], folder) for part in rows)), folder)  # type: ignore[arg-type]

    def of_identities(self, identities: Numbers) -> tuple[Rows, Ints]:
        """The rows of these identities (ascending), and for each the place of its identity among them."""
        who = self.rows.who
        first = np.searchsorted(who, identities, "left")
        counts = np.searchsorted(who, identities, "right") - first
        some = np.flatnonzero(counts)
        first, counts = first[some], counts[some]
        ends = np.cumsum(counts)
        places = np.arange(ends[-1] if len(ends) else 0) + np.repeat(first - ends + counts, counts)
        return self.rows.some(places), np.repeat(some, counts)

    def who_between(self, start: int, end: int) -> Numbers:
        """The identities to which it happened in [start, end), repeats included."""
        order = self._by_time
        at = self.rows.at
        low, high = (int(np.searchsorted(at, bound, "left", sorter=order)) for bound in (start, end))
        return self.rows.who[order[low:high]] if low < high else np.zeros(0, np.uint32)

    @cached_property
    def _by_time(self) -> npt.NDArray[Any]:
        return mapped(np.argsort(self.rows.at, kind="stable").astype(np.uint32), self._folder)


class Growing:
    """A run as it is written, piece by piece, each beyond the ones before."""

    def __init__(self, folder: Path, *, with_value: bool) -> None:
        self._folder = folder
        self._files = [tempfile.TemporaryFile(dir=folder) for _ in range(2 + with_value)]  # noqa: SIM115
        self._rows = 0

    def add(self, rows: Rows) -> None:
        """Appends sorted rows, none of an identity that was there before."""
        self._rows += len(rows.who)
        for file, column in zip(self._files, (part for part in rows if part is not None), strict=True):
            file.write(np.ascontiguousarray(column).data)

    def close(self) -> Run:
        """The run."""
        kinds: list[Any] = [np.uint32, np.int64, np.float64]
        columns = [_of_file(file, kind, self._rows) for file, kind in zip(self._files, kinds, strict=False)]
        return Run(Rows(columns[0], columns[1], columns[2] if len(columns) > 2 else None), self._folder)


def mapped(array: npt.NDArray[Any], folder: Path) -> npt.NDArray[Any]:
    """The array, from a file when it is large."""
    if array.nbytes < MAPPED:
        return array
    file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115
    file.write(np.ascontiguousarray(array).data)
    return _of_file(file, array.dtype, len(array))


def _of_file(file: Any, kind: Any, rows: int) -> npt.NDArray[Any]:
    with file:
        file.flush()
        if rows * np.dtype(kind).itemsize < MAPPED:
            file.seek(0)
            return np.frombuffer(file.read(), kind)
        return np.memmap(file, kind, "r", shape=(rows,))


def gathered(parts: Iterable[Rows]) -> Rows:
    """The rows of all parts, one part after the other."""
    some = list(parts)
    if len(some) == 1:
        return some[0]
    values: list[Doubles] = [part.value for part in some if part.value is not None]
    return Rows(
        np.concatenate([np.zeros(0, np.uint32), *(part.who for part in some)]),
        np.concatenate([np.zeros(0, np.int64), *(part.at for part in some)]),
        np.concatenate(values) if values else None,
    )


def levelled(runs: Sequence[Run], folder: Path) -> tuple[Run, ...]:
    """The same occurrences in runs each of which is more than twice as long as the next: few, and seldom rewritten."""
    kept = [run for run in runs if len(run)]
    while len(kept) > 1 and len(kept[-2]) <= 2 * len(kept[-1]):
        kept[-2:] = [Run.of(gathered([kept[-2].rows, kept[-1].rows]), folder)]
    return tuple(kept)
