"""From clicks to their counts, on arrays."""

from collections.abc import Callable, Hashable, Sequence
from datetime import tzinfo
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from lianyi.insight.clicks.schemas import Clicks, Counted, Where
from lianyi.insight.hours import by_time
from lianyi.kernel.arrays import distinct

Ints = npt.NDArray[np.int64]
_Key = TypeVar("_Key", bound=Hashable)


class Fact(NamedTuple):
    """What many clicks have in common."""

    link: int  # 0 where nobody asked
    country: str
    region: str
    city: str
    device: str


class Clicked(NamedTuple):
    """Clicks by column: whose (a person, 0 for nobody), when (µs), of which of the facts, and whether a machine's."""

    who: Ints
    at: Ints
    fact: Ints
    machine: npt.NDArray[np.bool_]

    def some(self, which: npt.NDArray[np.bool_]) -> "Clicked":
        """These of them."""
        return Clicked(self.who[which], self.at[which], self.fact[which], self.machine[which])

    def and_then(self, other: "Clicked") -> "Clicked":
        """These, and others behind them."""
        return Clicked(*(np.concatenate(both) for both in zip(self, other, strict=True)))


def clicks_of(facts: Sequence[Fact], clicked: Clicked, zone: tzinfo) -> Clicks:
    """All of them together."""
    people = clicked.some(~clicked.machine)
    known = distinct(people.who[people.who > 0]).size
    days, hours = by_time(people.at, zone)
    places = by(facts, people, lambda one: Where(one.country, one.region, one.city))
    devices = by(facts, people, lambda one: one.device)
    return Clicks(
        Counted(len(people.at), known, int(np.count_nonzero(clicked.machine))), days, hours, _most(places),
        _most(devices),
    )  # fmt: skip


def by(facts: Sequence[Fact], people: Clicked, key_of: Callable[[Fact], _Key]) -> dict[_Key, tuple[int, int]]:
    """Times and people of each key; of keys that nobody clicked there is none."""
    keys = {key: place for place, key in enumerate(dict.fromkeys(map(key_of, facts)))}
    group = np.array([keys[key_of(one)] for one in facts], np.int64)[people.fact] if facts else people.fact
    times = np.bincount(group, minlength=len(keys))
    known, size = people.who > 0, int(people.who.max(initial=0)) + 1
    whose = np.bincount(distinct(group[known] * size + people.who[known]) // size, minlength=len(keys))
    return {key: (int(times[place]), int(whose[place])) for key, place in keys.items() if times[place]}


def _most(counts: dict[_Key, tuple[int, int]]) -> list[tuple[_Key, int, int]]:
    return sorted(((key, *count) for key, count in counts.items()), key=lambda one: (-one[1], -one[2], str(one[0])))
