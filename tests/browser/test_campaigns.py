"""Pages of campaigns and links in a real browser: a click is told on them, a holder opens their page, axe finds
nothing, and on a phone nothing runs over the edge.
"""

import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.browser.conftest import AGENT
from tests.browser.test_axe import complaints_in_both_lights
from tests.browser.test_pages import signed_in
from tests.program import Up, lianyi

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"
CODES = """名称,目标,类型,渠道码,渠道,营销活动,持有人类型,持有人
三号馆门口的海报,https://shop.example/spring,渠道码,hall-3,offline,spring,展位,Booth 3
店员一的名片,https://shop.example/spring,渠道码,staff-1,offline,spring,员工,店员一
达人二,https://shop.example/spring,短链,creator-2,weibo,spring,达人,达人二
"""
WECHAT = "wx0123456789abcdef"


@dataclass
class Fair:
    """A campaign with its links, and what people did."""

    up: Up
    share: str  # the page of a holder

    @property
    def paths(self) -> tuple[str, ...]:
        return (
            "campaigns", "campaigns/new", "campaigns/1", "campaigns/1/results?with=2", "campaigns/1/pack", "links",
            "links/new", "links/new?kind=wechat", "links/1", "links/4", "links/upload",
        )  # fmt: skip


@pytest.fixture
def fair(running: Up) -> Fair:
    """Made by the program, clicked over HTTP."""
    home = running.home
    said = lambda *arguments: lianyi(home, *arguments).stdout  # noqa: E731
    said("campaign", "create", "spring", "--name", "春季新品试用", "--note", "三月的展会")
    said("campaign", "create", "autumn", "--name", "秋季")
    (home / "codes.csv").write_text(CODES)
    assert "3" in said("link", "import", str(home / "codes.csv"))
    said("account", "connect", "wechat", WECHAT, "--name", "品牌公众号")
    picture = ("--picture", "http://weixin.qq.com/q/02AbC")
    said(
        "link", "create", "--kind", "wechat", "--account", WECHAT, "--scene", "hall-3", "--campaign", "spring", *picture
    )
    said("campaign", "share", "spring", "--text", "春季新品试用，名额有限，点这里报名：{link}")
    for slug, agent in ((one, agent) for one in slugs(said("link", "export")) for agent in (AGENT, PHONE, "curl/8")):
        follow(f"{running.ready['url']}l/{slug}", agent)
    assert lianyi(home, "drain", "--timeout", "60").returncode == 0
    share = next(word for word in said("campaign", "holders", "spring").split() if "/share/" in word)
    return Fair(running, running.ready["url"] + share.partition("://")[2].partition("/")[2])


def slugs(exported: str) -> list[str]:
    """Those of an exported file that stand at an address."""
    return [line.rsplit("/l/", 1)[1].strip() for line in exported.splitlines() if "/l/" in line]


class _Stays(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def follow(address: str, agent: str) -> None:
    """A click, without going on to the target."""
    request = urllib.request.Request(address, headers={"user-agent": agent})
    with pytest.raises(urllib.error.HTTPError) as there:
        urllib.request.build_opener(_Stays).open(request, timeout=30)
    assert there.value.code == 302
    there.value.close()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser in English."""
    context = chromium.new_context(user_agent=AGENT, locale="en-GB", viewport={"width": 1440, "height": 900})
    yield context
    context.close()


def test_clicks_are_told_and_pages_are_clean(fair: Fair, chromium: Browser, context: BrowserContext) -> None:
    place = fair.up.ready["url"]
    page = signed_in(fair.up, context)
    page.goto(f"{place}links/1")
    expect(page.locator("#clicks dd")).to_have_text(["2", "2", "1"], timeout=60_000)
    page.goto(f"{place}campaigns/1/pack")
    expect(page.locator("tbody tr")).to_have_count(3)
    stranger = chromium.new_context(user_agent=AGENT, locale="zh-CN").new_page()
    stranger.goto(fair.share)
    expect(stranger.get_by_role("heading", level=1)).to_have_text("春季新品试用")
    stranger.get_by_role("button", name="隐藏我的名字").click()
    expect(stranger.get_by_role("button", name="公开我的名字")).to_be_visible()
    found = {f"share {scheme}": said for scheme, said in enumerate([complaints_in_both_lights(stranger)])}
    wide = {} if fits(stranger) else {"share": True}
    for language in ("en", "zh-hans"):
        page.context.add_cookies([{"name": "django_language", "value": language, "url": place}])
        for path in fair.paths:
            page.goto(place + path)
            page.wait_for_timeout(300)
            found[f"{language} /{path}"] = complaints_in_both_lights(page)
            if not fits(page):
                wide[f"{language} /{path}"] = True
    assert {where: said for where, said in found.items() if said} == {}
    assert wide == {}


def fits(page: Page) -> bool:
    """Whether nothing of the page runs over the edge of a phone."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(150)
    fits = bool(page.evaluate("document.documentElement.scrollWidth <= 390"))
    page.set_viewport_size({"width": 1440, "height": 900})
    return fits
