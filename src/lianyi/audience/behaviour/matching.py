"""Occurrences from batches as they come: which patterns an event belongs to. An event's JSON is read once, and only
where a pattern of its name has a condition.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from lianyi.audience.behaviour.runs import gathered
from lianyi.audience.behaviour.schemas import Rows, Spec, nothing_of
from lianyi.events.schemas import Batch, Event
from lianyi.rules.happening import is_called, meets, properties_of, value_of


def rows_in(batches: Iterable[Batch], specs: Sequence[Spec]) -> dict[Spec, Rows]:
    """What the batches, whose numbers are filled, have of each pattern, in any order."""
    done: dict[str, _Done] = {}
    for batch in batches:
        for event, number in zip(batch.events, batch.numbers, strict=True):
            if number and not event.machine:
                if event.name not in done:
                    done[event.name] = _Done([spec for spec in specs if is_called(event.name, spec.event)])
                done[event.name].add(number, event)
    parts = {spec: [nothing_of(spec)] for spec in specs}
    for one in done.values():
        for spec in one.asking:
            parts[spec].append(one.rows(spec))
    return {spec: gathered(some) for spec, some in parts.items()}


class _Done:
    """What was done under one name, as far as a pattern asks for it."""

    def __init__(self, asking: Sequence[Spec]) -> None:
        self.asking = asking
        self._who: list[int] = []
        self._events: list[Event] = []
        self._said: list[dict[str, Any]] = []
        self._all: Rows | None = None

    def add(self, number: int, event: Event) -> None:
        if self.asking:
            self._who.append(number)
            self._events.append(event)

    def rows(self, spec: Spec) -> Rows:
        if self._all is None:
            at = np.fromiter((event.occurred_at for event in self._events), np.int64, len(self._events))
            self._all = Rows(np.array(self._who, np.uint32), at, None)
        if not spec.reads_json:
            return self._all
        self._said = self._said or [properties_of(event.raw) for event in self._events]
        values = [0.0 if spec.number is None else value_of(said.get(spec.number)) for said in self._said]
        kept = [
            place
            for place, (value, said) in enumerate(zip(values, self._said, strict=True))
            if isinstance(value, float) and meets(said, spec.where)
        ]
        rows = self._all.some(np.array(kept, np.int64))
        if spec.number is None:
            return rows
        return rows._replace(value=np.array([values[place] for place in kept], np.float64))
