"""Orders as events tell them: what is read off each vocabulary, and what an order comes to."""

import random
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.people.profiles.builders import event, moment

from lianyi.people.profiles.orders.facts import is_purchase, merge, net, total
from lianyi.people.profiles.orders.lines import LineSums
from lianyi.people.profiles.orders.reading import BadOrder, Keys, amount, order_key, read

AT = "2024-05-01T10:00:00"


def fact(name, **properties):
    return read(event(name, AT, **properties), Keys())[1]


def line(**properties):
    return fact("order.line", order="1", **properties)


def test_lines_are_added_up_exactly():
    lines = [line(quantity=3, price="0.001"), line(quantity="1.5", price="2.25"), line(quantity=-1, price="2.25")]
    order = reduce(merge, lines)
    assert (order.lines, order.returns, order.quantity, order.returned) == (3, 1, Decimal("4.5"), Decimal(1))
    assert (order.gross, order.given_back) == (Decimal("3.378"), Decimal("2.25"))
    assert (total(order), net(order)) == (Decimal("3.378"), Decimal("1.128"))
    assert order.placed_at == moment(AT)


def test_a_statement_of_the_whole_goes_before_the_sum_of_lines():
    stated = fact("Order Completed", order_id=1, total=10.1, currency="cny", products=[{"quantity": 2}, {}])
    order = merge(line(quantity=1, price="7"), stated)
    assert (total(order), order.currency, order.stated_lines, order.stated_quantity) == (Decimal("10.1"), "CNY", 2, 3)
    corrected = read(event("Order Updated", "2024-05-02", order_id=1, total="9"), Keys())[1]
    assert total(merge(corrected, order)) == Decimal(9)
    assert merge(corrected, order).placed_at == moment(AT)
    assert total(merge(order, corrected)) == Decimal(9)


def test_refunds_are_subtracted_and_a_refund_without_an_amount_is_of_everything():
    order = fact("order.placed", order="1", total="100")
    some = merge(order, fact("order.refunded", order="1", total="30.5"))
    assert (net(some), is_purchase(some)) == (Decimal("69.5"), True)
    everything = merge(order, fact("Order Refunded", order_id="1"))
    assert (net(everything), is_purchase(everything)) == (Decimal(0), True)
    cancelled = merge(order, fact("Order Cancelled", order_id="1", total=100))
    assert (net(cancelled), is_purchase(cancelled)) == (Decimal(0), False)


@pytest.mark.parametrize(
    ("name", "said", "purchase"),
    [
        ("purchase", {}, True),  # nobody says what it cost
        ("Order Completed", {"order_id": "1", "total": 0}, False),
        ("Order Completed", {"order_id": "1", "products": [{"price": 2.5, "quantity": 2}]}, True),
        ("PayOrder", {"orderId": "1", "order_amount": 12}, True),
        ("order.line", {"order": "1", "quantity": 2, "price": "0"}, False),
        ("order.line", {"order": "1", "quantity": -2, "price": "3"}, False),
        ("order.line", {"order": "1", "quantity": 1, "price": "3", "kind": "adjustment"}, False),
        ("order.line", {"order": "1", "quantity": 1, "price": "3", "kind": "return"}, False),
        ("Order Updated", {"order_id": "1", "total": 5}, False),
        ("order.placed", {"order": "1", "total": "-5", "kind": "return"}, False),
    ],
)
def test_what_counts_as_a_purchase(name, said, purchase):
    assert is_purchase(fact(name, **said)) is purchase


def test_an_adjustment_counts_in_the_sum_only():
    order = line(quantity=1, price="-11062.06", kind="adjustment")
    assert (order.adjustments, order.gross, order.given_back, net(order)) == (1, 0, 0, Decimal("-11062.06"))


def test_an_order_is_known_by_the_system_that_numbered_it():
    at_shop = order_key(event("Order Completed", AT, order_id="A1"))
    assert (at_shop.system, at_shop.number) == ("shop", "A1")
    imported = order_key(event("order.line", AT, origin="import:retail", order=536365))
    assert (imported.system, imported.number) == ("retail", "536365")
    nameless = event("purchase", AT)
    assert order_key(nameless) == order_key(nameless)
    assert order_key(nameless) != order_key(event("purchase", AT, salt="another"))
    assert order_key(event("purchase", AT, order_id=12.0)).number == "12"


@pytest.mark.parametrize(
    ("value", "exact"),
    [
        ("12.340000", "12.34"),
        (12, "12"),
        (19.99, "19.99"),
        (0.1 + 0.2, "0.3"),
        (" 5 ", "5"),
        ("-0.000001", "-0.000001"),
        ("", None),
        (None, None),
    ],
)
def test_amounts(value, exact):
    assert amount(value) == (None if exact is None else Decimal(exact))


@pytest.mark.parametrize(
    "value", ["0.0000001", "1000000000000", "1e400", 1e300, float("nan"), "NaN", "much", True, [], {}, [1]]
)
def test_what_is_no_amount_is_refused(value):
    with pytest.raises(BadOrder) as refused:
        amount(value)
    assert refused.value.code == "order.amount"


def test_a_line_too_dear_and_a_number_too_long_are_refused():
    with pytest.raises(BadOrder):
        line(quantity="999999999999", price="999999999999")
    with pytest.raises(BadOrder):
        fact("order.line", order="1" * 101, quantity=1, price="1")
    with pytest.raises(BadOrder):
        fact("order.line", order="1", quantity="", price="1")


@dataclass
class _Line:
    quantity: int
    price: str
    kind: str | None
    at: int


lines = st.lists(
    st.builds(
        _Line,
        st.integers(-5, 5),
        st.sampled_from(["0", "0.001", "2.5", "-3"]),
        st.sampled_from([None, "sale", "return", "adjustment"]),
        st.integers(1, 9),
    ),
    min_size=1,
    max_size=12,
)


@given(lines)
def test_adding_up_lines_quickly_is_the_same_as_merging_their_facts(told):
    events = [
        event(
            "order.line", line.at, order="1", quantity=line.quantity, price=line.price, kind=line.kind, salt=str(place)
        )
        for place, line in enumerate(told)
    ]
    keys = Keys()
    sums = LineSums(keys.of(events[0]), events[0].occurred_at)
    random.Random(1).shuffle(events)
    for one in events:
        sums.add(one)
    assert sums.fact() == reduce(merge, (read(one, keys)[1] for one in events))
