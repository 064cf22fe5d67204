"""DuckDB over the files that the Delta log lists: one in-memory database a process, nothing of its own on
disk.
"""

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from lianyi.events.lake.bucket import duckdb_files
from lianyi.events.lake.place import Place
from lianyi.events.lake.readers import announced
from lianyi.events.lake.schemas import COLUMNS, SQL_TYPES, File
from lianyi.events.lake.table import Table

_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "threads": 2,
    "memory_limit": "512MB",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
_TRIES = 4
_MISSING = ("No files found", "No such file", "FileNotFoundError")  # the last on S3
_Answer = TypeVar("_Answer")
_starting = threading.Lock()


@dataclass(frozen=True)
class Listed:
    """The files of one version of the table."""

    place: Place
    files: tuple[File, ...]

    def relation(self, files: Sequence[File] | None = None, *, named: bool = False) -> str:
        """SQL that stands for the rows of these files, by default of all; without any, for no rows.

        It has the lake's columns; `named` adds the column `filename`.
        """
        chosen = self.files if files is None else files
        if chosen and not self.place.local:
            _reach_buckets(os.getpid())
        if not chosen:
            nothing = ", ".join(f"NULL::{SQL_TYPES[kind]} AS {name}" for name, kind in COLUMNS.items())
            return f"(SELECT {nothing}{', NULL::VARCHAR AS filename' if named else ''} WHERE false)"
        listed = ", ".join("'" + self.place.address(file.path).replace("'", "''") + "'" for file in chosen)
        return f"read_parquet([{listed}]{', filename = true' if named else ''})"


def answer(table: Table, ask: Callable[[Listed], _Answer]) -> _Answer:
    """What `ask` makes of the newest version's files; asked again when they were deleted under its hands."""
    import duckdb

    with announced(table.place):
        for _ in range(_TRIES - 1):  # an erasure waits for nobody
            try:
                return ask(Listed(table.place, table.snapshot().files))
            except FileNotFoundError:
                continue
            except duckdb.Error as missing:
                if not any(words in str(missing) for words in _MISSING):
                    raise
        return ask(Listed(table.place, table.snapshot().files))


def connect() -> Any:
    """A cursor of this process's one in-memory DuckDB."""
    with _starting:
        return _duckdb(os.getpid()).cursor()


@cache
def _duckdb(process: int) -> Any:  # noqa: ARG001  a forked process needs its own
    import duckdb

    database = duckdb.connect(":memory:", config=_SETTINGS)
    # Data files never change under their name.
    database.execute("SET parquet_metadata_cache = true")
    return database


@cache
def _reach_buckets(process: int) -> None:
    """Lets this process's DuckDB read S3; who has a lake on disk is spared what that takes."""
    with _starting:
        _duckdb(process).register_filesystem(duckdb_files())
