"""The compact form in which a log row carries the ids and own times of its events, readable without its body.

No NumPy here: the edge packs, and stays small.
"""

from array import array


def pack(ids: list[bytes], times: list[int]) -> bytes:
    """16 bytes for each id, then 8 for each time; an event that was refused has zeros."""
    return b"".join(ids) + array("q", times).tobytes()


def count_in(packed: bytes) -> int:
    """How many events `packed` speaks of, refused ones included."""
    return len(packed) // 24


def ids_in(packed: bytes) -> bytes:
    """The ids, 16 bytes each."""
    return packed[: 16 * count_in(packed)]


def times_in(packed: bytes) -> "array[int]":
    """The own times, in µs."""
    times: array[int] = array("q")
    times.frombytes(packed[16 * count_in(packed) :])
    return times
