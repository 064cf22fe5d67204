"""Colours of a page out of its accent: as much of it as stays readable, by day and by night. No Django here.

Contrast is that of WCAG 2.2 (relative luminance); text has 4.5 and more against what it stands on.
"""

from functools import lru_cache
from typing import NamedTuple

Colour = tuple[float, float, float]  # red, green, blue, 0 to 1

ENOUGH = 4.7  # a little more than asked for: what is written has eight bits
_WHITE: Colour = (1.0, 1.0, 1.0)
_INK: Colour = (0.08, 0.1, 0.13)
_NIGHT: Colour = (0.055, 0.07, 0.09)


class Palette(NamedTuple):
    """Of one light, as CSS writes them."""

    paper: str
    wash: str  # behind every other block
    card: str
    line: str
    ink: str
    soft: str  # lesser text
    accent: str  # text and marks of the accent's colour
    fill: str  # buttons
    on_fill: str
    deep: str  # the band of the last call
    on_deep: str
    glow: str  # behind the first block
    edge: str  # around fields, which has 3 and more against the paper
    wrong: str  # what is wrong with what was typed


@lru_cache(maxsize=500)
def day(accent: str) -> Palette:
    """By day."""
    base = _read(accent)
    text = _readable(base, _mixed(base, _WHITE, 0.1), _INK)
    fill, on_fill = _button(base)
    deep = _readable(_mixed(base, _INK, 0.55), _WHITE, _INK, 9)
    return Palette(
        paper="#ffffff",
        wash=_written(_mixed(base, _WHITE, 0.05)),
        card="#ffffff",
        line=_written(_mixed(base, (0.88, 0.89, 0.91), 0.1)),
        ink=_written(_mixed(base, _INK, 0.08)),
        soft=_written(_readable(_mixed(base, (0.36, 0.39, 0.44), 0.1), _mixed(base, _WHITE, 0.2), _INK)),
        accent=_written(text),
        fill=_written(fill),
        on_fill=_written(on_fill),
        deep=_written(deep),
        on_deep="#ffffff",
        glow=_written(_mixed(base, _WHITE, 0.2)),
        edge="#7d8790",
        wrong="#b3261e",
    )


@lru_cache(maxsize=500)
def night(accent: str) -> Palette:
    """By night."""
    base = _read(accent)
    paper, wash, card = _mixed(base, _NIGHT, 0.03), _mixed(base, _NIGHT, 0.1), _mixed(base, (0.1, 0.12, 0.15), 0.1)
    fill, on_fill = _button(base)
    return Palette(
        paper=_written(paper),
        wash=_written(wash),
        card=_written(card),
        line=_written(_mixed(base, (0.2, 0.23, 0.27), 0.15)),
        ink="#f2f4f7",
        soft=_written(_readable(_mixed(base, (0.72, 0.75, 0.79), 0.08), _mixed(base, _NIGHT, 0.35), _WHITE)),
        accent=_written(_readable(base, card, _WHITE)),
        fill=_written(fill),
        on_fill=_written(on_fill),
        deep=_written(_readable(_mixed(base, _NIGHT, 0.4), _WHITE, _NIGHT, 9)),
        on_deep="#ffffff",
        glow=_written(_mixed(base, _NIGHT, 0.35)),
        edge="#7b8990",
        wrong="#ff9d92",
    )


def contrast(one: Colour, other: Colour) -> float:
    """From 1, none, to 21, black on white."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _button(base: Colour) -> tuple[Colour, Colour]:
    """White on the accent where a little darkening is enough, else dark on it."""
    if contrast(base, _WHITE) >= 3:
        return _readable(base, _WHITE, _INK), _WHITE
    return _readable(base, _INK, _WHITE), _INK


def _readable(colour: Colour, ground: Colour, towards: Colour, enough: float = ENOUGH) -> Colour:
    """The colour, as far towards another as it must be to be read on the ground."""
    for step in range(51):
        found = _mixed(towards, colour, step / 50)
        if contrast(found, ground) >= enough:
            return found
    return towards


def _mixed(one: Colour, other: Colour, share: float) -> Colour:
    """So much of the one in the other."""
    red, green, blue = (a * share + b * (1 - share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _luminance(colour: Colour) -> float:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _read(text: str) -> Colour:
    red, green, blue = (int(text[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue


def _written(colour: Colour) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in colour)
