"""Buyers in the order of what they are worth, page by page, and all of them summed up."""

from datetime import date, timedelta

import pytest
from tests.audience.worth.fitted import fit
from tests.audience.worth.test_fits import NOW, TODAY, shop
from tests.people.profiles.builders import Told

from lianyi.audience.worth import queries
from lianyi.audience.worth.ranking import KEPT_FOR, Place, ranked
from lianyi.audience.worth.schemas import Purchasing, Spending
from lianyi.audience.worth.summing import leaving, rate, spent_at_once, summed

pytestmark = pytest.mark.django_db


def test_pages_hold_everybody_once_in_order_also_those_who_are_worth_the_same() -> None:
    told = Told(currency="USD")
    shop(told, currency="USD")
    fit(told.workspace, NOW, TODAY)
    said = queries.worths(told.workspace, 90, TODAY)
    assert said.value is not None
    wanted = sorted(zip((-said.value).tolist(), said.persons.tolist(), strict=True))
    assert len({worth for worth, _ in wanted}) < len(wanted)  # some are worth the same
    found: list[int] = []
    after: Place | None = None
    while True:
        page = ranked(told.workspace, 90, TODAY, 7, after=after)
        found += page.worths.persons.tolist()
        if page.further is None:
            break
        after = page.further
    assert found == [person for _, person in wanted]


def test_the_order_is_kept_for_a_while_and_not_beyond_a_new_fit() -> None:
    told = Told(currency="USD")
    shop(told, currency="USD")
    fit(told.workspace, NOW, TODAY)
    before = ranked(told.workspace, 90, TODAY, 300, clock=lambda: 0.0).worths.persons.tolist()
    shop(told, 261, currency="USD")
    assert ranked(told.workspace, 90, TODAY, 300, clock=lambda: KEPT_FOR - 1).worths.persons.tolist() == before
    assert len(ranked(told.workspace, 90, TODAY, 300, clock=lambda: KEPT_FOR + 1).worths.persons) == 261
    fit(told.workspace, NOW + timedelta(1), date(2024, 6, 2))
    assert len(ranked(told.workspace, 90, TODAY, 300, clock=lambda: 0.0).worths.persons) == 261


def test_sums_are_those_of_everybody() -> None:
    told = Told(currency="USD")
    shop(told, currency="USD")
    fit(told.workspace, NOW, TODAY)
    said = queries.worths(told.workspace, 90, TODAY)
    found = summed(said)
    assert said.value is not None
    assert (found.buyers, sum(found.by_alive), [one.people for one in found.tenths]) == (260, 260, [26] * 10)
    assert found.value == pytest.approx(said.value.sum())
    assert sum(one.value or 0.0 for one in found.tenths) == pytest.approx(said.value.sum())
    assert found.alive == pytest.approx(said.alive.sum())
    without = summed(said._replace(value=None))
    assert (without.value, without.tenths[0].value) == (None, None)
    assert without.tenths[0].purchases >= without.tenths[-1].purchases


def test_parameters_say_what_they_mean() -> None:
    cdnow = Purchasing(0.2426, 4.4136, 0.7929, 2.4259, 0.0)
    assert rate(cdnow) == pytest.approx(0.05497, abs=1e-5)
    assert leaving(cdnow) == pytest.approx(0.24633, abs=1e-5)
    assert spent_at_once(Spending(6.25, 3.74, 15.44, 0.0)) == pytest.approx(35.22, abs=0.01)
    assert spent_at_once(Spending(6.25, 1.0, 15.44, 0.0)) is None
