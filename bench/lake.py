"""Group `people`: what twenty million events take on disk, and how fast one person's are found among them."""

import os
import random
import time
from collections.abc import Callable

from bench import load
from bench.generate import Mix, bodies, people_after
from bench.installation import Installation, installation
from bench.laked import WORKSPACE, Laked, laked
from bench.rows import Row, row
from lianyi.events.lake import queries as lake

EVENTS = 20_000_000
LOOK_UPS = 200
IDS = 50_000
SCALE = 10  # the database is measured with so many times fewer people and events


def rows(size: str, *, peers: bool) -> list[Row]:
    """The lake's measurements."""
    del peers
    made = laked(EVENTS * (2 if size == "large" else 1))
    said = f"{made.events / 1e6:,.0f} million events of {made.people / 1e6:.1f} million people over 24 months"
    for _ in range(20):  # warm: what files say of themselves is kept
        _newest(made)()
    newest = sorted(_timed(_newest(made)) for _ in range(LOOK_UPS))
    lake.seen(made.root, WORKSPACE, [os.urandom(16)])  # makes what look-ups of ids need
    ids = min(_timed(lambda: lake.seen(made.root, WORKSPACE, [os.urandom(16) for _ in range(IDS)])) for _ in range(3))
    laked_bytes = made.bytes
    swept = f"{said}; merged, what was replaced deleted, copies of ids included"
    return [
        _row("newest 100 events of one person, p95", newest[int(0.95 * len(newest))] * 1000, "ms", said, limit=100),
        _row("50,000 ids looked up in the lake", ids, "s", said, limit=0.5),
        _row("lake: an event appended", made.append_cpu / made.events * 1e6, "µs CPU", said),
        _row("lake: an event merged, all tiers", made.merge_cpu / made.events * 1e6, "µs CPU", said),
        _row("lake: memory of merging", made.merge_memory / 1e6, "MB", said),
        _row("lake: on disk", laked_bytes / 1e9, "GB", swept),
        _row(
            "lake: on disk while it is made, at most", made.peak / 1e9, "GB", f"{said}, as fast as they can be written"
        ),
        _on_disk(laked_bytes, made),
    ]


def _row(name: str, value: float, unit: str, size: str, limit: float | None = None) -> Row:
    return row(name, "people", value, unit, size=size, limit=limit, better="lower")


def _newest(made: Laked) -> Callable[[], object]:
    """A page of one of the people that the traffic picks: busy ones more often."""
    person = int(made.people * random.random() ** 2)
    identities = [2 * person + 1, 2 * person + 2]
    return lambda: lake.newest(made.root, WORKSPACE, identities, limit=100)


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _on_disk(laked_bytes: int, made: Laked) -> Row:
    """The lake as it is, and the database of a tenth of people and events, ten times."""
    mix = Mix(people=made.mix.people // SCALE, seed=2)
    events = made.events // SCALE
    with installation() as running:
        now = int(time.time() * 1e6)
        recent = Mix(people=mix.people, seed=mix.seed, start=now - 3_600_000_000, end=now - 60_000_000)
        requests = (load.request("/v1/batch", body, running.authorization) for body in bodies(recent, events))
        outcome = load.run(running.port, requests, within=600)
        if set(outcome.statuses) != {200} or not running.run("drain", "--timeout", "600")["drained"]:
            raise RuntimeError(f"{outcome.statuses}")
        database = _database_bytes(running)
    people = people_after(recent, events) * SCALE
    said = (
        f"{people / 1e6:.1f} million people, {made.events / 1e6:,.0f} million events, without the last week's log; "
        f"the lake is whole, in order and swept, with copies of ids; the database {SCALE} times that of a {SCALE}th"
    )
    return _row("1 million people + 20 million events on disk", (laked_bytes + SCALE * database) / 1e9, "GB", said, 5)


def _database_bytes(running: Installation) -> int:
    """Without the log, whose days go after a week."""
    with running.connect() as database:
        found = database.execute(
            """
            SELECT pg_database_size(current_database()) - coalesce(sum(pg_total_relation_size(inhrelid)), 0)
            FROM pg_inherits WHERE inhparent = 'log'::regclass
            """
        ).fetchone()
    assert found is not None
    return int(found[0])
