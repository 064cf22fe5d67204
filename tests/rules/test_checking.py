"""Rules against what there is."""

from typing import Any

import pytest

from lianyi.rules.checking import Vocabulary, check
from lianyi.rules.reading import read

VOCABULARY = Vocabulary(
    traits={"city": "text", "age": "number", "born": "date", "seen": "moment", "likes": "list", "member": "boolean"},
    segments={3},
    tags={("attribute", "vip")},
    events={"order.placed"},
)


def trait(name: str, test: str, **more: Any) -> dict[str, Any]:
    return {"kind": "trait", "trait": name, "is": {"test": test, **more}}


def both(document: dict[str, Any]) -> tuple[list[tuple[str, str, str]], list[tuple[str, str, str]]]:
    checked = check(read({"kind": "all_of", "rules": [{"kind": "not", "rule": document}]}), VOCABULARY)
    errors, remarks = ([(one.place, one.code, str(one.sentence)) for one in some] for some in checked)
    return errors, remarks


@pytest.mark.parametrize(
    "document",
    [
        *(trait(name, "known") for name in VOCABULARY.traits),
        trait("city", "equals", value="x"),
        trait("age", "equals", value=3),
        trait("member", "equals", value=True),
        trait("city", "one_of", values=["a", "b"]),
        trait("age", "one_of", values=["a", 3]),
        trait("city", "contains", text="a"),
        trait("city", "starts_with", text="a"),
        trait("age", "range", at_least=1),
        trait("born", "anniversary", within_days=1),
        trait("seen", "from_today", to_days=1),
        trait("born", "dates", to_on="2026-01-01"),
        trait("likes", "has", values=["a"]),
        {"kind": "tagged", "tag": "vip"},
        {"kind": "in_segment", "segment": 3},
        {"kind": "did", "event": "order.placed"},
        {"kind": "did", "event": "*"},
    ],
)
def test_what_is_there_is_fine(document: dict[str, Any]) -> None:
    assert both(document) == ([], [])


@pytest.mark.parametrize(
    ("document", "place", "code", "sentence"),
    [
        (trait("citi", "known"), "trait", "rule.trait", "There is no trait 'citi'; did you mean 'city'?"),
        (trait("xyz", "known"), "trait", "rule.trait", "There is no trait 'xyz'."),
        (trait("age", "equals", value="3"), "is", "rule.type",
         "'age' is of the type number; this test is for text."),
        (trait("city", "range", at_most=3), "is", "rule.type",
         "'city' is of the type text; this test is for number."),
        (trait("likes", "one_of", values=[1, "a"]), "is", "rule.type",
         "'likes' is of the type list; this test is for text, number."),
        (trait("age", "from_today", to_days=3), "is", "rule.type",
         "'age' is of the type number; this test is for date, moment."),
        ({"kind": "in_segment", "segment": 4}, "segment", "rule.segment", "There is no segment 4."),
        ({"kind": "did", "event": "segment.left"}, "event", "rule.event",
         "Ask whether they are in the segment instead: rules about these events would go in circles."),
    ],
)  # fmt: skip
def test_what_is_not_there_is_an_error(document: dict[str, Any], place: str, code: str, sentence: str) -> None:
    assert both(document) == ([(f"rules[0].rule.{place}", code, sentence)], [])


def test_what_nobody_said_yet_is_a_remark() -> None:
    assert both({"kind": "tagged", "tag": "vip", "dimension": "state"}) == (
        [], [("rules[0].rule.tag", "rule.tag", "Nobody has the tag 'vip' yet.")])  # fmt: skip
    then = {"kind": "did_then", "first": {"event": "a"}, "then": {"event": "order.placed"}, "within_days": 1}
    assert both(then) == ([], [("rules[0].rule.first.event", "rule.event", "No event 'a' has come yet.")])
