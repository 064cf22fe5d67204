"""The catalogue of event types in the pages: listed, searched in both languages, looked at, and nobody else's."""

from collections.abc import Callable

import pytest
from django.db import connection
from tests.web.conftest import Brand

pytestmark = pytest.mark.django_db(transaction=True)


def test_types_are_listed_searched_and_shown(brand: Brand) -> None:
    client = brand.visitor()
    assert "No event has come yet." in client.get("/events/catalogue").text
    brand.send(
        {"userId": "u", "properties": {"sku": "s", "price": 1}},
        {"userId": "u", "properties": {"sku": None}},
        {"userId": "u", "event": "优惠 & <b>/?", "properties": {"金额": 3}},
    )
    page = client.get("/events/catalogue")
    assert [(one.name, one.events) for one in page.context["types"]] == [("Product Viewed", 2), ("优惠 & <b>/?", 1)]
    assert "优惠 &amp; &lt;b&gt;/?" in page.text
    assert '/events/catalogue" aria-current="page"' in page.text

    def found(text: str, language: str = "en") -> list[str]:
        part = brand.visitor(language).get("/events/catalogue", {"q": text}, headers={"HX-Target": "types"})
        assert "<html" not in part.text
        return [one.name for one in part.context["types"]]

    assert found("product v") == ["Product Viewed"]
    assert found("浏览商品", "zh-hans") == ["Product Viewed"]
    assert found("优惠") == ["优惠 & <b>/?"]
    assert found("nothing") == []

    shown = client.get("/events/catalogue/type", {"name": "Product Viewed"})
    assert [(one.name, one.kinds, share) for one, share in shown.context["properties"]] == [
        ("sku", [("text", 1), ("null", 1)], 1.0),
        ("price", [("number", 1)], 0.5),
    ]
    assert sum(shown.context["chart"]["series"][0]["values"]) == 2
    assert len(shown.context["chart"]["labels"]) == 90
    assert "A server, by Segment&#x27;s protocol" in shown.text
    assert client.get("/events/catalogue/type", {"name": "优惠 & <b>/?"}).status_code == 200
    assert client.get("/events/catalogue/type", {"name": "none"}).status_code == 404
    assert client.get("/events/catalogue/type", {"name": "a\x00"}).status_code == 400


def test_pages_of_the_list_follow_one_another(brand: Brand) -> None:
    brand.send(*({"userId": "u", "event": f"E{n:03}"} for n in range(60)), *({"userId": "u"} for _ in range(3)))
    client = brand.visitor()
    first = client.get("/events/catalogue")
    names = [one.name for one in first.context["types"]]
    assert (len(names), names[:2]) == (50, ["Product Viewed", "E000"])
    last = first.context["further"]
    rest = client.get("/events/catalogue", {"events": last.events, "after": last.name}, headers={"HX-Target": "more"})
    assert [one.name for one in rest.context["types"]] == [f"E{n:03}" for n in range(49, 60)]


def test_the_tail_shows_one_type_alone(brand: Brand) -> None:
    brand.send({"userId": "u", "event": "A"}, {"userId": "u", "event": "B"}, {"userId": "u", "event": "A"})
    client = brand.visitor()
    assert [one.name for one in client.get("/events", {"type": "A"}).context["events"]] == ["A", "A"]
    assert "None of these is among" in client.get("/events", {"type": "C"}).text


def test_a_type_of_another_workspace_is_none(new_brand: Callable[[], Brand]) -> None:
    mine, theirs = new_brand(), new_brand()
    theirs.send({"userId": "u", "event": "Theirs"})
    client = mine.visitor()
    assert client.get("/events/catalogue/type", {"name": "Theirs"}).status_code == 404
    assert client.get("/events/catalogue").context["types"] == []


def test_what_was_left_out_is_said(brand: Brand) -> None:
    brand.send({"userId": "u", "event": "call 13912345678"}, {"userId": "u", "event": "A", "properties": {"a@b": 1}})
    client = brand.visitor()
    assert "1 event has a type that was left out" in client.get("/events/catalogue").text
    assert "was met 1 time" in client.get("/events/catalogue/type", {"name": "A"}).text
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM event_type WHERE workspace = %s", [brand.workspace.pk])
        assert cursor.fetchone()[0] == 1
