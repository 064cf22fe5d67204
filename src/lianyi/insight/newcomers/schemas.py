"""The words of new people."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from lianyi.events.schemas import Source

UNKNOWN = "unknown"
OTHER = "other"


class Arrivals(NamedTuple):
    """New people by span of time and channel: `counts[channel][i]` came in the span that begins on `starts[i]`."""

    grain: str  # day, week, month, year
    starts: list[date]
    counts: dict[str, list[int]]  # the channel with most people first

    @property
    def total(self) -> int:
        """All of them."""
        return sum(map(sum, self.counts.values()))


class Came(NamedTuple):
    """The new people of one source in a period, and what they bought since, in the workspace's currency."""

    source: Source | None
    people: int
    orders: int
    spent: Decimal
