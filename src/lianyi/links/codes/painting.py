"""Pictures of pixels: each module a whole number of pixels, so that edges stay sharp."""

from functools import lru_cache
from io import BytesIO

import numpy as np
import numpy.typing as npt
from PIL import Image

from lianyi.links.codes.look import Look, Pixels, colour, logo_of
from lianyi.links.codes.symbol import (
    BOTTOM_LEFT,
    BOTTOM_RIGHT,
    DOT,
    DOT_RADIUS,
    LIGHT,
    TILES,
    TOP_LEFT,
    TOP_RIGHT,
    Symbol,
    Tiles,
)

_FINER = 8  # points that a pixel's share of a shape is counted by, on each axis
_GREY = np.array([0.299, 0.587, 0.114])  # of ITU-R BT.601, as cameras and readers weigh them


def coverage(tiles: Tiles, pixels: int, quiet: int) -> Pixels:
    """How dark each pixel is, 0 to 255, at so many pixels a module."""
    side = len(tiles) * pixels
    inner = _atlas(pixels)[tiles].transpose(0, 2, 1, 3).reshape(side, side)
    return np.pad(inner, quiet * pixels)


def grey(symbol: Symbol, look: Look, pixels: int, tiles: Tiles | None = None) -> Pixels:
    """What a scanner sees of it."""
    scale = (_ramp(look.dark, look.light) @ _GREY).astype(np.uint8)
    seen: Pixels = scale[coverage(symbol.tiles if tiles is None else tiles, pixels, look.quiet)]
    if symbol.box is not None:
        _place(seen, symbol, look, pixels)
    return seen


def png_of(symbol: Symbol, look: Look, pixels: int, size: int) -> bytes:
    """A PNG of `size` pixels a side; what the modules leave of it is margin."""
    dark = coverage(symbol.tiles, pixels, look.quiet)
    before = (size - len(dark)) // 2
    dark = np.pad(dark, (before, size - len(dark) - before))
    kept = BytesIO()
    if symbol.box is not None:
        seen = _ramp(look.dark, look.light)[dark]
        _place(seen[before:, before:], symbol, look, pixels)
        Image.fromarray(seen).save(kept, "PNG", optimize=True)
    else:
        picture = Image.fromarray(dark, "P")
        picture.putpalette(_ramp(look.dark, look.light).tobytes())
        picture.save(kept, "PNG", optimize=True)
    return kept.getvalue()


def logo_box(symbol: Symbol, look: Look) -> tuple[float, float, float, float]:
    """Where the logo lies, in modules from the upper left of the margin: x, y, width, height. It is as large as fits,
    with half a module of light around it.
    """
    assert symbol.box is not None
    height, width, _ = logo_of(look.logo, look.light).shape
    scale = min((symbol.box.width - 1) / width, (symbol.box.height - 1) / height)
    whole = symbol.side + 2 * look.quiet
    return (whole - width * scale) / 2, (whole - height * scale) / 2, width * scale, height * scale


def _place(seen: Pixels, symbol: Symbol, look: Look, pixels: int) -> None:
    """Puts the logo where it lies."""
    picture = Image.fromarray(logo_of(look.logo, look.light))
    x, y, width, height = (round(one * pixels) for one in logo_box(symbol, look))
    logo = np.asarray(picture.resize((max(1, width), max(1, height)), Image.Resampling.LANCZOS))
    there = seen[y : y + len(logo), x : x + len(logo[0])]
    there[:] = logo if seen.ndim == 3 else (logo @ _GREY).astype(np.uint8)


@lru_cache(maxsize=64)
def _ramp(dark: str, light: str) -> Pixels:
    """The 256 colours from light to dark."""
    share = np.linspace(0, 1, 256)[:, None]
    return np.rint(np.array(colour(light)) * (1 - share) + np.array(colour(dark)) * share).astype(np.uint8)


@lru_cache(maxsize=32)
def _atlas(pixels: int) -> Pixels:
    """Each tile as pixels."""
    points = (np.arange(pixels * _FINER) + 0.5) / (pixels * _FINER)
    x, y = np.meshgrid(points, points)
    found = np.empty((TILES, pixels, pixels), np.uint8)
    for tile in range(TILES):
        inside = _inside(tile, x, y).reshape(pixels, _FINER, pixels, _FINER)
        found[tile] = np.rint(255 * inside.mean(axis=(1, 3)))
    return found


def _inside(tile: int, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Which points of a module a tile covers."""
    if tile == LIGHT:
        return np.zeros(x.shape, bool)
    away: npt.NDArray[np.float64] = np.hypot(x - 0.5, y - 0.5)
    if tile == DOT:
        return np.asarray(away <= DOT_RADIUS)
    quarter = np.where(y < 0.5, np.where(x < 0.5, TOP_LEFT, TOP_RIGHT), np.where(x < 0.5, BOTTOM_LEFT, BOTTOM_RIGHT))
    return np.asarray(((quarter & tile) == 0) | (away <= 0.5))
