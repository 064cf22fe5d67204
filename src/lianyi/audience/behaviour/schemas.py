"""The room's words: a pattern of events, and rows of what happened."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from lianyi.events.lake.queries import Listed
from lianyi.events.lake.schemas import File
from lianyi.rules.nodes import ANYTHING, Behaviour, Conditions, DidSum, DidThen

Numbers = npt.NDArray[np.uint32]
Ints = npt.NDArray[np.int64]
Doubles = npt.NDArray[np.float64]


class Spec(NamedTuple):
    """Events of one name that meet all conditions and, where `number` names a property, have a number there."""

    event: str
    where: Conditions
    number: str | None = None

    @property
    def reads_json(self) -> bool:
        """Whether an event's JSON has to be looked into."""
        return bool(self.where) or self.number is not None


class Rows(NamedTuple):
    """What happened, by column: to whom (an identity, or a person), when, and the property's number if one is named."""

    who: Numbers
    at: Ints
    value: Doubles | None

    def some(self, which: npt.NDArray[Any]) -> "Rows":
        """These rows, by place or by a mask."""
        return Rows(self.who[which], self.at[which], None if self.value is None else self.value[which])


def nothing_of(spec: Spec) -> Rows:
    """No rows of a pattern."""
    return Rows(np.zeros(0, np.uint32), np.zeros(0, np.int64), None if spec.number is None else np.zeros(0, np.float64))


def specs_of(leaf: Behaviour) -> tuple[Spec, ...]:
    """The patterns that a leaf asks for, the first one being what its span is about."""
    if isinstance(leaf, DidThen):
        return Spec(leaf.first.event, leaf.first.where), Spec(leaf.then.event, leaf.then.where)
    return (Spec(leaf.event, leaf.where, leaf.property if isinstance(leaf, DidSum) else None),)


def properties_asked(specs: Iterable[Spec]) -> set[str]:
    """The properties that the patterns ask for."""
    stated = {where.property for spec in specs for where in spec.where}
    return stated | {spec.number for spec in specs if spec.number is not None}


def relation_of(listed: Listed, files: Sequence[File], specs: Sequence[Spec]) -> str:
    """SQL that stands for what people did in these files, as far as the patterns ask: see `Listed`."""
    properties = properties_asked(specs)
    if not properties and all(spec.event == ANYTHING for spec in specs):
        return listed.doing(files)
    if not properties and any(spec.event == ANYTHING for spec in specs):
        return listed.relation(files)
    return listed.done(files, properties)
