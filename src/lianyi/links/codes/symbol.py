"""The modules of a code: which are dark, what each is drawn as, and what a logo covers.

A tile says how one module is drawn: LIGHT, DOT, or the sum of the corners that are rounded (0 is a whole square).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import segno
from segno import consts

from lianyi.kernel.errors import Refused
from lianyi.links.codes.look import LOGO_SHARE, Look, Shape, logo_of

TOP_LEFT, TOP_RIGHT, BOTTOM_RIGHT, BOTTOM_LEFT = 1, 2, 4, 8
DOT, LIGHT = 16, 17
TILES = 18
DOT_RADIUS = 0.44  # of a module

_LEAST_VERSION_WITH_LOGO = 3  # below it, nothing is left between the three eyes
_EYES = 18  # modules of a side that the eyes and what lies beside them take
_LONGEST_LOGO = 3  # times as long as high: a longer one would cover several marks of alignment
# What is drawn whole among dots: the eyes, and the marks of alignment.
_WHOLE = np.array([consts.TYPE_FINDER_PATTERN_DARK, consts.TYPE_ALIGNMENT_PATTERN_DARK])

Tiles = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Box:
    """What a logo covers, in modules from the upper left."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Symbol:
    """A code before it is drawn."""

    tiles: Tiles  # a side by a side
    box: Box | None

    @property
    def side(self) -> int:
        """Modules of a side, without the margin."""
        return len(self.tiles)


def symbol(text: str, look: Look) -> Symbol:
    """The smallest code that holds the text. Refuses a text that none can hold."""
    made = _made(text, look)
    dark = np.frombuffer(b"".join(made.matrix), np.uint8).reshape(len(made.matrix), -1).astype(bool)
    box = None
    if look.logo:
        height, width, _ = logo_of(look.logo, look.light).shape
        ratio = min(max(width / height, 1 / _LONGEST_LOGO), _LONGEST_LOGO)
        box = _box(len(dark), ratio, LOGO_SHARE[look.correction])
        dark = dark.copy()
        dark[box.y : box.y + box.height, box.x : box.x + box.width] = False
    return Symbol(_tiles(dark, made, look.shape), box)


def covered(tiles: Tiles, box: Box, by: int) -> Tiles:
    """The tiles of a logo that is `by` modules larger on each side."""
    found = tiles.copy()
    found[box.y - by : box.y + box.height + by, box.x - by : box.x + box.width + by] = LIGHT
    return found


def _made(text: str, look: Look) -> segno.QRCode:
    try:
        if not text:
            raise ValueError
        made = segno.make_qr(text, error=look.correction, encoding="utf-8")
        if look.logo and int(made.version) < _LEAST_VERSION_WITH_LOGO:
            made = segno.make_qr(text, error=look.correction, encoding="utf-8", version=_LEAST_VERSION_WITH_LOGO)
    except ValueError:  # DataOverflowError is one, and so is what is no Unicode
        raise Refused("code.text", "No code can hold this text.", "Take a shorter address.") from None
    return made


def _tiles(dark: npt.NDArray[np.bool_], made: segno.QRCode, shape: Shape) -> Tiles:
    if shape is Shape.SQUARE:
        return np.where(dark, 0, LIGHT).astype(np.uint8)
    if shape is Shape.ROUNDED:
        return np.where(dark, _corners(dark), LIGHT).astype(np.uint8)
    whole = dark & np.isin(np.array(list(made.matrix_iter(border=0, verbose=True))), _WHOLE)
    return np.where(whole, _corners(whole), np.where(dark, DOT, LIGHT)).astype(np.uint8)


def _corners(dark: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """A corner is rounded where both neighbours that meet in it are light."""
    around = np.pad(dark, 1)
    above, below, left, right = around[:-2, 1:-1], around[2:, 1:-1], around[1:-1, :-2], around[1:-1, 2:]
    found: npt.NDArray[np.int64] = (
        TOP_LEFT * ~(above | left)
        + TOP_RIGHT * ~(above | right)
        + BOTTOM_RIGHT * ~(below | right)
        + BOTTOM_LEFT * ~(below | left)
    )
    return found


@lru_cache(maxsize=256)
def _box(side: int, ratio: float, share: int) -> Box:
    """The box in the middle of at most `share` per cent of the area, of a picture's ratio where the eyes let it."""
    area = share / 100 * side * side
    most = side - _EYES
    width = _odd(min((area * ratio) ** 0.5, most))
    height = _odd(min(area / width, width / ratio + 1, most))
    return Box((side - width) // 2, (side - height) // 2, width, height)


def _odd(number: float) -> int:
    """The largest odd number that is not above it, and at least 1: the side of a code is odd, too."""
    return max(1, int(number + 1) // 2 * 2 - 1)
