"""The dark modules as paths, for SVG and PDF: what prints at any size.

All modules of a code are one path, so that no seam shows between two that touch.
"""

from functools import lru_cache

import numpy as np

from lianyi.links.codes.symbol import BOTTOM_LEFT, BOTTOM_RIGHT, DOT, DOT_RADIUS, LIGHT, TOP_LEFT, TOP_RIGHT, Tiles

_HANDLE = 0.4477152502  # of a radius: how far from the corner the handles of a quarter of a circle lie
# Clockwise: a corner, where it lies, and which way one goes on from it.
_CORNERS = (
    (TOP_LEFT, (0, 0), (1, 0)),
    (TOP_RIGHT, (1, 0), (0, 1)),
    (BOTTOM_RIGHT, (1, 1), (-1, 0)),
    (BOTTOM_LEFT, (0, 1), (0, -1)),
)
_ALL = TOP_LEFT | TOP_RIGHT | BOTTOM_RIGHT | BOTTOM_LEFT

Points = list[float]  # x and y by turns: one point is the end of a line, three are a curve's handles and end


def svg_path(tiles: Tiles, at: int) -> str:
    """The path's data, in modules, with the upper left module at (`at`, `at`)."""
    whole = "".join(f"M{x + at} {y + at}h{length}v1h-{length}z" for x, y, length in _runs(tiles))
    return whole + "".join(_svg_tile(tile, x + at, y + at) for tile, x, y in _others(tiles))


def pdf_path(tiles: Tiles) -> str:
    """The path's operators, in modules, downwards from the upper left."""
    whole = "".join(f"{x} {y} {length} 1 re\n" for x, y, length in _runs(tiles))
    return whole + "".join(_pdf_tile(tile, x, y) for tile, x, y in _others(tiles))


def _runs(tiles: Tiles) -> list[tuple[int, int, int]]:
    """Whole squares that lie beside one another, as (x, y, length)."""
    edges = np.diff(np.pad((tiles == 0).astype(np.int8), ((0, 0), (1, 1))), axis=1)
    rows, starts = np.nonzero(edges == 1)
    ends = np.nonzero(edges == -1)[1]
    return list(zip(starts.tolist(), rows.tolist(), (ends - starts).tolist(), strict=True))


def _others(tiles: Tiles) -> list[tuple[int, int, int]]:
    """What is dark and no whole square, as (tile, x, y)."""
    rows, columns = np.nonzero((tiles != 0) & (tiles != LIGHT))
    return list(zip(tiles[rows, columns].tolist(), columns.tolist(), rows.tolist(), strict=True))


@lru_cache(maxsize=1 << 16)
def _svg_tile(tile: int, x: int, y: int) -> str:
    start, *rest = _outline(tile, x, y)
    return f"M{_told(start)}" + "".join(f"{'L' if len(one) == 2 else 'C'}{_told(one)}" for one in rest) + "z"


@lru_cache(maxsize=1 << 16)
def _pdf_tile(tile: int, x: int, y: int) -> str:
    start, *rest = _outline(tile, x, y)
    return f"{_told(start)} m\n" + "".join(f"{_told(one)} {'l' if len(one) == 2 else 'c'}\n" for one in rest) + "h\n"


def _outline(tile: int, x: int, y: int) -> list[Points]:
    """Around a tile, clockwise: where it starts, and the lines and curves from there."""
    margin, radius = (0.5 - DOT_RADIUS, DOT_RADIUS) if tile == DOT else (0.0, 0.5)
    rounded, side = (_ALL, 2 * DOT_RADIUS) if tile == DOT else (tile, 1.0)
    found: list[Points] = []
    way_in = _CORNERS[-1][2]
    for corner, (right, down), way_out in _CORNERS:
        px, py = x + margin + right * side, y + margin + down * side
        if rounded & corner:
            found.append([px - radius * way_in[0], py - radius * way_in[1]])
            near = radius * _HANDLE
            handles = [px - near * way_in[0], py - near * way_in[1], px + near * way_out[0], py + near * way_out[1]]
            found.append([*handles, px + radius * way_out[0], py + radius * way_out[1]])
        else:
            found.append([px, py])
        way_in = way_out
    return found


def _told(points: Points) -> str:
    return " ".join(f"{one:.3f}".rstrip("0").rstrip(".") for one in points)
