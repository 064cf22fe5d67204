"""Draining: waiting until every projector, the lake included, has passed what was acknowledged before.

With a worker about, it only asks and waits; without one it takes the lease and does the work itself, so that a command
after an import sees its effect whether or not `up` runs. An outage of the database is waited for like all else.
"""

import os
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from django.db import InterfaceError, OperationalError, connection

from lianyi.assembly.pipeline import Pipeline, names
from lianyi.events.log.rows import ensure_partitions
from lianyi.foundation.leases.actions import give_back_lease, take_lease
from lianyi.kernel.clock import system_clock

_ALIVE = timedelta(seconds=15)
_OUTAGES = (OperationalError, InterfaceError)


class _Goal:
    """What was acknowledged when this was made: first all of it must be numbered, then passed by every projector."""

    def __init__(self) -> None:
        self._names = names()
        self._batches: list[tuple[int, int]] | None = None
        with connection.cursor() as cursor:
            # Every acknowledged row has this id or a smaller one.
            cursor.execute("SELECT last_value FROM log_id")
            self._newest_row = int(cursor.fetchone()[0])

    def reached(self) -> bool:
        with connection.cursor() as cursor:
            if self._batches is None:
                cursor.execute("SELECT EXISTS (SELECT FROM log WHERE batch IS NULL AND id <= %s)", [self._newest_row])
                if cursor.fetchone()[0]:
                    return False
                cursor.execute("SELECT workspace_id, max(number) FROM batch GROUP BY workspace_id")
                self._batches = cursor.fetchall()
            cursor.execute(
                """
                SELECT NOT EXISTS (
                    SELECT FROM unnest(%s::bigint[], %s::bigint[]) AS goal (workspace, batch)
                    CROSS JOIN unnest(%s::text[]) AS p (name)
                    LEFT JOIN cursor c ON c.workspace_id = goal.workspace AND c.projector = p.name
                    WHERE coalesce(c.batch, 0) < goal.batch)
                """,
                [[one[0] for one in self._batches], [one[1] for one in self._batches], self._names],
            )
            return bool(cursor.fetchone()[0])


def drain(within: float, advance: Callable[[int], object] = bool) -> bool:
    """Whether all that was acknowledged at the call has been passed within `within` seconds. `advance` hears how many
    events went through here.
    """
    goal: _Goal | None = None
    deadline = time.monotonic() + within
    holder = f"drain:{socket.gethostname()}:{os.getpid()}"
    try:
        while True:
            try:
                goal = goal or _Goal()
                if goal.reached():
                    return True
                if time.monotonic() >= deadline:
                    return False
                _come_nearer(goal, holder, deadline, advance)
            except _OUTAGES:
                connection.close()
                if time.monotonic() >= deadline:
                    raise
                time.sleep(0.2)
    finally:
        with suppress(*_OUTAGES):  # leases end by themselves, too
            give_back_lease("pipeline", holder)
            give_back_lease(holder, holder)


def _come_nearer(goal: _Goal, holder: str, deadline: float, advance: Callable[[int], object]) -> None:
    """Says that somebody waits; works where nobody else does, else waits a little."""
    take_lease(holder, holder, _ALIVE)
    fence = take_lease("pipeline", holder, _ALIVE)
    if fence is None:
        time.sleep(0.1)
    else:
        _work(fence, holder, goal, deadline, advance)


def _work(fence: int, holder: str, goal: _Goal, deadline: float, advance: Callable[[int], object]) -> None:
    ensure_partitions(system_clock())
    pipeline = Pipeline(fence, system_clock)
    pipeline.start()
    while time.monotonic() < deadline and take_lease("pipeline", holder, _ALIVE) == fence:
        moved = pipeline.step()
        advance(moved)
        pipeline.flush(all_of_it=not moved)
        if not moved and goal.reached():
            return
