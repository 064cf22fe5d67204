"""A column in memory: what was put together last, in pieces, and what came since, which is small.

What a test has found in a piece is remembered with it; a repeated question then costs what came since.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from lianyi.people.columns.parts import (
    FOR_EVER,
    Array,
    Kind,
    Part,
    Persons,
    Values,
    bits_of,
    merged,
    merged_all,
    numbers,
    split,
)

Mask = npt.NDArray[np.bool_]
Judge = Callable[[Values], Mask]  # for which of the values something holds

_SMALL = 16_384  # people of whom something came since, at least, before it is put together
_MANY = 8  # runs
_REMEMBERED = 32  # answers


@dataclass(frozen=True, eq=False)
class _Piece:
    """Some of the people, up to a number, and what tests have found among them."""

    part: Part
    answers: dict[Hashable, BitMap] = field(default_factory=dict)

    def where(self, judge: Judge, key: Hashable) -> BitMap:
        found = self.answers.get(key)
        if found is None:
            found = _judged(self.part, judge)
            if len(self.answers) >= _REMEMBERED:
                self.answers.pop(next(iter(self.answers)), None)
            self.answers[key] = found
        return found

    @cached_property
    def passing(self) -> tuple[Persons, Array]:
        """Who has a moment that is not for ever, and which."""
        values = self.part.values
        assert values is not None
        some = np.flatnonzero(values.plain != FOR_EVER)
        return self.part.persons[some], values.plain[some]


@dataclass(frozen=True, eq=False)
class Column:
    """Nothing of it changes; `with_run` makes another. `since` is what came since the pieces were put together, oldest
    first, and `runs` in how many runs it is stored, about.
    """

    kind: Kind
    pieces: tuple[_Piece, ...]
    since: tuple[Part, ...] = ()
    runs: int = 1

    @classmethod
    def of(cls, parts: Sequence[Part], runs: int = 1) -> "Column":
        """A column of which that is all; the parts are of different people, in order."""
        return cls(parts[0].kind, tuple(_Piece(part.landed()) for part in parts), (), runs)

    @cached_property
    def people(self) -> BitMap:
        """Everybody who has a value. Not to be changed."""
        found = _union([piece.part.bits for piece in self.pieces])
        for run in self.since:
            found = (found - run.gone) | run.bits
        return found

    @cached_property
    def bytes(self) -> int:
        """About how much memory it takes."""
        return sum(map(_bytes, (*self.since, *(piece.part for piece in self.pieces))))

    def with_run(self, run: Part, runs: int = 1) -> "Column":
        """The column after a change."""
        if self.kind is Kind.SET:
            (large,) = self.pieces
            return Column(self.kind, (_Piece(merged(large.part, run).landed()),), (), self.runs + runs)
        since = _fewer((*self.since, run))
        if sum(map(len, since)) <= max(_SMALL, sum(len(piece.part) for piece in self.pieces) // 8):
            return Column(self.kind, self.pieces, since, self.runs + runs)
        return Column(self.kind, _put_together(self.pieces, since), (), self.runs + runs)

    def with_runs(self, runs: Sequence[Part]) -> "Column":
        """The column after many changes, put together."""
        return Column(self.kind, _put_together(self.pieces, (*self.since, *runs)))

    def whole(self) -> list[Part]:
        """All of it, in parts of different people, in order."""
        return [piece.part for piece in _put_together(self.pieces, self.since)]

    def parts_of(self, some: BitMap) -> list[Part]:
        """What it says of these people, in parts of different ones."""
        found: list[Part] = []
        for run in reversed(self.since):
            if run.told.intersect(some):
                found.append(run.only(some).landed())
                some = some - run.told
        found += [piece.part.only(some) for piece in self.pieces if piece.part.bits.intersect(some)]
        return found

    def where(self, judge: Judge, key: Hashable, within: BitMap | None) -> BitMap:
        """The people for whose value something holds; `key` says what, among all that is ever asked."""
        if within is not None and not all(key in piece.answers for piece in self.pieces):
            return _union([_judged(part, judge) for part in self.parts_of(within)])
        found = self._changed(_union([piece.where(judge, key) for piece in self.pieces]), judge)
        return found if within is None else found & within

    def later_than(self, moment: int, within: BitMap | None) -> BitMap:
        """The people whose moment is later than this one. Most are for ever, and these are known."""

        def later(values: Values) -> Mask:
            return np.asarray(values.plain > moment)

        if within is not None:
            return _union([_judged(part, later) for part in self.parts_of(within)])
        found = _union([piece.where(_for_ever, FOR_EVER) for piece in self.pieces])
        for piece in self.pieces:
            persons, until = piece.passing
            if len(persons):
                found = found | bits_of(persons[until > moment])
        return self._changed(found, later)

    def ending(self, after: int, until: int) -> BitMap:
        """The people whose moment is one from `after` (not included) to `until`."""
        found = [bits_of(persons[(at > after) & (at <= until)]) for persons, at in (p.passing for p in self.pieces)]
        return self._changed(_union(found), lambda values: (values.plain > after) & (values.plain <= until))

    def _changed(self, found: BitMap, judge: Judge) -> BitMap:
        """What was found in the pieces, with what came since."""
        for run in self.since:
            found = (found - run.told) | _judged(run, judge)
        return found


def _fewer(since: tuple[Part, ...]) -> tuple[Part, ...]:
    """The runs, the newest of them made one where they are many: small ones often, large ones seldom."""
    if len(since) <= _MANY:
        return since
    place, people = len(since) - 1, len(since[-1])
    while place and (len(since) - place < _MANY or len(since[place - 1]) <= 2 * people):
        place -= 1
        people += len(since[place])
    return (*since[:place], merged_all(since[place:]))


def _for_ever(values: Values) -> Mask:
    return np.asarray(values.plain == FOR_EVER)


def _put_together(pieces: Sequence[_Piece], since: Sequence[Part]) -> tuple[_Piece, ...]:
    """The pieces with what came since; those of whose people nothing did are the same."""
    if not since:
        return tuple(pieces)
    left = merged_all(since)
    found: list[_Piece] = []
    for place, piece in enumerate(pieces, 1):
        some = left
        if place < len(pieces):
            upto = BitMap(range(piece.part.bits.max() + 1)) if piece.part.bits else BitMap()
            some, left = left.only(upto), left.without(upto)
        if len(some):
            found += map(_Piece, split(merged(piece.part, some).landed()))
        else:
            found.append(piece)
    return tuple(found)


def differing(column: Column | None, now: Part, asked: BitMap) -> Part:
    """What changes for the people `asked` when `now` is all that is known of them."""
    if column is None:
        return now
    if now.values is None:
        return Part(now.kind, now.bits - column.people, None, (column.people & asked) - now.bits)
    changed, gone = BitMap(now.bits), BitMap()
    for old in column.parts_of(asked):
        gone |= old.bits - now.bits
        both = old.bits & now.bits
        if both:
            same = _alike(old.only(both), now.only(both))
            changed -= bits_of(numbers(both)[same])
    some = now.only(changed)
    return Part(some.kind, some.bits, some.values, gone)


def _alike(one: Part, other: Part) -> Mask:
    ones, others = one.values, other.values
    assert ones is not None
    assert others is not None
    if ones.words is None and ones.ends is None:
        return np.asarray(ones.plain == others.plain)
    pairs = zip(ones.listed(), others.listed(), strict=True)
    return np.fromiter((a == b for a, b in pairs), np.bool_, len(ones))


def _judged(part: Part, judge: Judge) -> BitMap:
    if part.values is None:
        return part.bits
    if not part.bits:
        return BitMap()
    mask = judge(part.values)
    return bits_of(part.persons[np.flatnonzero(mask)])


def _union(sets: Sequence[BitMap]) -> BitMap:
    if not sets:
        return BitMap()
    return sets[0] if len(sets) == 1 else BitMap.union(*sets)


def _bytes(part: Part) -> int:
    arrays: list[Any] = [] if part.values is None else [part.values.plain, part.values.ends]
    counted = sum(one.nbytes for one in arrays if one is not None)
    words = part.values.words if part.values is not None else None
    return int(counted) + 4 * len(part) + (len(words.blob) + 8 * len(words) if words is not None else 0) + 1_000
