"""Rules in plain words, in both languages."""

from typing import Any

import pytest
from django.utils.translation import gettext, override

from lianyi.rules.describing import Names, describe
from lianyi.rules.reading import read


def trait(name: str, test: str, **more: Any) -> dict[str, Any]:
    return {"kind": "trait", "trait": name, "is": {"test": test, **more}}


def did(event: str, **more: Any) -> dict[str, Any]:
    return {"kind": "did", "event": event, **more}


LAST_90 = {"test": "within", "days": 90}
TAGGED = {"kind": "tagged", "tag": "vip"}
CASES: list[tuple[dict[str, Any], str, str]] = [
    (trait("city", "equals", value="上海"), "city is '上海'", "city是“上海”"),
    (trait("age", "range", at_least=18, less_than=65), "age is at least 18 and age is less than 65",
     "age不小于 18，并且age小于 65"),
    (trait("level", "one_of", values=["a", "b", 3]), "level is 'a', 'b' or 3", "level是“a”、“b”或3"),
    (trait("level", "one_of", values=list("abcdefg")), "level is 'a', 'b', 'c', 'd', 'e' or 2 others",
     "level是“a”、“b”、“c”、“d”、“e” 或另外 2 个"),
    (trait("born", "anniversary", within_days=7), "born lies with its anniversary within 7 days",
     "born在 7 天内逢周年"),
    (trait("since", "from_today", from_days=-30, to_days=0), "since lies in the last 30 days",
     "since在最近 30 天内"),
    (trait("since", "from_today", to_days=-31), "since lies 31 days ago or earlier", "since在 31 天前或更早"),
    (trait("since", "dates", from_on="2026-01-01", to_on="2026-01-31"), "since lies from 2026-01-01 to 2026-01-31",
     "since在 2026-01-01 至 2026-01-31"),
    (trait("since", "from_today", from_days=-30, to_days=-1), "since lies between 30 days ago and 1 day ago",
     "since在 30 天前至 1 天前"),
    ({"kind": "did_when", "event": "order", "which": "last",
      "is": {"test": "from_today", "from_days": 0, "to_days": 0}},
     "did 'order' last today", "最近一次做“order”是在今天"),
    (did("order", at_least=1, at_most=1, during={"test": "within", "days": 1}),
     "did 'order' exactly once in the last 1 day", "最近 1 天内做过“order”恰好 1 次"),
    ({"kind": "not", "rule": trait("city", "known")}, "city is not known", "city未知"),
    ({"kind": "not", "rule": TAGGED}, "does not have the tag 'vip'", "没有标签“vip”"),
    (did("order.placed", at_least=2, during=LAST_90), "did 'order.placed' at least 2 times in the last 90 days",
     "最近 90 天内做过“order.placed”至少 2 次"),
    (did("*"), "did anything", "做过任何事"),
    ({"kind": "did_then", "first": {"event": "cart"}, "then": {"event": "order"}, "within_days": 1, "happened": False},
     "did 'cart', and within 1 day after that not 'order'", "做过“cart”，并且之后 1 天内没有做“order”"),
    ({"kind": "did_sum", "event": "order", "property": "total", "at_least": 1000},
     "the sum of 'total' over 'order' is at least 1000", "“order”的“total”合计不小于 1000"),
    ({"kind": "stage", "one_of": ["repeat", "won_back"]}, "stands in the stage repeat or won back",
     "处于复购或赢回阶段"),
    ({"kind": "source", "touch": "first", "channel": "wechat", "code": "A7"}, "came first from wechat, A7",
     "首次来自“wechat、A7”"),
    ({"kind": "in_segment", "segment": 4}, "is in the segment 'Regulars'", "在人群“Regulars”中"),
    ({"kind": "in_segment", "segment": 5}, "is in the segment '5'", "在人群“5”中"),
    ({"kind": "all_of", "rules": [TAGGED, {"kind": "any_of", "rules": [{"kind": "identified", "by": "phone"},
                                                                    {"kind": "consented", "channel": "sms",
                                                                     "purpose": "marketing"}]}]},
     "has the tag 'vip' and (has a phone number or allows marketing by text message)",
     "有标签“vip”，并且（有手机号，或者同意通过短信接收营销信息）"),
    ({"kind": "not", "rule": {"kind": "all_of", "rules": [TAGGED, {"kind": "warm", "one_of": ["hot"]}]}},
     "not: (has the tag 'vip' and is hot)", "不符合：（有标签“vip”，并且评分状态是高意向）"),
]  # fmt: skip


@pytest.mark.parametrize(("document", "english", "chinese"), CASES, ids=[case[1] for case in CASES])
def test_a_rule_in_words(document: dict[str, Any], english: str, chinese: str) -> None:
    told = describe(read(document), Names(segments={4: "Regulars"}))
    assert str(told) == english
    with override("zh-hans"):
        assert told.told(gettext) == chinese


def test_names_of_people_are_used() -> None:
    names = Names(traits={"city": "City"}, events={"order.placed": "Order"})
    rule = read({"kind": "all_of", "rules": [trait("city", "known"), did("order.placed")]})
    assert str(describe(rule, names)) == "City is known and did 'Order'"
