"""Reads of a campaign's results: what the lake says, and the tail that is not in it yet."""

import numpy as np

from lianyi.events.log.queries import lake_cursor
from lianyi.foundation.workspaces.queries import zone_of
from lianyi.insight.results.counting import Happened, Kind, results_of
from lianyi.insight.results.laked import NAMES_FOLLOWING, Part, in_lake, joined
from lianyi.insight.results.schemas import Results
from lianyi.insight.results.steps import STEPS
from lianyi.people.identity.queries import moved_map, owners
from lianyi.people.identity.tail import numbered_tail, one_moment


def campaign_results(workspace: int, campaign: str) -> Results:
    """What the campaign of this key brought up to now: all that was acknowledged and projected, to the unit."""
    with one_moment():
        after = lake_cursor(workspace)
        kinds, happened = joined([*in_lake(workspace, after), _in_tail(workspace, after)])
        moved = moved_map(workspace)
    theirs = happened._replace(who=owners(happened.who, moved))
    return results_of(campaign, kinds, theirs, zone_of(workspace))


def _in_tail(workspace: int, after: int) -> Part:
    """The same of what the lake has not."""
    place_of: dict[Kind, int] = {}
    rows: list[tuple[int, int, int, bool]] = []
    for batch in numbered_tail(workspace, after):
        for event, number in zip(batch.events, batch.numbers, strict=True):
            if event.name not in STEPS:
                continue
            kind = Kind(event.name, *(event.source or ("", "", "", "")))
            if kind.campaign or event.name in NAMES_FOLLOWING:
                rows.append((number, event.occurred_at, place_of.setdefault(kind, len(place_of)), event.machine))
    whole = np.array(rows, np.int64).reshape(-1, 4)
    happened = Happened(whole[:, 0], whole[:, 1], whole[:, 2], whole[:, 3].astype(np.bool_))
    return Part(list(place_of), happened)
