"""Cells of a table that leaves as a file: a spreadsheet must not run what strangers typed.

A text that begins with =, +, -, @, a tab or a carriage return would be a formula; it gets an apostrophe in front.
"""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def neutral(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def restored(text: str) -> str:
    """The inverse of `neutral`."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(_FORMULA) else text
