"""What people did, counted over the lake and the tail that is not in it yet, as if it were one table.

What machines did and what nobody did is left out. Rows are of identities; whose they are is the caller's to map.
"""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from django.conf import settings

from lianyi.events.lake import queries as lake
from lianyi.events.log.queries import lake_cursor
from lianyi.kernel.clock import DAY
from lianyi.people.identity.tail import done_in_tail
from lianyi.rules.nodes import ANYTHING, NO_DOING

Ints = npt.NDArray[np.int64]

WINDOWS = (7, 30, 90)  # days before a cut-off
# What is recorded about people, not done by them; traits, tags and stages are facts of their own.
_RECORDED = ("tag", "consent", "trait", "person", "stage", "score", "segment", "arm", "handover")
_COUNTS = ", ".join(
    f"count(*) FILTER (WHERE occurred_at >= {{cut}} - {days * DAY})::BIGINT AS in_{days}" for days in WINDOWS
)


class Counts(NamedTuple):
    """Of each identity and each event that it did: the place of the event's name, how often in each of WINDOWS, how
    often ever, and when last.
    """

    identities: Ints
    names: Ints
    within: tuple[Ints, ...]
    ever: Ints
    last: Ints


class Done(NamedTuple):
    """Single events."""

    identities: Ints
    names: list[str]
    at: Ints
    raws: list[str]


class Behaviour:
    """Of one workspace, as it stood when this was made: the tail is read once."""

    def __init__(self, workspace: int) -> None:
        self._workspace = workspace
        self._held = lake_cursor(workspace)  # what the lake takes afterwards is in the tail here
        done = done_in_tail(workspace, self._held)
        rows = [(number, event.name, event.occurred_at, event.raw) for event, number in done]
        self._tail = {
            "identity": np.array([row[0] for row in rows], np.int64),
            "name": np.array([row[1] for row in rows], object),
            "occurred_at": np.array([row[2] for row in rows], np.int64),
            "raw": np.array([row[3].decode("utf-8", "replace") for row in rows], object),
        }

    def names_before(self, cut: int, most: int) -> list[str]:
        """The names of what most people did before the moment, by name."""
        found = self._ask(
            f"""
            SELECT name FROM done WHERE occurred_at < {int(cut)}
            AND split_part(name, '.', 1) NOT IN {_RECORDED} GROUP BY name
            ORDER BY approx_count_distinct(identity) DESC, name LIMIT {int(most)}
            """
        )
        return sorted(found["name"].tolist())

    def counts(self, names: Sequence[str], cut: int) -> Counts:
        """How often and how lately identities did each of these before the moment."""
        found = self._ask(
            f"""
            SELECT identity, list_position($names, name)::BIGINT - 1 AS place, {_COUNTS.format(cut=int(cut))},
                count(*)::BIGINT AS ever, max(occurred_at) AS last
            FROM done WHERE occurred_at < {int(cut)} AND list_contains($names, name) GROUP BY identity, name
            """,
            {"names": list(names)},
        )
        within = tuple(found[f"in_{days}"] for days in WINDOWS)
        return Counts(found["identity"], found["place"], within, found["ever"], found["last"])

    def firsts(self, names: Sequence[str]) -> tuple[Ints, Ints, Ints]:
        """Identities, the place of the name of what each did, and when it did it first, ever."""
        found = self._ask(
            """
            SELECT identity, list_position($names, name)::BIGINT - 1 AS place, min(occurred_at) AS first
            FROM done WHERE list_contains($names, name) GROUP BY identity, name
            """,
            {"names": list(names)},
        )
        return found["identity"], found["place"], found["first"]

    def stages(self, cut: int) -> tuple[Ints, list[str]]:
        """Identities, and the stage that each had entered last before the moment."""
        found = self._ask(
            f"""
            SELECT identity, regexp_extract(arg_max(raw, occurred_at), '"to":"([a-z_]+)"', 1) AS stage FROM done
            WHERE name = 'stage.changed' AND occurred_at < {int(cut)} GROUP BY identity
            """
        )
        return found["identity"], found["stage"].tolist()

    def done(self, names: Collection[str], start: int, end: int, *, whole: bool) -> Done:
        """The events of these names in [start, end), with their JSON if they are wanted `whole`."""
        some = "list_contains($names, name)"
        if ANYTHING in names:
            some = f"({some} OR name NOT IN {tuple(sorted(NO_DOING))})"
        found = self._ask(
            f"""
            SELECT identity, name, occurred_at, {"raw" if whole else "''"} AS raw FROM done
            WHERE occurred_at >= {int(start)} AND occurred_at < {int(end)} AND {some}
            ORDER BY identity, occurred_at
            """,
            {"names": sorted(names)},
        )
        return Done(found["identity"], found["name"].tolist(), found["occurred_at"], found["raw"].tolist())

    def _ask(self, query: str, values: dict[str, Any] | None = None) -> dict[str, Any]:
        def question(listed: lake.Listed, duckdb: Any) -> dict[str, Any]:
            duckdb.register("tail", self._tail)
            with_all = f"""
                WITH done AS (
                    SELECT identity, name, occurred_at, raw FROM {listed.relation()}
                    WHERE identity > 0 AND NOT machine AND batch <= {self._held}
                    UNION ALL SELECT identity, name, occurred_at, raw FROM tail)
            """
            found: dict[str, Any] = duckdb.execute(with_all + query, values or None).fetchnumpy()
            return found

        return lake.ask(settings.ENVIRONMENT.lake, self._workspace, question)
