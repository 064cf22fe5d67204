"""Cells of a table that leaves as a file: a spreadsheet must not run what strangers typed.

A text that begins with =, +, -, @, a tab or a carriage return would be a formula; it gets an apostrophe in front.
"""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def neutral(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def restored(text: str) -> str:
    """The inverse of `neutral`."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(_FORMULA) else text


class _Echo:
    """A file that hands back what is written."""

    def write(self, text: str) -> str:
        return text


def csv_lines(rows: Iterable[Iterable[Any]]) -> Iterator[bytes]:
    """The rows as CSV in UTF-8, one by one. Cells are written as they are: see `neutral`."""
    writer = csv.writer(_Echo())
    for row in rows:
        text: Any = writer.writerow(row)
        yield text.encode()
