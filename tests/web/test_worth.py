"""The page of lifetime value: a fit in plain words, tenths of the buyers, who is worth most, and a person's part."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.test import Client
from tests.audience.learned.reports import learned
from tests.web.conftest import Brand

from lianyi.audience.learned.actions import choose_model
from lianyi.audience.worth import queries
from lianyi.audience.worth.running import PIECES
from lianyi.insight.kept.keeping import settle
from lianyi.kernel.clock import system_clock

pytestmark = pytest.mark.django_db(transaction=True)
PART = {"HX-Request": "true"}
STANDING = {**PART, "HX-Target": "standing"}


def orders(buyers: int = 230, *, again: int = 90) -> list[dict[str, Any]]:
    """What people bought, the first `again` of them on several days."""
    chance = np.random.default_rng(1)
    now = datetime.now(UTC)
    sent: list[dict[str, Any]] = []
    for who in range(buyers):
        first = 200 - int(chance.integers(0, 60))
        for place in range(1 + int(chance.integers(1, 5)) * (who < again)):
            total = 10 + who % 7 + int(chance.integers(0, 5))
            sent.append(
                {
                    "event": "Order Completed",
                    "userId": f"u{who}",
                    "timestamp": (now - timedelta(days=first - place * 30)).isoformat(),
                    "properties": {"order_id": f"{who}-{place}", "total": total, "currency": "CNY"},
                }
            )
    return sent


def shop(brand: Brand) -> None:
    """They bought here."""
    sent = orders()
    for start in range(0, len(sent), 500):
        brand.send(*sent[start : start + 500])


def fit_now(brand: Brand) -> None:
    """The worker's part."""
    assert PIECES.claim("one") == brand.workspace.pk
    PIECES.run(brand.workspace.pk, "one", system_clock)


def fitted_by(brand: Brand) -> Client:
    """A member who had the models fitted."""
    client = brand.visitor()
    assert client.post("/worth/fit")["Location"] == "/worth"
    fit_now(brand)
    return client


def test_without_buyers_it_says_what_it_takes(brand: Brand) -> None:
    client = brand.visitor()
    page = client.get("/worth").text
    assert "Nothing was fitted to the orders yet." in page
    assert "It takes 200 buyers" in page
    answer = client.post("/worth/fit", follow=True)
    assert "The models are being fitted" in answer.text
    assert 'action="/worth/fit"' not in answer.text
    assert "Waiting for its turn" in client.get("/worth", headers=STANDING).text
    assert "The models are being fitted already." in client.post("/worth/fit", follow=True).text
    fit_now(brand)
    assert client.get("/worth", headers=STANDING)["HX-Refresh"] == "true"
    answer = client.get("/worth")
    assert "There are 0 buyers, 0 of whom bought on more than one day; it takes 200 and 50." in answer.text
    assert client.get("/worth/people", headers=PART).text == ""
    assert client.get("/worth/people")["Location"] == "/worth"


def test_a_fit_is_told_in_plain_words_and_everybody_summed_up(brand: Brand) -> None:
    shop(brand)
    client = fitted_by(brand)
    client.get("/worth?days=90")
    settle()
    page = client.get("/worth?days=90")
    fitted = queries.fit_of(brand.workspace.pk)
    said = queries.worths(brand.workspace.pk, 90, queries.today_of(brand.workspace.pk, system_clock()))
    assert said.value is not None
    assert (page.context["buyers"], page.context["fit"].returning) == (230, 90)
    assert page.context["alive"] == round(float(said.alive.sum()))
    assert page.context["purchases"] == round(float(said.purchases.sum()))
    assert float(page.context["value"]) == pytest.approx(said.value.sum(), abs=0.01)
    assert sum(page.context["by_alive"]["series"][0]["values"]) == 230
    tenths = page.context["tenths"]
    assert [people for _, people, *_ in tenths] == [23] * 10
    worth = [float(value) for *_, value in tenths]
    assert worth == sorted(worth, reverse=True)
    assert sum(worth) == pytest.approx(said.value.sum(), abs=0.1)
    assert f"about once in {fitted.purchasing.alpha / fitted.purchasing.r:.1f} weeks" in page.text
    assert "230 buyers, 90 of whom bought on more than one day" in page.text
    assert "位购买者" in brand.visitor("zh-hans").get("/worth?days=90").text
    sums = client.get("/worth?days=90", headers={**PART, "HX-Target": "sums"})
    assert "<html" not in sums.text


def test_who_is_worth_most_comes_page_by_page(brand: Brand) -> None:
    shop(brand)
    client = fitted_by(brand)
    shown: list[tuple[int, Any]] = []
    after, pages = "", 0
    while pages == 0 or after:
        page = client.get("/worth/people", {"days": "90", **({"after": after} if after else {})}, headers=PART)
        shown += [(row.number, value) for row, _, _, value in page.context["people"]]
        after, pages = page.context["further"], pages + 1
    assert pages == 5
    assert len({number for number, _ in shown}) == len(shown) == 230
    assert [value for _, value in shown] == sorted((value for _, value in shown), reverse=True)
    assert client.get("/worth/people", {"after": "nonsense_x"}, headers=PART).context["first"] is False
    whole = client.get("/worth/people", {"days": "90"})  # as who has no JavaScript opens it
    assert "<html" in whole.text
    assert whole.text.count("<table") == 1
    assert f'href="?days=90&amp;after={whole.context["further"]}"' in whole.text


def test_a_person_has_what_models_foresee(brand: Brand) -> None:
    shop(brand)
    client = brand.visitor()
    assert "foreseen" not in client.get("/people/1").text
    assert "Foreseen" not in client.get("/people/1/foreseen", headers=PART).text
    client.post("/worth/fit")
    fit_now(brand)
    choose_model(brand.workspace.pk, learned(brand.workspace.pk, scores={1: 0.125}))
    assert '/people/1/foreseen"' in client.get("/people/1").text
    part = client.get("/people/1/foreseen", headers=PART)
    today = queries.today_of(brand.workspace.pk, system_clock())
    assert part.context["worth"] == queries.worth_of(brand.workspace.pk, 1, 365, today)
    assert "12%" in part.text
    assert "within 30 days" in part.text
    assert client.get("/people/2000000/foreseen").status_code == 404
    begun = client.get("/segments/new?likelihood=12.5")
    assert '"at_least": 12.5' in begun.context["typed"]["rule"]
    assert client.get("/segments/new?likelihood=1000").context["typed"]["rule"] == ""


def test_a_fit_is_stopped_and_what_was_fitted_before_stays(brand: Brand) -> None:
    shop(brand)
    client = fitted_by(brand)
    client.post("/worth/fit")
    page = client.get("/worth").text
    assert 'action="/worth/fit/stop"' in page
    assert "230 buyers, 90 of whom bought on more than one day" in page
    assert client.post("/worth/fit/stop")["Location"] == "/worth"
    page = client.get("/worth").text
    assert "The fit was stopped; what was fitted before stays." in page
    assert 'action="/worth/fit"' in page
