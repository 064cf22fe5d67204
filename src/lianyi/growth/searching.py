"""How names and answers are searched: by a part of them, as it was typed."""

from lianyi.kernel.text import clean

_LONGEST = 100  # characters


def like(part: str) -> str:
    """The pattern of SQL's ILIKE for texts that hold this part; signs that mean something there mean themselves."""
    plain = clean(part)[:_LONGEST].replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{plain}%"
