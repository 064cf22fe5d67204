"""The first rows of a file as they would be taken, in a moment, whatever the size of the file.

Only the beginning is read, so what the rest of a file decides (whether days or months come first) is settled when it is
run, and may be asked then.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from lianyi.foundation.workspaces.schemas import Workspace
from lianyi.kernel.clock import from_micros
from lianyi.kernel.errors import Refused
from lianyi.kernel.sentences import Sentence
from lianyi.people.imports.cells import Bad, LeftOut, as_text, shown
from lianyi.people.imports.files import Glimpse, Kind
from lianyi.people.imports.headers import guess, is_known
from lianyi.people.imports.mapping import Moment, Value, explicit, specs_of
from lianyi.people.imports.opening import table_of
from lianyi.people.imports.plan import Plan, make_plan, zone_of
from lianyi.people.imports.readers import Who
from lianyi.people.imports.shaping import Shaper
from lianyi.people.imports.tables import Block, FileSpec, Reading, Table
from lianyi.people.imports.targets import Fields, settled, targets_of
from lianyi.people.imports.uploads.schemas import Cell, Preview, Row

ROWS = 20
_COLUMNS = 200  # that a page shows


def remembered(seen: Glimpse) -> dict[str, Any]:
    """What one pass over a file showed, for its row."""
    return {
        "kind": seen.kind,
        "folded": seen.folded,
        "size": seen.size,
        "digest": seen.digest.hex(),
        "encoding": seen.encoding,
        "formulas": seen.formulas,
    }


def recalled(path: Path, said: dict[str, Any]) -> Glimpse:
    """The inverse of `remembered`."""
    kind: Kind = said["kind"]
    digest = bytes.fromhex(said["digest"])
    return Glimpse(path, kind, said["folded"], said["size"], digest, said["encoding"], said["formulas"])


def table_in(path: Path, said: dict[str, Any], fields: Fields) -> Table:
    """The table in a file that was looked through before, read as its mapping says."""
    spec = msgspec.convert(fields.get("file", {}), FileSpec)
    seen = recalled(path, said)
    if spec.encoding and seen.kind == "text":
        seen = replace(seen, encoding=spec.encoding)
    return table_of(seen, spec, is_known)


def preview(workspace: Workspace, path: Path, said: dict[str, Any], kind: str, fields: Fields, now: int) -> Preview:
    """The first ROWS rows by this mapping, complete or not."""
    table = _Head(table_in(path, said, fields))
    columns = table.columns[:_COLUMNS]
    targets = targets_of(table.columns, fields)[:_COLUMNS]
    left_out = [(name, why) for name, why in guess(kind, table.columns)[1] if name not in table.columns or not targets]
    block = next(table.blocks(), Block([], [], [], 0))
    try:
        plan = make_plan(table, settled(fields, kind), zone=workspace.zone)
        rows = _rows(workspace, table, plan, block, now)
        return Preview(columns, targets, rows, left_out, None, table.reading, _forms(table, plan))
    except Refused as refused:
        rows = [
            Row(number, [Cell(shown(as_text(cell)), "", None, used=False) for cell in cells[:_COLUMNS]], [], False)
            for number, cells in zip(block.numbers, block.cells, strict=True)
        ]
        return Preview(columns, targets, rows[:ROWS], left_out, refused, table.reading, {})


class _Head:
    """The beginning of a table."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self.columns: list[str] = table.columns
        self.reading: Reading = table.reading
        self.seen = table.seen

    def blocks(self) -> Iterator[Block]:
        """The first block alone."""
        blocks = self._table.blocks()
        yield from islice(blocks, 1)
        blocks.close()  # type: ignore[attr-defined]


class _Taken(NamedTuple):
    """What a column becomes: one text a row, or a reason."""

    texts: list[str]
    reasons: list[Sentence | None]


def _rows(workspace: Workspace, table: _Head, plan: Plan, block: Block, now: int) -> list[Row]:
    shaper = Shaper(plan, table.columns, region=workspace.region, currency=workspace.currency, now=now)
    cells, numbers = block.cells[:ROWS], list(block.numbers[:ROWS])
    last = numbers[-1] if len(block.cells) > ROWS else None
    broken = [row for row in block.refused if last is None or row.number < last]
    shaped = shaper.shape(Block(numbers, cells, broken, 0))
    refused = {row.number: row for row in shaped.refused}
    read = shaper.read(cells) if cells else []
    taken: dict[int, _Taken] = {}
    for field, values in read:
        if field.place is not None:
            taken[field.place] = _told(values, workspace.zone, moment=field.name == "time")
    rows = []
    for place, (number, row) in enumerate(zip(numbers, cells, strict=True)):
        problems = refused[number].problems if number in refused else []
        by_column = {problem.column: problem.reason for problem in problems}
        cells_shown = [
            _cell(name, as_text(cell), taken.get(at), place, by_column)
            for at, (name, cell) in enumerate(zip(table.columns[:_COLUMNS], row, strict=False))
        ]
        shown_at = {cell.reason for cell in cells_shown if cell.reason is not None}
        whole = [problem.reason for problem in problems if problem.reason not in shown_at]
        rows.append(Row(number, cells_shown, whole, number in refused))
    for one in broken:
        width = len(table.columns[:_COLUMNS])
        texts = [Cell(shown(as_text(cell)), "", None, used=False) for cell in one.cells[:width]]
        rows.append(Row(one.number, texts, [problem.reason for problem in one.problems], refused=True))
    return sorted(rows, key=lambda row: row.number)[:ROWS]


def _cell(name: str, text: str, taken: _Taken | None, place: int, problems: dict[str, Sentence]) -> Cell:
    if taken is None:
        return Cell(shown(text), "", None, used=False)
    reason = taken.reasons[place] or problems.get(name)
    return Cell(shown(text), "" if reason is not None else taken.texts[place], reason, used=True)


def _told(values: list[Any], zone: str, *, moment: bool) -> _Taken:
    texts, reasons = [], []
    for value in values:
        unusable = isinstance(value, Bad | LeftOut)
        reasons.append(value.reason if unusable else None)
        texts.append("" if unusable or value is None else _text(value, zone, moment=moment))
    return _Taken(texts, reasons)


def _text(value: Any, zone: str, *, moment: bool) -> str:
    if isinstance(value, Who):
        return "" if value.known is None else shown(value.known.value)
    if moment and isinstance(value, int):
        return from_micros(value).astimezone(zone_of(zone)).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, list):
        return shown(" · ".join(map(str, value)))
    return shown(as_text(value))


def _forms(table: _Head, plan: Plan) -> dict[str, str]:
    """How the dates of each column are written."""
    found = {}
    for part in specs_of(explicit(plan.mapping)):
        if (isinstance(part, Moment) or (isinstance(part, Value) and part.type in ("date", "time"))) and part.form:
            found[table.columns[plan.places[part.column]]] = str(part.form)
    return found
