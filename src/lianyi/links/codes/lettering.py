"""The letters of printed sheets: Noto Sans SC (SIL Open Font License), cut down to the characters that are printed.

The font comes with a wheel. What it lacks is printed as an empty box.
"""

import logging
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from typing import Any

MISSING = "□"
MORE = "…"
_FILE = ("pylopdf_fonts_zh_cn", "NotoSansSC-Regular.otf")
_UNITS = 1000  # of the font's, in one em; those of PDF are the same

logging.getLogger("fontTools").setLevel(logging.ERROR)  # it tells of each table that it leaves out


class Lettering:
    """The font with some characters. Its codes in PDF are the font's own numbers of glyphs (Identity-H)."""

    def __init__(self, characters: Iterable[str]) -> None:
        from fontTools import subset
        from fontTools.ttLib import TTFont

        wanted = {ord(one) for one in characters} | {ord(MISSING), ord(MORE)}
        font = TTFont(BytesIO(_content()), lazy=True)
        options = subset.Options(layout_features=[], name_IDs=[], notdef_outline=True)
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=wanted)
        cutter.subset(font)
        names = font.getBestCmap()
        self._glyphs = {chr(one): int(name.removeprefix("cid")) for one, name in names.items() if one in wanted}
        self._widths = {chr(one): int(font["hmtx"][name][0]) for one, name in names.items() if one in wanted}
        self.name = font["CFF "].cff.fontNames[0]
        self.outlines: bytes = font.getTableData("CFF ")
        self.box = [int(getattr(font["head"], side)) for side in ("xMin", "yMin", "xMax", "yMax")]

    def told(self, text: str) -> str:
        """The text as a string of PDF."""
        return f"<{''.join(f'{self._glyphs[self._known(one)]:04x}' for one in text)}>"

    def width(self, text: str, size: float) -> float:
        """How wide it is at this size, in the unit of the size."""
        return sum(self._widths[self._known(one)] for one in text) * size / _UNITS

    def lines(self, text: str, size: float, room: float, most: int) -> list[str]:
        """The text in at most so many lines, the last one cut short where it does not fit."""
        found: list[str] = []
        while text and len(found) < most - 1:
            line, text = self._split(text, size, room)
            found.append(line)
        return [*found, self._cut(text, size, room)] if text else found

    def glyphs(self) -> list[tuple[int, int, str]]:
        """Number, width and character of each glyph, in the order of numbers."""
        return sorted((number, self._widths[one], one) for one, number in self._glyphs.items())

    def _known(self, character: str) -> str:
        return character if character in self._glyphs else MISSING

    def _fitting(self, text: str, size: float, room: float) -> int:
        used, place = 0.0, 0
        for place, one in enumerate(text):
            used += self.width(one, size)
            if used > room:
                return place
        return len(text)

    def _split(self, text: str, size: float, room: float) -> tuple[str, str]:
        place = self._fitting(text, size, room)
        if place < len(text):
            gap = max(text.rfind(" ", 1, place + 1), text.rfind("/", 0, place) + 1)  # addresses break after a stroke
            place = gap if gap > place // 2 else max(1, place)
        return text[:place].rstrip(), text[place:].lstrip()

    def _cut(self, text: str, size: float, room: float) -> str:
        if self._fitting(text, size, room) == len(text):
            return text
        return text[: self._fitting(text, size, room - self.width(MORE, size))].rstrip() + MORE


@lru_cache(maxsize=1)
def _content() -> bytes:
    package, name = _FILE
    found: Any = files(package) / name
    return bytes(found.read_bytes())
