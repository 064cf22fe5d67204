"""The window: which event ids were taken during the last days, in bounded memory and without a look into the lake.

Three layers answer "was this id taken?": a Bloom filter says no for nearly every new id; the newest ids are a set; the
others lie in sorted runs that are memory-mapped from files without a name. A run is dropped after eight days. The
answer is exact: the filter only saves the look-up. All of it can be rebuilt from the log at any time.

Formula: k = 4 probes into m = 2**28 bits; at n = 20 million ids the share of false alarms is (1 - e^(-kn/m))^k = 0.5 %.
"""

import tempfile
from collections import deque
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from lianyi.kernel.clock import DAY

Ids = npt.NDArray[np.bytes_]  # dtype S16; equality on it is exact because all have 16 bytes

REACH = 8 * DAY  # µs: a day more than the rule of seven days needs
_BITS = 28
_RUN = 1 << 19
_MASK = np.uint32((1 << _BITS) - 1)


def as_ids(packed: bytes) -> Ids:
    """16-byte ids, one after the other, as an array."""
    return np.frombuffer(packed, "S16")


Words = npt.NDArray[np.uint64]


class _Run(NamedTuple):
    """Ids as two words each, in order of the first: numbers sort ten times as fast as strings."""

    newest: int  # receipt of the newest id in it, µs
    first: Words
    second: Words

    def has(self, first: Words, second: Words) -> npt.NDArray[np.bool_]:
        """Which of these ids are in it."""
        low = np.searchsorted(self.first, first)
        high = np.searchsorted(self.first, first, "right")
        found: npt.NDArray[np.bool_] = (low < high) & (self.second[np.minimum(low, len(self.second) - 1)] == second)
        for place in np.flatnonzero(high - low > 1):  # first words that are equal: once in 10**8 runs
            found[place] = (self.second[low[place] : high[place]] == second[place]).any()
        return found


class Window:
    """Ids taken lately. Not safe for several threads."""

    def __init__(self) -> None:
        self._filter = np.zeros(1 << (_BITS - 3), np.uint8)
        self._recent: set[bytes] = set()
        self._parts: list[Ids] = []  # what is in `recent`
        self._newest = 0
        self._runs: deque[_Run] = deque()

    def __len__(self) -> int:
        return len(self._recent) + sum(len(run.first) for run in self._runs)

    def add(self, ids: Ids, received_at: int) -> None:
        """Takes note of `ids`, received until `received_at` (µs)."""
        places, bits = _probes(ids)
        np.bitwise_or.at(self._filter, places.ravel(), bits.ravel())
        self._recent.update(_bytes(ids))
        self._parts.append(ids)
        self._newest = max(self._newest, received_at)
        if len(self._recent) >= _RUN:
            self._put_away()
        while self._runs and self._runs[0].newest < self._newest - REACH:
            self._runs.popleft()

    def known(self, ids: Ids) -> npt.NDArray[np.bool_]:
        """For each of `ids` whether it was taken within the window's reach."""
        places, bits = _probes(ids)
        known: npt.NDArray[np.bool_] = ((self._filter[places] & bits) != 0).all(axis=1)
        doubtful = np.flatnonzero(known)
        if len(doubtful):
            asked = ids[doubtful]
            known[doubtful] = np.fromiter((one in self._recent for one in _bytes(asked)), np.bool_, len(asked))
            first, second = _words(asked)
            for run in self._runs:
                known[doubtful] |= run.has(first, second)
        return known

    def _put_away(self) -> None:
        first, second = _words(np.concatenate(self._parts))
        order = np.argsort(first)
        with tempfile.TemporaryFile() as file:
            first[order].tofile(file)
            second[order].tofile(file)
            file.flush()
            self._runs.append(_Run(self._newest, *np.memmap(file, np.uint64, "r", shape=(2, len(order)))))
        self._recent, self._parts = set(), []


def _bytes(ids: Ids) -> list[bytes]:
    """`ids` as 16-byte objects: NumPy itself would drop trailing zero bytes."""
    packed = ids.tobytes()
    return [packed[i : i + 16] for i in range(0, len(packed), 16)]


def _words(ids: Ids) -> tuple[Words, Words]:
    words = np.ascontiguousarray(ids).view(np.uint64).reshape(-1, 2)
    return np.ascontiguousarray(words[:, 0]), np.ascontiguousarray(words[:, 1])


def _probes(ids: Ids) -> tuple[npt.NDArray[np.unsignedinteger[Any]], npt.NDArray[np.uint8]]:
    words = np.ascontiguousarray(ids).view("<u4").reshape(len(ids), 4) & _MASK
    bits: npt.NDArray[np.uint8] = np.left_shift(np.uint8(1), (words & 7).astype(np.uint8))
    return words >> np.uint32(3), bits
