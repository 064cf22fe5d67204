"""A set of person numbers: 32-bit integers in a Roaring bitmap.

The portable serialisation is the one that Spark, Go and Java read, so a stored set is not tied to this process.
"""

from collections.abc import Iterable

from pyroaring import BitMap


def bitmap(numbers: Iterable[int] = ()) -> BitMap:
    """The set of `numbers`, each in 0..2**32-1; OverflowError otherwise."""
    return BitMap(numbers)


def to_bytes(numbers: BitMap) -> bytes:
    """Portable Roaring bytes, run-compressed."""
    numbers.run_optimize()
    return bytes(numbers.serialize())


def from_bytes(data: bytes) -> BitMap:
    """The inverse of `to_bytes`. ValueError on bytes that are no bitmap."""
    return BitMap.deserialize(data)
