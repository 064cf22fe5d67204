"""From events to a campaign's results, on arrays."""

from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from lianyi.events.schemas import Source
from lianyi.insight.hours import by_time
from lianyi.insight.results.parts import Ints, Kind, Numbers, Part
from lianyi.insight.results.schemas import Count, Line, Results, Step
from lianyi.insight.results.steps import STEPS, UNDONE
from lianyi.kernel.arrays import distinct
from lianyi.people.profiles.queries import ATTRIBUTED_FOR

Bools = npt.NDArray[np.bool_]
Owners = Callable[[Numbers], Numbers]  # from identities to people, 0 for nobody
_ORDER = {step: place for place, step in enumerate(Step)}
_CLICK, _CHECK_IN = _ORDER[Step.CLICK], _ORDER[Step.CHECK_IN]
_TAKEN_BACK = -1  # no step: what says that a check-in was undone


class _Touches(NamedTuple):
    """Events by column: whose (a person, 0 for nobody), and when (µs)."""

    who: Numbers
    at: Ints


class _Settled(NamedTuple):
    """What counts for a campaign: its sources; of each event the place of its source, its step, and its person."""

    sources: list[Source]
    line: Ints
    step: Ints
    who: Numbers
    clicks: Ints  # when people clicked
    machines: int  # how often machines did


def results_of(campaign: str, parts: Sequence[Part], owners: Owners, zone: tzinfo) -> Results:
    """What the campaign brought by these events, which are all that state any campaign, and all that may follow."""
    settled = _settled(campaign, parts, owners)
    sources, events, people, all_of = settled.sources, *_cells(settled, settled.line, len(settled.sources))
    found = [
        Line(source, _counts(people[place], events[place]))
        for place, source in enumerate(sources)
        if events[place].any()
    ]
    found.sort(key=lambda one: (tuple(-count.events for count in one.steps[_CLICK:]), one.source))
    total = _counts(all_of, events.sum(axis=0))
    days, hours = by_time(settled.clicks, zone)
    return Results(found, total, hours, days, settled.machines)


def by_code(
    campaign: str, parts: Sequence[Part], owners: Owners, group_of: Mapping[str, int], groups: int
) -> list[tuple[Count, ...]]:
    """The same put together by groups of codes, such as those of one holder; what has another code is left out."""
    settled = _settled(campaign, parts, owners)
    group = np.array([group_of.get(source.code, -1) for source in settled.sources], np.int64).reshape(-1)[settled.line]
    events, people, _ = _cells(settled, group, groups)
    return [_counts(people[place], events[place]) for place in range(groups)]


def _settled(campaign: str, parts: Sequence[Part], owners: Owners) -> _Settled:
    stating, unstated = ([part.stating(one) for part in parts] for one in (campaign, ""))
    others = [other for part in parts for other in part.stating_others(campaign)]
    came, after, elsewhere = (_touches(some, owners) for some in (stating, unstated, others))
    kinds = {kind for part in stating for kind in part.kinds}
    sources = sorted({kind.source for kind in kinds})
    place_of = {source: place for place, source in enumerate(sources)}
    line_of = {kind: place_of[kind.source] for kind in kinds}
    line, step = _of_kinds(stating, line_of.__getitem__), _of_kinds(stating, _step)
    after, following = _standing(after, _of_kinds(unstated, _step))
    event, touch = _attributed(after, came, elsewhere)
    return _Settled(
        sources,
        np.concatenate([line, line[touch]]),
        np.concatenate([step, following[event]]),
        np.concatenate([came.who, after.who[event]]),
        came.at[step == _CLICK],
        int(np.count_nonzero(_of_kinds([part.of_machines(campaign) for part in parts], _step) == _CLICK)),
    )


def _touches(parts: Sequence[Part], owners: Owners) -> _Touches:
    return _Touches(
        owners(np.concatenate([np.zeros(0, np.int32), *(part.who for part in parts)])),
        np.concatenate([np.zeros(0, np.int64), *(part.at for part in parts)]),
    )


def _of_kinds(parts: Sequence[Part], value: Callable[[Kind], int]) -> Ints:
    """Of each event what its kind says."""
    found = [np.repeat(np.array([value(kind) for kind in part.kinds], np.int64), part.sizes) for part in parts]
    return np.concatenate([np.zeros(0, np.int64), *found])


def _step(kind: Kind) -> int:
    return _TAKEN_BACK if kind.name == UNDONE else _ORDER[STEPS[kind.name]]


def _standing(after: _Touches, step: Ints) -> tuple[_Touches, Ints]:
    """What follows, and the step that each is, without check-ins that were undone."""
    undone = step == _TAKEN_BACK
    if not undone.any():
        return after, step
    stands, moments = ~undone, after.at[undone]
    gone = set(zip(after.who[undone].tolist(), moments.tolist(), strict=True))
    for place in np.flatnonzero((step == _CHECK_IN) & np.isin(after.at, moments)).tolist():
        stands[place] = (int(after.who[place]), int(after.at[place])) not in gone
    return _Touches(after.who[stands], after.at[stands]), step[stands]


def _attributed(after: _Touches, came: _Touches, elsewhere: _Touches) -> tuple[Ints, Ints]:
    """The places of those that follow because of the campaign, each with the place of that by which its person had
    come last; not what follows who came last by another campaign. Of what happened at the same moment, coming comes
    first.
    """
    size = 1 + max(int(one.who.max(initial=0)) for one in (after, came, elsewhere))
    followed = np.flatnonzero(_marked(came.who, size)[after.who])
    theirs = _marked(after.who[followed], size)
    ours, others = np.flatnonzero(theirs[came.who]), np.flatnonzero(theirs[elsewhere.who])
    who = np.concatenate([came.who[ours], elsewhere.who[others], after.who[followed]])
    at = np.concatenate([came.at[ours], elsewhere.at[others], after.at[followed]])
    touches = len(ours) + len(others)
    # By person, then by time, a touch before what follows at that moment: two sorts of one number each are several
    # times faster than one by three columns.
    place = np.arange(len(who))
    at_last = np.argsort(2 * at + (place >= touches))
    order = at_last[np.argsort(who[at_last] * np.int64(len(who)) + place)]
    is_touch = order < touches
    last = np.maximum.accumulate(np.where(is_touch, place, -1))
    here = np.flatnonzero(~is_touch & (last >= 0))
    event, touch = order[here], order[last[here]]
    same = (who[event] == who[touch]) & (at[event] - at[touch] <= ATTRIBUTED_FOR) & (touch < len(ours))
    return followed[event[same] - touches], ours[touch[same]]


def _marked(who: Numbers, size: int) -> Bools:
    """By number, whether it is one of these people."""
    found = np.zeros(size, np.bool_)
    found[who] = True
    found[0] = False
    return found


def _cells(settled: _Settled, line: Ints, lines: int) -> tuple[Ints, Ints, Ints]:
    """Events and people of each line by the steps, and all people of each step. Below 0 stands what has no line."""
    cells = len(Step) * lines
    cell, who = settled.step * lines + line, settled.who
    if len(line) and line.min() < 0:
        cell, who = cell[line >= 0], who[line >= 0]
    events = np.bincount(cell, minlength=cells)
    pairs = distinct(((cell << 32) | who)[who > 0])  # numbers of people are below 2**31
    of_cell, whose = pairs >> 32, pairs.astype(np.int32)
    people = np.bincount(of_cell, minlength=cells)
    size = int(whose.max(initial=0)) + 1
    ends = np.searchsorted(pairs, np.arange(len(Step) + 1) * (lines << 32))
    all_of = [np.count_nonzero(_marked(whose[begin:end], size)) for begin, end in pairwise(ends.tolist())]
    return events.reshape(len(Step), lines).T, people.reshape(len(Step), lines).T, np.array(all_of, np.int64)


def _counts(people: Ints, events: Ints) -> tuple[Count, ...]:
    return tuple(Count(int(p), int(e)) for p, e in zip(people, events, strict=True))
