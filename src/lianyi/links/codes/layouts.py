"""How codes lie on paper: the paper, how many a page, and how large each is. Lengths are millimetres."""

import re
from enum import StrEnum
from typing import NamedTuple

from lianyi.kernel.errors import Refused

EDGE = 5.0  # that printers leave at the edges of the paper
LEAST_SIZE = 12.0  # of a code on a label: below it phones have to come too near
MOST_COLUMNS, MOST_ROWS = 10, 20

_GRID = re.compile(r"([1-9]\d?)x([1-9]\d?)", re.ASCII)


class Sheet(StrEnum):
    """The forms that are offered; a grid of any other numbers is written like 4x10."""

    LABELS_24 = "3x8"  # on A4, labels of 70 × 37 mm
    LABELS_8 = "2x4"  # on A4, labels of 105 × 74 mm
    POSTER = "poster"  # one a page
    TENT = "tent"  # one a page, twice, folded to stand on a table


class Format(StrEnum):
    """Papers, upright."""

    A3 = "a3"
    A4 = "a4"
    A5 = "a5"
    LETTER = "letter"


_PAPERS = {
    Format.A3: (297.0, 420.0),
    Format.A4: (210.0, 297.0),
    Format.A5: (148.0, 210.0),
    Format.LETTER: (215.9, 279.4),
}


class Layout(NamedTuple):
    """`form` is a word of Sheet, or columns x rows; `size` that of a code with its margin, 0 as large as there is room
    for.
    """

    form: str = Sheet.LABELS_24
    paper: Format = Format.A4
    size: float = 0.0

    def check(self) -> "Layout":
        """The layout itself; refuses a form that is none, and codes that are too small or have no room."""
        if self.form not in (Sheet.POSTER, Sheet.TENT) and self.grid is None:
            raise Refused(
                "sheet.form", "{form!r} is no layout.",
                "Write poster, tent, or columns x rows such as 3x8, at most {columns}x{rows}.",
                form=self.form[:20], columns=MOST_COLUMNS, rows=MOST_ROWS,
            )  # fmt: skip
        if self.room < LEAST_SIZE or (self.size and not LEAST_SIZE <= self.size <= self.room):
            raise Refused(
                "sheet.size", "A code of this layout has room for {room} mm a side, and takes {least} mm.",
                "Take fewer a page, larger paper, or another size.",
                room=int(max(0.0, self.room)), least=int(LEAST_SIZE),
            )  # fmt: skip
        return self

    @property
    def page(self) -> tuple[float, float]:
        """Width and height of the paper."""
        return _PAPERS[self.paper]

    @property
    def grid(self) -> tuple[int, int] | None:
        """Columns and rows of labels; None for one a page."""
        found = _GRID.fullmatch(self.form)
        if found is None or int(found[1]) > MOST_COLUMNS or int(found[2]) > MOST_ROWS:
            return None
        return int(found[1]), int(found[2])

    @property
    def cell(self) -> tuple[float, float]:
        """Width and height that a code has with what is said beside it."""
        columns, rows = self.grid or (1, 2 if self.form == Sheet.TENT else 1)
        return self.page[0] / columns, self.page[1] / rows

    @property
    def room(self) -> float:
        """The side that a code can have at the most."""
        width, height = self.cell
        if self.grid:
            return min(height - 2 * EDGE, width / 2 - EDGE)
        return min(width - 4 * EDGE, height - 8.2 * (height / 20) - 2 * EDGE)

    @property
    def side(self) -> float:
        """The side that a code has."""
        return self.size or self.room
