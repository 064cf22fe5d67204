"""Occurrences from the lake: many patterns by one pass over its files, a range of identities at a time.

Files are sorted by identity, so a range reads the part of each file that it needs, memory is bounded, and what comes
out is sorted when the range is.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings

from lianyi.audience.behaviour.judging import order_of
from lianyi.audience.behaviour.runs import Growing, Run
from lianyi.audience.behaviour.schemas import Rows, Spec, properties_asked, relation_of
from lianyi.events.lake import queries as lake
from lianyi.events.lake.schemas import File
from lianyi.rules.behaviour import EVENTS, called, number_in, passing, stated
from lianyi.rules.engines import DUCKDB_STATED
from lianyi.rules.nodes import ANYTHING

ROWS = 2_000_000  # of the lake, about, in one range
AT_ONCE = 48  # patterns, each a bit of a number
_SAMPLES = 16  # of a file, to guess how its rows lie


def build(workspace: int, specs: Sequence[Spec], after: int, until: int, folder: Path) -> list[Run]:
    """What the lake has of each pattern in the batches from `after`, exclusive, to `until`."""
    found: dict[Spec, Run] = {}
    for reads_json in (False, True):
        alike = [spec for spec in specs if spec.reads_json is reads_json]
        for first in range(0, len(alike), AT_ONCE):
            some = tuple(alike[first : first + AT_ONCE])
            found.update(zip(some, _pass(workspace, some, (after, until), folder), strict=True))
    return [found[spec] for spec in specs]


def _pass(workspace: int, specs: tuple[Spec, ...], batches: tuple[int, int], folder: Path) -> list[Run]:
    def question(listed: lake.Listed, duckdb: Any) -> list[Run]:
        files = [file for file in listed.files if file.last_batch > batches[0] and file.first_batch <= batches[1]]
        growing = [Growing(folder, with_value=spec.number is not None) for spec in specs]
        for statement in DUCKDB_STATED:
            duckdb.execute(statement)
        cuts = _cuts(files)
        for low, high in pairwise(cuts):
            near = [file for file in files if file.first_identity < high and file.last_identity >= low]
            duckdb.execute(
                f"""
                CREATE OR REPLACE TEMP VIEW events AS
                SELECT identity, name, occurred_at, machine, raw FROM {relation_of(listed, near, specs)}
                WHERE identity >= {low} AND identity < {high} AND batch > {batches[0]} AND batch <= {batches[1]}
                """
            )
            _spread(specs, duckdb.execute(marks(specs)).fetchnumpy(), growing)
        return [one.close() for one in growing]

    return lake.ask(settings.ENVIRONMENT.lake, workspace, question)


def _spread(specs: tuple[Spec, ...], columns: dict[str, Any], growing: Sequence[Growing]) -> None:
    for place, (spec, run) in enumerate(zip(specs, growing, strict=True)):
        rows = hit(columns, spec, place)
        # Those of one pattern lie in order by file, those of all do not.
        run.add(rows.some(order_of(rows.who, rows.at)))


def hit(columns: dict[str, Any], spec: Spec, place: int) -> Rows:
    """Of what `marks` gives, the rows of the pattern that was asked for in this place."""
    mine = np.flatnonzero(columns["hits"] & (1 << place))
    value = None if spec.number is None else np.asarray(columns[f"value_{place}"])[mine]
    return Rows(columns["identity"][mine].astype(np.uint32), columns["occurred_at"][mine], value)


def _cuts(files: Sequence[File]) -> list[int]:
    """Bounds of ranges of identities that hold about `ROWS` rows each, and everybody together."""
    places, rows = [], []
    for file in files:
        places.append(np.linspace(file.first_identity, file.last_identity, _SAMPLES))
        rows.append(np.full(_SAMPLES, file.rows / _SAMPLES))
    if not files:
        return []
    order = np.argsort(np.concatenate(places))
    sums = np.cumsum(np.concatenate(rows)[order])
    inner = np.searchsorted(sums, np.arange(ROWS, sums[-1] - ROWS / 2, ROWS))
    cuts = np.concatenate(places)[order][inner].astype(np.int64)
    return [1, *(int(cut) for cut in np.unique(cuts) if cut > 1), 2**32]


@lru_cache(256)
def marks(specs: tuple[Spec, ...]) -> str:
    """SQL over `events`: {identity, occurred_at, hits, value_0, …} of what belongs to any pattern; bit i of hits says
    that it belongs to the i-th. What an event states of a property is read once, before anything is asked of it.
    """
    import ibis

    events = ibis.table(EVENTS, name="events")
    done = events.filter(~events.machine)
    if all(spec.event != ANYTHING for spec in specs):
        done = done.filter(done.name.isin(sorted({spec.event for spec in specs})))
    columns = {named: f"stated_{place}" for place, named in enumerate(sorted(properties_asked(specs)))}
    read = done.select(
        "identity",
        "occurred_at",
        "name",
        **{column: _read_for(done, named, specs) for named, column in columns.items()},
    )
    hits = _hits(ibis.table(read.schema(), name="read"), specs, columns)
    return (
        f"WITH read AS MATERIALIZED ({ibis.to_sql(read, dialect='duckdb')}), "
        f"marked AS MATERIALIZED ({ibis.to_sql(hits, dialect='duckdb')}) FROM marked WHERE hits <> 0"
    )


def _read_for(done: Any, named: str, specs: Sequence[Spec]) -> Any:
    """What is stated of the property, where any pattern of the event's name asks."""
    names = {spec.event for spec in specs if named in properties_asked([spec])}
    what = stated(done.raw, named)
    return what if ANYTHING in names else done.name.isin(sorted(names)).ifelse(what, None)


def _hits(read: Any, specs: Sequence[Spec], columns: dict[str, str]) -> Any:
    import ibis

    hits: Any = ibis.literal(0, "int64")
    values = {}
    for place, spec in enumerate(specs):
        conditions = [called(read.name, spec.event)]
        conditions += [passing(read[columns[where.property]], where.is_) for where in spec.where]
        if spec.number is not None:
            values[f"value_{place}"] = number_in(read[columns[spec.number]])
            conditions.append(values[f"value_{place}"].notnull())
        bit = ibis.literal(1 << place, "int64")
        hits += ibis.and_(*conditions).ifelse(bit, 0)
    return read.select("identity", "occurred_at", hits=hits, **values)
