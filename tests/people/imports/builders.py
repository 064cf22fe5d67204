"""Small files, and what is read from them."""

import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lianyi.people.imports.headers import is_known, propose
from lianyi.people.imports.mapping import Mapping, parse_mapping
from lianyi.people.imports.opening import open_table
from lianyi.people.imports.plan import Plan, make_plan
from lianyi.people.imports.shaping import Draft, Shaped, Shaper
from lianyi.people.imports.tables import Block, FileSpec, RefusedRow, Table

NOW = 1_800_000_000_000_000  # 2027-01-15, in µs


def file(folder: Path, content: str | bytes, name: str = "file.csv", *, packed: bool = False) -> Path:
    """A file with this content."""
    data = content.encode() if isinstance(content, str) else content
    path = folder / name
    path.write_bytes(gzip.compress(data) if packed else data)
    return path


def table(path: Path, **spec: Any) -> Table:
    """The table in it."""
    return open_table(path, FileSpec(**spec), is_known)


def rows(opened: Table) -> list[tuple[int, list[Any]]]:
    """Its rows with their numbers; there must be no refused ones."""
    blocks = list(opened.blocks())
    assert [row for block in blocks for row in block.refused] == []
    return [(n, list(row)) for block in blocks for n, row in zip(block.numbers, block.cells, strict=True)]


def refused(opened: Table) -> list[tuple[int, str]]:
    """The numbers and first codes of rows that are no rows."""
    return [(row.number, row.problems[0].code) for block in opened.blocks() for row in block.refused]


def plan(opened: Table, kind: str, mapping: str | None = None) -> Plan:
    """The plan of a mapping, or of the one that the columns' names suggest."""
    said: Mapping = propose(kind, opened.columns).mapping if mapping is None else parse_mapping(mapping, kind)
    return make_plan(opened, said, zone="Asia/Shanghai")


def shaped(path: Path, kind: str, mapping: str | None = None, **spec: Any) -> Shaped:
    """Everything that a file becomes."""
    opened = table(path, **spec)
    settled = plan(opened, kind, mapping)
    shaper = Shaper(settled, opened.columns, region="CN", currency="CNY", now=NOW)
    parts = [shaper.shape(block) for block in opened.blocks()]
    ignored: dict[str, int] = {}
    for part in parts:
        for column, count in part.ignored.items():
            ignored[column] = ignored.get(column, 0) + count
    return Shaped(
        [draft for part in parts for draft in part.drafts],
        [row for part in parts for row in part.refused],
        sum(part.rows for part in parts),
        ignored,
        [row for part in parts for row in part.lacking],
    )


def shape_rows(settled: Plan, columns: list[str], cells: Sequence[Sequence[Any]]) -> list[Draft]:
    """The events of rows that are given directly."""
    shaper = Shaper(settled, columns, region="CN", currency="CNY", now=NOW)
    return shaper.shape(Block(range(1, len(cells) + 1), list(cells), [], 0)).drafts


def reasons(row: RefusedRow) -> list[tuple[str, str]]:
    """Where and why a row was refused."""
    return [(problem.column, problem.code) for problem in row.problems]
