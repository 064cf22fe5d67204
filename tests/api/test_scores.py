"""Scores by the API: settings, the matrix, and why somebody has the scores that they have."""

from typing import Any

import pytest
from tests.api.conftest import Program
from tests.api.test_door import told
from tests.web.conftest import Brand

from lianyi.audience.scoring import queries, upkeep
from lianyi.audience.scoring.defaults import DEFAULTS
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.people.profiles.queries import search_people

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"kind": "identified", "by": "phone"}
SETTINGS: dict[str, Any] = {
    "fit": [{"rule": PHONE, "points": 80, "note": "reached by phone"},
            {"rule": {"kind": "not", "rule": PHONE}, "points": -10}],
    "weights": [{"event": "Product Viewed", "points": 20, "most_a_day": 2}],
    "half_life": 7,
}  # fmt: skip


@pytest.fixture
def people(brand: Brand) -> dict[str, int]:
    """Ann has a phone and did what counts, Bob neither."""
    brand.send(
        {"type": "identify", "userId": "ann", "traits": {"name": "Ann", "phone": "13912345678"}},
        {"type": "identify", "userId": "bob", "traits": {"name": "Bob"}},
        *({"userId": "ann", "event": "Product Viewed"} for _ in range(3)),
    )
    return {name: search_people(brand.workspace.pk, name)[0].number for name in ("Ann", "Bob")}


def test_settings_are_offered_taken_and_changed(brand: Brand, call: Program) -> None:
    place = "/scores/settings"
    offered = call.get(place).json()
    assert (offered["taken"], offered["due"], offered["edition"], len(offered["fit"])) == (False, False, 0, 8)
    settings = {name: offered[name] for name in offered if name not in ("taken", "due", "edition")}
    taken = call("PUT", place, settings).json()
    assert taken == {**offered, "taken": True, "due": True, "edition": 1}
    assert queries.scoring(brand.workspace.pk).settings == DEFAULTS
    seen = call.get(place)
    changed = call("PUT", place, SETTINGS, if_match=seen["ETag"])
    assert (changed.json()["edition"], changed.json()["half_life"]) == (2, 7)
    assert changed.json()["matrix"] == list(DEFAULTS.matrix)
    told(call("PUT", place, settings, if_match=seen["ETag"]), 412, "state.changed")


@pytest.mark.parametrize(
    ("change", "code", "places"),
    [
        ({"fit": [{"rule": {"kind": "did", "event": "x"}, "points": 1}]}, "scoring.rule", ["body.fit[0].rule"]),
        ({"fit": [{"rule": {"kind": "trait"}, "points": 1}, {"rule": {}, "points": 1}]}, "rule.missing",
         ["body.fit[0].rule.trait", "body.fit[0].rule.is", "body.fit[1].rule"]),
        ({"weights": [{"event": "x", "points": 1, "where": [{"property": ""}]}]}, "rule.empty",
         ["body.weights[0].where[0].property", "body.weights[0].where[0].is"]),
        ({"weights": [{"event": "score.changed", "points": 1}]}, "scoring.event", ["body.weights[0].event"]),
        ({"fit_grades": {"a": 1, "b": 2, "c": 3}}, "rule.value", ["body.fit_grades"]),
        ({"half_life": 0}, "request.invalid", ["body.half_life"]),
        ({"matrix": ["hot"]}, "request.invalid", ["body.matrix"]),
    ],
)  # fmt: skip
def test_each_mistake_is_named(call: Program, change: dict[str, Any], code: str, places: list[str]) -> None:
    answer = call("PUT", "/scores/settings", SETTINGS | change)
    told(answer, 422, code)
    assert [one["place"] for one in answer.json()["errors"]] == places
    assert call.get("/scores/settings").json()["taken"] is False


def test_matrix_standing_and_why(brand: Brand, call: Program, people: dict[str, int]) -> None:
    ann = f"/people/{people['Ann']}/score"
    told(call.get(ann), 409, "scoring.none")
    told(call.get(f"{ann}/why"), 409, "scoring.none")
    assert call.get("/scores/matrix").json()["cells"] == []
    call("PUT", "/scores/settings", SETTINGS)
    upkeep.build(brand.workspace.pk, to_micros(system_clock()))

    matrix = call.get("/scores/matrix").json()
    assert len(matrix["cells"]) == 16
    full = {(one["fit"], one["engagement"]): (one["people"], one["state"]) for one in matrix["cells"] if one["people"]}
    assert full == {("A", "B"): (1, "hot"), ("D", "D"): (matrix["people"] - 1, "invalid")}
    assert matrix["states"] == {"hot": 1, "nurture": 0, "watch": 0, "invalid": matrix["people"] - 1}

    shown = call.get(ann).json()
    assert (shown["fit"], shown["fit_grade"], shown["engagement_grade"], shown["state"]) == (80.0, "A", "B", "hot")
    assert 39.9 < shown["engagement"] <= 40
    why = call.get(f"{ann}/why?limit=2").json()
    assert [(one["sentence"], one["points"], one["holds"], one["note"]) for one in why["rules"]] == [
        ("has a phone number", 80, True, "reached by phone"),
        ("has no phone number", -10, False, ""),
    ]
    assert why["rules"][0]["rule"] == PHONE
    assert (why["points"], len(why["newest"]), why["others"]) == (80, 2, 1)
    assert sum(one["over"] for one in call.get(f"{ann}/why").json()["newest"]) == 1
    assert call.get(f"/people/{people['Bob']}/score").json()["fit"] == 0
    told(call.get("/people/2000000/score"), 404, "people.unknown")
    told(call.get(f"{ann}/why?limit=0"), 422, "request.invalid")
    chinese = call.get(f"{ann}/why", accept_language="zh-CN").json()
    assert chinese["rules"][0]["sentence"] == "有手机号"
