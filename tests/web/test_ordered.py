"""The page of the ordered funnel: what the address asks is counted, shown and taken out."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from tests.web.conftest import Brand

pytestmark = pytest.mark.django_db(transaction=True)
STEPS = ["Product Viewed", "Product Added", "Order Completed"]


def did(who: str, event: str, days_ago: int) -> dict[str, str]:
    at = datetime.now(UTC) - timedelta(days_ago)
    return {"userId": who, "event": event, "timestamp": at.isoformat()}


def bought(brand: Brand) -> None:
    brand.send(
        *(did(who, STEPS[0], 20) for who in ("a", "b", "c", "d")),
        *(did(who, STEPS[1], 10) for who in ("a", "b")),
        did("a", STEPS[2], 9),
        did("d", STEPS[2], 9),  # without the step between
    )


def asked(**more: object) -> str:
    return "?" + urlencode({"step": STEPS, **more}, doseq=True)


def counts(brand: Brand, query: str) -> list[list[str]]:
    text = b"".join(brand.visitor().get(f"/funnels/export.csv{query}")).decode("utf-8-sig")  # type: ignore[arg-type]
    return list(csv.reader(io.StringIO(text)))[1:]


def test_each_step_has_its_people_and_shares(brand: Brand) -> None:
    bought(brand)
    assert counts(brand, asked()) == [
        ["1", "Product Viewed", "4", "", "1.0000"],
        ["2", "Product Added", "2", "0.5000", "0.5000"],
        ["3", "Order Completed", "1", "0.5000", "0.2500"],
    ]
    page = brand.visitor().get(f"/funnels{asked()}").text
    assert page.count('<input id="step') == 4
    for text in (
        'value="Product Added"',
        "Put a product into the cart",
        ">4<",
        ">50%<",
        ">25%<",
        'href="/funnels/export.csv?step=',
    ):
        assert text in page, text


def test_the_window_and_the_days_count(brand: Brand) -> None:
    bought(brand)
    assert [row[2] for row in counts(brand, asked(within=5))] == ["4", "0", "0"]
    day = datetime.now(UTC).date()
    assert [row[2] for row in counts(brand, asked(to=day - timedelta(25)))] == ["0", "0", "0"]
    assert [row[2] for row in counts(brand, asked(**{"from": day - timedelta(25), "to": day}))] == ["4", "2", "1"]


def test_what_cannot_be_counted_says_why(brand: Brand) -> None:
    client = brand.visitor()
    first = client.get("/funnels")
    assert (first.status_code, "No events yet." in first.text) == (200, True)
    bought(brand)
    assert "Nothing was asked yet." in client.get("/funnels").text
    for query in ("?step=Product+Viewed", "?" + "&step=x" * 11, asked(**{"from": "2026-02-01", "to": "2026-01-01"})):
        page = client.get(f"/funnels{query}")
        assert (page.status_code, 'role="alert"' in page.text) == (422, True), query
        assert client.get(f"/funnels/export.csv{query}").status_code == 302
    nobody = client.get("/funnels?step=Nothing&step=%3Cscript%3E&within=0&from=soon&to=9999-12-31")
    assert (nobody.status_code, "Nobody did the first of these" in nobody.text) == (200, True)
    assert 'value="<script>' not in nobody.text


def test_what_others_did_is_not_counted(new_brand: Callable[[], Brand]) -> None:
    mine, theirs = new_brand(), new_brand()
    bought(theirs)
    assert [row[2] for row in counts(mine, asked())] == ["0", "0", "0"]
    assert "Product Added" not in mine.visitor().get("/funnels").text
