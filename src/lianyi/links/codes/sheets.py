"""Sheets to print: many codes on paper, each with its name, whose it is, and its short address.

    with open("codes.pdf", "wb") as file:
        print_sheets(file, items, Look(), Layout(Sheet.LABELS_24), title="Spring fair")

Each code is decoded back before it is printed. A page is written as soon as it is drawn, so that ten thousand codes
take no more memory than ten.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO, NamedTuple

from lianyi.kernel.errors import Refused
from lianyi.kernel.text import clean
from lianyi.links.codes.drawing import LEAST_MODULE_MM, checked
from lianyi.links.codes.layouts import EDGE, Layout, Sheet
from lianyi.links.codes.lettering import Lettering
from lianyi.links.codes.look import Look, logo_of
from lianyi.links.codes.marks import centred, code, cross, fold, text, turned
from lianyi.links.codes.paper import Paper

MOST = 50_000  # codes of one document
LONGEST = 200  # characters of each line of a caption

_GREY = 0.35  # of what is said beside the name


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


def print_sheets(
    file: BinaryIO, items: Sequence[Item], look: Look, layout: Layout, *, title: str, step: Step | None = None
) -> Printed:
    """Writes the document, page by page. Refuses none and more than MOST codes, what `checked` refuses, and codes that
    printers would blur at this size.
    """
    look.check()
    layout.check()
    if not 0 < len(items) <= MOST:
        raise Refused(
            "sheet.many", "A document has one code to {most:,}; this has {count:,}.", "Choose others.",
            most=MOST, count=len(items),
        )  # fmt: skip
    lettering = Lettering({sign for item in items for line in item[1:] for sign in _plain(line)})
    paper = Paper(file, title, lettering, [logo_of(look.logo, look.light)] if look.logo else ())
    pages = 0
    for page, done in _pages(items, look, layout, lettering):
        paper.page(*layout.page, page)
        pages += 1
        if step:
            step(done)
    paper.close()
    return Printed(len(items), pages)


def _pages(items: Sequence[Item], look: Look, layout: Layout, lettering: Lettering) -> Iterator[tuple[str, int]]:
    """The operators of each page, and how many codes are on it."""
    width, height = layout.page
    if layout.grid:
        columns, rows = layout.grid
        for start in range(0, len(items), columns * rows):
            some = items[start : start + columns * rows]
            yield _grid(some, look, layout, lettering, columns, rows), len(some)
    elif layout.form == Sheet.TENT:
        for item in items:
            half = _standing(item, look, layout, lettering)
            upper = f"q 1 0 0 1 0 {height / 2:g} cm\n{turned(half, width, height / 2)}Q\n"
            yield half + upper + fold(0, height / 2, width), 1
    else:
        for item in items:
            yield _standing(item, look, layout, lettering), 1


def _grid(items: Sequence[Item], look: Look, layout: Layout, lettering: Lettering, columns: int, rows: int) -> str:
    """Labels from the upper left, row by row, with marks where cuts meet."""
    width, height = layout.cell
    drawn = []
    for place, item in enumerate(items):
        row, column = divmod(place, columns)
        drawn.append(_label(item, look, layout, lettering, column * width, layout.page[1] - (row + 1) * height))
    marks = [cross(column * width, row * height) for column in range(columns + 1) for row in range(rows + 1)]
    return "".join(drawn + marks)


def _label(item: Item, look: Look, layout: Layout, lettering: Lettering, x: float, y: float) -> str:
    """The code on the left, what is said on its right."""
    (width, height), size = layout.cell, layout.side
    drawn = _code(item, look, x + EDGE, y + (height - size) / 2, size)
    left, room = x + EDGE + size + 1, width - size - 2 * EDGE - 1
    letters = min(size, layout.room) / 8
    lines = [(line, letters, 0.0) for line in lettering.lines(_plain(item.name), letters, room, 3)]
    for more in (item.holder, item.short):
        lines += [(line, letters * 0.8, _GREY) for line in lettering.lines(_plain(more), letters * 0.8, room, 2)]
    at = y + height / 2 + sum(one * 1.4 for _, one, _ in lines) / 2
    for line, one, grey in lines:
        at -= one * 1.4
        drawn += text(lettering, line, left, at + one * 0.35, one, grey=grey)
    return drawn


def _standing(item: Item, look: Look, layout: Layout, lettering: Lettering) -> str:
    """The name above a large code, the rest below, in the middle of a box at the origin."""
    (width, height), size = layout.cell, layout.side
    letters = height / 20
    names = lettering.lines(_plain(item.name), letters, width - 4 * EDGE, 2)
    below = [line for more in (item.holder, item.short) for line in
             lettering.lines(_plain(more), letters * 0.6, width - 4 * EDGE, 2)]  # fmt: skip
    tall = len(names) * letters * 1.4 + size + len(below) * letters * 0.9
    at = (height + tall) / 2
    drawn = ""
    for line in names:
        at -= letters * 1.4
        drawn += centred(lettering, line, width / 2, at + letters * 0.4, letters)
    at -= size
    drawn += _code(item, look, (width - size) / 2, at, size)
    for line in below:
        at -= letters * 0.9
        drawn += centred(lettering, line, width / 2, at + letters * 0.3, letters * 0.6, grey=_GREY)
    return drawn


def _code(item: Item, look: Look, x: float, y: float, size: float) -> str:
    made = checked(item.address, look)
    if size < (made.side + 2 * look.quiet) * LEAST_MODULE_MM:
        raise Refused(
            "sheet.blurred", "The code of {address} would be blurred at {size} mm.",
            "Take larger labels, or a shorter address.", address=item.address[:200], size=int(size),
        )  # fmt: skip
    return code(made, look, x, y, size)


def _plain(line: str) -> str:
    return clean(line)[:LONGEST]
