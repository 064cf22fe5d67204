"""Occurrences from batches as they come: which patterns an event belongs to. An event's JSON is read once, and only
where a pattern of its name has a condition.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from lianyi.audience.behaviour.schemas import Rows, Spec
from lianyi.events.schemas import Batch
from lianyi.rules.happening import meets, properties_of, value_of
from lianyi.rules.nodes import ANYTHING, NO_DOING


def rows_in(batches: Iterable[Batch], specs: Sequence[Spec]) -> dict[Spec, Rows]:
    """What the batches, whose numbers are filled, have of each pattern, in their order."""
    by_name: dict[str, list[Spec]] = defaultdict(list)
    for spec in specs:
        by_name[spec.event].append(spec)
    always = by_name.pop(ANYTHING, [])
    found: dict[Spec, tuple[list[int], list[int], list[float]]] = {spec: ([], [], []) for spec in specs}
    for batch in batches:
        for event, number in zip(batch.events, batch.numbers, strict=True):
            asking = [*by_name.get(event.name, ()), *(() if event.name in NO_DOING else always)]
            if not number or event.machine or not asking:
                continue
            said: dict[str, Any] | None = None
            for spec in asking:
                who, at, values = found[spec]
                if spec.reads_json:
                    if said is None:
                        said = properties_of(event.raw)
                    value = value_of(said.get(spec.number)) if spec.number is not None else 0.0
                    if not isinstance(value, float) or not meets(said, spec.where):
                        continue
                    values.append(value)
                who.append(number)
                at.append(event.occurred_at)
    return {
        spec: Rows(
            np.array(who, np.uint32),
            np.array(at, np.int64),
            None if spec.number is None else np.array(values, np.float64),
        )
        for spec, (who, at, values) in found.items()
    }
