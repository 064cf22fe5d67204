"""Orders and lifecycles of real customers, checked against a sample counted by hand and against plain csv code.

Counted by hand with a calendar: `days_until_dormant` is 90, so somebody whose last order was on day d is dormant from
the start of day d + 91. The clock stands on 10 December 2011, the day after the file's last.
"""

from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice

import pytest
from tests.people.profiles.builders import Told, moment
from tests.people.profiles.retail import events, is_public, lines, plain_totals, purchase_days, stages

from lianyi.people.profiles import actions, queries
from lianyi.people.profiles.lifecycle.stages import Stage

pytestmark = pytest.mark.django_db

TODAY = datetime(2011, 12, 10, tzinfo=UTC)
SILENCE = 90

BY_HAND = {
    # 74,215 pieces on 18 January, all given back 16 minutes later: bought is bought. 18 January + 91 days: 13 days to
    # the end of January, 28, 31, 19 April.
    "12346": [("2011-01-18 10:01:00", "first_purchase"), ("2011-04-19 00:00:00", "dormant")],
    # One line of 12,540 pieces at 0.00: nobody bought anything.
    "13256": [],
    # Two returned lines and not a single order.
    "17547": [],
    # One order; 1 December + 91 days: 30, 31, 28, 2 March.
    "18074": [("2010-12-01 09:53:00", "first_purchase"), ("2011-03-02 00:00:00", "dormant")],
    # 1 December, then 23 March, 112 days later; 23 March + 91 days: 8, 30, 31, 22 June.
    "16250": [
        ("2010-12-01 09:59:00", "first_purchase"),
        ("2011-03-02 00:00:00", "dormant"),
        ("2011-03-23 15:07:00", "won_back"),
        ("2011-06-22 00:00:00", "dormant"),
    ],
    # 18 January and 19 April are 91 days apart: dormant since that very midnight. 19 April + 91: 11, 31, 30, 19 July.
    "14242": [
        ("2011-01-18 08:53:00", "first_purchase"),
        ("2011-04-19 00:00:00", "dormant"),
        ("2011-04-19 11:46:00", "won_back"),
        ("2011-07-19 00:00:00", "dormant"),
    ],
    # 9 August and 7 November are 90 days apart: never dormant.
    "16053": [("2011-08-09 14:57:00", "first_purchase"), ("2011-11-07 11:21:00", "repeat")],
    # Seven orders, 50, 71, 63, 54, 90 and 37 days apart.
    "12347": [("2010-12-07 14:57:00", "first_purchase"), ("2011-01-26 14:30:00", "repeat")],
    # Four orders, 169, 92 and 104 days apart: won back three times, and never a repeat customer.
    "15862": [
        ("2010-12-01 11:21:00", "first_purchase"),
        ("2011-03-02 00:00:00", "dormant"),
        ("2011-05-19 14:08:00", "won_back"),
        ("2011-08-18 00:00:00", "dormant"),
        ("2011-08-19 16:34:00", "won_back"),
        ("2011-11-18 00:00:00", "dormant"),
        ("2011-12-01 13:28:00", "won_back"),
    ],
    # Two orders 364 days apart; the three pieces given back in December change nothing.
    "13255": [
        ("2010-12-01 11:58:00", "first_purchase"),
        ("2011-03-02 00:00:00", "dormant"),
        ("2011-11-30 13:14:00", "won_back"),
    ],
    # Three orders within three minutes make a repeat customer; returns (C…) and discounts in between are no signs of
    # life; gaps of 109, 99 and 97 days; two orders in October.
    "15299": [
        ("2010-12-02 16:48:00", "first_purchase"),
        ("2010-12-02 16:50:00", "repeat"),
        ("2011-03-03 00:00:00", "dormant"),
        ("2011-03-21 12:06:00", "won_back"),
        ("2011-06-20 00:00:00", "dormant"),
        ("2011-06-28 17:01:00", "won_back"),
        ("2011-09-27 00:00:00", "dormant"),
        ("2011-10-03 14:18:00", "won_back"),
        ("2011-10-03 14:19:00", "repeat"),
    ],
    # 91 days, then 237: 10 December + 91 is 11 March, 11 March + 91 is 10 June.
    "17076": [
        ("2010-12-10 10:08:00", "first_purchase"),
        ("2011-03-11 00:00:00", "dormant"),
        ("2011-03-11 08:59:00", "won_back"),
        ("2011-06-10 00:00:00", "dormant"),
        ("2011-11-03 17:53:00", "won_back"),
    ],
}


def tell_all(told: Told, rows, size: int) -> None:
    every = events(rows)
    while batch := list(islice(every, size)):
        told.tell(*batch)


def fall_asleep(told: Told) -> int:
    return actions.record_dormancy(told.workspace, TODAY, lambda _, events: told.recorded.extend(events))


def customers_of(told: Told) -> dict[str, int]:
    found = told.rows("SELECT value, person FROM identity WHERE workspace = %s AND kind = 'crm_id' AND person > 0")
    return dict(found)


def shown(told: Told, person: int) -> list[tuple[int, str]]:
    page = queries.person_page(told.workspace, person, moment("2011-12-10"))
    return [(stage.at, stage.stage) for stage in page.stages]


def test_a_sample_counted_by_hand():
    told = Told(currency="GBP")
    tell_all(told, lines(BY_HAND), 100)
    heard = told.listen()
    assert fall_asleep(told) == 4  # 12346, 18074, 16250 and 14242: the others slept before and woke up
    told.listen()
    people = customers_of(told)
    for customer, expected in BY_HAND.items():
        assert shown(told, people[customer]) == [(moment(at), stage) for at, stage in expected], customer
        last = expected[-1][1] if expected else "prospect"
        assert queries.stage_of(told.workspace, people[customer]) == last, customer
    assert len({event.id for event in heard}) == len(heard)


def test_the_plain_reading_agrees_with_the_hand():
    purchases = purchase_days(lines(BY_HAND))
    for customer, expected in BY_HAND.items():
        assert stages(purchases[customer], date(2011, 12, 10), SILENCE) == expected, customer


@pytest.mark.slow
def test_everybody_and_every_total():
    told = Told(currency="GBP")
    tell_all(told, lines(), 20_000)
    told.listen()
    fall_asleep(told)
    told.listen()
    rows = list(lines())
    totals = queries.order_totals(told.workspace)
    people = customers_of(told)
    [(buyers, gross)] = told.rows(
        "SELECT count(DISTINCT identity) FILTER (WHERE gross > 0), sum(gross) FROM orders "
        "WHERE workspace = %s AND identity > 0"
    )
    found = (totals.net, totals.orders, totals.lines, totals.returns, totals.adjustments, len(people), buyers, gross)
    if is_public():
        known = Decimal("9747747.934"), 25_900, 541_909, 9_288, 3, 4_372, 4_338, Decimal("8911407.904")
        assert found == known
    assert found == plain_totals(rows)
    purchases = purchase_days(rows)
    expected = Counter()
    for customer, person in people.items():
        history = stages(purchases.get(customer, []), date(2011, 12, 10), SILENCE)
        last = history[-1] if history else (None, "prospect")
        expected[last[1]] += 1
        standing = told.rows("SELECT stage, since FROM standing WHERE workspace = %s AND number = %s", person)
        assert standing == ([(last[1], moment(last[0]))] if last[0] else [])
    assert queries.stage_counts(told.workspace) == {stage: expected[stage.value] for stage in Stage}
    spent = told.rows("SELECT sum(spent), sum(orders) FROM person WHERE workspace = %s")
    of_known = sum(int(row["Quantity"]) * Decimal(row["UnitPrice"]) for row in rows if row["CustomerID"])
    assert spent == [(of_known, sum(map(len, purchases.values())))]
