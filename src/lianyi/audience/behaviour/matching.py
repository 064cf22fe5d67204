"""Occurrences from batches as they come: which patterns an event belongs to. An event's JSON is read once, and only
where a pattern of its name has a condition.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from lianyi.audience.behaviour.runs import gathered
from lianyi.audience.behaviour.schemas import Rows, Spec, nothing_of
from lianyi.events.schemas import Batch, Event
from lianyi.rules.happening import meets, properties_of, value_of
from lianyi.rules.nodes import ANYTHING, NO_DOING


def rows_in(batches: Iterable[Batch], specs: Sequence[Spec]) -> dict[Spec, Rows]:
    """What the batches, whose numbers are filled, have of each pattern, in any order."""
    named = {spec.event for spec in specs}
    done: dict[str, _Done] = {}
    for batch in batches:
        for event, number in zip(batch.events, batch.numbers, strict=True):
            name = event.name
            if number and (name in named or (ANYTHING in named and name not in NO_DOING)) and not event.machine:
                if name not in done:
                    done[name] = _Done()
                done[name].add(number, event)
    return {
        spec: gathered(
            [nothing_of(spec)]
            + [
                some.rows(spec)
                for name, some in done.items()
                if name == spec.event or (spec.event == ANYTHING and name not in NO_DOING)
            ]
        )
        for spec in specs
    }


class _Done:
    """What was done under one name."""

    def __init__(self) -> None:
        self._who: list[int] = []
        self._events: list[Event] = []
        self._said: list[dict[str, Any]] = []
        self._all: Rows | None = None

    def add(self, number: int, event: Event) -> None:
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
