"""What is wrong with a definition that is none, as msgspec says it. No Django here: the edge reads definitions, too.

Whatever comes, from a file or from JSON that was read already, a reader of definitions refuses it in its own words:
half a sign (a lone surrogate, which no UTF-8 holds), what nests without end, what JSON has no form for.
"""

from typing import Any, NamedTuple

import msgspec

UNREADABLE = (msgspec.DecodeError, UnicodeError, RecursionError)  # what a decoder raises
_NONE = b"?"  # no JSON


class Wrong(NamedTuple):
    """The mistake, and where it is: `blocks[0].kind`, or JSON where the whole cannot be read."""

    why: str
    where: str


def wrong_in(error: Exception) -> Wrong:
    """What an error of msgspec's decoder tells."""
    why, _, where = str(error).partition(" - at `$")
    return Wrong(why, where.rstrip("`").lstrip(".") or "JSON")


def json_of(value: Any) -> bytes:
    """The JSON of a value; for one that has none what no decoder reads."""
    try:
        return msgspec.json.encode(value)
    except (TypeError, ValueError, RecursionError):
        return _NONE
