"""What is known of one order, as sums and last words that merge in any order.

Two ways of speaking of an order are understood, also together. Lines (`order.line`) are added up; a statement of the
whole order (`order.placed`, Segment's Order Completed and Order Updated, 神策's pay events) counts by its last word and
goes before the lines' sum. Refunds are added up. An amount that nobody stated is unknown, which is not zero.

A line with a negative quantity is a return and is subtracted; an adjustment is neither bought nor given back but
counts in the sum. Nothing is rounded here: quantities and prices are exact, and so are the sums.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

ZERO = Decimal(0)


class OrderFact(NamedTuple):
    """What the events of one identity say of one order."""

    system: str = ""
    number: str = ""
    currency: str = ""  # "" is the workspace's
    first_at: int = 0  # µs, the earliest of all that was said
    placed_at: int | None = None  # µs; null while there are returns and refunds only
    lines: int = 0
    returns: int = 0  # of these lines
    adjustments: int = 0
    quantity: Decimal = ZERO
    returned: Decimal = ZERO  # quantity, positive
    gross: Decimal = ZERO
    given_back: Decimal = ZERO  # amount, positive
    adjusted: Decimal = ZERO  # signed
    stated: Decimal | None = None  # amount of the whole order
    stated_at: int | None = None
    stated_lines: int = 0
    stated_quantity: Decimal = ZERO
    refunded: Decimal = ZERO
    refunded_whole: bool = False
    cancelled: bool = False


def merge(a: OrderFact, b: OrderFact) -> OrderFact:
    """Both facts in one; commutative and associative. Sums count each event once only because repeats never come."""
    last = max((a, b), key=_statement)
    first = min((a, b), key=lambda fact: (fact.first_at, fact.system, fact.number))
    placed = [at for at in (a.placed_at, b.placed_at) if at is not None]
    return OrderFact(
        system=first.system,
        number=first.number,
        currency=max(a.currency, b.currency),
        first_at=first.first_at,
        placed_at=min(placed, default=None),
        lines=a.lines + b.lines,
        returns=a.returns + b.returns,
        adjustments=a.adjustments + b.adjustments,
        quantity=a.quantity + b.quantity,
        returned=a.returned + b.returned,
        gross=a.gross + b.gross,
        given_back=a.given_back + b.given_back,
        adjusted=a.adjusted + b.adjusted,
        stated=last.stated,
        stated_at=last.stated_at,
        stated_lines=last.stated_lines,
        stated_quantity=last.stated_quantity,
        refunded=a.refunded + b.refunded,
        refunded_whole=a.refunded_whole or b.refunded_whole,
        cancelled=a.cancelled or b.cancelled,
    )


def merge_all(facts: Iterable[OrderFact]) -> OrderFact:
    """At least one fact, merged."""
    merged: OrderFact | None = None
    for fact in facts:
        merged = fact if merged is None else merge(merged, fact)
    if merged is None:
        raise ValueError("no fact of the order")
    return merged


def total(order: OrderFact) -> Decimal | None:
    """What was to be paid; null when nobody said."""
    if order.stated is not None:
        return order.stated
    return order.gross if order.lines else None


def net(order: OrderFact) -> Decimal:
    """What was paid less what was given back. An unknown amount counts as nothing."""
    if order.cancelled or order.refunded_whole:
        return ZERO
    return (total(order) or ZERO) - order.given_back - order.refunded + order.adjusted


def is_purchase(order: OrderFact) -> bool:
    """Whether somebody bought something: placed, not cancelled, and not known to have cost nothing. A purchase that
    is given back later was one nevertheless.
    """
    if order.placed_at is None or order.cancelled:
        return False
    amount = total(order)
    return amount is None or amount > 0


def _statement(fact: OrderFact) -> tuple[bool, int, bool, Decimal, int, Decimal]:
    return (
        fact.stated_at is not None,
        fact.stated_at or 0,
        fact.stated is not None,
        fact.stated or ZERO,
        fact.stated_lines,
        fact.stated_quantity,
    )
