"""What happened to a few people, read from the lake and the tail each time, and kept nowhere: a page about somebody is
not worth arrays of what everybody did.

Files of the lake are sorted by identity, so a question reads the few row groups that these identities lie in.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.conf import settings

from lianyi.audience.behaviour.building import AT_ONCE, hit, marks
from lianyi.audience.behaviour.matching import rows_in
from lianyi.audience.behaviour.runs import gathered
from lianyi.audience.behaviour.schemas import Numbers, Rows, Spec, nothing_of, properties_asked
from lianyi.audience.behaviour.store import Reach
from lianyi.events.lake import queries as lake
from lianyi.people.identity.tail import numbered_tail
from lianyi.rules.engines import DUCKDB_STATED

MOST = 1_000  # identities


def of_identities(workspace: int, specs: Sequence[Spec], identities: Numbers, to: Reach) -> list[Rows]:
    """What each pattern has of these identities, at most `MOST`, up to the reach; in any order."""
    found = _in_lake(workspace, specs, identities, to.laked)
    coming = rows_in(numbered_tail(workspace, to.laked, up_to=to.up_to), specs)
    return [gathered([some, _only(coming[spec], identities)]) for spec, some in zip(specs, found, strict=True)]


def _in_lake(workspace: int, specs: Sequence[Spec], identities: Numbers, until: int) -> list[Rows]:
    wanted = ", ".join(map(str, identities.tolist()))

    def question(listed: lake.Listed, duckdb: Any) -> list[Rows]:
        near = [
            file
            for file in listed.files
            if file.first_batch <= until
            and bool(np.any((identities >= file.first_identity) & (identities <= file.last_identity)))
        ]
        if not near:  # also where there are no identities
            return [nothing_of(spec) for spec in specs]
        for statement in DUCKDB_STATED:
            duckdb.execute(statement)
        found: list[Rows] = []
        for first in range(0, len(specs), AT_ONCE):
            some = tuple(specs[first : first + AT_ONCE])
            done = listed.done_by_json(near, properties_asked(some))
            duckdb.execute(
                f"""
                CREATE OR REPLACE TEMP VIEW events AS SELECT identity, name, occurred_at, machine, raw FROM {done}
                WHERE identity IN ({wanted}) AND batch <= {until}
                """
            )
            columns = duckdb.execute(marks(some)).fetchnumpy()
            found += [hit(columns, spec, place) for place, spec in enumerate(some)]
        return found

    return lake.ask(settings.ENVIRONMENT.lake, workspace, question)


def _only(rows: Rows, identities: Numbers) -> Rows:
    return rows.some(np.isin(rows.who, identities))
