"""Sheets to print: many codes on A4, each with its name, whose it is, and its short address.

    with open("codes.pdf", "wb") as file:
        print_sheets(file, items, Look(), Sheet.LABELS_24, title="Spring fair")

Each code is decoded back before it is printed. A page is written as soon as it is drawn, so that ten thousand codes
take no more memory than ten.
"""

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import BinaryIO, NamedTuple

from lianyi.kernel.errors import Refused
from lianyi.kernel.text import clean
from lianyi.links.codes.drawing import checked
from lianyi.links.codes.lettering import Lettering
from lianyi.links.codes.look import Look, logo_of
from lianyi.links.codes.marks import centred, code, cross, fold, text, turned
from lianyi.links.codes.paper import Paper

MOST = 50_000  # codes of one document
A4 = (210.0, 297.0)  # mm
LONGEST = 200  # characters of each line of a caption

_GREY = 0.35  # of what is said beside the name
_EDGE = 5.0  # mm that printers leave at the edges of the paper


class Sheet(StrEnum):
    """How codes lie on paper."""

    LABELS_24 = "3x8"  # labels of 70 × 37 mm
    LABELS_8 = "2x4"  # labels of 105 × 74 mm
    POSTER = "poster"  # one a page
    TENT = "tent"  # one a page, twice, folded to stand on a table


class Item(NamedTuple):
    """A code to print: the address that it holds, and what is said beside it; whatever is empty is left out."""

    address: str
    name: str = ""
    holder: str = ""
    short: str = ""  # the address as people read and type it


class Printed(NamedTuple):
    """What was written."""

    codes: int
    pages: int


Step = Callable[[int], object]  # so many codes more are done

_GRIDS = {Sheet.LABELS_24: (3, 8), Sheet.LABELS_8: (2, 4)}


def print_sheets(
    file: BinaryIO, items: Sequence[Item], look: Look, sheet: Sheet, *, title: str, step: Step | None = None
) -> Printed:
    """Writes the document, page by page. Refuses none and more than MOST codes, and what `checked` refuses."""
    look.check()
    if not 0 < len(items) <= MOST:
        raise Refused(
            "sheet.many", "A document has one code to {most:,}; this has {count:,}.", "Choose others.",
            most=MOST, count=len(items),
        )  # fmt: skip
    lettering = Lettering({sign for item in items for line in item[1:] for sign in _plain(line)})
    paper = Paper(file, title, lettering, [logo_of(look.logo, look.light)] if look.logo else ())
    pages = 0
    for page, done in _pages(items, look, sheet, lettering):
        paper.page(*A4, page)
        pages += 1
        if step:
            step(done)
    paper.close()
    return Printed(len(items), pages)


def _pages(items: Sequence[Item], look: Look, sheet: Sheet, lettering: Lettering) -> Iterator[tuple[str, int]]:
    """The operators of each page, and how many codes are on it."""
    width, height = A4
    if sheet is Sheet.POSTER:
        for item in items:
            yield _standing(item, look, lettering, width, height), 1
    elif sheet is Sheet.TENT:
        for item in items:
            half = _standing(item, look, lettering, width, height / 2)
            upper = f"q 1 0 0 1 0 {height / 2:g} cm\n{turned(half, width, height / 2)}Q\n"
            yield half + upper + fold(0, height / 2, width), 1
    else:
        columns, rows = _GRIDS[sheet]
        for start in range(0, len(items), columns * rows):
            some = items[start : start + columns * rows]
            yield _grid(some, look, lettering, columns, rows), len(some)


def _grid(items: Sequence[Item], look: Look, lettering: Lettering, columns: int, rows: int) -> str:
    """Labels from the upper left, row by row, with marks where cuts meet."""
    width, height = A4[0] / columns, A4[1] / rows
    drawn = []
    for place, item in enumerate(items):
        row, column = divmod(place, columns)
        drawn.append(_label(item, look, lettering, column * width, A4[1] - (row + 1) * height, width, height))
    marks = [cross(column * width, row * height) for column in range(columns + 1) for row in range(rows + 1)]
    return "".join(drawn + marks)


def _label(item: Item, look: Look, lettering: Lettering, x: float, y: float, width: float, height: float) -> str:
    """The code on the left, what is said on its right."""
    size = min(height - 2 * _EDGE, width / 2 - _EDGE)
    drawn = code(checked(item.address, look), look, x + _EDGE, y + (height - size) / 2, size)
    left, room = x + _EDGE + size + 1, width - size - 2 * _EDGE - 1
    letters = size / 8
    lines = [(line, letters, 0.0) for line in lettering.lines(_plain(item.name), letters, room, 3)]
    for more in (item.holder, item.short):
        lines += [(line, letters * 0.8, _GREY) for line in lettering.lines(_plain(more), letters * 0.8, room, 2)]
    at = y + height / 2 + sum(one * 1.4 for _, one, _ in lines) / 2
    for line, one, grey in lines:
        at -= one * 1.4
        drawn += text(lettering, line, left, at + one * 0.35, one, grey=grey)
    return drawn


def _standing(item: Item, look: Look, lettering: Lettering, width: float, height: float) -> str:
    """The name above a large code, the rest below, in the middle of a box at the origin."""
    letters = height / 20
    size = min(width - 4 * _EDGE, height - 8.2 * letters - 2 * _EDGE)
    names = lettering.lines(_plain(item.name), letters, width - 4 * _EDGE, 2)
    below = [line for more in (item.holder, item.short) for line in
             lettering.lines(_plain(more), letters * 0.6, width - 4 * _EDGE, 2)]  # fmt: skip
    tall = len(names) * letters * 1.4 + size + len(below) * letters * 0.9
    at = (height + tall) / 2
    drawn = ""
    for line in names:
        at -= letters * 1.4
        drawn += centred(lettering, line, width / 2, at + letters * 0.4, letters)
    at -= size
    drawn += code(checked(item.address, look), look, (width - size) / 2, at, size)
    for line in below:
        at -= letters * 0.9
        drawn += centred(lettering, line, width / 2, at + letters * 0.3, letters * 0.6, grey=_GREY)
    return drawn


def _plain(line: str) -> str:
    return clean(line)[:LONGEST]
