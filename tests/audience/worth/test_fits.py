"""From orders as they were told to what each buyer is worth, through the stores."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from pyroaring import BitMap
from tests.audience.worth.cdnow import END, purchases, summary
from tests.audience.worth.fitted import fit
from tests.people.profiles.builders import Told, event, user
from tests.people.profiles.test_merging import heard_by

from lianyi.audience.worth import queries
from lianyi.kernel.errors import Refused
from lianyi.people.identity import actions as identity
from lianyi.people.profiles.queries import purchases as bought_by

pytestmark = pytest.mark.django_db

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
TODAY = date(2024, 6, 1)


def order(who: str, number: str, day: date, **said: object):
    at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC).isoformat()
    return event("order.placed", at[:19], user(who), order=number, **said)


@pytest.fixture
def cdnow() -> Told:
    """An order of $0.00, of which there are some, is told without an amount: it would be no purchase here."""
    told = Told(currency="USD")
    orders = [
        order(one.customer, f"{one.customer}-{place}", one.day, total=float(one.dollars) or None, currency="USD")
        for place, one in enumerate(purchases())
    ]
    for start in range(0, len(orders), 2_000):
        told.tell(*orders[start : start + 2_000])
    return told


def shop(told: Told, buyers: int = 260, *, again: int = 120, **said: object) -> None:
    """People of whom the first `again` bought several times."""
    chance = np.random.default_rng(1)
    orders = []
    for who in range(buyers):
        first = date(2024, 1, 1) + timedelta(int(chance.integers(0, 60)))
        for place in range(1 + int(chance.integers(1, 5)) * (who < again)):
            amount = f"{10 + who % 7 + int(chance.integers(0, 5))}.50"
            orders.append(
                order(f"u{who}", f"{who}-{place}", first + timedelta(place * 13), **{"total": amount, **said})
            )
    told.tell(*orders)


def test_orders_of_cdnow_give_the_published_parameters(cdnow: Told) -> None:
    fitted = fit(cdnow.workspace, NOW, END)
    assert (fitted.as_of, fitted.currency, fitted.buyers, fitted.returning) == (END, "USD", 2357, 946)
    assert [round(one, 2) for one in fitted.purchasing[:4]] == [0.24, 4.41, 0.79, 2.43]
    assert round(fitted.purchasing.log_likelihood, 1) == -9582.4
    assert fitted.spending is not None
    assert [round(one, 1) for one in fitted.spending[:3]] == pytest.approx([6.2, 3.7, 15.4], abs=0.11)
    assert (fitted.kept, fitted.problem) == (1.0, None)
    assert fitted.correlation == pytest.approx(0.11, abs=0.02)
    assert queries.fit_of(cdnow.workspace) == fitted

    known, said = summary(), queries.worths(cdnow.workspace, 273, END)
    assert len(said.persons) == 2357
    assert said.value is not None
    # Customer 1 of the paper: 2 repeat purchases, the last after 30.43 of 38.86 weeks, of $22.35 on the average.
    assert (known.x[0], known.t_x[0], known.z[0]) == (2, 30.43, 22.35)
    assert said.alive[0] == pytest.approx(0.7266, abs=1e-4)
    assert said.purchases[0] == pytest.approx(1.226, abs=1e-3)
    assert said.value[0] == pytest.approx(1.226 * 24.66, abs=0.05)
    # What these people bought in the next 39 weeks: the model is an eighth below it, of the amount too.
    later = queries.worths(cdnow.workspace, 273, END).purchases.sum()
    truth = bought_by(cdnow.workspace, "USD", date(1998, 6, 30))
    bought = (truth.days > (END - date(1970, 1, 1)).days).sum()
    assert later == pytest.approx(bought, rel=0.13)
    assert said.value.sum() == pytest.approx(truth.amounts[truth.days > (END - date(1970, 1, 1)).days].sum(), rel=0.2)


def test_one_person_is_told_the_same_as_everybody(cdnow: Told) -> None:
    fit(cdnow.workspace, NOW, END)
    said = queries.worths(cdnow.workspace, 90, END)
    some = queries.worths(cdnow.workspace, 90, END, BitMap([2, 5, 99_999]))
    assert some.persons.tolist() == [2, 5]
    for place in (0, 4, 17):
        one = queries.worth_of(cdnow.workspace, int(said.persons[place]), 90, END)
        assert one is not None
        assert said.value is not None
        assert one == pytest.approx((said.alive[place], said.purchases[place], said.value[place]))
    assert queries.worth_of(cdnow.workspace, 99_999, 90, END) is None


def test_too_little_is_refused_and_says_how_much_is_needed() -> None:
    told = Told()
    with pytest.raises(Refused, match="There are 0 buyers, 0 of whom"):
        fit(told.workspace, NOW)
    shop(told, 150, again=20)
    with pytest.raises(Refused, match="There are 150 buyers, 20 of whom bought on more than one day; it takes 200 and"):
        fit(told.workspace, NOW)
    with pytest.raises(Refused, match="Nothing was fitted"):
        queries.worths(told.workspace, 30, TODAY)
    assert queries.fits(told.workspace) == []


def test_orders_of_a_few_weeks_are_too_little() -> None:
    told = Told()
    shop(told)
    with pytest.raises(Refused, match="The first order is 44 days old; it takes 8 weeks"):
        fit(told.workspace, NOW, date(2024, 2, 15))
    with pytest.raises(Refused, match="2024-06-02 has not been yet"):
        fit(told.workspace, NOW, date(2024, 6, 2))


def test_without_amounts_there_is_no_value_but_all_else() -> None:
    told = Told()
    shop(told, total=None)
    fitted = fit(told.workspace, NOW)
    assert fitted.as_of == date(2024, 5, 31)
    assert fitted.spending is None
    assert str(fitted.problem).startswith("The amounts of repeat purchases are known of 0 people")
    said = queries.worths(told.workspace, 30, TODAY)
    assert said.value is None
    assert len(said.persons) == 260


def test_amounts_in_another_currency_are_not_added_up() -> None:
    told = Told(currency="CNY")
    shop(told, currency="USD")
    assert fit(told.workspace, NOW).problem is not None
    found = bought_by(told.workspace, "USD", TODAY)
    assert not np.isnan(found.amounts).any()


def test_what_was_given_back_lessens_the_value() -> None:
    told = Told()
    shop(told)
    before = fit(told.workspace, NOW)
    whole = queries.worths(told.workspace, 90, TODAY)
    sold = np.nansum(bought_by(told.workspace, "CNY", TODAY).amounts)
    back = event("order.line", "2024-05-01", user("u3"), order="C1", quantity=-1, price=f"{sold / 4:.6f}")
    told.tell(back, event("order.refunded", "2024-05-01", user("u200"), order="200-0"))
    after = fit(told.workspace, NOW)
    assert (before.kept, before.buyers) == (1.0, 260)
    # Who was given back everything is no buyer any more.
    assert after.buyers == 259
    assert after.kept == pytest.approx(0.75, abs=0.01)
    less = queries.worths(told.workspace, 90, TODAY)
    assert less.value is not None
    assert whole.value is not None
    assert less.value[0] / whole.value[0] == pytest.approx(after.kept, abs=0.01)


def test_people_who_become_one_are_one_buyer(monkeypatch: pytest.MonkeyPatch) -> None:
    told = Told()
    heard_by(told, monkeypatch)
    shop(told)
    fit(told.workspace, NOW)
    apart = queries.worths(told.workspace, 30, TODAY)
    merge = identity.merge(told.workspace, 1, 2, NOW)
    one = queries.worths(told.workspace, 30, TODAY)
    assert one.persons.tolist() == [number for number in apart.persons.tolist() if number != 2]
    assert one.purchases[0] not in apart.purchases[:2]
    assert one.purchases[1:].tolist() == apart.purchases[2:].tolist()
    assert queries.worth_of(told.workspace, 2, 30, TODAY) is None
    told.listen()
    identity.undo_merge(told.workspace, merge, NOW)
    again = queries.worths(told.workspace, 30, TODAY)
    assert again.purchases.tolist() == apart.purchases.tolist()


def test_a_fit_of_the_same_day_is_replaced_and_days_are_those_of_the_workspace() -> None:
    told = Told(zone="Asia/Shanghai")
    shop(told)
    first = fit(told.workspace, datetime(2024, 5, 31, 15, tzinfo=UTC))  # still 31 May there
    later = fit(told.workspace, datetime(2024, 5, 31, 17, tzinfo=UTC))
    again = fit(told.workspace, datetime(2024, 5, 31, 18, tzinfo=UTC))
    assert [one.as_of.day for one in (first, later, again)] == [30, 31, 31]
    assert queries.fits(told.workspace) == [again, first]
    assert queries.fits(told.workspace, before=again.as_of) == [first]
    other = Told()
    assert queries.fits(other.workspace) == []
    with pytest.raises(Refused, match="0 days are no horizon"):
        queries.worths(told.workspace, 0, TODAY)


def test_nothing_is_said_of_who_never_bought() -> None:
    told = Told(currency="USD")
    shop(told, currency="USD")
    fit(told.workspace, NOW, TODAY)
    told.tell(event("page.viewed", "2024-05-01T09:00:00", user("nobody")))
    assert queries.worth_of(told.workspace, 261, 90, TODAY) is None
    assert queries.worth_of(told.workspace, 262, 90, TODAY) is None
    assert queries.worths(told.workspace, 90, date(2023, 1, 1)).persons.tolist() == []
