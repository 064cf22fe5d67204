"""How a channel code looks, and which looks a scanner can read.

Contrast is the symbol contrast of ISO/IEC 15415, the difference of the reflectances of light and dark; that of a colour
of sRGB is its relative luminance (WCAG 2.2). 55 % is the standard's grade B: paper, light and cameras take their part.
"""

import io
import re
from enum import StrEnum
from functools import lru_cache

import msgspec
import numpy as np
import numpy.typing as npt
from PIL import Image

from lianyi.kernel.errors import Refused

LEAST_CONTRAST = 55  # per cent
LEAST_QUIET = 4  # modules, as ISO/IEC 18004 asks
MOST_QUIET = 20
LOGO_BYTES = 5_000_000
LOGO_PIXELS = 20_000_000
LOGO_SIDE = 512  # pixels that are kept of a logo

_COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)

Colour = tuple[int, int, int]
Pixels = npt.NDArray[np.uint8]


class Shape(StrEnum):
    """How a dark module is drawn."""

    SQUARE = "square"
    ROUNDED = "rounded"  # neighbours flow into one another, corners are round
    DOTS = "dots"  # but what scanners look for first stays whole


class Correction(StrEnum):
    """How much of a code may be lost: 7, 15, 25 or 30 % of its words."""

    LOW = "L"
    MEDIUM = "M"
    QUARTER = "Q"
    HIGH = "H"


# The share of the area that a logo may cover, in per cent: what is left of the correction is for dirt and scratches. A
# covered area touches about twice the words that it covers, and each word lost takes two of those that correct.
LOGO_SHARE = {Correction.LOW: 0, Correction.MEDIUM: 0, Correction.QUARTER: 7, Correction.HIGH: 8}


class Look(msgspec.Struct, frozen=True):
    """How a code looks. `logo` is a picture as it lies in a file; the correction is the least, and more
    where that costs nothing.
    """

    dark: str = "#000000"
    light: str = "#ffffff"
    quiet: int = LEAST_QUIET  # modules of margin
    shape: Shape = Shape.SQUARE
    correction: Correction = Correction.MEDIUM
    logo: bytes = b""

    def check(self) -> "Look":
        """The look itself; refuses one that scanners cannot read."""
        if contrast(self.dark, self.light) < LEAST_CONTRAST:
            raise Refused(
                "code.contrast",
                "Scanners cannot tell {dark} from {light}: their contrast is {contrast} %, and {least} % are needed.",
                "Take a darker colour for the code, or a lighter one for what is behind it.",
                dark=self.dark,
                light=self.light,
                contrast=max(0, contrast(self.dark, self.light)),
                least=LEAST_CONTRAST,
            )
        if not LEAST_QUIET <= self.quiet <= MOST_QUIET:
            raise Refused(
                "code.quiet",
                "The margin around a code has {least} to {most} modules.",
                "Scanners find no code without it.",
                least=LEAST_QUIET,
                most=MOST_QUIET,
            )
        if self.logo and not LOGO_SHARE[self.correction]:
            raise Refused(
                "code.logo_correction",
                "A code of this correction cannot bear a logo.",
                "Take the correction Q or H.",
            )
        if self.logo:
            logo_of(self.logo, self.light)
        return self


def contrast(dark: str, light: str) -> int:
    """The symbol contrast in per cent; below zero where the dark colour is the lighter one."""
    return int(100 * (_reflectance(colour(light)) - _reflectance(colour(dark))))


def colour(text: str) -> Colour:
    """Red, green and blue, each 0 to 255, of a text like #1a2b3c. Refuses any other."""
    if not _COLOUR.fullmatch(text):
        raise Refused("code.colour", "{text!r} is no colour.", "Write it like #1a2b3c.", text=text[:40])
    value = bytes.fromhex(text[1:])
    return value[0], value[1], value[2]


@lru_cache(maxsize=16)
def logo_of(content: bytes, light: str) -> Pixels:
    """The logo on the light colour, as rows of RGB pixels. Refuses what is no picture, or too large to open."""
    if len(content) > LOGO_BYTES:
        raise _no_logo()
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "GIF", "WEBP")) as picture:
            if picture.width * picture.height > LOGO_PIXELS:
                raise _no_logo()
            picture.draft("RGB", (LOGO_SIDE, LOGO_SIDE))
            seen = picture.convert("RGBA")
    except Exception:  # readers of pictures fail in many ways
        raise _no_logo() from None
    seen.thumbnail((LOGO_SIDE, LOGO_SIDE), Image.Resampling.LANCZOS)
    ground = Image.new("RGBA", seen.size, (*colour(light), 255))
    return np.asarray(Image.alpha_composite(ground, seen).convert("RGB"))


def _no_logo() -> Refused:
    return Refused(
        "code.logo", "The logo is no picture, or too large.", "Give a PNG, JPEG, GIF or WebP of at most 5 MB."
    )


def _reflectance(of: Colour) -> float:
    """The relative luminance, 0 to 1."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (one / 255 for one in of)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
