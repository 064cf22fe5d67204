"""The lines of orders, added up quickly: an import tells tens of thousands of them at once.

The same as reading each line into a fact and merging the facts, at a tenth of the cost; a test holds them equal.
"""

from decimal import Decimal

from lianyi.events.schemas import Event
from lianyi.people.profiles.orders.facts import ZERO, OrderFact
from lianyi.people.profiles.orders.reading import OrderKey, currency, line


class LineSums:
    """What lines of one order come to, said by one identity."""

    __slots__ = (
        "_adjusted",
        "_adjustments",
        "_currency",
        "_first_at",
        "_given_back",
        "_gross",
        "_key",
        "_lines",
        "_placed_at",
        "_quantity",
        "_returned",
        "_returns",
    )

    def __init__(self, key: OrderKey, at: int) -> None:
        self._key = key
        self._currency = ""
        self._first_at = at
        self._placed_at: int | None = None
        self._lines = self._returns = self._adjustments = 0
        self._quantity = self._returned = self._gross = self._given_back = self._adjusted = ZERO

    def add(self, event: Event) -> None:
        """Adds the line that the event tells. Raises BadOrder, and then adds nothing."""
        said, at = event.properties, event.occurred_at
        kind, quantity, cost = line(said)
        self._lines += 1
        self._currency = max(self._currency, currency(said.get("currency")))
        self._first_at = min(self._first_at, at)
        if kind == "adjustment":
            self._adjustments += 1
            self._adjusted += cost
            return
        self._count(quantity, cost)
        if kind == "return":
            self._returns += 1
        elif self._placed_at is None or at < self._placed_at:
            self._placed_at = at

    def _count(self, quantity: Decimal, cost: Decimal) -> None:
        if quantity < 0:
            self._returned -= quantity
        else:
            self._quantity += quantity
        if cost < 0:
            self._given_back -= cost
        else:
            self._gross += cost

    def fact(self) -> OrderFact | None:
        """All of it as one fact; None when nothing was added."""
        if not self._lines:
            return None
        return OrderFact(
            system=self._key.system,
            number=self._key.number,
            currency=self._currency,
            first_at=self._first_at,
            placed_at=self._placed_at,
            lines=self._lines,
            returns=self._returns,
            adjustments=self._adjustments,
            quantity=self._quantity,
            returned=self._returned,
            gross=self._gross,
            given_back=self._given_back,
            adjusted=self._adjusted,
        )
