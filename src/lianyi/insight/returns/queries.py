"""Spend and new people, matched."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from lianyi.campaigns.spend.schemas import Cost
from lianyi.events.schemas import Source
from lianyi.insight.newcomers.schemas import Came


class Return(NamedTuple):
    """A source: what it cost, by currency, the people who came by it, and what they bought, in the workspace's
    currency. Without spend it is the channel of those whom no line covers; `source` is None where none is known.
    """

    source: Source | None
    costs: list[tuple[Decimal, str]]  # amount, currency
    people: int
    orders: int
    spent: Decimal

    @property
    def each(self) -> list[tuple[Decimal, str]]:
        """Cost per new person, by currency; empty where nobody came."""
        return [(amount / self.people, currency) for amount, currency in self.costs] if self.people else []


def returns(costs: Sequence[Cost], came: Sequence[Came]) -> list[Return]:
    """The sources that cost something, the dearest first, then the others, those with most people first."""
    paid: dict[Source, list[tuple[Decimal, str]]] = {}
    for cost in costs:
        paid.setdefault(cost.source, []).append((cost.amount, cost.currency))
    sums: dict[Source | None, list[Came]] = {source: [] for source in paid}
    for one in came:
        sums.setdefault(_covering(list(paid), one.source), []).append(one)
    found = [
        Return(
            source,
            paid.get(source, []) if source is not None else [],
            sum(one.people for one in some),
            sum(one.orders for one in some),
            sum((one.spent for one in some), Decimal(0)),
        )
        for source, some in sums.items()
    ]
    return sorted(found, key=lambda one: (-sum(amount for amount, _ in one.costs), -one.people, one.source or ()))


def _covering(paid: Sequence[Source], source: Source | None) -> Source | None:
    """The line that the source belongs to; else its channel alone."""
    if source is None:
        return None
    fits = [one for one in paid if all(said in ("", has) for said, has in zip(one, source, strict=True))]
    return max(fits, key=lambda one: (sum(map(bool, one)), one)) if fits else Source(source.channel, "", "", "")
