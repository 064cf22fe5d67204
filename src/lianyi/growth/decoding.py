"""What is wrong with a definition that is none, as msgspec says it. No Django here: the edge reads definitions, too."""

from typing import NamedTuple


class Wrong(NamedTuple):
    """The mistake, and where it is: `blocks[0].kind`, or JSON where the whole cannot be read."""

    why: str
    where: str


def wrong_in(error: Exception) -> Wrong:
    """What an error of msgspec's decoder tells."""
    why, _, where = str(error).partition(" - at `$")
    return Wrong(why, where.rstrip("`").lstrip(".") or "JSON")
