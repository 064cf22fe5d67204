"""The builder's pages: rules tried, ready-made ones, segments made and changed by them."""

import json
from typing import Any

import pytest
from tests.web.conftest import Brand
from tests.web.segments.test_pages import made, named, people

from lianyi.audience.segments import queries
from lianyi.audience.segments.presets import presets
from lianyi.audience.segments.schemas import Kind
from lianyi.rules.reading import read, write

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"kind": "identified", "by": "phone"}


def form(rule: Any, **more: str) -> dict[str, str]:
    return {"name": "S", "note": "", "kind": "live", "rule": json.dumps(rule), "do": "save", **more}


def test_a_rule_is_tried_and_told_in_the_reader_s_language(brand: Brand) -> None:
    people(brand, *(f"u{number}" for number in range(12)))
    rule = {"rule": json.dumps({"kind": "not", "rule": {"kind": "tagged", "tag": "none"}})}
    page = brand.visitor().post("/segments/preview", rule)
    everybody = page.context["sample"][0].number
    assert (page.context["count"], len(page.context["sample"])) == (12, 10)
    assert f'href="/people/{everybody}"' in page.text
    assert "does not have the tag &#x27;none&#x27;" in page.text
    assert 'data-problem="rule.tag" data-tone="warn"' in page.text
    assert "没有标签" in brand.visitor("zh-hans").post("/segments/preview", rule).text
    assert "As soon as there is a rule" in brand.visitor().post("/segments/preview", {"rule": " "}).text


@pytest.mark.parametrize(
    ("rule", "place"),
    [
        ('{"kind": "all_of", "rules": [{"kind": "taged"}]}', "rules[0]"),
        ('{"kind": "all_of", "rules": []}', "rules"),
        ('{"kind": "trait", "trait": "nothing", "is": {"test": "known"}}', "trait"),
        ('{"kind": "did_when", "event": "x", "which": "last", "is": {"test": "from_today"}}', "is"),
        ("[", ""),
        ('{"kind": "tagged", "tag": "a", "colour": "red"}', "colour"),
        ('{"kind": "trait", "trait": "name", "is": {"test": "range", "at_least": 1}}', "is"),
        ('{"kind": "in_segment", "segment": 9}', "segment"),
        (
            json.dumps({"kind": "trait", "trait": "name", "is": {"test": "one_of", "values": ["a"] * 10_000}}),
            "is.values",
        ),
        ('{"kind": "not", "rule": ' * 200 + '{"kind": "tagged", "tag": "a"}' + "}" * 200, ""),
    ],
)
def test_what_is_wrong_is_told_at_its_place(brand: Brand, rule: str, place: str) -> None:
    people(brand, "Ann")
    client = brand.visitor()
    tried = client.post("/segments/preview", {"rule": rule})
    assert [one.place for one in tried.context["problems"]] == [place]
    assert f'data-problem="{place}" data-tone="bad"' in tried.text
    refused = client.post("/segments/new", {**form({}), "rule": rule})
    assert refused.status_code == 422
    assert [one.place for one in refused.context["problems"]] == [place]
    assert queries.segments(brand.workspace.pk) == []


def test_what_is_wrong_is_called_by_the_condition_it_is_in(brand: Brand) -> None:
    inner = {"kind": "any_of", "rules": [{"kind": "not", "rule": {"kind": "in_segment", "segment": 9}}]}
    rule = {"kind": "all_of", "rules": [PHONE, inner]}
    shown = brand.visitor("zh-hans").post("/segments/preview", {"rule": json.dumps(rule)}).text
    assert 'title="rules[1].rules[0].rule.segment">条件 2.1</span>' in shown


def test_without_scripts_a_rule_is_tried_and_saved_as_json(brand: Brand) -> None:
    people(brand, "Ann")
    client = brand.visitor()
    tried = client.post("/segments/new", form(PHONE, name="", do="try"))
    assert (tried.status_code, tried.context["count"]) == (200, 0)
    assert queries.segments(brand.workspace.pk) == []
    made_at = client.post("/segments/new", form(named("Ann"), name="Anns", kind="snapshot"))["Location"]
    (one,) = queries.segments(brand.workspace.pk)
    assert (made_at, one.name, one.kind) == (f"/segments/{one.number}", "Anns", Kind.SNAPSHOT)
    again = client.post("/segments/new", form(PHONE, name="Anns"))
    assert (again.status_code, "already" in again.text, "Anns" in again.text) == (422, True, True)


def test_the_rule_of_a_live_segment_is_changed_and_rings_are_refused(brand: Brand) -> None:
    people(brand, "Ann")
    inner = made(brand, "Inner", named("Ann"))
    outer = made(brand, "Outer", {"kind": "in_segment", "segment": inner})
    client = brand.visitor()
    shown = client.get(f"/segments/{inner}/edit").context
    assert json.loads(shown["typed"]["rule"]) == named("Ann")
    assert [name for _, name in shown["vocabulary"]["segments"]] == ["Outer"]
    ring = client.post(f"/segments/{inner}/edit", form({"kind": "in_segment", "segment": outer}, name="Inner"))
    assert ring.status_code == 422
    assert "Outer" in ring.context["wrong"]
    assert client.post(f"/segments/{inner}/edit", form(PHONE, name="Renamed")).status_code == 302
    one = queries.segment(brand.workspace.pk, inner)
    assert (one.name, one.rule and write(one.rule), one.edition) == ("Renamed", PHONE, 2)
    kept = made(brand, "Kept", PHONE, Kind.SNAPSHOT)
    assert client.get(f"/segments/{kept}/edit")["Location"] == f"/segments/{kept}"


def test_a_rename_that_is_refused_leaves_the_rule_as_it_was(brand: Brand) -> None:
    people(brand, "Ann")
    number = made(brand, "One", named("Ann"))
    made(brand, "Two", PHONE)
    assert brand.visitor().post(f"/segments/{number}/edit", form(PHONE, name="Two")).status_code == 422
    one = queries.segment(brand.workspace.pk, number)
    assert (one.name, one.rule and write(one.rule)) == ("One", named("Ann"))


def test_ready_made_rules_speak_of_what_the_workspace_says(brand: Brand) -> None:
    order = {"order_id": "o1", "revenue": 2500, "currency": "CNY"}
    brand.send({"type": "identify", "userId": "u", "traits": {"name": "N", "birthday": "1990-01-01"}},
               {"userId": "u", "event": "Order Completed", "properties": order})  # fmt: skip
    client = brand.visitor()
    rules = {one.key: write(one.rule) for one in presets(brand.workspace.pk)}
    assert (rules["big_spenders"]["event"], rules["big_spenders"]["property"]) == ("Order Completed", "revenue")
    counts = {}
    for key, rule in rules.items():
        page = client.get("/segments/new", {"preset": key})
        assert read(page.context["typed"]["rule"]) == read(rule)
        counts[key] = client.post("/segments/preview", {"rule": page.context["typed"]["rule"]}).context.get("count")
    assert None not in counts.values()
    assert (counts["big_spenders"], counts["promising"], counts["champions"]) == (1, 1, 0)
    assert "RFM" in client.get("/segments/new").text


def test_the_builder_offers_what_there_is(brand: Brand) -> None:
    people(brand, "Ann", city="上海")
    brand.send({"userId": "Ann", "event": "Product Viewed", "properties": {"price": 5, "color": "red"}})
    client = brand.visitor()
    offered = client.get("/segments/new").context["vocabulary"]
    assert ["city", "City", "text"] in offered["traits"]
    assert ["Product Viewed", "Viewed a product"] in offered["events"]
    found = client.get("/segments/properties", {"event": "Product Viewed"}).json()["properties"]
    assert sorted(found) == [["color", "text"], ["price", "number"]]
    assert client.get("/segments/properties", {"event": "nothing"}).json() == {"properties": []}
