"""Events that speak of orders, read into facts, in every vocabulary they come in.

The order's key is the system that numbered it and its number: a key group, or the system that an import names. An
event without an order number is an order of its own.
"""

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, NamedTuple

from lianyi.events.schemas import Event
from lianyi.kernel.ids import digest
from lianyi.kernel.money import LARGEST
from lianyi.people.profiles.orders.facts import ZERO, OrderFact

NUMBER_CHARACTERS = 100
LINE = "order.line"
CANCELLED = frozenset({"Order Cancelled"})
REFUNDED = frozenset({"order.refunded", "Order Refunded"})
CORRECTED = frozenset({"Order Updated"})  # says what an order is, not that it is new

NUMBER = ("order", "order_id", "orderId", "order_no", "orderNo", "order_number", "orderNumber", "transaction_id")
TOTAL = (
    "total",
    "revenue",
    "order_total",
    "total_amount",
    "order_amount",
    "orderAmount",
    "pay_amount",
    "payAmount",
    "amount",
    "total_price",
    "value",
)
CURRENCY = ("currency", "currency_code", "currencyCode")
_KINDS = frozenset({"sale", "return", "adjustment"})
_MICRO = Decimal("0.000001")


class BadOrder(ValueError):
    """The event cannot be read as one about an order."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


class OrderKey(NamedTuple):
    """Who numbered the order, and how. `hash` is 16 bytes that stand for both."""

    hash: bytes
    system: str
    number: str

    @classmethod
    def of(cls, system: str, number: str) -> "OrderKey":
        """The key of an order by its number."""
        return cls(digest(system, number), system, number)


class Keys:
    """The keys of the orders that events speak of, each worked out once: an order comes in many lines."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, str], OrderKey] = {}

    def of(self, event: Event) -> OrderKey:
        """The order that the event speaks of. Raises BadOrder."""
        number = event.properties.get("order")
        if type(number) is not str:
            return order_key(event)
        told = (number, event.origin, event.scope)
        known = self._known.get(told)
        if known is None:
            known = self._known[told] = order_key(event)
        return known


def read(event: Event, keys: Keys) -> tuple[bytes, OrderFact]:
    """The order's hash and what the event says of it. Raises BadOrder."""
    key = keys.of(event)
    facts = _READERS.get(event.name, _stated)(event.properties, event.occurred_at)
    code = currency(_first(event.properties, CURRENCY))
    return key.hash, OrderFact(key.system, key.number, code, event.occurred_at, **facts)


def order_key(event: Event) -> OrderKey:
    """The order that the event speaks of. Raises BadOrder."""
    number = _first(event.properties, NUMBER)
    if isinstance(number, int | float) and not isinstance(number, bool):
        number = str(int(number)) if number == int(number) else str(number)
    text = number.replace("\x00", "").strip() if isinstance(number, str) else ""
    if len(text) > NUMBER_CHARACTERS:
        raise BadOrder("order.number", f"An order's number has at most {NUMBER_CHARACTERS} characters.")
    return OrderKey.of(system_of(event.origin, event.scope), text) if text else OrderKey.of("event", event.id.hex())


def is_import(origin: str) -> bool:
    """Whether it names the system that an import came from."""
    return origin.startswith("import:")


def system_of(origin: str, scope: str) -> str:
    """The system that an import names, else the key's group."""
    return origin.partition(":")[2] if is_import(origin) else scope


def amount(value: Any) -> Decimal | None:
    """An amount as events state it: a decimal text is taken exactly; a JSON number with more than six decimals is
    binary noise and is rounded to six. None when there is none. Raises BadOrder on what is no amount.
    """
    if value is None or value == "":
        return None
    return _parsed(value) if isinstance(value, int | float | str | Decimal) else _parsed(str(value) or " ")


@lru_cache(maxsize=10_000, typed=True)  # prices repeat
def _parsed(value: Any) -> Decimal:
    try:
        if isinstance(value, float):
            number = Decimal(repr(value)).quantize(_MICRO, ROUND_HALF_EVEN)
        elif isinstance(value, bool):
            raise InvalidOperation
        else:
            number = Decimal(value.strip() if isinstance(value, str) else value)
    except InvalidOperation:
        raise BadOrder("order.amount", f"{str(value)[:40]!r} is no amount.") from None
    if not number.is_finite() or abs(number) >= LARGEST or number != number.quantize(_MICRO):
        raise BadOrder("order.amount", f"{str(value)[:40]} is no amount below 10**12 with six decimals at most.")
    return number


def line(said: Mapping[str, Any]) -> tuple[str, Decimal, Decimal]:
    """What a line is (sale, return or adjustment), its quantity, and what it costs. Raises BadOrder."""
    quantity, price = amount(said.get("quantity", 1)), amount(said.get("price"))
    if quantity is None:
        raise BadOrder("order.line", "The line has no quantity.")
    cost = _cost(quantity, price)
    kind = said.get("kind")
    if kind not in _KINDS:
        kind = "return" if cost < 0 and quantity < 0 else "sale"
    return kind, quantity, cost


def _line(said: Mapping[str, Any], at: int) -> dict[str, Any]:
    kind, quantity, cost = line(said)
    if kind == "adjustment":
        return {"lines": 1, "adjustments": 1, "adjusted": cost}
    facts: dict[str, Any] = {"lines": 1, "returned" if quantity < 0 else "quantity": abs(quantity)}
    facts["given_back" if cost < 0 else "gross"] = abs(cost)
    return facts | ({"returns": 1} if kind == "return" else {"placed_at": at})


def _cost(quantity: Decimal, price: Decimal | None) -> Decimal:
    cost = quantity * price if price else ZERO
    if abs(cost) >= LARGEST:
        raise BadOrder("order.amount", "Quantity times price is 10**12 or more.")
    exact = cost.quantize(_MICRO, ROUND_HALF_EVEN)
    return cost if cost == exact else exact


def _stated(said: Mapping[str, Any], at: int) -> dict[str, Any]:
    products = said.get("products")
    listed = [product for product in products if isinstance(product, dict)] if isinstance(products, list) else []
    quantities = [amount(product.get("quantity", 1)) or ZERO for product in listed]
    total = amount(_first(said, TOTAL))
    if total is None and listed and all("price" in product for product in listed):
        costs = [_cost(many, amount(product["price"])) for many, product in zip(quantities, listed, strict=True)]
        total = sum(costs, ZERO)
    return {
        "placed_at": at if said.get("kind", "sale") == "sale" else None,
        "stated": total,
        "stated_at": at,
        "stated_lines": len(listed),
        "stated_quantity": sum(quantities, ZERO),
    }


def _corrected(said: Mapping[str, Any], at: int) -> dict[str, Any]:
    return {**_stated(said, at), "placed_at": None}


def _refunded(said: Mapping[str, Any], _at: int) -> dict[str, Any]:
    back = amount(_first(said, TOTAL))
    return {"refunded_whole": True} if back is None else {"refunded": abs(back)}


def _cancelled(_said: Mapping[str, Any], _at: int) -> dict[str, Any]:
    return {"cancelled": True}


def _first(said: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((said[name] for name in names if said.get(name) not in (None, "")), None)


def currency(value: Any) -> str:
    """Three capital letters, or nothing: the workspace's."""
    if type(value) is str and len(value) == 3 and value.isascii() and value.isupper():
        return value
    text = value.strip().upper() if isinstance(value, str) else ""
    return text if len(text) == 3 and text.isascii() and text.isalpha() else ""


_READERS: dict[str, Callable[[Mapping[str, Any], int], dict[str, Any]]] = {
    LINE: _line,
    **dict.fromkeys(CORRECTED, _corrected),
    **dict.fromkeys(REFUNDED, _refunded),
    **dict.fromkeys(CANCELLED, _cancelled),
}
