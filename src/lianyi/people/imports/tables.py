"""A table, whatever kind of file it is in: named columns, and rows in blocks of bounded size.

Rows are numbered as a spreadsheet shows them: where there is a header it is row 1, and blank rows count. What is no row
(ragged, an open quote, broken JSON) is handed out beside the rows, with its reason, in its place.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import msgspec

from lianyi.kernel.sentences import Sentence
from lianyi.people.imports.files import Glimpse

BLOCK_BYTES = 4 << 20
BLOCK_ROWS = 16_384
MOST_COLUMNS = 4_096
# What the file of refused rows has behind the columns of the original.
REFUSAL_COLUMNS = ("row", "column", "code", "reason")


class FileSpec(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """How a file is to be read, where the user says so; what is left out is detected."""

    encoding: str | None = None
    delimiter: str | None = None
    header: bool | None = None
    columns: list[str] | None = None  # names, for a file without a header
    sheet: str | None = None
    decimal: str | None = None  # "." or ",", for every column of numbers
    zone: str | None = None  # IANA name, for every time that names no offset


class Problem(NamedTuple):
    """What is wrong with one cell, or with the row as a whole (`column` is empty)."""

    column: str
    code: str
    reason: Sentence


class RefusedRow(NamedTuple):
    """A row that was not taken, or not whole, as it stood in the file."""

    number: int
    cells: Sequence[Any]
    problems: Sequence[Problem]


class Block(NamedTuple):
    """Consecutive rows; `cells[i]` has one cell a column. `position` is how many bytes of the file were read."""

    numbers: Sequence[int]
    cells: list[Sequence[Any]]
    refused: list[RefusedRow]
    position: int


@dataclass(frozen=True)
class Reading:
    """How a file is read, for people to check."""

    kind: str  # CSV, XLSX, NDJSON, Parquet
    encoding: str = ""
    delimiter: str = ""
    header: bool = True
    sheet: str = ""
    packed: bool = False


class Table(Protocol):
    """A file's rows. `blocks` may be called again, and gives the same rows in the same order."""

    @property
    def columns(self) -> list[str]: ...
    @property
    def reading(self) -> Reading: ...
    @property
    def seen(self) -> Glimpse: ...
    def blocks(self) -> Iterator[Block]: ...


def first_of(columns: Sequence[str]) -> list[str]:
    """So many names of columns as a sentence can list."""
    return [*columns[:30], "…"] if len(columns) > 30 else list(columns)


def fitted(cells: list[Any], width: int) -> list[Any] | None:
    """The row with `width` cells: blank cells behind the last column are no cells; None for a ragged row."""
    if len(cells) == width:
        return cells
    if len(cells) > width and not any(cell is not None and str(cell).strip() for cell in cells[width:]):
        return cells[:width]
    return None


def ragged(number: int, cells: Sequence[Any], width: int) -> RefusedRow:
    """The refusal of a row that has not as many cells as there are columns."""
    sentence = Sentence(
        "The row has {count} cell where there are {width} columns."
        if len(cells) == 1
        else "The row has {count} cells where there are {width} columns.",
        count=len(cells),
        width=width,
    )
    return RefusedRow(number, cells, [Problem("", "row.ragged", sentence)])


def is_blank(cells: Sequence[Any]) -> bool:
    """Whether a row holds nothing."""
    return not any(cells) and all(cell is None or cell == "" for cell in cells)
