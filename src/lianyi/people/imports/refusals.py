"""The file of refused rows: what was not taken, beside why, to be corrected and imported again; and one like it of rows
that were taken without some of their cells.

Each row stands as it was, behind it its number and, for each cell that is wrong, the column, a code and the reason,
separated by ` | `. A spreadsheet must not run what strangers typed: a cell that begins like a formula gets a leading
apostrophe, which is taken off when the file is read here again.
"""

import csv
import fcntl
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from lianyi.kernel.cells import neutral
from lianyi.kernel.sentences import Tell
from lianyi.people.imports.cells import as_text
from lianyi.people.imports.tables import REFUSAL_COLUMNS, RefusedRow

_BETWEEN = " | "


_REFUSED, _LEFT_OUT = "-refused", "-left-out"


class HandedBack(NamedTuple):
    """The two files of an import, each only where there is something to hand back."""

    refused: "RefusedFile"
    left_out: "RefusedFile"

    def drop(self) -> None:
        """Leaves nothing behind."""
        self.refused.drop()
        self.left_out.drop()


def hand_back(folder: Path, stem: str, columns: Sequence[str], tell: Tell) -> HandedBack:
    """Files for the rows that an import refuses, and for those that it takes without a cell."""
    files = (RefusedFile(folder / f"{stem}{name}.csv", columns, tell) for name in (_REFUSED, _LEFT_OUT))
    return HandedBack(*files)


def handed_back(folder: Path) -> list[Path]:
    """What imports handed back and is there still."""
    return _all_of(folder, ".csv")


def abandoned(folder: Path) -> Iterator[Path]:
    """Files that an import began and that nobody writes any more: it was killed. An import that goes on makes its own
    anew.
    """
    for path in _all_of(folder, ".part"):
        with path.open("rb") as file, suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield path


def _all_of(folder: Path, ending: str) -> list[Path]:
    return sorted(path for name in (_REFUSED, _LEFT_OUT) for path in folder.glob(f"*{name}{ending}"))


class RefusedFile:
    """Writes refused rows beside `path` and puts them there when all are written; without any there is no file. The
    reasons are in the language of `tell`.
    """

    def __init__(self, path: Path, columns: Sequence[str], tell: Tell) -> None:
        self._path = path
        self._tell = tell
        self._columns = columns
        self._part = path.with_suffix(".part")
        self._count = 0
        self._file: Any = None

    def write(self, rows: Iterable[RefusedRow]) -> None:
        """Adds rows, in order of the file."""
        for row in rows:
            if self._file is None:
                self._open()
            self._writer.writerow([neutral(text) for text in self._line(row)])
            self._count += 1

    def finish(self) -> Path | None:
        """Closes the file and says where it is; None without rows."""
        if self._file is None:
            self._path.unlink(missing_ok=True)
            return None
        self._file.close()
        self._part.replace(self._path)
        return self._path

    def drop(self) -> None:
        """Leaves nothing behind."""
        if self._file is not None:
            self._file.close()
            self._part.unlink(missing_ok=True)

    def _open(self) -> None:
        self._part.parent.mkdir(parents=True, exist_ok=True)
        # With a mark, since spreadsheets read UTF-8 only then. Bytes that were no text are written as \udcff.
        self._file = self._part.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="")
        self._part.chmod(0o600)  # it holds what people are called and how they are reached
        fcntl.flock(self._file, fcntl.LOCK_SH)
        self._writer = csv.writer(self._file)
        self._writer.writerow([neutral(name) for name in [*self._columns, *REFUSAL_COLUMNS]])

    def _line(self, row: RefusedRow) -> list[str]:
        width = len(self._columns)
        cells = [as_text(cell) for cell in row.cells]
        whole = cells[:width] + [""] * (width - len(cells))
        told = [(problem.column, problem.code, self._tell(problem.reason)) for problem in row.problems]
        reasons = [_BETWEEN.join(part) for part in zip(*told, strict=True)]
        return [*whole, str(row.number), *reasons, *cells[width:]]
