"""Parts as bytes: what a row of the store holds. Numbers stand in the fewest bytes that hold them all.

A head (see `_HEAD`), then the sections one after another: who has a value and who has none any more as Roaring
bitmaps, the numbers, the ends of lists, the ends of words, the words.
"""

import struct

import numpy as np
from pyroaring import BitMap

from lianyi.kernel.bitmaps import from_bytes, to_bytes
from lianyi.people.columns.parts import Array, Kind, Part, Values
from lianyi.people.columns.words import Words

FORMAT = 1

_HEAD = struct.Struct("<BB3sxIIQQQQQ")  # format, kind, how each array is stored; values, words; bytes of each section
_STORED = {
    **{ord(code): np.dtype(f"<{name}") for code, name in zip("bhiq", ("i1", "i2", "i4", "i8"), strict=True)},
    **{ord(code): np.dtype(f"<{name}") for code, name in zip("BHIQ", ("u1", "u2", "u4", "u8"), strict=True)},
    ord("d"): np.dtype("<f8"),
}
_ALIKE = 0x80  # all numbers are the one that is stored
_NONE = np.empty(0, np.uint8)


def pack(part: Part) -> bytes:
    """The part as bytes."""
    values = (part.values or Values(_NONE)).lean()
    words = values.words
    plain, plain_code = _narrowed(values.plain)
    ends, ends_code = _narrowed(values.ends if values.ends is not None else _NONE)
    word_ends, word_code = _narrowed(words.ends if words is not None else _NONE)
    sections = [
        to_bytes(BitMap(part.bits)),
        to_bytes(BitMap(part.gone)) if part.gone else b"",
        plain.tobytes(),
        ends.tobytes(),
        word_ends.tobytes(),
    ]
    head = _HEAD.pack(
        FORMAT,
        part.kind,
        bytes([plain_code, ends_code, word_code]),
        len(values.plain),
        len(words) if words is not None else 0,
        *map(len, sections),
    )
    return b"".join([head, *sections, words.blob if words is not None else b""])


def unpack(data: bytes) -> Part:
    """The inverse of `pack`. ValueError for bytes of another format."""
    form, kind, codes, count, words_count, *sizes = _HEAD.unpack_from(data)
    if form != FORMAT:
        raise ValueError(f"a column of format {form}")
    sections, place = [], _HEAD.size
    for size in sizes:
        sections.append(memoryview(data)[place : place + size])
        place += size
    bits, gone, plain, ends, word_ends = sections
    present = from_bytes(bytes(bits))
    kind = Kind(kind)
    values = None
    if kind is not Kind.SET:
        lists = kind in (Kind.LIST, Kind.CODES)
        values = Values(
            _widened(plain, codes[0], count),
            _widened(ends, codes[1], len(present)) if lists else None,
            Words(data[place:], _widened(word_ends, codes[2], words_count).astype(np.uint64))
            if kind in (Kind.TEXT, Kind.LIST)
            else None,
        )
    return Part(kind, present, values, from_bytes(bytes(gone)) if gone else BitMap())


def _narrowed(numbers: Array) -> tuple[Array, int]:
    """The numbers in the fewest bytes, and how they are stored."""
    if not len(numbers):
        return _NONE, ord("B")
    low, high = numbers.min(), numbers.max()
    if numbers.dtype.kind == "f" and not _whole(numbers, low, high):
        return (numbers[:1], ord("d") | _ALIKE) if low == high else (numbers.astype("<f8", copy=False), ord("d"))
    code = next(
        code
        for code, dtype in _STORED.items()
        if dtype.kind != "f" and np.iinfo(dtype).min <= int(low) and int(high) <= np.iinfo(dtype).max
    )
    if low == high:
        return numbers[:1].astype(_STORED[code]), code | _ALIKE
    return numbers.astype(_STORED[code], copy=False), code


def _whole(numbers: Array, low: float, high: float) -> bool:
    return low >= -(2**31) and high < 2**31 and bool(np.all(numbers == np.trunc(numbers)))


def _widened(data: memoryview, code: int, count: int) -> Array:
    numbers = np.frombuffer(data, _STORED[code & ~_ALIKE])
    return np.broadcast_to(numbers[0], count) if code & _ALIKE else numbers
