"""Reads of a campaign's results: what the lake says, and the tail that is not in it yet."""

from collections.abc import Sequence

import numpy as np

from lianyi.events.log.queries import lake_cursor
from lianyi.foundation.workspaces.queries import zone_of
from lianyi.insight.results.counting import Owners, by_code, results_of
from lianyi.insight.results.laked import NAMES, NAMES_FOLLOWING, in_lake
from lianyi.insight.results.parts import Kind, Part, part_of
from lianyi.insight.results.schemas import Count, Results, Standing, Step
from lianyi.insight.results.steps import UNDONE
from lianyi.links.packs.schemas import HolderLine
from lianyi.people.identity.queries import moved_map, owners
from lianyi.people.identity.tail import numbered_tail, one_moment


def campaign_results(workspace: int, campaign: str) -> Results:
    """What the campaign of this key brought up to now: all that was acknowledged and projected, to the unit."""
    return results_of(campaign, *_happened(workspace), zone_of(workspace))


def standings(workspace: int, campaign: str, holders: Sequence[HolderLine]) -> list[Standing]:
    """What the codes of each of these holders brought, in the order of a ranking: by scans and clicks, then by people,
    registrations and orders. A code that two of them have is that of who had it first.
    """
    group_of: dict[str, int] = {}
    for place, one in enumerate(holders):
        for line in one.links:
            group_of.setdefault(line.link.code, place)
    counts = by_code(campaign, *_happened(workspace), group_of, len(holders))
    found = [Standing(one.holder, *_ranked(steps)) for one, steps in zip(holders, counts, strict=True)]
    return sorted(found, key=lambda one: (*(-count for count in one[1:]), one.holder))


def _ranked(steps: Sequence[Count]) -> tuple[int, int, int, int]:
    of = dict(zip(Step, steps, strict=True))
    return of[Step.CLICK].events, of[Step.CLICK].people, of[Step.REGISTRATION].people, of[Step.ORDER].events


def _happened(workspace: int) -> tuple[list[Part], Owners]:
    """All that states a campaign, and all that may follow from it, and whose it is."""
    with one_moment():
        after = lake_cursor(workspace)
        parts = [*in_lake(workspace, after), _in_tail(workspace, after)]
        moved = moved_map(workspace)
    return parts, lambda numbers: owners(numbers, moved)


def _in_tail(workspace: int, after: int) -> Part:
    """The same of what the lake has not."""
    place_of: dict[Kind, int] = {}
    rows: list[tuple[int, int, int]] = []
    for batch in numbered_tail(workspace, after):
        for event, number in zip(batch.events, batch.numbers, strict=True):
            if event.name not in NAMES:
                continue
            channel, medium, campaign, code = event.source or ("", "", "", "")
            if campaign or event.name in NAMES_FOLLOWING:
                kind = Kind(event.machine, campaign, event.name, channel, medium, code)
                at = event.properties.get("came_at") if event.name == UNDONE else None
                at = at if isinstance(at, int) else event.occurred_at
                rows.append((place_of.setdefault(kind, len(place_of)), number, at))
    whole = np.array(rows, np.int64).reshape(-1, 3)
    return part_of(list(place_of), whole[:, 0], whole[:, 1], whole[:, 2])
