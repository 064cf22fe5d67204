"""Everybody's answer by one question to DuckDB, over the lake and the tail that is not in it yet."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from django.conf import settings

from lianyi.audience.behaviour.judging import often_enough
from lianyi.audience.behaviour.schemas import Ints, Numbers, Spec, properties_asked, relation_of, specs_of
from lianyi.audience.behaviour.store import Reach
from lianyi.events.lake import queries as lake
from lianyi.events.lake.schemas import File
from lianyi.people.identity.tail import done_in_tail
from lianyi.rules.behaviour import counting, question
from lianyi.rules.engines import DUCKDB_STATED, column_of, stated_in
from lianyi.rules.nodes import Behaviour, Did
from lianyi.rules.person import Moment
from lianyi.rules.spans import EVER, Span, span_of

_COLUMNS = "identity, name, occurred_at, machine"
_ROWS_AT_ONCE = 1 << 20
Tail = dict[str, Any]  # by column


def everybody_who(
    workspace: int, leaf: Behaviour, moment: Moment, moved: tuple[Ints, Ints], to: Reach, tail: Tail
) -> Numbers:
    """The people for whom the leaf holds, by all events up to the reach; `tail` are those that the lake has not."""
    span = span_of(leaf, moment) if isinstance(leaf, Did) else EVER
    specs = specs_of(leaf)

    def ask(listed: lake.Listed, duckdb: Any) -> Numbers:
        for statement in DUCKDB_STATED:
            duckdb.execute(statement)
        duckdb.register("waiting", tail)
        duckdb.execute(f"CREATE OR REPLACE TEMP VIEW events AS {_events(listed, span, to, specs)}")
        if isinstance(leaf, Did):
            return _who_counted(leaf, duckdb.sql(counting(leaf, moment)).to_arrow_reader(_ROWS_AT_ONCE), moved)
        duckdb.register("moved", {"identity": moved[0], "person": moved[1]})
        found = duckdb.execute(question(leaf, moment)).fetchnumpy()["person"]
        return np.asarray(found).astype(np.uint32)

    return lake.ask(settings.ENVIRONMENT.lake, workspace, ask)


def _who_counted(leaf: Did, events: Iterable[Any], moved: tuple[Ints, Ints]) -> Numbers:
    """The people who did as many of these events as the leaf says. Numbers of identities lie close together, so a table
    counts them several times faster than an engine that groups by any value.
    """
    times = np.zeros(1, np.int64)
    for batch in events:
        who = batch.column(0).to_numpy()
        first, last = int(who.min()), int(who.max())
        if last >= len(times):
            times = np.append(times, np.zeros(last + 1 - len(times), np.int64))
        times[first : last + 1] += np.bincount(who - first)
    parts, whole = (numbers[moved[0] < len(times)] for numbers in moved)
    theirs = times[parts]
    times[parts] = 0
    np.add.at(times, whole, theirs)  # a person's own number is the smallest of theirs
    times[0] = 0  # nobody
    return np.flatnonzero(often_enough(leaf, times)).astype(np.uint32)


def _events(listed: lake.Listed, span: Span, to: Reach, specs: Sequence[Spec]) -> str:
    touched = [file for file in listed.files if _touched(file, span) and file.first_batch <= to.laked]
    whole = [file for file in touched if file.last_batch <= to.laked]
    partly = [file for file in touched if file.last_batch > to.laked]
    stated = lake.structure({column_of(named): stated_in("raw", named) for named in sorted(properties_asked(specs))})
    parts = [
        f"SELECT {_COLUMNS}, raw FROM {relation_of(listed, whole, specs)}",
        f"SELECT {_COLUMNS}, {stated} AS raw FROM waiting",
    ]
    if partly:
        parts.append(f"SELECT {_COLUMNS}, raw FROM {relation_of(listed, partly, specs)} WHERE batch <= {to.laked}")
    return " UNION ALL ".join(parts)


def _touched(file: File, span: Span) -> bool:
    return file.latest >= span.start and file.earliest < span.end


def waiting(workspace: int, to: Reach) -> Tail:
    """The events up to the reach that the lake does not have, in its columns; without those that nobody or a machine
    did.
    """
    done = done_in_tail(workspace, to.laked, up_to=to.up_to)
    rows = [(number, event.name, event.occurred_at, event.raw.decode("utf-8", "replace")) for event, number in done]
    identities, names, times, raws = zip(*rows, strict=True) if rows else ((), (), (), ())
    return {
        "identity": np.array(identities, np.int64),
        "name": np.array(names, object),
        "occurred_at": np.array(times, np.int64),
        "machine": np.zeros(len(rows), np.bool_),
        "raw": np.array(raws, object),
    }
