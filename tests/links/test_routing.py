"""Where a link leads, and what is added to its address."""

import pytest

from lianyi.links.passwords import hashed, opens
from lianyi.links.routing import app_for, carrying, target_for
from lianyi.links.schemas import Link, Route

PLAIN = Link(
    number=7,
    workspace=1,
    domain=None,
    slug="abc2345",
    kind="link",
    target="https://shop.example/a",
    code="abc2345",
    channel="wechat",
    medium="social",
    campaign="spring",
    term="",
    content="hero picture",
    routes=(),
    ios="",
    android="",
    expires_at=None,
    expired_target="",
    password="",
    holder_kind="",
    holder="",
    archived_at=None,
)


def of(**changes: object) -> Link:
    return Link(**{**{name: getattr(PLAIN, name) for name in Link.__struct_fields__}, **changes})


def go(link: Link, draw: float = 0.0, **who: str) -> tuple[str, int]:
    seen = {"country": "", "region": "", "device": "", "system": "", "language": "", **who}
    return target_for(link, draw=draw, **seen)


def test_without_routes_it_is_the_links_own_target() -> None:
    assert go(PLAIN, country="CN") == ("https://shop.example/a", 0)


def test_the_first_route_whose_conditions_hold_decides() -> None:
    link = of(
        routes=(
            Route("https://cn.example/phone", countries=("CN",), devices=("phone",)),
            Route("https://cn.example/", countries=("CN", "HK")),
            Route("https://zh.example/", languages=("zh",)),
        )
    )
    assert go(link, country="CN", device="phone") == ("https://cn.example/phone", 1)
    assert go(link, country="cn", device="desktop") == ("https://cn.example/", 2)
    assert go(link, country="SG", language="zh-Hant") == ("https://zh.example/", 3)
    assert go(link, country="SG", language="zho") == ("https://shop.example/a", 0)
    assert go(link) == ("https://shop.example/a", 0)


def test_weights_decide_among_routes_of_the_same_conditions() -> None:
    link = of(
        routes=(
            Route("https://a.example/", 3, countries=("CN",)),
            Route("https://other.example/"),
            Route("https://b.example/", 1, countries=("CN",)),
            Route("https://never.example/", 0, countries=("CN",)),
        )
    )
    assert [go(link, draw, country="CN")[1] for draw in (0.0, 0.7499, 0.75, 0.999999)] == [1, 1, 3, 3]
    assert go(link, 0.9, country="US") == ("https://other.example/", 2)


def test_routes_without_any_weight_lead_nowhere() -> None:
    assert go(of(routes=(Route("https://never.example/", 0),)), 0.5) == ("https://shop.example/a", 0)


def test_an_app_opens_on_its_own_system() -> None:
    link = of(ios="weixin://dl/", android="taobao://item")
    assert [app_for(link, one) for one in ("ios", "android", "harmony", "windows", "")] == [
        "weixin://dl/",
        "taobao://item",
        "taobao://item",
        "",
        "",
    ]


@pytest.mark.parametrize(
    ("target", "whole"),
    [
        ("https://s.example/a", "https://s.example/a?{utm}"),
        ("https://s.example", "https://s.example/?{utm}"),
        ("https://s.example?x=1", "https://s.example/?x=1&{utm}"),
        ("https://s.example/a?b=%20+&c#/part?d=1", "https://s.example/a?b=%20+&c&{utm}#/part?d=1"),
        ("https://s.example/a#", "https://s.example/a?{utm}#"),
        ("https://s.example/?ly_click=old&a=1&ly_code=old", "https://s.example/?a=1&{utm}"),
    ],
)
def test_a_target_keeps_its_own_query_and_fragment(target: str, whole: str) -> None:
    utm = (
        "utm_source=wechat&utm_medium=social&utm_campaign=spring&utm_content=hero%20picture&ly_code=abc2345&ly_click=k1"
    )
    assert carrying(target, PLAIN, "k1") == whole.format(utm=utm)


def test_a_parameter_that_the_target_has_is_not_put_again() -> None:
    link = of(campaign="", content="", code="春天&1")
    assert (
        carrying("https://s.example/?utm_source=own&utm%5Fmedium=x", link, "")
        == "https://s.example/?utm_source=own&utm%5Fmedium=x&ly_code=%E6%98%A5%E5%A4%A9%261"
    )


def test_source_and_event_of_a_click() -> None:
    assert PLAIN.source == ("wechat", "social", "spring", "abc2345")
    assert of(channel="").source == ("code", "social", "spring", "abc2345")
    assert (PLAIN.event, of(kind="code").event) == ("link.clicked", "code.scanned")


def test_a_link_is_over_when_it_expires_or_is_archived() -> None:
    assert [of(expires_at=10).over(now) for now in (9, 10)] == [False, True]
    assert not PLAIN.over(10**18)
    assert of(archived_at=1).over(0)


def test_only_the_password_opens() -> None:
    kept = hashed("开门 2026")
    assert kept.startswith("$argon2id$")
    assert opens(kept, "开门 2026")
    assert not opens(kept, "开门 2027")
    assert not opens("", "")
    assert not opens("no hash", "x")
    assert not opens(kept, "x" * 101)
    assert hashed("") == ""
