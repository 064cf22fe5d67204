"""Rules asked of one person in memory."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lianyi.kernel.clock import DAY, to_micros
from lianyi.rules.holding import holds
from lianyi.rules.nodes import Leaf
from lianyi.rules.person import FOR_EVER, Came, Happening, Moment, Person
from lianyi.rules.reading import read

NOW = to_micros(datetime(2026, 3, 1, 12, tzinfo=UTC))
MOMENT = Moment(NOW, ZoneInfo("Asia/Shanghai"))
WANG = Person(
    traits={"city": "Shanghai", "age": 30, "born": date(1996, 3, 5)},
    tags={("attribute", "vip"): FOR_EVER, ("state", "late"): NOW, ("state", "early"): NOW + 1},
    stage="repeat",
    scores={"fit": 80.0, "engagement": 12.5},
    grades={"fit": "A", "engagement": "C"},
    warm="nurture",
    consents=frozenset({("sms", "marketing")}),
    touches=(Came("wechat", "qr", "", "A7"), Came("baidu", "cpc", "spring", "")),
    identities=frozenset({"phone", "openid"}),
    events=(
        Happening("cart", NOW - 2 * DAY, {"price": 5}),
        Happening("order", NOW - DAY, {"price": 7}),
        Happening("stage.changed", NOW, {}),
    ),
    segments=frozenset({4}),
)
TRUE: list[dict[str, Any]] = [
    {"kind": "trait", "trait": "city", "is": {"test": "equals", "value": "shanghai"}},
    {"kind": "trait", "trait": "born", "is": {"test": "anniversary", "within_days": 4}},
    {"kind": "tagged", "tag": "vip"},
    {"kind": "tagged", "tag": "early", "dimension": "state"},
    {"kind": "stage", "one_of": ["repeat", "dormant"]},
    {"kind": "score", "axis": "fit", "at_least": 80, "at_most": 80},
    {"kind": "graded", "axis": "engagement", "one_of": ["C"]},
    {"kind": "warm", "one_of": ["hot", "nurture"]},
    {"kind": "consented", "channel": "SMS", "purpose": "Marketing"},
    {"kind": "source", "touch": "first", "channel": "wechat", "code": "A7"},
    {"kind": "source", "touch": "last", "campaign": "spring"},
    {"kind": "source", "touch": "any", "medium": "qr"},
    {"kind": "identified", "by": "openid"},
    {"kind": "in_segment", "segment": 4},
    {"kind": "did", "event": "*", "at_least": 2, "at_most": 2},
    {"kind": "did_when", "event": "order", "which": "last", "is": {"test": "from_today", "from_days": -1}},
    {"kind": "did_sum", "event": "order", "property": "price", "at_least": 7, "at_most": 7},
    {"kind": "did_then", "first": {"event": "cart"}, "then": {"event": "order"}, "within_days": 1},
]
FALSE: list[dict[str, Any]] = [
    {"kind": "trait", "trait": "income", "is": {"test": "range", "at_least": 0}},
    {"kind": "tagged", "tag": "late", "dimension": "state"},
    {"kind": "tagged", "tag": "vip", "dimension": "state"},
    {"kind": "stage", "one_of": ["prospect"]},
    {"kind": "score", "axis": "likelihood", "at_least": 0},
    {"kind": "score", "axis": "engagement", "at_least": 12.6},
    {"kind": "graded", "axis": "fit", "one_of": ["B", "C"]},
    {"kind": "warm", "one_of": ["hot"]},
    {"kind": "consented", "channel": "email", "purpose": "marketing"},
    {"kind": "source", "touch": "first", "channel": "baidu"},
    {"kind": "source", "touch": "any", "channel": "wechat", "medium": "cpc"},
    {"kind": "identified", "by": "email"},
    {"kind": "in_segment", "segment": 5},
    {"kind": "did", "event": "order", "during": {"test": "dates", "from_on": "2026-03-01"}},
    {"kind": "did_when", "event": "share", "which": "first", "is": {"test": "from_today", "to_days": 0}},
    {"kind": "did_sum", "event": "order", "property": "weight", "at_most": 100},
    {"kind": "did_then", "first": {"event": "order"}, "then": {"event": "cart"}, "within_days": 9},
]


@pytest.mark.parametrize("document", TRUE)
def test_what_holds(document: dict[str, Any]) -> None:
    assert holds(read(document), WANG, MOMENT)
    assert not holds(read({"kind": "not", "rule": document}), WANG, MOMENT)


@pytest.mark.parametrize("document", FALSE)
def test_what_does_not_hold(document: dict[str, Any]) -> None:
    assert not holds(read(document), WANG, MOMENT)
    assert holds(read({"kind": "not", "rule": document}), WANG, MOMENT)


def test_every_kind_of_leaf_is_here() -> None:
    for some in (TRUE, FALSE):
        assert {type(read(document)) for document in some} == set(Leaf.__args__)


def test_groups() -> None:
    every, some = ({"kind": kind, "rules": [TRUE[0], FALSE[0], TRUE[1]]} for kind in ("all_of", "any_of"))
    assert not holds(read(every), WANG, MOMENT)
    assert holds(read(some), WANG, MOMENT)
    assert holds(read({"kind": "all_of", "rules": TRUE}), WANG, MOMENT)
    assert not holds(read({"kind": "any_of", "rules": FALSE}), WANG, MOMENT)


def test_of_nobody_nothing_holds() -> None:
    nobody = Person()
    stage = {"kind": "stage", "one_of": ["prospect"]}
    assert holds(read(stage), nobody, MOMENT)
    assert not any(holds(read(document), nobody, MOMENT) for document in TRUE)
