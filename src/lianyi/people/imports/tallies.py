"""How often something came before in a file of any length, in twelve bytes for each different thing.

Keys are 64 bits of a digest, in sorted runs of doubling length that are merged as they grow: a block of keys is looked
up in a few binary searches. Two different things share a key once in 2**64 pairs; all that would happen is that a row
is counted, or numbered among its equals, one too high.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
Counts = npt.NDArray[np.uint32]


def keys_of(digests: Sequence[bytes]) -> Keys:
    """The first 64 bits of each 16-byte digest."""
    return np.frombuffer(b"".join(digests), "<u8")[::2]


class Tally:
    """Counts keys. `count` says of each how many equal ones came before it, those of the same call included."""

    def __init__(self) -> None:
        self._runs: list[tuple[Keys, Counts]] = []

    def count(self, keys: Keys) -> npt.NDArray[np.int64]:
        """For each of `keys`, in order: how many equal keys came before. Then they have come, too."""
        if not len(keys):
            return np.zeros(0, np.int64)
        order = np.argsort(keys, kind="stable")
        ranked = keys[order]
        starts = np.flatnonzero(np.concatenate(([True], ranked[1:] != ranked[:-1])))
        lengths = np.diff(np.append(starts, len(ranked)))
        different = ranked[starts]
        before = np.repeat(self._so_far(different), lengths) + np.arange(len(ranked)) - np.repeat(starts, lengths)
        found = np.empty(len(keys), np.int64)
        found[order] = before
        self._add(different, lengths.astype(np.uint32))
        return found

    def _so_far(self, keys: Keys) -> npt.NDArray[np.int64]:
        found = np.zeros(len(keys), np.int64)
        for run, counts in self._runs:
            places = np.searchsorted(run, keys)
            places[places == len(run)] = 0
            found += np.where(run[places] == keys, counts[places], 0)
        return found

    def _add(self, keys: Keys, counts: Counts) -> None:
        self._runs.append((keys, counts))
        while len(self._runs) > 1 and len(self._runs[-2][0]) <= 2 * len(self._runs[-1][0]):
            self._runs.append(_merged(self._runs.pop(), self._runs.pop()))


def _merged(a: tuple[Keys, Counts], b: tuple[Keys, Counts]) -> tuple[Keys, Counts]:
    keys: Any = np.concatenate((a[0], b[0]))
    counts = np.concatenate((a[1], b[1]))
    order = np.argsort(keys, kind="stable")
    keys, counts = keys[order], counts[order]
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    return keys[starts], np.add.reduceat(counts, starts).astype(np.uint32)
