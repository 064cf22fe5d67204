"""XLSX: one sheet of a workbook, its values as they were last computed.

A formula whose result the file does not hold, and an error such as #N/A, stand in their cells as what they are, and
refuse the row when the cell is needed.
"""

import warnings
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from openpyxl import load_workbook

from lianyi.kernel.errors import Refused
from lianyi.kernel.sentences import Sentence
from lianyi.kernel.text import clean
from lianyi.people.imports.cells import Bad, as_text
from lianyi.people.imports.delimited import is_header
from lianyi.people.imports.files import Glimpse
from lianyi.people.imports.tables import BLOCK_ROWS, Block, FileSpec, Reading, RefusedRow, fitted, is_blank, ragged

_ERRORS = frozenset({"#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"})
# What openpyxl lets out on sheets that no spreadsheet wrote.
_DAMAGE = (ValueError, KeyError, TypeError, AttributeError, IndexError, ParseError, BadZipFile, EOFError, OSError)
_MOST_ROWS = 1_048_576
_CELLS = 200_000  # in one block


class WorkbookTable:
    """A table on a sheet: the one that `spec` names, else the first."""

    def __init__(self, seen: Glimpse, spec: FileSpec, is_known: Callable[[str], bool]) -> None:
        self.seen = seen
        self._sheet = spec.sheet
        sample = [row for row in islice(self._rows(), 1_000) if not is_blank(row)]
        if not sample:
            raise Refused("file.empty", "{file!r} holds no rows.", file=seen.path.name)
        first = [clean(as_text(cell)) for cell in sample[0]]
        while len(first) > 1 and not first[-1]:
            first.pop()
        rest = [[as_text(cell) for cell in row] for row in sample[1:100]]
        texts = all(cell is None or isinstance(cell, str) for cell in sample[0])
        header = spec.header if spec.header is not None else texts and is_header(first, rest, is_known)
        if spec.columns is not None:
            self.columns = [clean(name) for name in spec.columns]
            header = spec.header if spec.header is not None else first == self.columns
        else:
            width = max(len(first), *(len(row) for row in rest)) if rest and not header else len(first)
            self.columns = first if header else [str(place) for place in range(1, width + 1)]
        self.reading = Reading("XLSX", header=header, sheet=self._name())

    def blocks(self) -> Iterator[Block]:
        """The rows below the header."""
        width, header = len(self.columns), self.reading.header
        size = max(1, min(BLOCK_ROWS, _CELLS // max(1, width)))
        number, rows = 0, self._rows()
        while part := list(islice(rows, size)):
            numbers: list[int] = []
            cells: list[Any] = []
            refused: list[RefusedRow] = []
            for row in part:
                number += 1
                if is_blank(row):
                    continue
                if header:
                    header = False
                    continue
                fit = fitted(row + [None] * (width - len(row)), width)
                if fit is None:
                    refused.append(ragged(number, row, width))
                else:
                    numbers.append(number)
                    cells.append(fit)
            yield Block(numbers, cells, refused, min(self.seen.size, self.seen.size * number // _MOST_ROWS))

    def _name(self) -> str:
        return str(self._open(values=True)[1])

    def _rows(self) -> Iterator[list[Any]]:
        values = self._values(values=True)
        if not self.seen.formulas:
            for row in values:
                yield [_judged(cell) for cell in row]
            return
        for row, written in zip(values, self._values(values=False), strict=True):
            yield [_judged(cell, source) for cell, source in zip(row, written, strict=True)]

    def _values(self, *, values: bool) -> Iterator[tuple[Any, ...]]:
        sheet, _ = self._open(values=values)
        sheet.reset_dimensions()  # what a sheet says of its size is often wrong
        rows = sheet.iter_rows(values_only=True)
        while True:
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # of features that an import has no use for
                    part = list(islice(rows, 256))
            except _DAMAGE as error:
                raise self._damaged() from error
            yield from part
            if len(part) < 256:
                return

    def _open(self, *, values: bool) -> tuple[Any, str]:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                book = load_workbook(self.seen.path, read_only=True, data_only=values, keep_links=False)
        except _DAMAGE as error:
            raise self._damaged() from error
        sheets = {sheet.title: sheet for sheet in book.worksheets}
        if not sheets:
            raise Refused("file.empty", "{file!r} holds no sheet with rows.", file=self.seen.path.name)
        if self._sheet is not None and self._sheet not in sheets:
            raise Refused(
                "file.sheet",
                "There is no sheet {sheet!r}.",
                "There are: {names!r}.",
                sheet=self._sheet,
                names=list(sheets),
            )
        name = next(iter(sheets)) if self._sheet is None else self._sheet
        return sheets[name], name

    def _damaged(self) -> Refused:
        return Refused(
            "file.damaged",
            "{file!r} is no workbook that can be read.",
            "Save it again as .xlsx.",
            file=self.seen.path.name,
        )


def _judged(cell: Any, written: Any = None) -> Any:
    if cell is None:
        if written is None:
            return None
        formula = written if isinstance(written, str) else getattr(written, "text", "") or "="
        return Bad("cell.formula", Sentence("The cell holds a formula without its result."), formula)
    if isinstance(cell, str) and cell in _ERRORS:
        return Bad("cell.error", Sentence("The cell holds the error {error}.", error=cell), cell)
    return cell
