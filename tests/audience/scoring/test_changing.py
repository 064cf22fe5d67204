"""Settings: what is refused, at its place, and what stays while everybody is scored anew."""

import json
from typing import Any

import pytest
from tests.audience.scoring.conftest import SETTINGS, SHANGHAI, Shop
from tests.people.erasing.told import identify

from lianyi.audience.scoring import actions, queries, upkeep
from lianyi.audience.scoring.checking import read_document
from lianyi.audience.scoring.defaults import DEFAULTS
from lianyi.audience.scoring.definitions import read_settings, stored_settings
from lianyi.foundation.audit.models import AuditLine
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.kernel.errors import Refused
from lianyi.rules.reading import BadRule

WARM = {"kind": "warm", "one_of": ["hot"]}
DID = {"kind": "did", "event": "x"}
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"fit": [{"rule": DID, "points": 5}]}, "fit[0].rule"),
    ({"fit": [{"rule": {"kind": "not", "rule": WARM}, "points": 5}]}, "fit[0].rule.rule"),
    ({"fit": [{"rule": {"kind": "in_segment", "segment": 1}, "points": 5}]}, "fit[0].rule"),
    ({"fit": [{"rule": SHANGHAI, "points": 5}, {"rule": SHANGHAI | {"trait": "no"}, "points": 1}]},
     "fit[1].rule.trait"),
    ({"fit": [{"rule": {"kind": "nothing"}, "points": 5}]}, "fit[0].rule"),
    ({"fit": [{"rule": SHANGHAI, "points": 101}]}, "fit[0].points"),
    ({"fit": [{"rule": SHANGHAI, "points": 1.5}]}, "fit[0].points"),
    ({"weights": [{"event": "score.changed", "points": 5}]}, "weights[0].event"),
    ({"weights": [{"event": "segment.entered", "points": 5}]}, "weights[0].event"),
    ({"weights": [{"event": "x", "points": 0}]}, "weights[0].points"),
    ({"weights": [{"event": "x", "points": 1, "most_a_day": 0}]}, "weights[0].most_a_day"),
    ({"half_life": 0}, "half_life"),
    ({"fit_grades": {"a": 50, "b": 50, "c": 10}}, "fit_grades"),
    ({"matrix": ["hot"]}, "matrix"),
    ({"unknown": 1}, "unknown"),
]  # fmt: skip


def test_what_is_wrong_is_told_at_its_place(shop: Shop) -> None:
    shop.tell(identify("a", city="Shanghai"))
    for settings, place in REFUSED:
        with pytest.raises(BadRule) as bad:
            actions.change_settings(shop.workspace, read_document(SETTINGS | settings), system_clock())
        assert bad.value.problems[0].place == place, settings
        assert queries.scoring(shop.workspace).taken is False


def test_what_is_stored_reads_back() -> None:
    for settings in (DEFAULTS, read_document(SETTINGS)):
        assert read_settings(json.loads(json.dumps(stored_settings(settings)))) == settings


def test_scores_are_those_of_before_until_everybody_is_scored_anew(shop: Shop) -> None:
    shop.tell(identify("a", city="Shanghai"))
    assert queries.standing(shop.workspace, shop.person("a"), 0) is None
    shop.score()
    assert shop.standing("a").fit == 50
    changed = read_document(SETTINGS | {"fit": [{"rule": SHANGHAI, "points": 90}], "half_life": 7})
    assert actions.change_settings(shop.workspace, changed, system_clock()) == 2
    assert shop.standing("a").fit == 50
    assert shop.who({"kind": "graded", "axis": "fit", "one_of": ["B"]}) == shop.people("a")
    assert upkeep.build(shop.workspace, to_micros(system_clock()))
    assert (shop.standing("a").fit, shop.standing("a").fit_grade) == (90, "A")
    assert shop.told() == []
    lines = AuditLine.objects.filter(workspace=shop.workspace, action="scoring.changed")
    assert [line.detail for line in lines.order_by("pk")] == [{"edition": 1}, {"edition": 2}]


def test_nobody_asks_about_who_is_not_there(shop: Shop) -> None:
    shop.tell(identify("a", city="Shanghai"))
    shop.score()
    for ask in (queries.standing, queries.why):
        with pytest.raises(Refused, match="no person"):
            ask(shop.workspace, 987_654, 0)
        with pytest.raises(Refused, match="no person"):
            ask(shop.workspace + 1, shop.person("a"), 0)
