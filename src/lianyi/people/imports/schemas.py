"""What the doors get from imports."""

from pathlib import Path
from typing import NamedTuple

from lianyi.kernel.sentences import Sentence
from lianyi.people.imports.mapping import Mapping, read_mapping, write_mapping
from lianyi.people.imports.tables import Problem, Reading, RefusedRow

__all__ = ["Found", "Mapping", "Problem", "Reading", "RefusedRow", "Result", "read_mapping", "write_mapping"]


class Found(NamedTuple):
    """What was detected, to be checked before a file is imported."""

    reading: Reading
    columns: list[str]
    mapping: Mapping  # nothing left to detect
    left_out: list[tuple[str, Sentence]]  # columns that do not come in, each with its reason


class Result(NamedTuple):
    """What became of the rows: `rows` = new + updated + same + refused.

    `refused_file` names the rows that were not taken; a dry run writes none. `examples` are the first of them, `codes`
    counts all refusals by code, and `ignored` the cells of each column that identify nobody. `left_out` counts by
    column the cells that cannot be used and without which their rows were taken; `left_out_file` names those rows.
    """

    rows: int
    new: int
    updated: int
    same: int
    refused: int
    refused_file: Path | None
    examples: list[RefusedRow]
    codes: dict[str, int]
    ignored: dict[str, int]
    left_out: dict[str, int]
    left_out_file: Path | None
    left_out_examples: list[RefusedRow]
