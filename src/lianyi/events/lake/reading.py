"""Questions to DuckDB over the files that the Delta log lists."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from lianyi.events.lake.database import reach_buckets
from lianyi.events.lake.place import SHEET_SUFFIX, Place
from lianyi.events.lake.readers import announced
from lianyi.events.lake.schemas import COLUMNS, SQL_TYPES, File
from lianyi.events.lake.sheets import DOING, DONE, sheet_of
from lianyi.events.lake.table import Table
from lianyi.rules.engines import column_of, stated_in

_DONE = ", ".join(DONE)
_TRIES = 4
_MISSING = ("No files found", "No such file", "FileNotFoundError")  # the last on S3
_Answer = TypeVar("_Answer")


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
            reach_buckets()
        if not chosen:
            nothing = ", ".join(f"NULL::{SQL_TYPES[kind]} AS {name}" for name, kind in COLUMNS.items())
            return f"(SELECT {nothing}{', NULL::VARCHAR AS filename' if named else ''} WHERE false)"
        return self._parquet([file.path for file in chosen], ", filename = true" if named else "")

    def done(self, files: Sequence[File], properties: Collection[str] = ()) -> str:
        """SQL that stands for what people did in these files: {name, identity, occurred_at, batch, machine, raw}, where
        `raw` is a structure of what events state of these properties, as `rules.engines.DUCKDB_STATED` reads it. From
        sheets where there are some, else from JSON.
        """
        wanted = {column_of(named): named for named in sorted(properties)}
        with_sheet: dict[frozenset[str], list[str]] = {}  # by the columns it has of those that are wanted
        without = []
        for file in files:
            sheet = sheet_of(self.place, file)
            if sheet is not None and (sheet.whole or not wanted):
                with_sheet.setdefault(sheet.columns.intersection(wanted), []).append(file.path + SHEET_SUFFIX)
            else:
                without.append(file)
        parts = []
        for has, paths in with_sheet.items():
            stated = {column: column if column in has else "NULL::VARCHAR" for column in wanted}
            parts.append(f"SELECT {_DONE}, false AS machine, {structure(stated)} AS raw FROM {self._parquet(paths)}")
        if without or not parts:
            parts.append(f"FROM {self.done_by_json(without, properties)}")
        return f"({' UNION ALL '.join(parts)})"

    def done_by_json(self, files: Sequence[File], properties: Collection[str] = ()) -> str:
        """The same from the files themselves, which are sorted by identity as sheets are not: for a few identities."""
        stated = {column_of(named): stated_in("raw", named) for named in sorted(properties)}
        return f"(SELECT {_DONE}, machine, {structure(stated)} AS raw FROM {self.relation(files)})"

    def doing(self, files: Sequence[File]) -> str:
        """SQL that stands for anything that people did in these files, without its name where it is known to be a
        doing: {name, identity, occurred_at, batch, machine, raw}, `raw` being null. To test names takes as long as all
        else; files are sorted by identity, sheets are not.
        """
        clean, sorted_out, other = [], [], []
        for file in files:
            sheet = sheet_of(self.place, file)
            if sheet is None or sheet.no_doing is None:
                other.append(file)
            elif sheet.no_doing:
                sorted_out.append(file.path + SHEET_SUFFIX)
            else:
                clean.append(file)
        unnamed = "'' AS name, identity, occurred_at, batch"
        parts = []
        if clean:
            parts.append(f"SELECT {unnamed}, machine, NULL AS raw FROM {self.relation(clean)}")
        if sorted_out:
            parts.append(
                f"SELECT {unnamed}, false AS machine, NULL AS raw FROM {self._parquet(sorted_out)} WHERE {DOING}"
            )
        if other or not parts:
            parts.append(f"SELECT {_DONE}, machine, NULL AS raw FROM {self.relation(other)}")
        return f"({' UNION ALL '.join(parts)})"

    def _parquet(self, paths: Sequence[str], options: str = "") -> str:
        listed = ", ".join("'" + self.place.address(path).replace("'", "''") + "'" for path in paths)
        return f"read_parquet([{listed}]{options})"


def structure(columns: Mapping[str, str]) -> str:
    """SQL for a structure with these columns."""
    return f"struct_pack({', '.join(f'{name} := {value}' for name, value in columns.items()) or 'nothing := NULL'})"


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
