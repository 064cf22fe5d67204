"""Reads of a campaign's results: one question to the lake, and the tail that is not in it yet."""

from typing import Any

import numpy as np
from django.conf import settings

from lianyi.events.lake import queries as lake
from lianyi.events.log.queries import lake_cursor
from lianyi.foundation.workspaces.queries import zone_of
from lianyi.insight.results.counting import Happened, Kind, results_of
from lianyi.insight.results.schemas import Results
from lianyi.insight.results.steps import FOLLOWING, STEPS
from lianyi.people.identity.queries import moved_map, owners
from lianyi.people.identity.tail import numbered_tail, one_moment

_FOLLOWING = frozenset(name for name, step in STEPS.items() if step in FOLLOWING)
_FOUND = """
CREATE OR REPLACE TEMP TABLE found AS
SELECT identity, occurred_at, machine, name, coalesce(channel, '') AS channel, coalesce(medium, '') AS medium,
    coalesce(campaign, '') AS campaign, coalesce(code, '') AS code
FROM {rows} WHERE batch <= {until} AND name IN ({names}) AND (campaign <> '' OR name IN ({following}))
"""
_KINDS = "SELECT DISTINCT name, channel, medium, campaign, code FROM found"
_ROWS = """
SELECT found.identity, found.occurred_at, found.machine, kinds.place
FROM found JOIN kinds USING (name, channel, medium, campaign, code)
"""


def campaign_results(workspace: int, campaign: str) -> Results:
    """What the campaign of this key brought up to now: all that was acknowledged and projected, to the unit."""
    with one_moment():
        after = lake_cursor(workspace)
        kinds, laked = _in_lake(workspace, after)
        place_of = {one: place for place, one in enumerate(kinds)}
        happened = laked.and_then(_in_tail(workspace, after, place_of))
        moved = moved_map(workspace)
    theirs = happened._replace(who=owners(happened.who, moved))
    return results_of(campaign, list(place_of), theirs, zone_of(workspace))


def _in_lake(workspace: int, until: int) -> tuple[list[Kind], Happened]:
    """The kinds, and what happened, by identity."""

    def question(listed: lake.Listed, duckdb: Any) -> tuple[list[Kind], Happened]:
        files = [file for file in listed.files if file.first_batch <= until]
        names, following = (", ".join(f"'{name}'" for name in sorted(some)) for some in (STEPS, _FOLLOWING))
        duckdb.execute(_FOUND.format(rows=listed.relation(files), until=until, names=names, following=following))
        kinds = [Kind(*row) for row in duckdb.execute(_KINDS).fetchall()]
        columns = {name: np.array([one[place] for one in kinds], object) for place, name in enumerate(Kind._fields)}
        duckdb.register("kinds", {**columns, "place": np.arange(len(kinds))})
        rows = duckdb.execute(_ROWS).fetchnumpy()
        who, at, place = (np.asarray(rows[name], np.int64) for name in ("identity", "occurred_at", "place"))
        return kinds, Happened(who, at, place, np.asarray(rows["machine"], np.bool_))

    return lake.ask(settings.ENVIRONMENT.lake, workspace, question)


def _in_tail(workspace: int, after: int, place_of: dict[Kind, int]) -> Happened:
    """The same of what the lake has not; kinds that it brings are added."""
    rows: list[tuple[int, int, int, bool]] = []
    for batch in numbered_tail(workspace, after):
        for event, number in zip(batch.events, batch.numbers, strict=True):
            if event.name not in STEPS:
                continue
            kind = Kind(event.name, *(event.source or ("", "", "", "")))
            if kind.campaign or event.name in _FOLLOWING:
                rows.append((number, event.occurred_at, place_of.setdefault(kind, len(place_of)), event.machine))
    whole = np.array(rows, np.int64).reshape(-1, 4)
    return Happened(whole[:, 0], whole[:, 1], whole[:, 2], whole[:, 3].astype(np.bool_))
