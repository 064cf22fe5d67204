"""The ordered funnel: how many people did these things one after another, within so many days of the first.

A person reaches step k by an event of step k that follows one by which step k - 1 was reached, later than that, and not
more than the days after the event of step 1 with which it all began. Of several beginnings the latest that still can is
the best, and the latest event of a step before a moment is one that has the latest beginning: so each event needs to
know only its nearest predecessor, and steps are joined one after another over sorted arrays. (What is called
`windowFunnel` elsewhere, with strict order.)
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
from pydantic import Field, ValidationError

from lianyi.audience.behaviour.answering import BehaviourAnswers
from lianyi.audience.behaviour.judging import order_of
from lianyi.audience.behaviour.schemas import Rows, Spec
from lianyi.foundation.workspaces.queries import zone_of
from lianyi.kernel.clock import DAY
from lianyi.rules.nodes import Pattern
from lianyi.rules.person import Moment
from lianyi.rules.reading import BadRule, problems_of
from lianyi.rules.values import Node

MOST_STEPS = 10
_THREADS = 2

Ints = npt.NDArray[np.int64]


class Steps(Node):
    """What follows what."""

    steps: Annotated[tuple[Pattern, ...], Field(min_length=2, max_length=MOST_STEPS)]


class BadSteps(BadRule):
    """The steps cannot be used."""

    root = "body"


def read_steps(stated: object) -> tuple[Pattern, ...]:
    """The steps that JSON names, 2 to 10. BadSteps with the place of each mistake: `steps[1].event`."""
    value = {"steps": stated}
    try:
        return Steps.model_validate_json(msgspec.json.encode(value)).steps
    except ValidationError as error:
        raise BadSteps(problems_of(value, error)) from None


class _Reached(NamedTuple):
    """Events by which a step was reached, by person and then by time, and when each began."""

    who: Ints
    at: Ints
    began: Ints

    @property
    def people(self) -> int:
        """How many they are."""
        return int(np.count_nonzero(np.diff(self.who))) + 1 if len(self.who) else 0


def ordered_funnel(
    workspace: int, steps: Sequence[Pattern], within_days: int, now: int, period: tuple[int, int] | None = None
) -> list[int]:
    """How many people reached each step by what was done up to `now` (µs); with a period [start, end), of those who did
    the first thing in it.
    """
    answers = BehaviourAnswers(workspace, Moment(now, zone_of(workspace)))
    done = [_sorted(rows) for rows in answers.happened([Spec(step.event, step.where) for step in steps])]
    if period is not None:
        inside = (done[0].at >= period[0]) & (done[0].at < period[1])
        done[0] = _Reached(*(column[inside] for column in done[0]))
    # By halves of the people, at the same time.
    cut = int(done[0].who[len(done[0].who) // 2]) if len(done[0].who) else 0
    with ThreadPoolExecutor(_THREADS) as beside:
        halves = [[_part(some, low, high) for some in done] for low, high in ((0, cut), (cut, 2**62))]
        counts = list(beside.map(lambda half: _people(half, within_days * DAY), halves))
    return [sum(people) for people in zip(*counts, strict=True)]


def _sorted(rows: Rows) -> _Reached:
    order = order_of(rows.who, rows.at)
    at = rows.at[order]
    return _Reached(rows.who[order].astype(np.int64), at, at)


def _part(done: _Reached, low: int, high: int) -> _Reached:
    first, last = np.searchsorted(done.who, [low, high])
    return _Reached(*(column[first:last] for column in done))


def _people(steps: Sequence[_Reached], within: int) -> list[int]:
    reached = steps[0]
    counts = [reached.people]
    for done in steps[1:]:
        before = _last_before(done, reached)
        some = np.flatnonzero(before >= 0)
        began = reached.began[before[some]]
        kept = done.at[some] - began <= within
        some = some[kept]
        reached = _Reached(done.who[some], done.at[some], began[kept])
        counts.append(reached.people)
    return counts


def _last_before(done: _Reached, earlier: _Reached) -> Ints:
    """For each event the place of the last of `earlier` that the same person did before it; -1 where there is none."""
    if not len(earlier.who) or not len(done.who):
        return np.full(len(done.who), -1)
    # One number for person and time, as fine as 63 bits allow. What falls together is stepped over.
    start, end = min(earlier.at.min(), done.at.min()), max(earlier.at.max(), done.at.max())
    bits = 63 - int(max(earlier.who[-1], done.who[-1])).bit_length()
    unit = int(end - start) // (1 << bits) + 1
    keys = (earlier.who << bits) + (earlier.at - start) // unit
    place = np.searchsorted(keys, (done.who << bits) + (done.at - start) // unit, "right") - 1
    open_ = np.flatnonzero(place >= 0)
    while len(open_):
        late = (earlier.who[place[open_]] == done.who[open_]) & (earlier.at[place[open_]] >= done.at[open_])
        open_ = open_[late]
        place[open_] -= 1
        open_ = open_[place[open_] >= 0]
    place[(place >= 0) & (earlier.who[place] != done.who)] = -1
    return np.asarray(place)
