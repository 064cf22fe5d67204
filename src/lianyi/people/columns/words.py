"""The different texts of a column, each once: sorted as texts compare, A–Z lowered, and then as they are written.

So everything that equals a text, or begins with it, stands in one piece, and is found by halving.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, TypeVar

import msgspec
import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint32]

Found = TypeVar("Found")

_REMEMBERED = 100  # questions
_FEW = 20_000  # places that are looked for one after another


class Words:
    """Word number `i` is `blob[ends[i - 1]:ends[i]]`, UTF-8."""

    def __init__(self, blob: bytes, ends: npt.NDArray[np.uint64]) -> None:
        self.blob, self.ends = blob, ends
        self._found: dict[tuple[str, str], Any] = {}  # what was looked for

    @classmethod
    def of(cls, words: Sequence[bytes]) -> "Words":
        """Of different words, sorted."""
        return cls(b"".join(words), np.cumsum([len(word) for word in words], dtype=np.uint64))

    def __len__(self) -> int:
        return len(self.ends)

    def __iter__(self) -> Iterator[bytes]:
        start = 0
        for end in self.ends.tolist():
            yield self.blob[start:end]
            start = end

    def at(self, code: int) -> bytes:
        """The word of this number."""
        return self.blob[int(self.ends[code - 1]) if code else 0 : int(self.ends[code])]

    def some(self, codes: npt.NDArray[Any]) -> list[bytes]:
        """The words of these numbers."""
        if len(codes) * 2 > len(self):
            every = list(self)
            return [every[code] for code in codes.tolist()]
        return [self.at(code) for code in codes.tolist()]

    def equal(self, text: str) -> tuple[int, int]:
        """The numbers, from and up to, of the words that equal a text."""
        return self._remembered(("equal", text), lambda: self._span(text.encode().lower(), None))

    def beginning(self, text: str) -> tuple[int, int]:
        """The numbers, from and up to, of the words that begin with a text."""
        lowered = text.encode().lower()
        return self._remembered(("beginning", text), lambda: self._span(lowered, len(lowered)))

    def containing(self, text: str) -> Codes:
        """The numbers of the words that have a text anywhere in them."""
        return self._remembered(("containing", text), lambda: self._containing(text.encode().lower()))

    def _containing(self, lowered: bytes) -> Codes:
        starts = _places(lowered, self._lowered)
        codes = np.searchsorted(self.ends, starts, side="right")
        inside = starts + np.uint64(len(lowered)) <= self.ends[codes]  # else it goes on in the next word
        codes = codes[inside]
        return np.asarray(codes[np.diff(codes, prepend=-1) != 0], np.uint32)

    @cached_property
    def items(self) -> dict[Hashable, list[int]]:
        """The numbers of the words, which are JSON, by the items that they stand for as items compare."""
        found: dict[Hashable, list[int]] = {}
        for code, word in enumerate(self):
            found.setdefault(item_of(msgspec.json.decode(word)), []).append(code)
        return found

    def place_of(self, word: bytes) -> int:
        """Where this very word stands, or would."""
        low, high, wanted = 0, len(self), _order(word)
        while low < high:
            middle = (low + high) // 2
            if _order(self.at(middle)) < wanted:
                low = middle + 1
            else:
                high = middle
        return low

    def _remembered(self, key: tuple[str, str], find: Callable[[], Found]) -> Found:
        if key not in self._found:
            if len(self._found) >= _REMEMBERED:
                self._found.clear()
            self._found[key] = find()
        found: Found = self._found[key]
        return found

    def _span(self, lowered: bytes, most: int | None) -> tuple[int, int]:
        return self._first(lowered, most=most), self._first(lowered, behind=True, most=most)

    def _first(self, lowered: bytes, *, behind: bool = False, most: int | None = None) -> int:
        """Where the first word stands that is not before `lowered`, or that is behind it; `most` bytes of a word
        count.
        """
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            word = self.at(middle)[:most].lower()
            if word < lowered or (behind and word == lowered):
                low = middle + 1
            else:
                high = middle
        return low

    @cached_property
    def _lowered(self) -> bytes:
        return self.blob.lower()


NO_WORDS = Words(b"", np.empty(0, np.uint64))


def item_of(value: object) -> Hashable:
    """By what an item of a list equals another: texts A–Z lowered, numbers as doubles, each kind for itself."""
    if isinstance(value, str):
        return "text", value.encode().lower()
    if isinstance(value, bool):
        return "flag", value
    assert isinstance(value, int | float)
    return "number", float(value)


def _places(needle: bytes, text: bytes) -> npt.NDArray[np.uint64]:
    """Where `needle` begins in `text`, also where one place overlaps the next."""
    found: list[int] = []
    place = text.find(needle)
    while place >= 0 and len(found) < _FEW:
        found.append(place)
        place = text.find(needle, place + 1)
    if place < 0:
        return np.array(found, np.uint64)
    letters = np.frombuffer(text, np.uint8)
    places = np.flatnonzero(letters[: len(text) - len(needle) + 1] == needle[0])
    for behind in range(1, len(needle)):
        places = places[letters[places + behind] == needle[behind]]
    return places.astype(np.uint64)


def _order(word: bytes) -> bytes:
    """By what words are sorted. No text holds a zero."""
    return word.lower() + b"\0" + word


def _sorted(words: Collection[bytes]) -> list[bytes]:
    text = b"".join(words)
    return sorted(words) if text == text.lower() else sorted(words, key=_order)


def coded(words: Iterable[bytes]) -> tuple[Words, Codes]:
    """The different ones of these words, and the number of each."""
    distinct, (codes,) = _numbered([list(words)])
    return distinct, codes


def needed(words: Words, codes: npt.NDArray[Any]) -> tuple[Words, npt.NDArray[Any]]:
    """Only the words whose numbers are used, and the numbers then."""
    used = np.zeros(len(words), np.bool_)
    used[codes] = True
    if used.all():
        return words, codes
    place = np.cumsum(used, dtype=np.uint32) - np.uint32(1)
    return Words.of(words.some(np.flatnonzero(used))), place[codes]


def together(one: Words, other: Words) -> tuple[Words, Codes, Codes]:
    """The words of both, and the number there of each word of the one and of the other."""
    if len(other) * 32 < len(one):
        return _put_into(one, other)
    if len(one) * 32 < len(other):
        every, others, ones = _put_into(other, one)
        return every, ones, others
    every, (ones, others) = all_together([one, other])
    return every, ones, others


def all_together(some: Sequence[Words]) -> tuple[Words, list[Codes]]:
    """The words of all, and the number there of each word of each."""
    return _numbered([list(words) for words in some])


def _numbered(lists: Sequence[Sequence[bytes]]) -> tuple[Words, list[Codes]]:
    """The different ones of all these words, and the number of each word of each list."""
    distinct = _sorted(set().union(*lists))
    number = {word: code for code, word in enumerate(distinct)}
    return Words.of(distinct), [np.fromiter(map(number.__getitem__, one), np.uint32, len(one)) for one in lists]


def _put_into(many: Words, few: Words) -> tuple[Words, Codes, Codes]:
    """A few words among many, without looking at each of these."""
    pieces: list[bytes] = []
    places: list[int] = []
    codes: list[int] = []
    before, ends = 0, np.concatenate([np.zeros(1, np.uint64), many.ends])
    for word in few:
        place = many.place_of(word)
        there = place < len(many) and many.at(place) == word
        codes.append(place + len(places))
        if not there:
            pieces += [many.blob[before : int(ends[place])], word]
            before = int(ends[place])
            places.append(place)
    if not places:
        return many, np.arange(len(many), dtype=np.uint32), np.array(codes, np.uint32)
    pieces.append(many.blob[before:])
    sizes = np.insert(np.diff(ends), places, [len(word) for word in pieces[1::2]])
    shifts = np.searchsorted(np.array(places), np.arange(len(many)), side="right")
    return (
        Words(b"".join(pieces), np.cumsum(sizes, dtype=np.uint64)),
        (np.arange(len(many)) + shifts).astype(np.uint32),
        np.array(codes, np.uint32),
    )
