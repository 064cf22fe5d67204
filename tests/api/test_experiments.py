"""Experiments by the API: drafts, who is shown which arm, and how many saw it."""

import pytest
from tests.api.conftest import Program
from tests.api.test_door import told
from tests.web.conftest import Brand

pytestmark = pytest.mark.django_db(transaction=True)
ARMS = [{"name": "plain", "weight": 1}, {"name": "red", "weight": 3}]
BUTTON = {"name": "Button", "seed": "spring", "arms": ARMS}


def test_an_experiment_from_draft_to_end(brand: Brand, call: Program) -> None:
    brand.send(*({"type": "identify", "userId": f"u{number}", "traits": {"a": 1}} for number in range(12)))
    made = call("POST", "/experiments", BUTTON)
    assert made.status_code == 201
    one = made.json()
    assert (one["state"], one["arms"], one["seed"]) == ("draft", ARMS, "spring")
    told(call("POST", "/experiments", BUTTON), 409, "arms.there")
    place = f"/experiments/{one['id']}"
    assert call("PUT", place, {"name": "Colour", "arms": ARMS}).json()["seed"] == "spring"
    told(call("POST", f"{place}/exposures", {"people": [1]}), 409, "arms.stands")
    told(call("POST", f"{place}/end"), 409, "arms.stands")
    assert call("POST", f"{place}/start").json()["state"] == "running"
    told(call("POST", f"{place}/start"), 409, "arms.started")
    told(call("PUT", place, BUTTON), 409, "arms.runs")
    told(call("DELETE", place), 409, "arms.ran")

    assert call.get(f"{place}/people/3").json()["exposed_at"] is None
    shown = call("POST", f"{place}/exposures", {"people": [1, 2, 3, 4, 2_000_000]}).json()
    assert [given["person"] for given in shown["people"]] == [1, 2, 3, 4]
    assert shown["new"] == 4
    brand.project()
    mine = call.get(f"{place}/people/3").json()
    assert mine["arm"] == shown["people"][2]["arm"]
    assert mine["exposed_at"] is not None
    told(call.get(f"{place}/people/2000000"), 404, "person.unknown")
    assert call("POST", f"{place}/exposures", {"people": [1, 2, 3]}).json()["new"] == 0
    seen = call.get(f"{place}/exposures").json()
    assert sum(arm["people"] for arm in seen["arms"]) == 4
    assert {arm["name"]: arm["people"] for arm in seen["arms"]} == {
        name: sum(given["arm"] == name for given in shown["people"]) for name in ("plain", "red")
    }
    assert seen["chance"] is None

    assert call("POST", f"{place}/end").json()["state"] == "ended"
    told(call("POST", f"{place}/exposures", {"people": [5]}), 409, "arms.stands")
    draft = call("POST", "/experiments", {"name": "Other", "arms": ARMS}).json()
    assert len(draft["seed"]) == 16
    assert [one["name"] for one in call.get("/experiments").json()["items"]] == ["Other", "Colour"]
    assert call("DELETE", f"/experiments/{draft['id']}").status_code == 204
    told(call.get(f"/experiments/{draft['id']}"), 404, "arms.unknown")


def test_arms_that_cannot_be_drawn_are_told(call: Program) -> None:
    for arms, code in (
        ([{"name": "a"}], "request.invalid"),
        ([{"name": "a"}, {"name": "a"}], "arms.twice"),
        ([{"name": "a"}, {"name": " b"}], "arms.name"),
        ([{"name": "a"}, {"name": "b", "weight": 0}], "request.invalid"),
    ):
        told(call("POST", "/experiments", {"name": "E", "arms": arms}), 422, code)
    assert call.get("/experiments").json()["items"] == []
