"""The only place that speaks to Splink: it compares pairs field by field and weighs what it finds, inside DuckDB.

Promises that nothing is fetched from anywhere, neither extensions nor anything else, and that at most CHUNK pairs are
in memory at once. Splink is imported on first use only.
"""

import fcntl
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory, gettempdir
from typing import Any

import numpy as np

from lianyi.people.duplicates.fields import ELSE
from lianyi.people.duplicates.training import BY_NAME, Floats, Levels, Model, Patterns, prior_model

CHUNK = 1_000_000
MEMORY = "1GB"
THREADS = 2
_OVERFLOW = "lianyi-duplicates-"
RAREST = 1e-7  # no word counts as rarer


@contextmanager
def overflow_folder() -> Iterator[Path]:
    """A folder for what does not fit into memory, removed afterwards, as are those that killed processes left."""
    for left in Path(gettempdir()).glob(f"{_OVERFLOW}*"):
        with suppress(OSError), (left / "held").open() as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            rmtree(left, ignore_errors=True)
    with TemporaryDirectory(prefix=_OVERFLOW) as name, (Path(name) / "held").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield Path(name)


@contextmanager
def engine() -> Iterator[Any]:
    """A DuckDB of its own: in memory, two threads."""
    import duckdb

    logging.getLogger("splink").setLevel(logging.ERROR)
    with overflow_folder() as overflow:
        con = duckdb.connect(
            ":memory:",
            config={
                "threads": THREADS,
                "memory_limit": MEMORY,
                "temp_directory": str(overflow / "pages"),
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "preserve_insertion_order": False,
            },
        )
        try:
            yield con
        finally:
            con.close()


@dataclass(frozen=True, slots=True)
class Scored:
    """Pairs by (a, b), row numbers of `person`: their levels, and the bits of each field (pairs x fields)."""

    a: "np.ndarray[Any, np.dtype[np.int64]]"
    b: "np.ndarray[Any, np.dtype[np.int64]]"
    levels: Levels
    bits: Floats


class Comparer:
    """Compares rows of `person` in the fields it was made for."""

    def __init__(self, con: Any, fields: Sequence[str], people: int) -> None:
        from splink import DuckDBAPI

        self._con = con
        self.fields = tuple(fields)
        self._people = people
        self._api = DuckDBAPI(con)
        self._person = self._api.register("person")

    def patterns(self, tables: Sequence[str]) -> list[Patterns]:
        """For each of the tables of pairs (a, b): how often each combination of levels occurs."""
        pairs = " UNION ALL ".join(f"SELECT a, b, {place} AS part FROM {name}" for place, name in enumerate(tables))
        columns = ", ".join(f"gamma_{name}" for name in self.fields)
        counted: list[dict[tuple[int, ...], int]] = [{} for _ in tables]
        for table in self._chunks(f"({pairs})", self._linker(prior_model(self.fields, self._people), rarity=False)):
            rows = self._con.execute(
                f"SELECT match_key, {columns}, count(*) FROM {table} GROUP BY match_key, {columns}"
            )
            for part, *gammas, count in rows.fetchall():
                of_part, levels = counted[int(part)], tuple(gammas)
                of_part[levels] = of_part.get(levels, 0) + count
        return [self._patterns(of_part) for of_part in counted]

    def scorer(self, model: Model) -> Callable[[str, float], Scored]:
        """A function of a table of pairs and a probability: the pairs that may reach it, weighed by `model`."""
        linker = self._linker(model, rarity=True)
        sums = [
            f"mw_{name}" + (f" + mw_tf_adj_{name}" if BY_NAME[name].rarity else "") + f" AS bits_{name}"
            for name in self.fields
        ]
        wanted = ", ".join(["n_l AS a", "n_r AS b", *(f"gamma_{name}" for name in self.fields), *sums])

        def scores(pairs: str, least: float) -> Scored:
            tables = self._chunks(f"(SELECT a, b, 0 AS part FROM {pairs})", linker, least)
            return self._scored([self._con.execute(f"SELECT {wanted} FROM {table}").fetchnumpy() for table in tables])

        return scores

    def _patterns(self, counted: dict[tuple[int, ...], int]) -> Patterns:
        ordered = sorted(counted)
        columns = [np.array([row[place] for row in ordered], dtype=np.int64) for place in range(len(self.fields))]
        return Patterns(self._levels(columns), np.array([counted[row] for row in ordered], dtype=np.float64))

    def _scored(self, parts: list[dict[str, Any]]) -> Scored:
        def column(name: str) -> Any:
            return np.concatenate([np.asarray(part[name]) for part in parts]) if parts else np.zeros(0)

        a, b = column("a").astype(np.int64), column("b").astype(np.int64)
        order = np.lexsort((b, a))
        levels = self._levels([column(f"gamma_{name}")[order] for name in self.fields])
        bits = np.stack([column(f"bits_{name}")[order] for name in self.fields], axis=1).astype(np.float64)
        return Scored(a[order], b[order], levels, bits)

    def _levels(self, gammas: Sequence[Any]) -> Levels:
        """Splink counts levels from the last, 0, up; here the best is 0."""
        places = [
            np.where(gamma < 0, -1, len(BY_NAME[name].levels) - 1 - gamma)
            for name, gamma in zip(self.fields, gammas, strict=True)
        ]
        return np.stack(places, axis=1).astype(np.int8)

    def _linker(self, model: Model, *, rarity: bool) -> Any:
        from splink import Linker

        return Linker(self._person, _settings(model, rarity=rarity), log_level=None, validate_settings=False)

    def _chunks(self, pairs: str, linker: Any, least: float = 0.0) -> Iterator[str]:
        """Names of tables of compared pairs (a, b, part), one after the other; each is gone when the next is asked for.
        Splink hands `part` on as match_key.
        """
        total = self._con.execute(f"SELECT count(*) FROM {pairs}").fetchall()[0][0]
        parts = -(-total // CHUNK)
        for part in range(parts):
            self._con.execute(
                "CREATE OR REPLACE TEMP TABLE chunk AS SELECT a AS join_key_l, b AS join_key_r, part AS match_key "
                f"FROM {pairs} WHERE a % {parts} = {part}"
            )
            linker.table_management.register_blocked_pairs_for_predict(self._api.register("chunk"))
            compared = linker.inference.predict(threshold_match_probability=least or None, warning_mode="never")
            yield compared.physical_name
            compared.drop_table_from_database_and_remove_from_cache()


def _settings(model: Model, *, rarity: bool) -> dict[str, Any]:
    """Splink's settings for this model. Pairs come from outside, so the one blocking rule is never used."""
    comparisons = []
    for name, m, u in zip(model.fields, model.m, model.u, strict=True):
        field = BY_NAME[name]
        unknown = f"{field.column}_l IS NULL OR {field.column}_r IS NULL"
        levels: list[dict[str, Any]] = [
            {
                "sql_condition": f"{unknown} OR {field.unless}" if field.unless else unknown,
                "label_for_charts": "unknown",
                "is_null_level": True,
            }
        ]
        for place, level in enumerate(field.levels):
            setting = {
                "sql_condition": level.when if level.when != ELSE else "ELSE",
                "label_for_charts": level.name,
                "m_probability": float(m[place]),
                "u_probability": float(u[place]),
            }
            if rarity and field.rarity and place == 0:
                setting |= {
                    "tf_adjustment_column": field.rarity,
                    "tf_adjustment_weight": 1.0,
                    "tf_minimum_u_value": RAREST,
                }
            levels.append(setting)
        comparisons.append({"output_column_name": name, "comparison_levels": levels})
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "n",
        "comparisons": comparisons,
        "blocking_rules_to_generate_predictions": [{"blocking_rule": "l.n = r.n", "sql_dialect": "duckdb"}],
        "probability_two_random_records_match": model.match,
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": True,
    }
