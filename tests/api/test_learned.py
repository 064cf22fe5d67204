"""Learned models by the API: made, looked at, chosen, and what they say of people."""

from typing import Any

import pytest
from tests.api.conftest import Program
from tests.api.test_door import told
from tests.audience.learned.reports import REPORT, learned
from tests.web.conftest import Brand
from tests.web.learned.often import often

from lianyi.audience.learned.running import PIECES
from lianyi.kernel.clock import system_clock

pytestmark = pytest.mark.django_db(transaction=True)
TRIAL = {"name": "Trial", "event": "Trial Started", "times": 2, "days": 14}


def test_a_model_from_its_making_to_its_end(brand: Brand, call: Program) -> None:
    brand.send({"userId": "a", "event": "Trial Started"})
    assert call.get("/models/outcomes").json() == {"items": ["Trial Started"], "next": None}
    few = told(call("POST", "/models", TRIAL), 422, "learned.few")
    assert " 0 people at the most can have had the outcome; it takes 200." in few["detail"]
    often(brand, "Trial Started", 14, learned=400)
    told(call("POST", "/models", TRIAL), 422, "learned.few_tested")
    often(brand, "Trial Started", 14, learned=0)
    made = call("POST", "/models", TRIAL)
    assert made.status_code == 201
    model = made.json()
    assert (model["state"], model["outcome"]) == ("running", {"kind": "did", "event": "Trial Started", "at_least": 2})
    assert (model["sentence"], model["report"]) == ("did 'Trial Started' at least 2 times", None)
    told(call("POST", "/models", TRIAL), 409, "learned.there")
    place = f"/models/{model['id']}"
    told(call("POST", f"{place}/learn"), 409, "learned.runs")
    assert PIECES.claim("one") == model["id"]
    PIECES.run(model["id"], "one", system_clock)
    shown = call.get(place).json()
    assert shown["state"] == "failed"
    assert shown["problem"].startswith("Of 0 people known 28 days ago, 0 had the outcome in the 14 days after;")
    assert call("POST", f"{place}/learn").json()["state"] == "running"
    assert call("POST", f"{place}/stop").json()["state"] == "stopped"
    told(call("POST", f"{place}/choose"), 409, "learned.no_scores")
    assert call("DELETE", place).status_code == 204
    told(call.get(place), 404, "learned.unknown")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"name": "X", "days": 30}, "learned.which"),
        ({"name": "X", "days": 30, "event": "a", "outcome": {"kind": "did", "event": "a"}}, "learned.which"),
        ({"name": "X", "days": 30, "outcome": {"kind": "tagged", "tag": "vip"}}, "learned.outcome"),
        ({"name": "X", "days": 30, "outcome": {"kind": "dud"}}, "rule.unknown_kind"),
        ({"name": "X", "days": 0, "event": "a"}, "request.invalid"),
    ],
)
def test_what_is_no_outcome_is_told(call: Program, body: dict[str, Any], code: str) -> None:
    told(call("POST", "/models", body), 422, code)
    assert call.get("/models").json()["items"] == []


def test_what_a_model_says_of_itself_and_of_people(brand: Brand, call: Program) -> None:
    people = {person: person / 10 for person in range(1, 8)}
    brand.send(*({"type": "identify", "userId": f"u{number}", "traits": {"a": 1}} for number in people))
    number = learned(brand.workspace.pk, scores=people)
    chosen = call("POST", f"/models/{number}/choose").json()
    assert (chosen["chosen"], chosen["auc"]) == (True, REPORT.auc)
    report = chosen["report"]
    assert (report["learned"], report["auc_from"], report["trained_at"]) == (2400, 0.7561, "2026-09-02T12:00:00Z")
    assert report["curve"][0] == {"said": 0.02, "happened": 0.024, "people": 120}
    assert report["reasons"][1]["sentence"] == "'city' is 'Shanghai'"
    assert [one["why"] for one in report["left_out"]] == ["later", "alone"]
    found, cursor = [], ""
    while True:
        page = call.get(f"/models/{number}/people?limit=2&at_least=20{cursor}").json()
        found += [(one["person"], one["likelihood"]) for one in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert found == [(person, 10.0 * person) for person in range(2, 8)]
    nothing = learned(brand.workspace.pk, "Nothing", report=REPORT._replace(useful=False))
    assert call.get(f"/models/{nothing}/people").json() == {"items": [], "next": None}
    assert [one["name"] for one in call.get("/models").json()["items"]] == ["Nothing", "Buyers"]
