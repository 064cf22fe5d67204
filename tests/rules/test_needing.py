"""What a rule depends on."""

from typing import Any

import pytest

from lianyi.rules.needing import Needs, leaves, moved_by_time, needs
from lianyi.rules.nodes import Leaf
from lianyi.rules.reading import read

NOTHING = Needs(*(frozenset[Any]() for _ in range(8)), stage=False, time=False)
WITHIN = {"test": "within", "days": 3}
EVER = {"test": "dates", "from_on": "2026-01-01"}


def trait(test: str, **more: Any) -> dict[str, Any]:
    return {"kind": "trait", "trait": "born", "is": {"test": test, **more}}


def then(**more: Any) -> dict[str, Any]:
    return {"kind": "did_then", "first": {"event": "a"}, "then": {"event": "b"}, "within_days": 1, **more}


EACH: list[tuple[dict[str, Any], Needs]] = [
    (trait("known"), NOTHING._replace(traits=frozenset({"born"}))),
    (trait("from_today", to_days=0), NOTHING._replace(traits=frozenset({"born"}), time=True)),
    (trait("anniversary", within_days=0), NOTHING._replace(traits=frozenset({"born"}), time=True)),
    ({"kind": "tagged", "tag": "a", "dimension": "state"},
     NOTHING._replace(tags=frozenset({("state", "a")}), time=True)),
    ({"kind": "stage", "one_of": ["intent"]}, NOTHING._replace(stage=True)),
    ({"kind": "score", "axis": "fit", "at_least": 1}, NOTHING._replace(scores=frozenset({"fit"}))),
    ({"kind": "graded", "axis": "engagement", "one_of": ["A"]},
     NOTHING._replace(scores=frozenset({"engagement"}), time=True)),
    ({"kind": "warm", "one_of": ["hot"]}, NOTHING._replace(scores=frozenset({"fit", "engagement"}), time=True)),
    ({"kind": "consented", "channel": "sms", "purpose": "news"},
     NOTHING._replace(consents=frozenset({("sms", "news")}))),
    ({"kind": "source", "touch": "last", "code": "7"}, NOTHING._replace(touches=frozenset({"last"}))),
    ({"kind": "identified", "by": "phone"}, NOTHING._replace(identities=frozenset({"phone"}))),
    ({"kind": "did", "event": "a"}, NOTHING._replace(events=frozenset({"a"}))),
    ({"kind": "did", "event": "*", "during": WITHIN}, NOTHING._replace(events=frozenset({"*"}), time=True)),
    ({"kind": "did", "event": "a", "during": EVER}, NOTHING._replace(events=frozenset({"a"}))),
    ({"kind": "did_when", "event": "a", "which": "last", "is": {"test": "from_today", "to_days": -1}},
     NOTHING._replace(events=frozenset({"a"}), time=True)),
    ({"kind": "did_when", "event": "a", "which": "last", "is": EVER}, NOTHING._replace(events=frozenset({"a"}))),
    ({"kind": "did_sum", "event": "a", "property": "p", "at_least": 1, "during": WITHIN},
     NOTHING._replace(events=frozenset({"a"}), time=True)),
    (then(), NOTHING._replace(events=frozenset({"a", "b"}))),
    (then(during=WITHIN), NOTHING._replace(events=frozenset({"a", "b"}), time=True)),
    (then(happened=False), NOTHING._replace(events=frozenset({"a", "b"}), time=True)),
    ({"kind": "in_segment", "segment": 7}, NOTHING._replace(segments=frozenset({7}))),
]  # fmt: skip


@pytest.mark.parametrize(("document", "needed"), EACH)
def test_each_leaf(document: dict[str, Any], needed: Needs) -> None:
    assert needs(read(document)) == needed


def test_a_tree_needs_what_its_leaves_need() -> None:
    every = [document for document, _ in EACH]
    rule = read({"kind": "any_of", "rules": [{"kind": "not", "rule": {"kind": "all_of", "rules": every}}, every[0]]})
    assert [type(leaf) for leaf in leaves(rule)] == [type(read(one)) for one in [*every, every[0]]]
    assert needs(rule) == Needs(
        traits=frozenset({"born"}),
        tags=frozenset({("state", "a")}),
        consents=frozenset({("sms", "news")}),
        touches=frozenset({"last"}),
        identities=frozenset({"phone"}),
        scores=frozenset({"fit", "engagement"}),
        events=frozenset({"a", "b", "*"}),
        segments=frozenset({7}),
        stage=True,
        time=True,
    )


def test_every_kind_of_leaf_is_here() -> None:
    kinds = {type(read(document)) for document, _ in EACH}
    assert kinds == set(Leaf.__args__)
    assert moved_by_time(read(EACH[1][0]))  # type: ignore[arg-type]
