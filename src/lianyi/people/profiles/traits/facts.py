"""What is kept of everything that was ever said of one trait, and which value wins.

Of all that one origin said of one trait of one identity, the latest and the first value are kept and the last removal:
enough for every strategy, and the same whatever the order in which it was said. A person's value is picked from the
facts of all of its identities.

- `latest`: what was said last; between equal moments the more trusted origin, then the larger value.
- `first`: what was said first.
- `most_trusted`: the latest of the most trusted origin that says anything.

A null removes what anybody said until then. Values said "only once" (神策's set_once) count where nothing else does.
Increments add to the value and appended items join it from the moment on at which that value was said: what is set
later starts anew, and so does what follows a removal. So single statements of these three are kept, the newest of them;
of increments and values said once what came before is kept as one.
"""

from collections.abc import Iterable
from decimal import Context, Decimal
from enum import IntEnum, StrEnum
from typing import NamedTuple

import msgspec

from lianyi.people.profiles.traits.values import LIST_ITEMS

STEPS = 50  # statements that an origin's fact keeps singly, of one trait of one identity

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


class Step(NamedTuple):
    """One statement, or one appended item. `value` is canonical JSON."""

    at: int
    value: str


_STEPS = msgspec.json.Decoder(list[Step])


class Fact(NamedTuple):
    """What one origin said of one trait in one mode. Values are canonical JSON, times µs."""

    value: str | None = None  # SAID: the latest; else the newest steps, ascending, as JSON
    at: int | None = None  # of the latest
    first: str | None = None  # SAID: the first, null while it is the latest as well; else what older steps came to
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


def said(value: str | None, at: int, mode: Mode = Mode.SAID) -> Fact:
    """The fact that one event states; null removes. Nothing at all where nothing is appended."""
    if value is None:
        return Fact(removed_at=at)
    if mode is Mode.SAID:
        return Fact(value, at)
    return _kept([Step(at, one) for one in (_items(value) if mode is Mode.APPENDED else [value])], [], mode)


def merge(a: Fact, b: Fact, mode: Mode) -> Fact:
    """Both facts in one; commutative, associative, and idempotent but for sums."""
    removed = _latest(a.removed_at, b.removed_at)
    if mode is not Mode.SAID:
        steps, older = [*_steps(a), *_steps(b)], [*_older(a), *_older(b)]
        return _kept(steps, older, mode)._replace(removed_at=removed)
    stated = [(fact.at, fact.value) for fact in (a, b) if fact.at is not None and fact.value is not None]
    if not stated:
        return Fact(removed_at=removed)
    last_at, last = max(stated)
    first_at, first = min(map(_first, [fact for fact in (a, b) if fact.at is not None]))
    if (first_at, first) == (last_at, last):
        return Fact(last, last_at, removed_at=removed)
    return Fact(last, last_at, first, first_at, removed)


def statements(candidate: Candidate) -> list[tuple[int, str | None]]:
    """What is known to have been said, singly: when, and the value or null for a removal."""
    mode, fact = candidate.mode, candidate.fact
    told: list[tuple[int, str | None]]
    if mode is Mode.SAID:
        told = [(at, value) for at, value in ((fact.at, fact.value), (fact.first_at, fact.first)) if at is not None]
    else:
        told = [*_older(fact), *_steps(fact)]
    return told if fact.removed_at is None else [*told, (fact.removed_at, None)]


def pick(candidates: Iterable[Candidate], strategy: Strategy) -> Picked | None:
    """The value of a trait by everything said of it; None when there is none."""
    every = list(candidates)
    removed = _latest(*(candidate.fact.removed_at for candidate in every))
    alive = [c for c in every if c.fact.at is not None and (removed is None or c.fact.at > removed)]
    steps = [(c, step) for c in alive if c.mode is not Mode.SAID for step in (*_older(c.fact), *_steps(c.fact))]
    steps = [(c, step) for c, step in steps if removed is None or step.at > removed]
    joining = [(c, step) for c, step in steps if c.mode is not Mode.ONCE]
    started = min((step.at for _, step in joining), default=None)
    once = [
        (c.rank, Picked(step.value, step.at, c.origin))
        for c, step in steps
        if c.mode is Mode.ONCE and (started is None or step.at <= started)  # later, there was a value already
    ]
    picked = _picked([c for c in alive if c.mode is Mode.SAID], once, strategy, removed)
    joining = [(c, step) for c, step in joining if picked is None or step.at >= picked.at]
    return _on_top(picked, joining) if joining else picked


def _picked(
    plain: list[Candidate], once: list[tuple[int, Picked]], strategy: Strategy, removed: int | None
) -> Picked | None:
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


def _on_top(picked: Picked | None, joining: list[tuple[Candidate, Step]]) -> Picked:
    """What was set, and what was added or appended to it."""
    values = [step.value for _, step in joining]
    latest = max((step.at, candidate.origin) for candidate, step in joining)
    if picked is not None:
        latest = max(latest, (picked.at, picked.origin))
    if joining[0][0].mode is Mode.ADDED:
        return Picked(_sum([*values, picked.value] if picked else values), *latest)
    return Picked(_joined([*values, *_items(picked.value)] if picked else values), *latest)


def _kept(steps: Iterable[Step], older: list[Step], mode: Mode) -> Fact:
    """The newest `steps`, and the others with the `older` ones as one. What is not among the newest now never will be:
    so the order in which steps come makes no difference.
    """
    if mode is Mode.APPENDED:
        moments: dict[str, int] = {}
        for step in steps:
            moments[step.value] = max(step.at, moments.get(step.value, step.at))
        every, most = sorted(Step(at, value) for value, at in moments.items()), LIST_ITEMS
    else:
        values: dict[int, list[str]] = {}
        for step in steps:
            values.setdefault(step.at, []).append(step.value)
        join = _sum if mode is Mode.ADDED else min
        every, most = sorted(Step(at, join(said)) for at, said in values.items()), STEPS
    if not every:
        return Fact()
    newest = Fact(msgspec.json.encode(every[-most:]).decode(), every[-1].at)
    gone = [*older, *every[:-most]]
    if not gone or mode is Mode.APPENDED:
        return newest
    first = min(gone) if mode is Mode.ONCE else Step(max(gone).at, _sum(step.value for step in gone))
    return newest._replace(first=first.value, first_at=first.at)


def _steps(fact: Fact) -> list[Step]:
    return [] if fact.value is None else _STEPS.decode(fact.value)


def _older(fact: Fact) -> list[Step]:
    return [] if fact.first is None or fact.first_at is None else [Step(fact.first_at, fact.first)]


def _sum(values: Iterable[str]) -> str:
    """Exact, so that no order of adding makes a difference."""
    total = Decimal(0)
    for value in values:
        total = _EXACT.add(total, Decimal(value))
    return format(total.normalize(_EXACT), "f") if total else "0"


def _items(value: str) -> list[str]:
    return [msgspec.json.encode(item).decode() for item in msgspec.json.decode(value)]


def _joined(items: Iterable[str]) -> str:
    """A list, sorted, and cut to the smallest items past the limit: the same whatever the order of the parts."""
    return f"[{','.join(sorted(set(items))[:LIST_ITEMS])}]"


def _latest(*moments: int | None) -> int | None:
    return max((moment for moment in moments if moment is not None), default=None)
