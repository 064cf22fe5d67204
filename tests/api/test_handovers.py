"""Hand-overs by the API: offered, answered, won and lost, assigned, and measured."""

import csv
import io
from typing import Any

import pytest
from tests.api.conftest import Program, member_of, program
from tests.api.test_door import told
from tests.web.conftest import Brand

from lianyi.foundation.access.schemas import Role

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(brand: Brand, call: Program) -> list[int]:
    brand.send(
        *({"type": "identify", "userId": f"u{number}", "traits": {"name": f"=N{number}"}} for number in range(4))
    )
    return sorted(one["number"] for one in call.get("/people").json()["items"] if one["name"].startswith("=N"))


@pytest.fixture
def seller(brand: Brand) -> int:
    return int(member_of(brand, Role.SALES).pk)


def test_offered_accepted_and_won(call: Program, people: list[int], seller: int) -> None:
    made = call("POST", "/handovers", {"person": people[0]}, idempotency_key="o")
    assert made.status_code == 201
    assert call("POST", "/handovers", {"person": people[0]}, idempotency_key="o").json() == made.json()
    shown = made.json()
    assert (shown["person"], shown["state"], shown["member"], shown["late"]) == (people[0], "offered", seller, False)
    assert [(turn["member"], turn["outcome"]) for turn in shown["turns"]] == [(seller, None)]
    told(call("POST", "/handovers", {"person": people[0]}), 409, "handover.open")
    told(call("POST", "/handovers", {"person": 2_000_000}), 404, "person.unknown")
    place = f"/handovers/{shown['id']}"
    told(call("POST", f"{place}/win", {}), 409, "handover.state")
    accepted = call("POST", f"{place}/accept", {}).json()
    assert (accepted["state"], accepted["turns"][0]["outcome"]) == ("accepted", "accepted")
    told(call("POST", f"{place}/accept", {}), 409, "handover.state")
    told(call("POST", f"{place}/win", {"amount": "-1"}), 422, "handover.amount")
    told(call("POST", f"{place}/win", {"amount": "a lot"}), 422, "money.unreadable")
    won = call("POST", f"{place}/win", {"amount": "12800.50", "note": "signed"}).json()
    assert (won["state"], won["amount"], won["currency"], won["note"]) == ("won", "12800.5", "CNY", "signed")
    told(call("POST", f"{place}/lose", {"reason": "price"}), 409, "handover.closed")
    assert call.get(place).json() == won


def test_rejected_lost_and_passed_on(brand: Brand, call: Program, people: list[int], seller: int) -> None:
    first, second = (call("POST", "/handovers", {"person": person}).json()["id"] for person in people[:2])
    rejected = call("POST", f"/handovers/{first}/reject", {"reason": "unfit", "note": "too small"}).json()
    assert (rejected["state"], rejected["reason"], rejected["note"]) == ("rejected", "unfit", "too small")
    assert rejected["paused_until"] > rejected["changed_at"]
    told(call("POST", f"/handovers/{second}/lose", {"reason": "price"}), 409, "handover.state")
    told(call("POST", f"/handovers/{second}/reject", {"reason": "whatever"}), 422, "request.invalid")
    passed = call("POST", f"/handovers/{second}/pass", {"member": brand.owner.pk}).json()
    assert (passed["member"], [turn["outcome"] for turn in passed["turns"]]) == (brand.owner.pk, ["passed", None])
    told(call("POST", f"/handovers/{second}/pass", {"member": 2_000_000}), 422, "handover.member")
    call("POST", f"/handovers/{second}/accept", {"member": seller})
    lost = call("POST", f"/handovers/{second}/lose", {"reason": "competitor"}).json()
    assert (lost["state"], lost["reason"], lost["member"]) == ("lost", "competitor", seller)


def test_lists_are_filtered_and_go_on(call: Program, people: list[int], seller: int) -> None:
    numbers = [call("POST", "/handovers", {"person": person}).json()["id"] for person in people]
    call("POST", f"/handovers/{numbers[0]}/accept", {})
    page = call.get("/handovers?limit=3").json()
    rest = call.get(f"/handovers?limit=3&cursor={page['next']}").json()
    assert [one["id"] for one in [*page["items"], *rest["items"]]] == [numbers[0], *reversed(numbers[1:])]
    assert rest["next"] is None
    assert [one["id"] for one in call.get(f"/handovers?state=accepted&member={seller}").json()["items"]] == numbers[:1]
    assert [one["id"] for one in call.get(f"/handovers?person={people[2]}").json()["items"]] == [numbers[2]]
    assert call.get("/handovers?member=2000000").json()["items"] == []


def test_a_file_defuses_what_a_spreadsheet_would_compute(call: Program, people: list[int], seller: int) -> None:
    number = call("POST", "/handovers", {"person": people[0]}).json()["id"]
    call("POST", f"/handovers/{number}/reject", {"reason": "other", "note": "=1+1"})
    answer = call.get("/handovers/export")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    wanted = {"number": str(number), "name": "'=N0", "state": "rejected", "member": str(seller), "note": "'=1+1"}
    assert wanted.items() <= row.items()
    assert call.get("/audit").json()["items"][0]["action"] == "handover.exported"


def test_assignment_is_put_and_shown(brand: Brand, call: Program, people: list[int], seller: int) -> None:
    assert call.get("/handovers/assignment").json() == {"accept_minutes": 1440, "pause_days": 30, "rules": []}
    rule = {"kind": "identified", "by": "user_id"}
    asked: dict[str, Any] = {
        "accept_minutes": 60,
        "pause_days": 7,
        "rules": [{"name": "Boss", "way": "member", "rule": rule, "members": [brand.owner.pk]}],
    }
    put = call("PUT", "/handovers/assignment", asked)
    assert put.status_code == 200
    assert put.json() == call.get("/handovers/assignment").json()
    assert put.json()["rules"] == [{**asked["rules"][0], "trait": "", "table": {}}]
    made = call("POST", "/handovers", {"person": people[0]}).json()
    assert (made["member"], made["rule"]) == (brand.owner.pk, "Boss")
    bad = {**asked, "rules": [{"name": "x", "way": "turns", "rule": {"kind": "taged"}, "members": [seller]}]}
    told(call("PUT", "/handovers/assignment", bad), 422, "rule.unknown_kind")
    told(call("PUT", "/handovers/assignment", {**asked, "accept_minutes": 0}), 422, "request.invalid")
    assert call.get("/handovers/assignment").json() == put.json()


def test_pace_by_member_and_source(call: Program, people: list[int], seller: int) -> None:
    first, _ = (call("POST", "/handovers", {"person": person}).json()["id"] for person in people[:2])
    call("POST", f"/handovers/{first}/accept", {})
    call("POST", f"/handovers/{first}/win", {"amount": "10"})
    found = call.get("/handovers/pace?from=2020-01-01&to=2100-01-01").json()
    pace = {"offered": 2, "accepted": 1, "rejected": 0, "expired": 0, "waiting": 1, "rate": 1.0, "won": 1, "lost": 0}
    (mine,), (source,) = found["members"], found["sources"]
    assert {"member": seller, **pace, "amounts": [{"amount": "10", "currency": "CNY"}]}.items() <= mine.items()
    assert {"channel": "", **pace}.items() <= source.items()
    assert call.get("/handovers/pace?from=2020-01-01&to=2020-01-02").json() == {"members": [], "sources": []}
    told(call.get("/handovers/pace?from=2020-01-02&to=2020-01-01"), 422, "handover.period")


def test_whoever_may_not_take_only_looks(brand: Brand, call: Program, people: list[int], seller: int) -> None:
    number = call("POST", "/handovers", {"person": people[0]}).json()["id"]
    viewer = program(brand, role=Role.VIEWER)
    assert viewer.get(f"/handovers/{number}").status_code == 200
    told(viewer("POST", f"/handovers/{number}/accept", {}), 403, "access.denied")
    told(viewer.get("/handovers/export"), 403, "access.denied")
