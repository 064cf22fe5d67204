"""Days and amounts of purchases agree with the orders that they are of, in whatever parts these were told."""

from datetime import date

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.people.profiles.builders import Told, event, moment, user

from lianyi.kernel.clock import DAY
from lianyi.people.identity.queries import persons_of
from lianyi.people.profiles.orders import buying, storing
from lianyi.people.profiles.orders.facts import is_purchase, net, total
from lianyi.people.profiles.queries import purchases

pytestmark = pytest.mark.django_db

LAST = date(2024, 1, 20)
DAY_OF = date(1970, 1, 1).toordinal()


def told_of(name: str, **said: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.builds(
        lambda day, who, salt, chosen: event(
            name, moment("2024-01-01") + day * DAY, *([user(who)] if who else []), salt=str(salt), **chosen
        ),
        st.integers(0, 30),
        st.sampled_from(["a", "b", "c", ""]),
        st.integers(0, 10**6),
        st.fixed_dictionaries(said),
    )


orders = st.sampled_from(["1", "2", "3", "4", "5"])
stories = st.lists(
    st.one_of(
        told_of("order.placed", order=orders, total=st.integers(0, 20), currency=st.sampled_from(["", "CNY", "USD"])),
        told_of("order.line", order=orders, quantity=st.integers(-2, 3), price=st.just("2.5")),
        told_of("order.refunded", order=orders, total=st.integers(1, 5)),
        told_of("Order Cancelled", order_id=orders),
    ),
    min_size=1,
    max_size=14,
    unique_by=lambda one: one.id,
)


@settings(
    deadline=None,
    max_examples=30,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(stories)
def test_they_are_what_the_orders_say(story) -> None:
    told = Told(currency="CNY")
    told.tell(*story)
    found = purchases(told.workspace, "CNY", LAST)
    identities = sorted({number for (number,) in told.rows("SELECT number FROM identity WHERE workspace = %s")})
    person_of = persons_of(told.workspace, identities)
    wanted: dict[tuple[int, int], float] = {}
    given_back = 0.0
    for order in storing.of_identities(told.workspace, identities):
        fact = order.fact
        day = (fact.placed_at if fact.placed_at is not None else fact.first_at) // DAY
        if fact.cancelled or fact.refunded_whole or day > LAST.toordinal() - DAY_OF:
            continue
        unknown = fact.currency not in ("", "CNY") or (total(fact) is None and fact.placed_at is not None)
        if is_purchase(fact) and (total(fact) is None or net(fact) > 0):
            key = (person_of[order.identity], day)
            amounts = [wanted.get(key, np.nan), np.nan if unknown else float(net(fact))]
            wanted[key] = np.nan if np.isnan(amounts).all() else float(np.nansum(amounts))
        elif not unknown:
            given_back -= float(net(fact))
    assert list(zip(found.persons.tolist(), found.days.tolist(), strict=True)) == sorted(wanted)
    assert found.amounts.tolist() == pytest.approx([wanted[key] for key in sorted(wanted)], nan_ok=True)
    assert found.given_back == pytest.approx(given_back)


def test_as_they_were_placed_they_know_of_no_refund() -> None:
    told = Told()
    told.tell(*[event("order.placed", "2024-01-05", user(who), order=who, total=10) for who in "abc"])
    before = purchases(told.workspace, "CNY", LAST, net=False)
    told.tell(
        event("order.refunded", "2024-02-05", user("a"), order="a", total=4),
        event("Order Cancelled", "2024-02-05", user("b"), order_id="b"),
        event("Order Refunded", "2024-02-05", order_id="c"),
    )
    after = purchases(told.workspace, "CNY", LAST, net=False)
    assert (after.persons.tolist(), after.amounts.tolist()) == (before.persons.tolist(), [10.0] * 3)
    left = purchases(told.workspace, "CNY", LAST)
    assert (left.persons.tolist(), left.amounts.tolist()) == ([1], [6.0])


def test_orders_whose_ids_begin_alike_are_not_mixed_up() -> None:
    told = Told()
    told.tell(*[event("order.placed", "2024-01-05", user(who), order=who, total=10) for who in "abcdefgh"])
    plain = purchases(told.workspace, "CNY", LAST)
    told.rows(
        "UPDATE orders SET id = '\\x0102030405060708'::bytea || substring(id FROM 9) WHERE workspace = %s RETURNING 1"
    )
    alike = purchases(told.workspace, "CNY", LAST)
    assert (alike.persons.tolist(), alike.amounts.tolist()) == (plain.persons.tolist(), [10.0] * 8)
    assert buying.purchases(told.workspace, "CNY", date(2024, 1, 4)).persons.tolist() == []
