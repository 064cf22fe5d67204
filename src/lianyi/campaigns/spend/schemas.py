"""A line of spend, in and out."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from lianyi.events.schemas import Source
from lianyi.kernel.errors import Refused
from lianyi.kernel.ids import digest
from lianyi.kernel.money import Money

LONGEST = 200  # characters of a part of a source
LONGEST_NOTE = 500
MOST_DAYS = 3_660


class Spend(NamedTuple):
    """What `source` cost from `first_on` to `last_on`, both included."""

    source: Source
    first_on: date
    last_on: date
    amount: Decimal
    currency: str
    note: str = ""

    @property
    def hash(self) -> bytes:
        """The same for the same line."""
        days = (self.first_on.isoformat(), self.last_on.isoformat())
        return digest(*self.source, *days, f"{self.amount.normalize():f}", self.currency, self.note)

    def check(self) -> "Spend":
        """The line itself; refuses one that means nothing."""
        Money(self.amount, self.currency)
        if self.amount < 0:
            raise Refused("spend.negative", "The amount is below zero.", "Write what was paid.")
        if not self.source.channel:
            raise Refused("spend.channel", "The channel is missing.", "Say where the money went, e.g. wechat.")
        if self.last_on < self.first_on:
            raise Refused("spend.period", "The period ends before it starts.", "Swap the two dates.")
        if (self.last_on - self.first_on).days >= MOST_DAYS or not 1970 <= self.first_on.year <= 2200:
            raise Refused("spend.days", "The period is longer than ten years, or out of all time.", "Write two dates.")
        texts = [(part, LONGEST) for part in self.source] + [(self.note, LONGEST_NOTE)]
        for text, most in texts:
            if len(text) > most or "\x00" in text:
                raise Refused("spend.text", "This text has more than {most} characters.", "Shorten it.", most=most)
        return self


class SpendLine(NamedTuple):
    """A line as it is kept."""

    id: int
    spend: Spend


class Recorded(NamedTuple):
    """How many lines were new, and how many were there already."""

    new: int
    same: int


class Cost(NamedTuple):
    """What a source cost in a period, in one currency."""

    source: Source
    currency: str
    amount: Decimal
