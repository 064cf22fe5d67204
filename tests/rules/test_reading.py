"""Rules from JSON and into it, and what is said of bad ones."""

import json
from datetime import date
from typing import Any

import pytest

from lianyi.rules.nodes import AllOf, Did, Not, Tagged, Trait, Within
from lianyi.rules.reading import BadRule, read, stored, write
from lianyi.rules.values import Equals, FromToday

RULE = AllOf(
    rules=(
        Trait(trait="city", **{"is": Equals(value="上海")}),
        Not(rule=Tagged(tag="vip")),
        Did(event="order.placed", at_least=2, during=Within(days=90)),
    )
)
JSON = {
    "kind": "all_of",
    "rules": [
        {"kind": "trait", "trait": "city", "is": {"test": "equals", "value": "上海"}},
        {"kind": "not", "rule": {"kind": "tagged", "tag": "vip", "dimension": "attribute"}},
        {"kind": "did", "event": "order.placed", "at_least": 2, "during": {"test": "within", "days": 90}},
    ],
}


def test_a_rule_is_its_json() -> None:
    assert write(RULE) == JSON
    assert read(JSON) == read(json.dumps(JSON)) == read(json.dumps(JSON).encode()) == RULE
    assert read(stored(RULE)) == RULE
    assert stored(RULE) == {"version": 1, "rule": JSON}


def test_rules_are_keys() -> None:
    assert len({RULE, read(JSON), Tagged(tag="vip")}) == 2


def test_days_and_empty_bounds_survive() -> None:
    rule = Trait(trait="born", **{"is": FromToday(from_days=0)})
    assert write(rule) == {"kind": "trait", "trait": "born", "is": {"test": "from_today", "from_days": 0}}
    assert read(write(rule)) == rule
    dated = read({"kind": "trait", "trait": "born", "is": {"test": "dates", "to_on": "2026-02-28"}})
    assert dated.is_.to_on == date(2026, 2, 28)  # type: ignore[union-attr]


def equals(value: Any) -> dict[str, Any]:
    return {"kind": "trait", "trait": "trait", "is": {"test": "equals", "value": value}}


def nested(times: int) -> dict[str, Any]:
    rule: dict[str, Any] = {"kind": "tagged", "tag": "vip"}
    for _ in range(times):
        rule = {"kind": "not", "rule": rule}
    return rule


BAD: dict[str, tuple[Any, str, str, str]] = {
    "an empty group": ({"kind": "all_of", "rules": []}, "rules", "rule.empty", "This must not be empty."),
    "an unknown node": (
        {"kind": "any_of", "rules": [nested(0), {"kind": "taged", "tag": "vip"}]},
        "rules[1]",
        "rule.unknown_kind",
        "There is no 'taged'; there are trait, tagged, stage, score, graded, warm, consented, source, identified, did, "
        "did_when, did_sum, did_then, in_segment, all_of, any_of, not.",
    ),
    "no kind": ({"tag": "vip"}, "", "rule.missing", "It must say its kind."),
    "an unknown field": (
        {"kind": "tagged", "tag": "a", "tags": "b"},
        "tags",
        "rule.unknown_field",
        "There is no such field.",
    ),
    "a field that is missing": (
        {"kind": "not", "rule": {"kind": "tagged"}},
        "rule.tag",
        "rule.missing",
        "This must be there.",
    ),
    "a wrong type": (
        {"kind": "did", "event": "x", "at_least": "3"},
        "at_least",
        "rule.value",
        "This must be a whole number.",
    ),
    "half a time": (
        {"kind": "did", "event": "x", "at_least": 1.5},
        "at_least",
        "rule.value",
        "This must be a whole number.",
    ),
    "zero times": ({"kind": "did", "event": "x", "at_least": 0}, "at_least", "rule.value", "This must be 1 or more."),
    "a list for a value": (equals(["a"]), "is.value", "rule.value", "This must be a text, a number, or true or false."),
    "a value that is null": (
        equals(None),
        "is.value",
        "rule.value",
        "This must be a text, a number, or true or false.",
    ),
    "no bound": (
        {"kind": "trait", "trait": "a", "is": {"test": "range"}},
        "is",
        "rule.bounds",
        "Say at least one bound.",
    ),
    "bounds that cross": (
        {"kind": "did_when", "event": "x", "which": "last", "is": {"test": "from_today", "from_days": 1, "to_days": 0}},
        "is",
        "rule.bounds",
        "It ends before it begins.",
    ),
    "a day that does not exist": (
        {"kind": "trait", "trait": "a", "is": {"test": "dates", "from_on": "2026-02-30"}},
        "is.from_on",
        "rule.value",
        "This must be a day, as in 2026-01-31.",
    ),
    "a source that is nowhere": (
        {"kind": "source", "touch": "any"},
        "",
        "rule.bounds",
        "Say a channel, a medium, a campaign or a code.",
    ),
    "ten thousand values": (
        {"kind": "trait", "trait": "a", "is": {"test": "one_of", "values": list(range(10_000))}},
        "is.values",
        "rule.long",
        "A list of 10,000 is too long; 1,000 is the most.",
    ),
    "a deep tree": (nested(200), "", "rule.deep", "Groups stand 201 deep in one another, and 20 is the most."),
    "a later version": (
        {"version": 2, "rule": {}},
        "version",
        "rule.version",
        "There is no version 2; the newest is 1.",
    ),
    "a version that is no number": (
        {"version": True, "rule": {}},
        "version",
        "rule.version",
        "There is no version True; the newest is 1.",
    ),
    "an envelope with more in it": (
        {"version": 1, "rule": {}, "more": 1},
        "rule",
        "rule.json",
        "A rule is a JSON object.",
    ),
    "no JSON": ('{"kind": NaN}', "", "rule.json", "This is no JSON, from byte 9 on."),
    "a list": ("[1]", "", "rule.json", "A rule is a JSON object."),
    "brackets without end": ("[" * 100_000, "", "rule.json", "This is no JSON."),
    "broken text": (b'"\xff"', "", "rule.json", "This is no JSON."),
    "a name with a control sign": (
        {"kind": "tagged", "tag": "a\x00"},
        "tag",
        "rule.value",
        "A name has no spaces around it and no signs that cannot be printed.",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_is_told_at_its_place(name: str) -> None:
    document, place, code, sentence = BAD[name]
    with pytest.raises(BadRule) as caught:
        read(document)
    (problem,) = caught.value.problems
    assert (problem.place, problem.code, str(problem.sentence)) == (place, code, sentence)
    assert str(caught.value).startswith(f"{place}: {sentence}" if place else sentence)


def test_every_wrong_place_is_told_in_order() -> None:
    with pytest.raises(BadRule) as caught:
        read({"kind": "all_of", "rules": [{"kind": "tagged"}, nested(1), {"kind": "stage", "one_of": ["new"]}]})
    assert [(one.place, one.code) for one in caught.value.problems] == [
        ("rules[0].tag", "rule.missing"),
        ("rules[2].one_of[0]", "rule.value"),
    ]


def test_twenty_deep_is_not_too_deep() -> None:
    assert write(read(nested(19))) == write(read(nested(19)))
    with pytest.raises(BadRule):
        read(nested(20))


def test_how_much_a_rule_may_ask_is_bounded() -> None:
    tags = [{"kind": "tagged", "tag": str(number)} for number in range(166)]
    groups = [{"kind": "any_of", "rules": tags} for _ in range(3)]
    largest = {"kind": "all_of", "rules": [*groups[:2], {"kind": "any_of", "rules": tags[:164]}]}
    assert read(largest)  # 500 conditions and groups
    with pytest.raises(BadRule) as bad:
        read({"kind": "all_of", "rules": groups})
    assert bad.value.code == "rule.long"
    assert str(bad.value.sentence) == "The rule has 502 conditions and groups, and 500 is the most."


@pytest.mark.parametrize(
    "test",
    [
        {"test": "equals", "value": "a\x00"},
        {"test": "contains", "text": "\x00"},
        {"test": "one_of", "values": ["b", "\x00a"]},
    ],
)
def test_what_cannot_be_stored_is_told_at_its_place(test: dict[str, Any]) -> None:
    with pytest.raises(BadRule) as bad:
        read(json.dumps({"kind": "not", "rule": {"kind": "trait", "trait": "city", "is": test}}))
    (problem,) = bad.value.problems
    assert problem.place.startswith("rule.is.")
    assert str(problem.sentence) == "A text holds the character NUL, which cannot be stored."


def test_half_a_character_is_no_json() -> None:
    with pytest.raises(BadRule) as bad:
        read('{"kind": "tagged", "tag": "\ud800"}')
    assert bad.value.code == "rule.json"
