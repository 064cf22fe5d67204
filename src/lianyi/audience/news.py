"""Whom a batch, or a change of columns, has told something of: who may be another to a rule that needs that."""

from collections import defaultdict
from collections.abc import Callable
from functools import cached_property
from itertools import chain
from typing import NamedTuple

import numpy as np
from pyroaring import BitMap

from lianyi.events.schemas import Batch
from lianyi.kernel.arrays import distinct
from lianyi.people.columns import names
from lianyi.people.columns.numbering import tag_number, trait_number
from lianyi.people.columns.parts import bits_of
from lianyi.people.columns.queries import changed_since
from lianyi.people.identity import queries as identity
from lianyi.rules.happening import is_called
from lianyi.rules.needing import Needs
from lianyi.rules.nodes import Tagged

_SCORES = {"fit": names.FIT, "engagement": names.ENGAGEMENT}
_NOBODY = BitMap([0])
_TOUCHES = {"first": names.FIRST_SOURCE, "last": names.LAST_SOURCE, "any": names.SOURCES}


class News(NamedTuple):
    """What a batch tells that the rooms of facts have applied, and with it all that columns were told since."""

    version: int  # of the columns, with the batch
    people: Callable[[Needs], BitMap | None]  # by needs, of whom a rule must be asked anew; None: it may be anybody


def news_of(batch: Batch, since: int) -> News:
    """The news of a batch; `since` is the version of the columns with the batch before it."""
    return _news(batch.workspace, since, _Did(batch))


def news_since(workspace: int, since: int) -> News:
    """What columns were told after a version, without any batch."""
    return _news(workspace, since, None)


def _news(workspace: int, since: int, did: "_Did | None") -> News:
    changes = changed_since(workspace, since)

    def people(needs: Needs) -> BitMap | None:
        found = BitMap() if did is None else did.people(needs.events)
        for column in _columns(workspace, needs):
            if column in changes.whole:
                return None
            found |= changes.people.get(column, BitMap())
        return found

    return News(changes.version, people)


class _Did:
    """Who did what in a batch; whose each identity is, is looked up once."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._people: dict[frozenset[str], BitMap] = {}

    def people(self, events: frozenset[str]) -> BitMap:
        if not events:
            return BitMap()
        if events not in self._people:
            found = [
                people for name, people in self._by_name.items() if any(is_called(name, wanted) for wanted in events)
            ]
            self._people[events] = BitMap.union(BitMap(), *found)
        return self._people[events].copy()

    @cached_property
    def _by_name(self) -> dict[str, BitMap]:
        numbers: dict[str, list[int]] = defaultdict(list)
        for event, number in zip(self._batch.events, self._batch.numbers, strict=True):
            if number and not event.machine:
                numbers[event.name].append(number)
        every = distinct(np.array([*chain.from_iterable(numbers.values())], np.int64))
        persons = identity.persons_in_order(self._batch.workspace, every)
        return {name: bits_of(persons[np.searchsorted(every, some)]) - _NOBODY for name, some in numbers.items()}


def _columns(workspace: int, needs: Needs) -> set[str]:
    """The columns that rules with these needs are answered from. That of everybody is one: who is new has no trait."""
    found = {names.PERSON, *(_TOUCHES[touch] for touch in needs.touches)}
    found |= {names.trait(n) for n in (trait_number(workspace, name) for name in needs.traits) if n is not None}
    tags = (tag_number(workspace, Tagged(tag=tag, dimension=dimension)) for dimension, tag in needs.tags)  # type: ignore[arg-type]
    found |= {names.tag(number) for number in tags if number is not None}
    found |= {names.consent(channel, purpose) for channel, purpose in needs.consents}
    found |= {names.identified(kind) for kind in needs.identities}
    found |= {_SCORES[axis] for axis in needs.scores if axis in _SCORES}
    if needs.scores >= {"fit", "engagement"}:  # as a rule about the state has
        found.add(names.PAUSED)
    return found | {names.STAGE} if needs.stage else found
