"""Where the shapes of a drawing of overlapping sets lie, and where in each part its number stands best.

Two and three sets are circles, four are ellipses; sizes say nothing. The places were found by looking for the point of
each part that is farthest from its edges.
"""

from collections.abc import Sequence
from typing import NamedTuple

from lianyi.audience.segments.schemas import Part


class Shape(NamedTuple):
    """An ellipse, turned by so many degrees; `place` is that of its set."""

    place: int
    x: int
    y: int
    rx: int
    ry: int
    turned: int


class Count(NamedTuple):
    """How many are in a part, and where that is written."""

    x: int
    y: int
    people: int


class Venn(NamedTuple):
    """A drawing of so many units."""

    width: int
    height: int
    shapes: tuple[Shape, ...]
    counts: tuple[Count, ...]


_SIZES = {2: (260, 170), 3: (260, 214), 4: (300, 214)}
_SHAPES = {
    2: ((95, 85, 72, 72, 0), (165, 85, 72, 72, 0)),
    3: ((98, 80, 66, 66, 0), (162, 80, 66, 66, 0), (130, 134, 66, 66, 0)),
    4: ((104, 122, 94, 59, 40), (134, 92, 94, 59, 40), (166, 92, 94, 59, -40), (196, 122, 94, 59, -40)),
}
# By the sets that a part lies in, the first as 1, the second as 2, the third as 4, the fourth as 8.
_PLACES = {
    2: {1: (59, 85), 2: (201, 85), 3: (130, 85)},
    3: {1: (65, 67), 2: (195, 67), 3: (130, 51), 4: (130, 171), 5: (88, 128), 6: (172, 128), 7: (130, 93)},
    4: {
        1: (60, 131), 2: (108, 35), 3: (79, 67), 4: (192, 35), 5: (101, 151), 6: (150, 56), 7: (120, 87), 8: (240, 131),
        9: (150, 182), 10: (199, 151), 11: (178, 163), 12: (221, 67), 13: (122, 163), 14: (180, 87), 15: (150, 135),
    },
}  # fmt: skip


def venn(numbers: Sequence[int], parts: Sequence[Part]) -> Venn:
    """The drawing of two to four sets, named by these numbers."""
    many = len(numbers)
    shapes = tuple(Shape(place, *shape) for place, shape in enumerate(_SHAPES[many]))
    counts = []
    for part in parts:
        x, y = _PLACES[many][sum(1 << numbers.index(number) for number in part.inside)]
        counts.append(Count(x, y, part.people))
    return Venn(*_SIZES[many], shapes, tuple(counts))
