"""What a rule is called by the names that a workspace and its languages have."""

import pytest
from django.utils.translation import gettext, override
from tests.audience.segments.conftest import Shop

from lianyi.audience.segments.previewing import names
from lianyi.rules.describing import describe
from lianyi.rules.nodes import AllOf, Did, Source


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "came first from WeChat, spring and did 'Order Completed'"),
        ("zh-hans", "首次来自“微信、spring”，并且做过“完成订单”"),
    ],
)
def test_channels_and_events_are_called_as_the_language_has_them(shop: Shop, language: str, told: str) -> None:
    rule = AllOf(rules=(Source(touch="first", channel="wechat", campaign="spring"), Did(event="Order Completed")))
    with override(language):
        assert describe(rule, names(shop.workspace, language)).told(gettext) == told
