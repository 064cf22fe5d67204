"""Money: a Decimal with an ISO 4217 currency; integer micros where a column wants an integer.

Nothing is rounded here: an amount with more than six decimals has no micros and is refused. Amounts in different
currencies do not add.
"""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from lianyi.kernel.errors import Refused

MICROS = 1_000_000
# NUMERIC(20,6) and a signed 64-bit integer both hold amounts below ten to the twelfth.
LARGEST = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class Money:
    """`amount` in units of `currency` (three capital letters)."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not (len(self.currency) == 3 and self.currency.isascii() and self.currency.isupper()):
            raise Refused(
                "money.currency",
                "{currency!r} is no ISO currency code.",
                "Write e.g. CNY or USD.",
                currency=self.currency,
            )
        to_micros(self.amount)

    def __add__(self, other: "Money") -> "Money":
        if self.currency != other.currency:
            raise Refused(
                "money.mixed",
                "{currency} and {other} do not add.",
                "Convert one of them first.",
                currency=self.currency,
                other=other.currency,
            )
        return Money(self.amount + other.amount, self.currency)


def to_micros(amount: Decimal) -> int:
    """Millionths of a unit, exact. Refuses NaN, infinities, a seventh decimal and amounts of 10**12 or more."""
    if not amount.is_finite() or abs(amount) >= LARGEST:
        raise Refused(
            "money.range", "{amount} is no amount of money.", "Amounts are finite and below 10**12.", amount=amount
        )
    micros = amount * MICROS
    if micros != micros.to_integral_value():
        raise Refused(
            "money.precision", "{amount} has more than six decimals.", "Round it before it comes here.", amount=amount
        )
    return int(micros)


def from_micros(micros: int) -> Decimal:
    """The inverse of `to_micros`."""
    return Decimal(micros) / MICROS


def plain(amount: Decimal) -> str:
    """The shortest way of writing it that `parse_amount` reads: without an exponent or zeros at its end."""
    return format(amount.normalize(), "f") if amount else "0"


def parse_amount(text: str) -> Decimal:
    """A plain decimal number such as `-12.50`; refuses anything else, words and thousands separators included."""
    try:
        amount = Decimal(text.strip())
    except InvalidOperation:
        raise Refused(
            "money.unreadable", "{text!r} is no amount.", "Write digits with a decimal point.", text=text
        ) from None
    to_micros(amount)
    return amount
