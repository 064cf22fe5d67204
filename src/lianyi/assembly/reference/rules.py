"""The page about rules: each node as an example, with what it says in both languages."""

import json
from typing import Any

from django.utils import translation

from lianyi.assembly.reference.words import table
from lianyi.rules.describing import describe
from lianyi.rules.nodes import NO_DOING
from lianyi.rules.reading import read

_HEAD = """<!-- Written by `make reference`; change what it is written from. -->
# 规则 Rules

规则是一棵用 JSON 写的树：人群、API、`lianyi segment` 与页面用的都是它。叶子是对客户的提问，
`all_of`（都符合）、`any_of`（任一符合）和 `not`（不符合）把它们组合起来。
A rule is a tree in JSON, the same for segments, the API, `lianyi segment` and the pages. Its leaves ask something of a
person; `all_of`, `any_of` and `not` put them together.

- 没有的值不符合任何条件，所以它的 `not` 成立。文字不区分 A–Z 大小写；文字与数字永不相等。
  A test of something that a person does not have is false, so its `not` is true. Texts compare without regard to the
  case of A–Z; texts and numbers never equal each other.
- “N 天内”是 N 个 24 小时；日期按工作区的时区。机器产生的事件不计。
  *N days* are N times 24 hours; days of the calendar are those of the workspace's zone. What machines do counts for
  nothing.
- 事件 `*` 是客户做的任何事；由涟漪或成员说明的不算：{no_doing}。
  The event `*` is anything that a person does; what Lianyi or its members say of them is not: {no_doing}.
- 最多嵌套 20 层，一个列表最多 1,000 个值。
  Groups stand at most 20 deep in one another, and a list has at most 1,000 values.
"""
_DAYS = {"test": "within", "days": 30}
LEAVES: tuple[dict[str, Any], ...] = (
    {"kind": "trait", "trait": "city", "is": {"test": "known"}},
    {"kind": "trait", "trait": "city", "is": {"test": "equals", "value": "上海"}},
    {"kind": "trait", "trait": "level", "is": {"test": "one_of", "values": ["gold", "platinum"]}},
    {"kind": "trait", "trait": "company", "is": {"test": "contains", "text": "Tea"}},
    {"kind": "trait", "trait": "company", "is": {"test": "starts_with", "text": "Blue"}},
    {"kind": "trait", "trait": "age", "is": {"test": "range", "at_least": 18, "less_than": 65}},
    {"kind": "trait", "trait": "since", "is": {"test": "dates", "from_on": "2026-01-01", "to_on": "2026-03-31"}},
    {"kind": "trait", "trait": "since", "is": {"test": "from_today", "from_days": -30, "to_days": 0}},
    {"kind": "trait", "trait": "birthday", "is": {"test": "anniversary", "within_days": 7}},
    {"kind": "trait", "trait": "likes", "is": {"test": "has", "values": ["coffee", "tea"]}},
    {"kind": "tagged", "tag": "vip", "dimension": "attribute"},
    {"kind": "stage", "one_of": ["repeat", "won_back"]},
    {"kind": "consented", "channel": "sms", "purpose": "marketing"},
    {"kind": "source", "touch": "first", "channel": "wechat", "campaign": "spring"},
    {"kind": "source", "touch": "any", "code": "A7"},
    {"kind": "identified", "by": "phone"},
    {"kind": "did", "event": "*", "during": _DAYS},
    {"kind": "did", "event": "order.placed", "at_least": 2, "at_most": 5, "during": _DAYS},
    {
        "kind": "did",
        "event": "Product Viewed",
        "at_least": 3,
        "where": [{"property": "category", "is": {"test": "equals", "value": "tea"}}],
    },
    {"kind": "did_when", "event": "order.placed", "which": "last", "is": {"test": "from_today", "to_days": -90}},
    {"kind": "did_sum", "event": "order.placed", "property": "total", "at_least": 1000, "during": _DAYS},
    {"kind": "did_then", "first": {"event": "Product Added"}, "then": {"event": "order.placed"}, "within_days": 1},
    {
        "kind": "did_then",
        "first": {"event": "Product Added"},
        "then": {"event": "order.placed"},
        "within_days": 1,
        "happened": False,
    },
    {"kind": "in_segment", "segment": 3},
    {"kind": "score", "axis": "fit", "at_least": 50},
    {"kind": "score", "axis": "likelihood", "at_least": 60},
    {"kind": "graded", "axis": "engagement", "one_of": ["A", "B"]},
    {"kind": "warm", "one_of": ["hot"]},
)
_TREE = {
    "kind": "all_of",
    "rules": [
        {"kind": "any_of", "rules": [LEAVES[1], LEAVES[10]]},
        {"kind": "not", "rule": {"kind": "did", "event": "order.placed", "during": _DAYS}},
    ],
}


def page() -> str:
    """The page."""
    rows = [[f"`{json.dumps(leaf, ensure_ascii=False)}`", *_told(leaf)] for leaf in LEAVES]
    tree = json.dumps(_TREE, ensure_ascii=False, indent=2)
    english, chinese = _told(_TREE)
    return "\n".join(
        [
            _HEAD.replace("{no_doing}", ", ".join(f"`{name}`" for name in sorted(NO_DOING))),
            "## 条件 Leaves\n",
            table(["JSON", "意思", "Meaning"], [[leaf, there, here] for leaf, here, there in rows]),
            '`at_least` 与 `at_most` 可以只写一个；`during` 也可以是 `{"test": "dates", …}`；`where` 的条件与属性相同，'
            "日期类除外。`score`、`graded`、`warm` 要等[评分](../how-to/scores.md)建好之后才能计算，"
            "其中的 `likelihood` 要等选定[预测模型](../how-to/predict.md)，单位是百分之一。",
            'One of `at_least` and `at_most` is enough; `during` may be `{"test": "dates", …}` too; `where` takes the '
            "tests of traits except those of days. `score`, `graded` and `warm` are answered once there are "
            "[scores](../how-to/scores.md), and `likelihood`, in percent, once a [model](../how-to/predict.md) is in "
            "use.\n",
            "## 组合 Groups\n",
            f"```json\n{tree}\n```\n",
            f"{chinese}",
            f"{english}\n",
        ]
    )


def _told(rule: dict[str, Any]) -> tuple[str, str]:
    """In English and in Chinese."""
    sentence = describe(read(rule))
    with translation.override("zh-hans"):
        return str(sentence), sentence.told(translation.gettext)
