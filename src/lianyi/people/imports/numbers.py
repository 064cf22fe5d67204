"""Numbers as people write them, and which of comma and point is the decimal mark of a column.

`1.234,56` and `1,234.56` say it themselves, `12,5` too; `1,234` and `1.234` alone do not, and a column that has nothing
else is a question, not a guess. Amounts keep every digit: they are decimals from the cell to the store.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Literal

from lianyi.kernel import money, text
from lianyi.kernel.errors import Refused
from lianyi.kernel.sentences import Sentence
from lianyi.people.imports.cells import Bad, as_text, plain, shown

Mark = Literal[".", ","]

_DRESS = re.compile(
    r"^(?:[¥$€£₩₹฿₽]|RMB|CNY|USD|EUR|GBP|HKD|JPY)\s*|\s*(?:[¥$€£₩₹฿₽元]|RMB|CNY|USD|EUR|GBP|HKD|JPY)$", re.I
)
_SPACES = str.maketrans("", "", " \u00a0\u202f'’")
_PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?")
_GROUPED = {
    ".": re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?"),
    ",": re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d*)?"),
}
_COMMA = re.compile(r"[+-]?\d*,\d+|[+-]?\d+,")
_POINT = re.compile(r"[+-]?\d*\.\d*")
_THREE = re.compile(r"[+-]?[1-9]\d{0,2}[,.]\d{3}")


class MarkEvidence:
    """What the cells of a column say about their decimal mark."""

    def __init__(self) -> None:
        self.point = 0
        self.comma = 0
        self.either: str | None = None  # a cell that reads both ways

    def add(self, cells: Iterable[Any]) -> None:
        """Numbers that come as such say nothing."""
        for cell in cells:
            if isinstance(cell, str) and ("," in cell or "." in cell):
                self._add(_undressed(cell))

    def _add(self, bare: str) -> None:
        if _THREE.fullmatch(bare):
            self.either = self.either or bare
        elif _POINT.fullmatch(bare) or _GROUPED["."].fullmatch(bare):
            self.point += 1
        elif _COMMA.fullmatch(bare) or _GROUPED[","].fullmatch(bare):
            self.comma += 1

    @property
    def is_open(self) -> bool:
        """Whether cells were seen that read both ways, and none that decides."""
        return self.either is not None and not self.point and not self.comma

    def mark(self) -> Mark:
        """The mark that most deciding cells use; a point where no cell decides."""
        return "," if self.comma > self.point else "."


def _undressed(cell: str) -> str:
    bare = text.clean(cell)
    if bare.startswith("(") and bare.endswith(")"):
        bare = "-" + bare[1:-1].strip()
    sign = "-" if bare.startswith(("-", "−")) else ""
    bare = bare[1:].strip() if sign else bare
    return sign + _DRESS.sub("", bare).strip().translate(_SPACES)


def decimal(cell: Any, mark: Mark) -> Decimal | Bad | None:
    """The number in a cell; None for a blank one. Currency signs, brackets for minus and grouped thousands are read."""
    if isinstance(cell, bool):
        return Bad("number.unreadable", Sentence("{cell!r} is no number.", cell=shown(cell)))
    if not isinstance(cell, str):
        cell = as_text(cell)
    bare = cell.strip()
    if not bare:
        return None
    if mark == "," or not _PLAIN.fullmatch(bare):
        bare = _undressed(bare)
        if _GROUPED[mark].fullmatch(bare) or (mark == "," and _COMMA.fullmatch(bare)):
            bare = bare.replace("." if mark == "," else ",", "").replace(",", ".")
        elif not _PLAIN.fullmatch(bare) or (mark == "," and "." in bare):
            return Bad(
                "number.unreadable",
                Sentence("{cell!r} is no number with a decimal {mark}.", cell=shown(cell), mark=_NAMES[mark]),
            )
    return Decimal(bare)


_NAMES = {".": Sentence("point"), ",": Sentence("comma")}


def amount(cell: Any, mark: Mark) -> str | Bad | None:
    """Money as a plain decimal string; Bad beyond six decimals or 10**12."""
    value = decimal(cell, mark)
    if value is None or isinstance(value, Bad):
        return value
    try:
        money.to_micros(value)
    except Refused as refused:
        return Bad(refused.code, refused.sentence)
    return plain(value)


def quantity(cell: Any, mark: Mark) -> int | str | Bad | None:
    """How many: an integer, or a plain decimal string for what is weighed."""
    value = amount(cell, mark)
    if isinstance(value, str) and "." not in value:
        return int(value)
    return value


def number(cell: Any, mark: Mark) -> int | float | Bad | None:
    """A trait's number: an integer where it is whole and exact, else a float."""
    value = decimal(cell, mark)
    if value is None or isinstance(value, Bad):
        return value
    if value == value.to_integral_value() and abs(value) < 2**53:
        return int(value)
    return float(value)
