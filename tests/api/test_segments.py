"""Segments by the API: rules tried, made, changed, and who is in them."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.api.conftest import Program
from tests.api.test_door import told
from tests.web.conftest import Brand

from lianyi.api.operations import OCTETS
from lianyi.audience.segments import upkeep
from lianyi.kernel.clock import system_clock, to_micros

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"kind": "identified", "by": "phone"}


@pytest.fixture(autouse=True)
def somebody(brand: Brand) -> None:
    brand.send(*({"type": "identify", "userId": f"u{number}", "traits": {"name": "N"}} for number in range(12)))


def everybody(call: Program) -> list[int]:
    return sorted(one["number"] for one in call.get("/people").json()["items"])


def test_a_sentence_names_events_in_the_language_of_whoever_asks(call: Program) -> None:
    rule = {"kind": "did", "event": "order.placed", "where": []}
    said = [
        call("POST", "/segments/preview", {"rule": rule}, accept_language=language).json()["sentence"]
        for language in ("zh-CN", "en")
    ]
    assert said == ["做过“下单”", "did 'order.placed'"]
    made = call("POST", "/segments", {"name": "B", "rule": rule}, accept_language="zh-CN").json()
    assert made["sentence"] == "做过“下单”"


def test_a_rule_is_tried(brand: Brand, call: Program) -> None:
    found = call("POST", "/segments/preview", {"rule": {"kind": "not", "rule": {"kind": "tagged", "tag": "none"}}})
    assert found.status_code == 200
    shown = found.json()
    assert shown["count"] == len(everybody(call))
    assert [one["person"] for one in shown["sample"]] == everybody(call)[::-1][:10]
    assert shown["sentence"] == "does not have the tag 'none'"
    assert shown["remarks"] == [{"place": "rule.tag", "code": "rule.tag", "detail": "Nobody has the tag 'none' yet."}]


def nested(depth: int) -> dict[str, Any]:
    rule: dict[str, Any] = PHONE
    for _ in range(depth):
        rule = {"kind": "not", "rule": rule}
    return rule


@pytest.mark.parametrize(
    ("rule", "place", "code"),
    [
        ({"kind": "all_of", "rules": [PHONE, {"kind": "taged"}]}, "rule.rules[1]", "rule.unknown_kind"),
        ({"kind": "trait", "trait": "nothing", "is": {"test": "known"}}, "rule.trait", "rule.trait"),
        ({}, "rule", "rule.missing"),
        ({"kind": "trait", "trait": "name", "is": {"test": "range", "at_least": 1}}, "rule.is", "rule.type"),
        ({"kind": "tagged", "tag": "a", "colour": "red"}, "rule.colour", "rule.unknown_field"),
        ({"kind": "any_of", "rules": [{"kind": "all_of", "rules": []}]}, "rule.rules[0].rules", "rule.empty"),
        (
            {"kind": "trait", "trait": "name", "is": {"test": "one_of", "values": ["a"] * 10_000}},
            "rule.is.values",
            "rule.long",
        ),
        ({"kind": "in_segment", "segment": 9}, "rule.segment", "rule.segment"),
        (nested(40), "rule", "rule.deep"),
    ],
)
def test_a_bad_rule_is_told_at_its_place(call: Program, rule: dict[str, Any], place: str, code: str) -> None:
    for answer in (
        call("POST", "/segments/preview", {"rule": rule}),
        call("POST", "/segments", {"name": "S", "rule": rule}),
    ):
        told(answer, 422, code)
        assert [(one["place"], one["code"]) for one in answer.json()["errors"]] == [(place, code)]
    assert call.get("/segments").json()["items"] == []


def test_a_rule_may_be_as_deep_as_rules_are_and_a_body_not_much_deeper(call: Program) -> None:
    deep: dict[str, Any] = {"kind": "trait", "trait": "name", "is": {"test": "one_of", "values": ["N"]}}
    for _ in range(19):
        deep = {"kind": "all_of", "rules": [deep]}
    assert call("POST", "/segments/preview", {"rule": deep}).json()["count"] == len(everybody(call))
    told(call("POST", "/segments/preview", {"rule": nested(200)}), 400, "body.too_deep")


def test_a_segment_from_its_making_to_its_end(brand: Brand, call: Program) -> None:
    made = call("POST", "/segments", {"name": "Reachable", "rule": PHONE}, idempotency_key="s")
    assert made.status_code == 201
    assert call("POST", "/segments", {"name": "Reachable", "rule": PHONE}, idempotency_key="s").json() == made.json()
    told(call("POST", "/segments", {"name": "Reachable", "rule": PHONE}), 409, "segment.name_taken")
    place = f"/segments/{made.json()['id']}"
    assert (made.json()["state"], made.json()["rule"]) == ("building", PHONE)
    assert upkeep.build(brand.workspace.pk, to_micros(system_clock())) == 1
    shown = call.get(place)
    assert shown.json()["state"] == "current"
    assert shown.json()["sentence"] == "has a phone number"
    why = call.get(f"{place}/why/{everybody(call)[0]}").json()
    assert why == {"kind": "identified", "sentence": "has a phone number", "holds": False, "parts": []}
    told(call.get(f"{place}/why/2000000"), 404, "person.unknown")
    changed = call("PATCH", place, {"note": "by SMS"}, if_match=shown["ETag"]).json()
    assert (changed["name"], changed["note"], changed["edition"]) == ("Reachable", "by SMS", 1)
    told(call("PATCH", place, {"note": "x"}, if_match=shown["ETag"]), 412, "state.changed")
    changed = call("PATCH", place, {"rule": {"kind": "not", "rule": PHONE}}).json()
    assert (changed["state"], changed["edition"]) == ("building", 2)
    outer = call("POST", "/segments", {"name": "O", "rule": {"kind": "in_segment", "segment": made.json()["id"]}})
    told(call("DELETE", place), 409, "segment.used")
    assert call.get(place).json()["used_by"] == [{"kind": "segment", "name": "O", "id": outer.json()["id"]}]
    ring = call("PATCH", place, {"rule": {"kind": "in_segment", "segment": outer.json()["id"]}})
    told(ring, 422, "segment.ring")
    assert "in a ring: O → Reachable → O." in ring.json()["detail"]
    assert call("DELETE", f"/segments/{outer.json()['id']}").status_code == 204
    assert call("DELETE", place).status_code == 204
    told(call.get(place), 404, "segment.unknown")
    told(call.get(f"{place}/members"), 404, "segment.unknown")
    told(call.get(f"{place}/changes"), 404, "segment.unknown")


def test_a_list_and_its_members_page_by_page(brand: Brand, call: Program) -> None:
    people = everybody(call)[:5]
    made = call("POST", "/segments", {"name": "Chosen", "kind": "list", "people": people[:3]}).json()
    place = f"/segments/{made['id']}"
    assert (made["size"], made["rule"], made["sentence"]) == (3, None, None)
    assert (
        call("POST", f"{place}/members", {"put_in": people[3:], "take_out": people[:1]}).json()["size"]
        == len(people) - 1
    )
    page = call.get(f"{place}/members?limit=2").json()
    further = call.get(f"{place}/members?limit=200&cursor={page['next']}").json()
    assert [one["person"] for one in [*page["items"], *further["items"]]] == people[1:]
    assert further["next"] is None
    changes = call.get(f"{place}/changes").json()["items"]
    assert [(one["cause"], one["entered"], one["left"], one["size"]) for one in changes] == [
        ("member", len(people) - 3, 1, len(people) - 1),
        ("member", 3, 0, 3),
    ]
    told(call("POST", f"{place}/members", {"put_in": [2_000_000]}), 422, "segment.people")
    told(call("PATCH", place, {"rule": PHONE}), 422, "segment.kind")
    told(call.get(f"{place}/why/{people[1]}"), 422, "segment.kind")


def test_a_file_becomes_a_list(brand: Brand, call: Program) -> None:
    content = b'{"user_id": "u1"}\n{"user_id": "nobody"}\n{"user_id": "u2"}\n'
    made = call("POST", "/segments/upload?name=L&note=from+the+fair", content, content_type=OCTETS)
    assert made.status_code == 201, made.json()
    shown = made.json()
    assert (shown["kind"], shown["state"], shown["size"], shown["note"]) == ("list", "current", 2, "from the fair")
    assert shown["upload"] == {"rows": 3, "missing": 1, "missed": [[2, 2]], "done": True}
    told(call("POST", "/segments/upload?name=M", b"u1\nu2\n", content_type=OCTETS), 422, "segment.columns")
    made = call("POST", "/segments/upload?name=M&holds=user_id", b"u1\nu3\n", content_type=OCTETS).json()
    assert made["size"] == 2
    told(call("POST", "/segments/upload?name=N&holds=user_id", b"none\n", content_type=OCTETS), 422, "segment.nobody")
    told(call("POST", "/segments/upload?name=N", b"", content_type=OCTETS), 422, "upload.none")
    first, second = shown["id"], made["id"]
    found = call.get(f"/segments/overlap?segment={first}&segment={second}").json()["parts"]
    assert found == [
        {"inside": [first, second], "people": 1},
        {"inside": [first], "people": 1},
        {"inside": [second], "people": 1},
    ]
    told(call.get(f"/segments/overlap?segment={first}&segment=2000000"), 404, "segment.unknown")
    told(call.get(f"/segments/overlap?segment={first}"), 422, "segment.overlap")
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    yesterday = today - timedelta(days=1)
    sizes = call.get(f"/segments/{first}/sizes?from={yesterday}&to={today}").json()["days"]
    assert sizes == [{"day": str(yesterday), "size": None}, {"day": str(today), "size": 2}]
    told(call.get(f"/segments/{first}/sizes?from={today}&to={yesterday}"), 422, "segment.days")
