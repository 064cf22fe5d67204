"""A kept answer as a page gets it."""

from datetime import datetime
from typing import Any, NamedTuple


class Kept(NamedTuple):
    """`answer` is None before the first was counted; `fresh` says that nothing newer is on its way."""

    answer: Any
    counted_at: datetime | None
    fresh: bool
