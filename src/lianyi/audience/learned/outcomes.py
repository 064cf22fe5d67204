"""The outcome that a model learns: a rule about what people do, asked of the days after a cut-off alone.

Any leaf about behaviour will do, in any groups; the window is the model's, so a leaf has none of its own.
"""

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from lianyi.kernel.errors import Refused
from lianyi.rules.compiling import compile
from lianyi.rules.happening import happened
from lianyi.rules.needing import leaves
from lianyi.rules.nodes import Behaviour, Did, DidSum, DidThen, Leaf, Rule
from lianyi.rules.person import Happening, Moment

Ints = npt.NDArray[np.int64]


def check_outcome(rule: Rule) -> None:
    """Refuses what is no outcome."""
    for leaf in leaves(rule):
        if not isinstance(leaf, Behaviour):
            raise Refused(
                "learned.outcome",
                "An outcome is something that people do, and {kind} is a state.",
                "Choose events.",
                kind=leaf.kind,
            )
        if isinstance(leaf, Did | DidSum | DidThen) and leaf.during is not None:
            raise Refused(
                "learned.window", "The outcome has days of its own.", "Leave them out: the model's days after it count."
            )


def names_in(rule: Rule) -> set[str]:
    """The names of the events that the outcome depends on; "*" for any."""
    found: set[str] = set()
    for leaf in leaves(rule):
        found |= {leaf.first.event, leaf.then.event} if isinstance(leaf, DidThen) else {leaf.event}  # type: ignore[union-attr]
    return found


def plain(rule: Rule) -> bool:
    """Whether the outcome is simply that an event happened."""
    return isinstance(rule, Did) and (rule.at_least, rule.at_most, rule.where) == (1, None, ())


def people_with(rule: Rule, done: Mapping[int, Iterable[Happening]], everybody: BitMap, moment: Moment) -> BitMap:
    """Those of `everybody` for whom the outcome holds at the end of the days in which they did what `done` says."""
    return compile(rule, _Days(done, everybody, moment))


class _Days:
    """Answers by what people did in some days."""

    def __init__(self, done: Mapping[int, Iterable[Happening]], everybody: BitMap, moment: Moment) -> None:
        self._done = {person: list(some) for person, some in done.items() if person in everybody}
        self._everybody, self._moment = everybody, moment

    def everybody(self) -> BitMap:
        return self._everybody

    def answer(self, leaf: Leaf, within: BitMap | None) -> BitMap:
        assert isinstance(leaf, Behaviour)
        found = BitMap(person for person, some in self._done.items() if happened(leaf, some, self._moment))
        return found if within is None else found & within

    def moved_by_time(self, leaf: Leaf, since: int, until: int) -> BitMap:
        del leaf, since, until
        return BitMap()
