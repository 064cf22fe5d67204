"""What is kept of everything that was ever said of one trait, and which value wins.

Of all that one origin said of one trait of one identity, the latest and the first value are kept and the last removal:
enough for every strategy, and the same whatever the order in which it was said. A person's value is picked from the
facts of all of its identities.

- `latest`: what was said last; between equal moments the more trusted origin, then the larger value.
- `first`: what was said first.
- `most_trusted`: the latest of the most trusted origin that says anything.

A null removes what anybody said until then. Values said "only once" (神策's set_once) count where nothing else does;
increments add to the value, appended items join it, whenever either was said.
"""

from collections.abc import Iterable
from decimal import Context, Decimal
from enum import IntEnum, StrEnum
from typing import NamedTuple

import msgspec

from lianyi.people.profiles.traits.values import LIST_ITEMS

_EXACT = Context(prec=100)
EVERY_TRAIT = 0  # the trait number under which "all of them were removed" is kept


class Strategy(StrEnum):
    """Which of several values a trait shows."""

    LATEST = "latest"
    FIRST = "first"
    MOST_TRUSTED = "most_trusted"


class Mode(IntEnum):
    """How a value was meant."""

    SAID = 0
    ONCE = 1
    ADDED = 2
    APPENDED = 3


class Fact(NamedTuple):
    """What one origin said of one trait in one mode. Values are canonical JSON, times µs."""

    value: str | None = None  # SAID: the latest; ONCE: the earliest; ADDED: the sum; APPENDED: the union
    at: int | None = None
    first: str | None = None  # SAID only; null while it is the latest as well
    first_at: int | None = None
    removed_at: int | None = None


class Candidate(NamedTuple):
    """One fact of a person, ready to be picked from. `rank` 0 is the most trusted."""

    rank: int
    origin: str
    mode: Mode
    fact: Fact


class Picked(NamedTuple):
    """The value that a person's trait has, since when, and who said so."""

    value: str
    at: int
    origin: str


def said(value: str | None, at: int) -> Fact:
    """The fact that one event states; null removes."""
    return Fact(removed_at=at) if value is None else Fact(value, at)


def merge(a: Fact, b: Fact, mode: Mode) -> Fact:
    """Both facts in one; commutative, associative, and idempotent but for sums."""
    removed = _latest(a.removed_at, b.removed_at)
    stated = [(fact.at, fact.value) for fact in (a, b) if fact.at is not None and fact.value is not None]
    if not stated:
        return Fact(removed_at=removed)
    if mode is Mode.ONCE:
        at, value = min(stated)
        return Fact(value, at, removed_at=removed)
    last_at, last = max(stated)
    if mode is Mode.ADDED:
        return Fact(_sum(value for _, value in stated), last_at, removed_at=removed)
    if mode is Mode.APPENDED:
        return Fact(_union(value for _, value in stated), last_at, removed_at=removed)
    first_at, first = min(map(_first, [fact for fact in (a, b) if fact.at is not None]))
    if (first_at, first) == (last_at, last):
        return Fact(last, last_at, removed_at=removed)
    return Fact(last, last_at, first, first_at, removed)


def pick(candidates: Iterable[Candidate], strategy: Strategy) -> Picked | None:
    """The value of a trait by everything said of it; None when there is none."""
    every = list(candidates)
    removed = _latest(*(candidate.fact.removed_at for candidate in every))
    alive = [c for c in every if c.fact.at is not None and (removed is None or c.fact.at > removed)]
    picked = _picked(alive, strategy, removed)
    sums = [candidate for candidate in alive if candidate.mode is Mode.ADDED]
    if sums:
        picked = _on_top(picked, sums, Mode.ADDED)
    appended = [candidate for candidate in alive if candidate.mode is Mode.APPENDED]
    return _on_top(picked, appended, Mode.APPENDED) if appended else picked


def _picked(alive: list[Candidate], strategy: Strategy, removed: int | None) -> Picked | None:
    plain = [candidate for candidate in alive if candidate.mode is Mode.SAID]
    once = [_told(candidate) for candidate in alive if candidate.mode is Mode.ONCE]
    if strategy is Strategy.FIRST and (plain or once):
        firsts = [_told(c, first=True) for c in plain if removed is None or _first(c.fact)[0] > removed]
        _, picked = min([*once, *firsts, *map(_told, plain)], key=lambda told: (told[1].at, told[0], *told[1]))
        return picked
    if plain:
        best = min(candidate.rank for candidate in plain) if strategy is Strategy.MOST_TRUSTED else None
        told = [_told(candidate) for candidate in plain if best is None or candidate.rank == best]
        return max(told, key=lambda one: (one[1].at, -one[0], one[1].value, one[1].origin))[1]
    if once:
        return min(once, key=lambda one: (one[1].at, one[0], one[1].value, one[1].origin))[1]
    return None


def _told(candidate: Candidate, *, first: bool = False) -> tuple[int, Picked]:
    fact = candidate.fact
    at, value = _first(fact) if first else (fact.at or 0, fact.value or "")
    return candidate.rank, Picked(value, at, candidate.origin)


def _first(fact: Fact) -> tuple[int, str]:
    if fact.first_at is not None and fact.first is not None:
        return fact.first_at, fact.first
    return fact.at or 0, fact.value or ""


def _on_top(picked: Picked | None, candidates: list[Candidate], mode: Mode) -> Picked:
    """What was set, and what was added or appended to it."""
    values = [candidate.fact.value or "" for candidate in candidates]
    latest = max((candidate.fact.at or 0, candidate.origin) for candidate in candidates)
    if picked is not None:
        values.append(picked.value)
        latest = max(latest, (picked.at, picked.origin))
    return Picked(_sum(values) if mode is Mode.ADDED else _union(values), *latest)


def _sum(values: Iterable[str]) -> str:
    """Exact, so that no order of adding makes a difference."""
    total = Decimal(0)
    for value in values:
        total = _EXACT.add(total, Decimal(value))
    return format(total.normalize(_EXACT), "f") if total else "0"


def _union(values: Iterable[str]) -> str:
    """Sorted, and cut to the smallest items past the limit: the same whatever the order of the parts."""
    items = {msgspec.json.encode(item).decode() for value in values for item in msgspec.json.decode(value)}
    return f"[{','.join(sorted(items)[:LIST_ITEMS])}]"


def _latest(*moments: int | None) -> int | None:
    return max((moment for moment in moments if moment is not None), default=None)
