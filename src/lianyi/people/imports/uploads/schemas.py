"""What the doors get from uploads."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from lianyi.kernel.errors import Refused
from lianyi.kernel.sentences import Sentence

COUNTS = ("rows", "new", "updated", "same", "refused")


class Counted(NamedTuple):
    """What became of rows, or would; `codes` counts refusals by code, `ignored` cells of a column that name nobody,
    `left_out` those without which their rows were taken.
    """

    rows: int
    new: int
    updated: int
    same: int
    refused: int
    codes: dict[str, int]
    ignored: dict[str, int]
    refused_file: str = ""
    left_out: dict[str, int] = {}
    left_out_file: str = ""


@dataclass(frozen=True)
class Upload:
    """One file that somebody gave, and how far it came."""

    id: int
    state: str
    dry: bool
    stopping: bool
    waits: bool  # it is to run, and nobody has taken it yet
    kind: str
    file_name: str
    size: int  # bytes
    there: bool  # the file is kept still
    folder: str  # where it is, below the uploads
    seen: dict[str, Any]
    fields: dict[str, Any]
    mapping: str
    actor: str
    created_at: int  # µs
    started_at: int | None
    finished_at: int | None
    position: int
    tried: Counted | None
    result: Counted | None
    problem: Refused | None

    @property
    def share(self) -> float:
        """How much of the file is read, in percent."""
        return 100.0 * self.position / self.size if self.size else 0.0


class Cell(NamedTuple):
    """One cell of a preview: as it stands, as it would be taken, and why it cannot be."""

    text: str
    taken: str
    reason: Sentence | None
    used: bool


class Row(NamedTuple):
    """One row of a preview; `reasons` are those of the row as a whole."""

    number: int
    cells: list[Cell]
    reasons: list[Sentence]
    refused: bool


class Preview(NamedTuple):
    """The first rows as they would be taken. `problem` says why none would."""

    columns: list[str]
    targets: list[str]
    rows: list[Row]
    left_out: list[tuple[str, Sentence]]
    problem: Refused | None
    reading: Any  # tables.Reading
    forms: dict[str, str]  # how dates and numbers are read, by column
