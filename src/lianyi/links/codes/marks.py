"""What is put on paper: codes, lines of text and cut marks, as operators of PDF. Lengths are millimetres."""

from lianyi.links.codes.lettering import Lettering
from lianyi.links.codes.look import Look, colour
from lianyi.links.codes.outlines import pdf_path
from lianyi.links.codes.painting import logo_box
from lianyi.links.codes.symbol import Symbol

_HAIR = 0.1
_SMALLEST = 0.6  # of the size of letters that was wished
_MARK = 2.5  # of each arm of a cut mark


def code(made: Symbol, look: Look, x: float, y: float, size: float) -> str:
    """A code with its margin, its lower left at (x, y); a logo is the picture /P0."""
    whole = made.side + 2 * look.quiet
    unit = size / whole
    ground = "" if look.light.lower() == "#ffffff" else f"{ink(look.light)}{_n(x)} {_n(y)} {_n(size)} {_n(size)} re f\n"
    left, top = x + look.quiet * unit, y + size - look.quiet * unit
    drawn = f"q {unit:.5f} 0 0 {-unit:.5f} {_n(left)} {_n(top)} cm\n{ink(look.dark)}{pdf_path(made.tiles)}f Q\n"
    if made.box is None:
        return ground + drawn
    logo_x, logo_y, width, height = (one * unit for one in logo_box(made, look))
    low = y + size - logo_y - height
    return f"{ground}{drawn}q {_n(width)} 0 0 {_n(height)} {_n(x + logo_x)} {_n(low)} cm /P0 Do Q\n"


def text(lettering: Lettering, line: str, x: float, y: float, size: float, *, grey: float = 0.0) -> str:
    """A line of text from x on."""
    return f"BT {grey:g} g /F {_n(size)} Tf {_n(x)} {_n(y)} Td {lettering.told(line)} Tj ET\n"


def centred(lettering: Lettering, line: str, x: float, y: float, size: float, *, grey: float = 0.0) -> str:
    """A line of text around x."""
    return text(lettering, line, x - lettering.width(line, size) / 2, y, size, grey=grey)


def fitted(lettering: Lettering, line: str, width: float, y: float, size: float) -> str:
    """A line of text in the middle of a box at the origin: smaller where it is long, cut where that is not enough."""
    room = width * 0.94
    small = max(_SMALLEST * size, min(size, 0.999 * room / lettering.width(line, 1)))
    return centred(lettering, lettering.lines(line, small, room, 1)[0], width / 2, y, small)


def area(colour_of: str, width: float, height: float) -> str:
    """Fills a box at the origin; white is the paper's."""
    return "" if colour_of.lower() == "#ffffff" else f"{ink(colour_of)}0 0 {_n(width)} {_n(height)} re f\n"


def cross(x: float, y: float) -> str:
    """Where cuts meet."""
    return (
        f"{_HAIR} w 0.6 G {_n(x - _MARK)} {_n(y)} m {_n(x + _MARK)} {_n(y)} l "
        f"{_n(x)} {_n(y - _MARK)} m {_n(x)} {_n(y + _MARK)} l S\n"
    )


def fold(x: float, y: float, length: float) -> str:
    """Where to fold: a dashed line."""
    return f"q {_HAIR} w 0.6 G [2 2] 0 d {_n(x)} {_n(y)} m {_n(x + length)} {_n(y)} l S Q\n"


def turned(operators: str, width: float, height: float) -> str:
    """Upside down within a box at the origin."""
    return f"q -1 0 0 -1 {_n(width)} {_n(height)} cm\n{operators}Q\n"


def ink(name: str) -> str:
    """Sets the colour of areas; greys are printed with black alone."""
    red, green, blue = colour(name)
    if red == green == blue:
        return f"{red / 255:.3g} g\n"
    return f"{red / 255:.3f} {green / 255:.3f} {blue / 255:.3f} rg\n"


def _n(number: float) -> str:
    return f"{number:.3f}".rstrip("0").rstrip(".")
