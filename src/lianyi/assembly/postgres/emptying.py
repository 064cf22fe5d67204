"""The write-ahead log of the embedded server, emptied: what was written lately stands in it a second time.

PostgreSQL keeps its segments for later use, with their content. Told not to, it removes those it has passed at each
checkpoint; those it has laid aside before it has to pass first. Whoever dies in between leaves it told so; the next
call takes that back.
"""

import time
from pathlib import Path
from typing import LiteralString

import psycopg

from lianyi.assembly.postgres.cluster import admin
from lianyi.kernel.errors import Broken

_ROUNDS = 5
_PATIENCE = 10.0  # seconds until its processes have heard of a setting

_SEGMENTS: LiteralString = "SELECT name FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$'"


def empty_wal(sockets: Path) -> int:
    """Returns when nothing that was committed before the call stands in the write-ahead log; how many segments are
    gone. Call it seldom, and one at a time: it writes all that is in memory to the data files, and each segment that
    was laid aside (up to 1 GB of them) whole.
    """
    try:
        with admin(sockets) as connection:
            connection.execute("ALTER SYSTEM SET wal_recycle = off")
            try:
                _reload(connection)
                return _pass(connection)
            finally:
                connection.execute("ALTER SYSTEM RESET wal_recycle")
                connection.execute("SELECT pg_reload_conf()")
    except psycopg.Error as error:
        raise Broken("The write-ahead log was not emptied: {why}.", why=type(error).__name__) from error


def _pass(connection: "psycopg.Connection[tuple[object, ...]]") -> int:
    old = left = _segments(connection)
    for _ in range(_ROUNDS):
        for _ in left:
            connection.execute("SELECT pg_logical_emit_message(false, '', '')")  # an empty segment is not left
            connection.execute("SELECT pg_switch_wal()")
        connection.execute("CHECKPOINT")
        left = old & _segments(connection)
        if not left:
            return len(old)
    raise Broken("Segments of the write-ahead log did not go.")


def _segments(connection: "psycopg.Connection[tuple[object, ...]]") -> set[object]:
    return {name for (name,) in connection.execute(_SEGMENTS).fetchall()}


def _reload(connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    """All processes hear of a reload within moments of this one."""
    connection.execute("SELECT pg_reload_conf()")
    deadline = time.monotonic() + _PATIENCE
    while connection.execute("SHOW wal_recycle").fetchone() != ("off",):
        if time.monotonic() > deadline:
            raise Broken("PostgreSQL does not take up a setting.")
        time.sleep(0.05)
    time.sleep(0.5)
