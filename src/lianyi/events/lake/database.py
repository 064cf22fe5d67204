"""One in-memory DuckDB a process, with nothing of its own on disk."""

import os
import threading
from functools import cache
from typing import Any

from lianyi.events.lake.bucket import duckdb_files

_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "threads": 2,
    "memory_limit": "512MB",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
_starting = threading.Lock()


def connect() -> Any:
    """A cursor of it."""
    with _starting:
        return _duckdb(os.getpid()).cursor()


def reach_buckets() -> None:
    """Lets it read S3; who has a lake on disk is spared what that takes."""
    with _starting:
        _register(os.getpid())


@cache
def _duckdb(process: int) -> Any:  # noqa: ARG001  a forked process needs its own
    import duckdb

    database = duckdb.connect(":memory:", config=_SETTINGS)
    # Data files never change under their name.
    database.execute("SET parquet_metadata_cache = true")
    return database


@cache
def _register(process: int) -> None:
    _duckdb(process).register_filesystem(duckdb_files())
