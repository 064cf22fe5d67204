"""What a column says of some people: who has a value and which, and who has none any more.

A part that comes later is put over an earlier one. All parts of a column are of one kind.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property, reduce
from typing import Any

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from lianyi.people.columns.words import NO_WORDS, Words, all_together, coded, needed, together

Persons = npt.NDArray[np.uint32]
Places = npt.NDArray[np.integer[Any]]
Array = npt.NDArray[Any]
FOR_EVER = 2**63 - 1
A_PIECE = 1 << 18  # people: some megabytes at most


class Kind(IntEnum):
    """What values a column has."""

    SET = 0  # none: who is in it is in it
    NUMBER = 1
    BOOLEAN = 2
    DAY = 3  # days since 1970
    MOMENT = 4  # µs
    TEXT = 5
    LIST = 6  # items as JSON, each once
    CODE = 7  # small numbers of our own
    CODES = 8  # several of them


@dataclass(frozen=True, eq=False)
class Values:
    """Values in the order of their persons. `plain` are numbers, or numbers of words; of lists, those of all items, and
    `ends` says where each list ends.
    """

    plain: Array
    ends: Array | None = None
    words: Words | None = None

    def __len__(self) -> int:
        return len(self.plain) if self.ends is None else len(self.ends)

    def take(self, places: Places) -> "Values":
        """The values at these places."""
        if self.ends is None:
            return Values(self.plain[places], None, self.words)
        starts = np.concatenate([np.zeros(1, self.ends.dtype), self.ends[:-1]])[places].astype(np.int64)
        sizes = self.ends[places].astype(np.int64) - starts
        ends = np.cumsum(sizes)
        inside = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - sizes, sizes)
        return Values(self.plain[np.repeat(starts, sizes) + inside], ends, self.words)

    def lean(self) -> "Values":
        """The same without words that nobody has."""
        if self.words is None:
            return self
        words, plain = needed(self.words, self.plain)
        return Values(plain, self.ends, words)

    def listed(self) -> list[Any]:
        """Each value on its own, to be compared: numbers, words, or sets of them."""
        plain: list[Any] = self.plain.tolist() if self.words is None else self.words.some(self.plain)
        if self.ends is None:
            return plain
        ends = self.ends.tolist()
        return [frozenset(plain[start:end]) for start, end in zip([0, *ends], ends, strict=False)]


def behind(one: Values, other: Values) -> Values:
    """The values of the one, and then those of the other."""
    words = one.words
    first, second = one.plain, other.plain
    if one.words is not None and other.words is not None and one.words is not other.words:
        words, ones, others = together(one.words, other.words)
        first, second = ones[first], others[second]
    ends = None
    if one.ends is not None and other.ends is not None:
        ends = np.concatenate([one.ends.astype(np.int64), other.ends.astype(np.int64) + len(one.plain)])
    return Values(np.concatenate([first, second]), ends, words)


@dataclass(frozen=True, eq=False)
class Part:
    """`values` are those of `bits` in ascending order; a set has none. `gone` are who has none any more."""

    kind: Kind
    bits: BitMap
    values: Values | None
    gone: BitMap

    @cached_property
    def persons(self) -> Persons:
        """Who has a value, ascending."""
        return numbers(self.bits)

    def __len__(self) -> int:
        return len(self.bits) + len(self.gone)

    @cached_property
    def told(self) -> BitMap:
        """Everybody of whom this says anything. Not to be changed."""
        return self.bits | self.gone

    def over(self, earlier: "Part") -> "Part":
        """Both in one: what this says, and what the earlier part says of others."""
        return merged(earlier, self)

    def only(self, some: BitMap) -> "Part":
        """What this says of these people."""
        bits = self.bits & some
        if len(bits) == len(self.bits):
            return Part(self.kind, self.bits, self.values, self.gone & some)
        values = None if self.values is None else self.values.take(np.searchsorted(self.persons, numbers(bits)))
        return Part(self.kind, bits, values, self.gone & some)

    def without(self, some: BitMap) -> "Part":
        """What this says of others."""
        return self.only(self.told - some)

    def landed(self) -> "Part":
        """Without who has no value: there is nothing earlier."""
        return self if not self.gone else Part(self.kind, self.bits, self.values, BitMap())


def merged(earlier: Part, later: Part) -> Part:
    """The later part over the earlier one."""
    gone = (earlier.gone - later.bits) | later.gone
    if earlier.values is None or later.values is None:
        return Part(later.kind, (earlier.bits - later.gone) | later.bits, None, gone)
    kept = earlier.bits - later.bits - later.gone
    older = earlier.values
    if len(kept) < len(earlier.bits):
        older = older.take(np.searchsorted(earlier.persons, numbers(kept)))
    persons = np.concatenate([numbers(kept), later.persons])
    values = behind(older, later.values).take(np.argsort(persons, kind="stable"))
    return Part(later.kind, kept | later.bits, values, gone)


def split(part: Part) -> list[Part]:
    """The part in pieces of a bounded size, by person. That of a set is small, whoever is in it."""
    if len(part) <= A_PIECE or part.values is None:
        return [part]
    every = numbers(part.told)
    return [part.only(bits_of(every[start : start + A_PIECE])) for start in range(0, len(every), A_PIECE)]


def merged_all(parts: Sequence[Part]) -> Part:
    """Each part over all before it, at once."""
    if len(parts) < 3 or parts[0].values is None:
        return reduce(merged, parts)
    told, gone, kept = BitMap(), BitMap(), []
    for one in reversed(parts):
        some = one.without(told) if one.told.intersect(told) else one
        kept.append(some)
        gone |= some.gone
        told |= some.told
    every = [one.values for one in kept if one.values is not None]
    persons = np.concatenate([one.persons for one in kept])
    values = _in_a_row(every).take(np.argsort(persons, kind="stable"))
    return Part(parts[0].kind, told - gone, values, gone)


def _in_a_row(every: Sequence[Values]) -> Values:
    words, plain = None, [one.plain for one in every]
    if every[0].words is not None:
        every = [one.lean() for one in every]
        words, codes = all_together([one.words or NO_WORDS for one in every])
        plain = [of_one[one.plain] for of_one, one in zip(codes, every, strict=True)]
    ends = None
    if every[0].ends is not None:
        before = np.cumsum([0, *(len(one.plain) for one in every)])
        ends = np.concatenate(
            [
                one.ends.astype(np.int64) + start
                for one, start in zip(every, before, strict=False)
                if one.ends is not None
            ]
        )
    return Values(np.concatenate(plain), ends, words)


def numbers(bits: BitMap) -> Persons:
    """The members of a set, ascending."""
    return np.frombuffer(bits.to_array(), np.uint32)


def bits_of(persons: Array) -> BitMap:
    """The set of these numbers: ten times faster so than from an array of numpy."""
    return BitMap(array("I", persons.astype(np.uint32, copy=False).tobytes()))


def nothing(kind: Kind) -> Part:
    """A part that says nothing."""
    if kind is Kind.SET:
        return Part(kind, BitMap(), None, BitMap())
    return part(kind, np.empty(0, np.uint32), [])


def part(kind: Kind, persons: Array, told: Sequence[Any] | Array | None) -> Part:
    """These values of these persons, each named once, in any order. Texts and items of lists are bytes."""
    if told is None:
        return Part(kind, bits_of(persons), None, BitMap())
    values = values_of(kind, told)
    if len(persons) > 1 and not bool(np.all(persons[1:] > persons[:-1])):
        values = values.take(np.argsort(persons, kind="stable"))
    return Part(kind, bits_of(persons), values, BitMap())


def values_of(kind: Kind, told: Sequence[Any] | Array) -> Values:
    """Values of a kind, packed."""
    match kind:
        case Kind.TEXT:
            words, codes = coded(told)
            return Values(codes, None, words)
        case Kind.LIST:
            words, codes = coded(item for items in told for item in items)
            return Values(codes, _ends(told), words)
        case Kind.CODES:
            return Values(np.array([one for some in told for one in some], np.int32), _ends(told))
        case _:
            return Values(np.asarray(told, DTYPES[kind]))


DTYPES = {
    Kind.NUMBER: np.float64,
    Kind.BOOLEAN: np.uint8,
    Kind.DAY: np.int32,
    Kind.MOMENT: np.int64,
    Kind.CODE: np.int32,
}


def _ends(lists: Sequence[Any] | Array) -> Array:
    return np.cumsum(np.fromiter(map(len, lists), np.int64, len(lists)))
