"""From events to a campaign's results, on arrays."""

from collections.abc import Mapping, Sequence
from datetime import date, tzinfo
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from lianyi.events.schemas import Source
from lianyi.insight.results.schemas import ATTRIBUTED_FOR, Count, Line, Results, Step
from lianyi.insight.results.steps import STEPS
from lianyi.kernel.arrays import distinct
from lianyi.kernel.clock import HOUR, from_micros

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
_ORDER = {step: place for place, step in enumerate(Step)}
_CLICK = _ORDER[Step.CLICK]


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


def results_of(campaign: str, kinds: Sequence[Kind], happened: Happened, zone: tzinfo) -> Results:
    """What the campaign brought by these events, which are all that state any campaign, and all that may follow."""
    sources, line, step, rows, clicked_by_machines = _settled(campaign, kinds, happened)
    return _counted(sources, line, step, rows, zone, clicked_by_machines)


def by_code(
    campaign: str, kinds: Sequence[Kind], happened: Happened, group_of: Mapping[str, int], groups: int
) -> list[tuple[Count, ...]]:
    """The same put together by groups of codes, such as those of one holder; what has another code is left out."""
    sources, line, step, rows, _machines = _settled(campaign, kinds, happened)
    group = np.array([group_of.get(source.code, -1) for source in sources], np.int64).reshape(-1)[line]
    known = group >= 0
    events, people = _cells(group[known], step[known], rows.who[known], groups)
    return [_counts(people[place], events[place]) for place in range(groups)]


def _settled(
    campaign: str, kinds: Sequence[Kind], happened: Happened
) -> tuple[list[Source], Ints, Ints, Happened, int]:
    """The sources of the campaign, and of each event that counts for it which of them and which step; and how often
    machines clicked.
    """
    sources = sorted({_source(kind) for kind in kinds if kind.campaign == campaign})
    line_of = {source: place for place, source in enumerate(sources)}
    lines = _of_kinds([line_of[_source(kind)] if kind.campaign == campaign else -1 for kind in kinds])
    steps = _of_kinds([_ORDER[STEPS[kind.name]] for kind in kinds])
    stated = _of_kinds([kind.campaign != "" for kind in kinds])
    line, step = lines[happened.kind], steps[happened.kind]
    clicked_by_machines = int(np.count_nonzero(happened.machine & (line >= 0) & (step == _CLICK)))
    people = ~happened.machine
    following = people & (stated[happened.kind] == 0) & (happened.who > 0)
    came = people & (stated[happened.kind] != 0)
    line = np.where(following, _attributed(happened, came, following, line), line)
    counted = people & (line >= 0)
    return sources, line[counted], step[counted], happened.some(counted), clicked_by_machines


def _of_kinds(values: Sequence[int]) -> Ints:
    return np.array(values, np.int64).reshape(-1)


def _source(kind: Kind) -> Source:
    return Source(kind.channel, kind.medium, kind.campaign, kind.code)


def _attributed(happened: Happened, came: Bools, following: Bools, line: Ints) -> Ints:
    """For each event that follows the line by which its person had come last, -1 for none and for another campaign;
    of what happened at the same moment, coming comes first.
    """
    found = np.full(len(line), -1, np.int64)
    places = np.flatnonzero(following)
    if not len(places):
        return found
    theirs = np.zeros(int(happened.who.max()) + 1, np.bool_)
    theirs[happened.who[places]] = True
    touches = np.flatnonzero(came & theirs[happened.who])
    # Both in one order: by person, then by time, a touch before what follows at that moment. Two sorts of one number
    # each are several times faster than one by three columns.
    both = np.concatenate([touches, places])
    late = np.zeros(len(both), np.int64)
    late[len(touches) :] = 1
    by_time = np.argsort(2 * happened.at[both] + late)
    order = by_time[np.argsort(happened.who[both][by_time] * len(both) + np.arange(len(both)))]
    before = np.maximum.accumulate(np.where(late[order] == 0, np.arange(len(order)), -1))
    here = np.flatnonzero(late[order] == 1)
    last = before[here]
    here, last = here[last >= 0], last[last >= 0]
    event, touch = both[order[here]], both[order[last]]
    same = (happened.who[event] == happened.who[touch]) & (happened.at[event] - happened.at[touch] <= ATTRIBUTED_FOR)
    found[event[same]] = line[touch[same]]
    return found


def _cells(line: Ints, step: Ints, who: Ints, lines: int) -> tuple[Ints, Ints]:
    """Events and people of each line, by the steps."""
    cells = len(Step) * lines
    cell = line * len(Step) + step
    events = np.bincount(cell, minlength=cells).reshape(-1, len(Step))
    known, size = who > 0, int(who.max(initial=0)) + 1
    people = np.bincount(distinct(cell[known] * size + who[known]) // size, minlength=cells)
    return events, people.reshape(-1, len(Step))


def _counts(people: Ints, events: Ints) -> tuple[Count, ...]:
    return tuple(Count(int(p), int(e)) for p, e in zip(people, events, strict=True))


def _counted(sources: Sequence[Source], line: Ints, step: Ints, rows: Happened, zone: tzinfo, machines: int) -> Results:
    events, people = _cells(line, step, rows.who, len(sources))
    size = int(rows.who.max(initial=0)) + 1
    all_of = np.array([_people(rows.who[step == place], size) for place in range(len(Step))], np.int64)
    found = [
        Line(source, _counts(people[place], events[place]))
        for place, source in enumerate(sources)
        if events[place].any()
    ]
    found.sort(key=lambda one: (tuple(-count.events for count in one.steps[_CLICK:]), one.source))
    total = _counts(all_of, events.sum(axis=0))
    return Results(found, total, *_by_time(rows.at[step == _CLICK], zone), machines)


def _people(who: Ints, size: int) -> int:
    """How many there are, nobody left out."""
    there = np.zeros(size, np.bool_)
    there[who] = True
    there[0] = False
    return int(np.count_nonzero(there))


def _by_time(at: Ints, zone: tzinfo) -> tuple[list[int], list[tuple[date, int]]]:
    """How many fell into each hour of the day, and on each day. A zone whose clocks stand a part of an hour off is read
    by quarters.
    """
    quarters, counts = np.unique(at // (HOUR // 4), return_counts=True)
    hours, days = [0] * 24, dict[date, int]()
    for quarter, count in zip(quarters.tolist(), counts.tolist(), strict=True):
        local = from_micros(quarter * (HOUR // 4)).astimezone(zone)
        hours[local.hour] += count
        days[local.date()] = days.get(local.date(), 0) + count
    return hours, sorted(days.items())
