"""Reads of the funnel."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from django.conf import settings

from lianyi.events.lake import queries as lake
from lianyi.events.log.queries import lake_cursor
from lianyi.foundation.workspaces.queries import zone_of
from lianyi.insight.funnel.counting import Bits, Ints, by_source, of_people, united
from lianyi.insight.funnel.expression import compiled
from lianyi.insight.funnel.models import FunnelStep
from lianyi.insight.funnel.schemas import OTHER, UNKNOWN, By, Funnel, Step
from lianyi.insight.funnel.steps import DEFAULT_STEPS
from lianyi.kernel.clock import to_micros
from lianyi.kernel.errors import Refused
from lianyi.people.identity.queries import moved_map
from lianyi.people.identity.tail import done_in_tail, one_moment
from lianyi.people.profiles.queries import source_map, sources

_EVER = (-(2**62), 2**62)


def steps_of(workspace: int) -> dict[str, Step]:
    """Which event names count for which step: the default with the workspace's changes."""
    steps = dict(DEFAULT_STEPS)
    for event, step in FunnelStep.objects.filter(workspace=workspace).values_list("event", "step"):
        if step is None:
            steps.pop(event, None)
        else:
            steps[event] = Step(step)
    return steps


def own_steps(workspace: int) -> dict[str, Step | None]:
    """Where the workspace differs from the default: event → step, None for no step."""
    rows = FunnelStep.objects.filter(workspace=workspace).values_list("event", "step")
    return {event: None if step is None else Step(step) for event, step in rows}


def funnel(workspace: int, start: date | None, end: date | None, by: By = "first_source") -> Funnel:
    """The people in each step by an event in [start, end), by the channel that they came from first or last.

    A date is its first moment in the workspace's zone, and so is a datetime without a zone meant. Refuses a
    period that ends before it starts. What was acknowledged and projected is counted, in the lake or on its
    way there.
    """
    period = period_of(workspace, start, end)
    steps = {name: step.bit for name, step in steps_of(workspace).items()}
    # What the tail no longer has is in the lake by now; what both have counts once, since sets are united.
    after = lake_cursor(workspace)
    with ThreadPoolExecutor(1) as beside, one_moment():
        asked = beside.submit(_in_lake, workspace, steps, period)  # takes no part in the database's transaction
        waiting = _in_tail(workspace, steps, period, after)
        moved = moved_map(workspace)
        persons, numbers = source_map(workspace, "first" if by == "first_source" else "last")
        channels = {number: source.channel for number, source in sources(workspace).items()}
        laked = asked.result()
    size = 1 + max((int(part.max()) for part in (laked[0], waiting[0], *moved) if len(part)), default=0)
    names, places = _dense(channels, numbers)
    return by_source(of_people(united(size, laked, waiting), moved), persons, places, names)


def period_of(workspace: int, start: date | None, end: date | None) -> tuple[int, int]:
    """The moments (µs) at which a period begins and ends. Refuses one that ends before it starts."""
    zone = zone_of(workspace)
    period = (_EVER[0] if start is None else moment(start, zone), _EVER[1] if end is None else moment(end, zone))
    if period[0] > period[1]:
        raise Refused("funnel.period", "The period ends before it starts.", "Swap the two dates.")
    return period


def moment(of: date, zone: ZoneInfo) -> int:
    """The µs of a date's first moment, or of a datetime, in `zone` unless it names one."""
    if not isinstance(of, datetime):
        of = datetime.combine(of, time.min)
    return to_micros(of if of.tzinfo else of.replace(tzinfo=zone))


def _in_lake(workspace: int, steps: Mapping[str, int], period: tuple[int, int]) -> tuple[Ints, Bits]:
    start, end = period

    def question(listed: lake.Listed, duckdb: Any) -> tuple[Ints, Bits]:
        touched = [file for file in listed.files if file.latest >= start and file.earliest < end]
        whole = [file for file in touched if file.earliest >= start and file.latest < end]
        if not touched:
            return np.zeros(0, np.int64), np.zeros(0, np.uint8)
        duckdb.execute(f"CREATE OR REPLACE TEMP VIEW whole AS FROM {listed.relation(whole)}")
        partly = [file for file in touched if file not in whole]
        duckdb.execute(f"CREATE OR REPLACE TEMP VIEW partly AS FROM {listed.relation(partly)}")
        names = {"name": np.array(list(steps), dtype=object), "bit": np.array(list(steps.values()), dtype=np.uint8)}
        duckdb.register("steps", names)
        found = duckdb.execute(compiled(start, end)).fetchnumpy()
        return found["identity"].astype(np.int64, copy=False), found["bits"].astype(np.uint8, copy=False)

    return lake.ask(settings.ENVIRONMENT.lake, workspace, question)


def _in_tail(workspace: int, steps: Mapping[str, int], period: tuple[int, int], after: int) -> tuple[Ints, Bits]:
    start, end = period
    identities: list[int] = []
    bits: list[int] = []
    for event, number in done_in_tail(workspace, after):
        bit = steps.get(event.name)
        if bit is not None and start <= event.occurred_at < end:
            identities.append(number)
            bits.append(bit)
    return np.array(identities, dtype=np.int64), np.array(bits, dtype=np.uint8)


def _dense(channels: Mapping[int, str], numbers: Ints) -> tuple[list[str], Ints]:
    """The names of sources, the unknown one first, and for each number of a source the place of its name."""
    size = 1 + max((*channels, int(numbers.max()) if len(numbers) else 0), default=0)
    names = [UNKNOWN, OTHER, *channels.values()]
    place_of = np.ones(size, dtype=np.int64)
    place_of[list(channels)] = np.arange(2, len(names))
    return names, place_of[numbers]
