"""Orders in the database: one row per order and identity that spoke of it.

Rows never move. The order belongs to the identity that spoke of it first, and is everything that all of them say; what
was said without an identity (0) joins it, and orders of which nothing else was said stay anonymous.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from lianyi.events.schemas import Batch
from lianyi.people.profiles.arrays import literal
from lianyi.people.profiles.orders.facts import OrderFact, merge, merge_all
from lianyi.people.profiles.orders.lines import LineSums
from lianyi.people.profiles.orders.reading import LINE, BadOrder, Keys, read
from lianyi.people.profiles.schemas import Refusal
from lianyi.people.profiles.tables import FactTable

ORDERS = FactTable(
    "orders",
    {"id": "bytea", "identity": "int4"},
    {
        "system": "text",
        "number": "text",
        "currency": "text",
        "first_at": "int8",
        "placed_at": "int8",
        "lines": "int4",
        "returns": "int4",
        "adjustments": "int4",
        "quantity": "numeric",
        "returned": "numeric",
        "gross": "numeric",
        "given_back": "numeric",
        "adjusted": "numeric",
        "stated": "numeric",
        "stated_at": "int8",
        "stated_lines": "int4",
        "stated_quantity": "numeric",
        "refunded": "numeric",
        "refunded_whole": "bool",
        "cancelled": "bool",
    },
)


class Order(NamedTuple):
    """An order, its owner's identity number (0: nobody's), and all that is known of it."""

    id: bytes
    identity: int
    fact: OrderFact


class Totals(NamedTuple):
    """All orders of a workspace together; amounts are sums over whatever currencies there are."""

    orders: int  # with their returns and adjustments, which often have numbers of their own
    anonymous: int
    lines: int
    returns: int  # lines
    adjustments: int  # lines
    net: Decimal


def project(batch: Batch, places: Sequence[int]) -> tuple[set[bytes], list[Refusal]]:
    """Adds what the events at `places` say of orders; the orders they speak of, and what was refused."""
    refused: list[Refusal] = []
    keys = Keys()
    sums: dict[tuple[bytes, int], LineSums] = {}
    news: dict[tuple[bytes, int], OrderFact] = {}
    for place in places:
        event, identity = batch.events[place], batch.numbers[place]
        try:
            if event.name == LINE:
                order = keys.of(event)
                key = (order.hash, identity)
                if key not in sums:
                    sums[key] = LineSums(order, event.occurred_at)
                sums[key].add(event)
            else:
                order_hash, fact = read(event, keys)
                key = (order_hash, identity)
                news[key] = merge(news[key], fact) if key in news else fact
        except BadOrder as bad:
            refused.append(Refusal(event.position, bad.code, bad.sentence))
    for key, lines in sums.items():
        added = lines.fact()
        if added is not None:
            news[key] = merge(news[key], added) if key in news else added
    ORDERS.fold(batch.workspace, news, _read, lambda _key, a, b: merge(a, b))
    return {order for order, _ in news}, refused


def speakers(workspace: int, orders: Iterable[bytes]) -> set[int]:
    """The identities that ever spoke of these orders."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT identity FROM orders WHERE workspace = %s AND id = ANY(%s::bytea[]) AND identity > 0",
            [workspace, literal(orders, "bytea")],
        )
        return {row[0] for row in cursor.fetchall()}


def of_identities(workspace: int, identities: Sequence[int]) -> list[Order]:
    """The orders that belong to these identities, the earliest first."""
    own = {(bytes(key[0]), key[1]): row for key, row in ORDERS.read_under(workspace, "identity", identities).items()}
    ids = {key[0] for key in own}
    by_order: dict[bytes, dict[int, OrderFact]] = {}
    for key, row in ORDERS.read_under(workspace, "id", list(ids)).items():
        by_order.setdefault(bytes(key[0]), {})[key[1]] = _read(row)
    asked = set(identities)
    found = [Order(order, _owner(parts), merge_all(parts.values())) for order, parts in by_order.items()]
    return sorted((o for o in found if o.identity in asked), key=lambda o: (o.fact.placed_at or o.fact.first_at, o.id))


def known(workspace: int, ids: list[bytes]) -> set[bytes]:
    """Those of these orders that anybody spoke of."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT id FROM orders WHERE workspace = %s AND id = ANY(%s::bytea[])",
            [workspace, literal(ids, "bytea")],
        )
        return {bytes(row[0]) for row in cursor.fetchall()}


def totals(workspace: int) -> Totals:
    """Exact sums over everything that was said of orders."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH whole AS (
                SELECT id, max(identity) AS identity, sum(lines) AS lines, sum(returns) AS returns,
                    sum(adjustments) AS adjustments, sum(gross) AS gross, sum(given_back) AS given_back,
                    sum(adjusted) AS adjusted, sum(refunded) AS refunded,
                    (array_agg(stated ORDER BY stated_at DESC, stated IS NOT NULL DESC, stated DESC)
                        FILTER (WHERE stated_at IS NOT NULL))[1] AS stated,
                    bool_or(cancelled OR refunded_whole) AS void
                FROM orders WHERE workspace = %s GROUP BY id)
            SELECT count(*), count(*) FILTER (WHERE identity = 0), coalesce(sum(lines), 0), coalesce(sum(returns), 0),
                coalesce(sum(adjustments), 0),
                coalesce(sum(coalesce(stated, gross) - given_back - refunded + adjusted) FILTER (WHERE NOT void), 0)
            FROM whole
            """,
            [workspace],
        )
        orders, anonymous, lines, returns, adjustments, net = cursor.fetchone()
    return Totals(orders, anonymous, int(lines), int(returns), int(adjustments), Decimal(net))


def _owner(parts: dict[int, OrderFact]) -> int:
    return min((fact.first_at, identity) for identity, fact in parts.items() if identity)[1]


def _read(row: tuple[object, ...]) -> OrderFact:
    return OrderFact(*row)  # type: ignore[arg-type]
