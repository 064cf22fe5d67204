"""Spend matched with people: the line that names most covers them, and nobody counts twice."""

from decimal import Decimal

from lianyi.campaigns.spend.schemas import Cost
from lianyi.events.schemas import Source
from lianyi.insight.newcomers.schemas import Came
from lianyi.insight.returns.queries import Return, returns

WECHAT, SPRING = Source("wechat", "", "", ""), Source("wechat", "", "spring", "")


def test_people_belong_to_the_line_that_names_most() -> None:
    costs = [Cost(WECHAT, "CNY", Decimal(300)), Cost(SPRING, "CNY", Decimal(50)), Cost(SPRING, "USD", Decimal(8))]
    came = [
        Came(Source("wechat", "social", "spring", ""), 4, 2, Decimal(99)),
        Came(Source("wechat", "social", "", ""), 2, 0, Decimal(0)),
        Came(Source("weibo", "social", "spring", ""), 7, 1, Decimal(5)),
        Came(Source("weibo", "", "", "c1"), 1, 0, Decimal(0)),
        Came(None, 9, 0, Decimal(0)),
    ]
    assert returns(costs, came) == [
        Return(WECHAT, [(Decimal(300), "CNY")], 2, 0, Decimal(0)),
        Return(SPRING, [(Decimal(50), "CNY"), (Decimal(8), "USD")], 4, 2, Decimal(99)),
        Return(None, [], 9, 0, Decimal(0)),
        Return(Source("weibo", "", "", ""), [], 8, 1, Decimal(5)),
    ]
    assert returns(costs, came)[1].each == [(Decimal("12.5"), "CNY"), (Decimal(2), "USD")]
    assert returns(costs, [])[0].each == []
