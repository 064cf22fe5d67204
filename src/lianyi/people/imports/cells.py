"""One cell: what it reads as, or why it cannot be used.

Cells of text files are text. Those of workbooks, NDJSON and Parquet come typed; `as_text` gives each type one spelling,
so that one content has one digest in whatever kind of file it comes.
"""

import json
import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, NamedTuple

from lianyi.kernel.sentences import Sentence

REMEMBERED = 50_000  # distinct values of a column whose reading is kept
LONGEST = 16_000  # characters of one cell; an event holds 32 kB
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


class Bad(NamedTuple):
    """Why a cell cannot be used: a stable code, and a sentence about this cell. Where a file itself marks a cell as
    unusable (a formula without its result), it stands in the cell's place, and `text` is what the cell shows.
    """

    code: str
    reason: Sentence
    text: str = ""


class LeftOut(NamedTuple):
    """A cell that cannot be used and that the mapping would rather lose than its row: why, as with `Bad`."""

    code: str
    reason: Sentence


def writable(text: str) -> str:
    """The text with a sign in the place of half characters, which JSON can name and no encoding writes."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def shown(value: object) -> str:
    """A cell as a sentence quotes it: short, and such that it can be written."""
    text = writable(value if isinstance(value, str) else str(value))
    return text if len(text) <= 40 else text[:39] + "…"


def as_text(cell: Any) -> str:
    """The one spelling of a typed value. Floats have the 15 digits that a spreadsheet shows."""
    match cell:
        case str():
            return cell
        case None:
            return ""
        case Bad():
            return cell.text
        case bool():
            return "true" if cell else "false"
        case int():
            return str(cell)
        case float():
            return plain(Decimal(format(cell, ".15g"))) if cell == cell and abs(cell) < 1e15 else repr(cell)
        case Decimal():
            return plain(cell) if cell.is_finite() and abs(cell.adjusted()) < 40 else str(cell)
        case datetime() | date() | time():
            return cell.isoformat()
        case _:
            return json.dumps(cell, ensure_ascii=False, sort_keys=True, default=str)


def plain(number: Decimal) -> str:
    """Digits without exponent and without trailing zeros: 2.50 → 2.5, 1E+2 → 100."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def tidy(cell: Any) -> str | Bad | None:
    """The cell as text without blanks around it; None for a blank one; Bad for what no store can hold."""
    text = (cell if isinstance(cell, str) else as_text(cell)).strip()
    if not text:
        return None
    if text.isascii() and text.isprintable():
        return text if len(text) <= LONGEST else _long(text)
    if "\x00" in text:
        return Bad("cell.nul", Sentence("{cell!r} holds a NUL byte.", cell=shown(text)))
    if _SURROGATE.search(text):
        return Bad(
            "cell.encoding", Sentence("{cell!r} is not text in the file's encoding.", cell=shown(_escaped(text)))
        )
    if len(text) > LONGEST:
        return _long(text)
    return _CONTROL.sub("", text).strip() or None


def _long(text: str) -> Bad:
    return Bad(
        "cell.long",
        Sentence("The cell has {count:,} characters; {longest:,} at most.", count=len(text), longest=LONGEST),
    )


def _escaped(text: str) -> str:
    return _SURROGATE.sub(lambda match: f"\\x{ord(match[0]) & 0xFF:02x}", text)


Read = Callable[[Any], Any]  # a cell's value, None for a blank, Bad or LeftOut for one that cannot be used


class Memo(dict[str, Any]):
    """What the cells of one column read as, each distinct text read once."""

    def __init__(self, read: Read) -> None:
        super().__init__()
        self.read = read
        self.has_bad = self.has_left_out = False

    def __missing__(self, cell: str) -> Any:
        value = self._noted(self.read(cell))
        self[cell] = value
        return value

    def column(self, cells: Iterable[Any], *, typed: bool) -> list[Any]:
        """The values of `cells`. Typed ones are read one by one: 1 and True are one dictionary key."""
        if len(self) > REMEMBERED:
            self.clear()
        if typed:
            return [self[cell] if type(cell) is str else self._typed(cell) for cell in cells]
        return list(map(self.__getitem__, cells))

    def _typed(self, cell: Any) -> Any:
        return self._noted(cell if type(cell) is Bad else self.read(cell))

    def _noted(self, value: Any) -> Any:
        self.has_bad = self.has_bad or type(value) is Bad
        self.has_left_out = self.has_left_out or type(value) is LeftOut
        return value
