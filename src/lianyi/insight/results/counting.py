"""From events to a campaign's results, on arrays."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from lianyi.events.schemas import Source
from lianyi.insight.hours import by_time
from lianyi.insight.results.schemas import Count, Line, Results, Step
from lianyi.insight.results.steps import STEPS, UNDONE
from lianyi.kernel.arrays import distinct
from lianyi.people.profiles.queries import ATTRIBUTED_FOR

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
_ORDER = {step: place for place, step in enumerate(Step)}
_CLICK = _ORDER[Step.CLICK]
_CAME = "gathering.checked_in"


class Kind(NamedTuple):
    """What many events have in common."""

    name: str
    channel: str
    medium: str
    campaign: str  # "" for events that state none
    code: str


class Happened(NamedTuple):
    """Events by column: whose (a person, 0 for nobody), when (µs), of which of the kinds, and whether a machine's."""

    who: Ints
    at: Ints
    kind: Ints
    machine: Bools

    def some(self, which: Bools) -> "Happened":
        """These of them."""
        return Happened(self.who[which], self.at[which], self.kind[which], self.machine[which])


class _Settled(NamedTuple):
    """What counts for a campaign: its sources; of each event the place of its source, its step, and its person."""

    sources: list[Source]
    line: Ints
    step: Ints
    who: Ints
    clicks: Ints  # when people clicked
    machines: int  # how often machines did


def results_of(campaign: str, kinds: Sequence[Kind], happened: Happened, zone: tzinfo) -> Results:
    """What the campaign brought by these events, which are all that state any campaign, and all that may follow."""
    settled = _settled(campaign, kinds, happened)
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
    campaign: str, kinds: Sequence[Kind], happened: Happened, group_of: Mapping[str, int], groups: int
) -> list[tuple[Count, ...]]:
    """The same put together by groups of codes, such as those of one holder; what has another code is left out."""
    settled = _settled(campaign, kinds, happened)
    group = np.array([group_of.get(source.code, -1) for source in settled.sources], np.int64).reshape(-1)[settled.line]
    events, people, _ = _cells(settled, group, groups)
    return [_counts(people[place], events[place]) for place in range(groups)]


def without_undone(kinds: Sequence[Kind], happened: Happened) -> tuple[list[Kind], Happened]:
    """All of it but check-ins that were undone: each undoing takes back the last one of its person before it."""
    left = [kind for kind in kinds if kind.name != UNDONE]
    if len(left) == len(kinds):
        return left, happened
    undone = _of_kinds([kind.name == UNDONE for kind in kinds])[happened.kind] > 0
    came = _of_kinds([kind.name == _CAME for kind in kinds])[happened.kind] > 0
    counts, places = ~undone, np.flatnonzero(came | undone)
    standing: dict[int, list[int]] = {}
    for place in places[np.lexsort((undone[places], happened.at[places]))].tolist():
        theirs = standing.setdefault(int(happened.who[place]), [])
        if came[place]:
            theirs.append(place)
        elif theirs:
            counts[theirs.pop()] = False
    number = np.cumsum(_of_kinds([kind.name != UNDONE for kind in kinds])) - 1
    some = happened.some(counts)
    return left, some._replace(kind=number[some.kind])


def _settled(campaign: str, kinds: Sequence[Kind], happened: Happened) -> _Settled:
    sources = sorted({_source(kind) for kind in kinds if kind.campaign == campaign})
    line_of = {source: place for place, source in enumerate(sources)}
    lines = _of_kinds([line_of[_source(kind)] if kind.campaign == campaign else -1 for kind in kinds])
    steps = _of_kinds([_ORDER[STEPS[kind.name]] for kind in kinds])
    stated = _of_kinds([kind.campaign != "" for kind in kinds]) > 0
    clicks = (lines >= 0) & (steps == _CLICK)
    people = ~happened.machine
    came = happened.some(people & (lines >= 0)[happened.kind])
    elsewhere = happened.some(people & (stated & (lines < 0))[happened.kind])
    after = happened.some(people & ~stated[happened.kind] & (happened.who > 0))
    followed, line = _attributed(after, came, elsewhere, lines)
    return _Settled(
        sources,
        np.concatenate([lines[came.kind], line]),
        np.concatenate([steps[came.kind], steps[followed.kind]]),
        np.concatenate([came.who, followed.who]),
        came.at[clicks[came.kind]],
        int(np.count_nonzero(happened.machine & clicks[happened.kind])),
    )


def _of_kinds(values: Sequence[int]) -> Ints:
    return np.array(values, np.int64).reshape(-1)


def _source(kind: Kind) -> Source:
    return Source(kind.channel, kind.medium, kind.campaign, kind.code)


def _attributed(after: Happened, came: Happened, elsewhere: Happened, lines: Ints) -> tuple[Happened, Ints]:
    """What follows because of the campaign, each with the line by which its person had come last; not what follows who
    came last by another campaign. Of what happened at the same moment, coming comes first.
    """
    size = 1 + max((int(one.who.max(initial=0)) for one in (after, came, elsewhere)), default=0)
    after = after.some(_marked(came.who, size)[after.who])
    theirs = _marked(after.who, size)
    came, elsewhere = came.some(theirs[came.who]), elsewhere.some(theirs[elsewhere.who])
    who = np.concatenate([came.who, elsewhere.who, after.who])
    at = np.concatenate([came.at, elsewhere.at, after.at])
    late = np.zeros(len(who), np.int64)
    late[len(who) - len(after.who) :] = 1
    # By person, then by time, a touch before what follows at that moment: two sorts of one number each are several
    # times faster than one by three columns.
    at_last = np.argsort(2 * at + late)
    order = at_last[np.argsort(who[at_last] * len(who) + np.arange(len(who)))]
    last = np.maximum.accumulate(np.where(late[order] == 0, np.arange(len(order)), -1))
    here = np.flatnonzero((late[order] == 1) & (last >= 0))
    event, touch = order[here], order[last[here]]
    same = (who[event] == who[touch]) & (at[event] - at[touch] <= ATTRIBUTED_FOR) & (touch < len(came.who))
    event, touch = event[same] - (len(who) - len(after.who)), touch[same]
    return Happened(*(column[event] for column in after)), lines[came.kind[touch]]


def _marked(who: Ints, size: int) -> Bools:
    """By number, whether it is one of these."""
    found = np.zeros(size, np.bool_)
    found[who] = True
    return found


def _cells(settled: _Settled, line: Ints, lines: int) -> tuple[Ints, Ints, Ints]:
    """Events and people of each line by the steps, and all people of each step. Below 0 stands what has no line."""
    cells = len(Step) * lines
    cell, who = line * len(Step) + settled.step, settled.who
    if len(line) and line.min() < 0:
        cell, who = cell[line >= 0], who[line >= 0]
    events = np.bincount(cell, minlength=cells).reshape(-1, len(Step))
    pairs = distinct(((cell << 32) | who)[who > 0])  # numbers of people are below 2**31
    of_cell, whose = pairs >> 32, pairs & ((1 << 32) - 1)
    people = np.bincount(of_cell, minlength=cells).reshape(-1, len(Step))
    step, size = of_cell % len(Step), int(whose.max(initial=0)) + 1
    all_of = [np.count_nonzero(_marked(whose[step == place], size)) for place in range(len(Step))]
    return events, people, np.array(all_of, np.int64)


def _counts(people: Ints, events: Ints) -> tuple[Count, ...]:
    return tuple(Count(int(p), int(e)) for p, e in zip(people, events, strict=True))
