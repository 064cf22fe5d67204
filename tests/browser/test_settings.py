"""The settings in a real browser: a key, and a webhook whose test event arrives at a receiver, in both languages."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.browser.conftest import uncomplaining
from tests.foundation.webhooks.receiving import receiver
from tests.program import Up

SLOW = 20_000  # ms: the machine may be busy
PAGES = ("traits", "tags", "stages", "funnel", "hours", "keys", "webhooks", "privacy")
WORDS = {
    "en": ("Sign in", "Create a key", "Create a webhook", "Send a test event", "Arrived"),
    "zh-CN": ("登录", "生成密钥", "新建 Webhook", "发送测试事件", "已送达"),
}


@pytest.fixture
def running(stopped_home: Path) -> Iterator[Up]:
    """An installation whose webhooks may reach loopback."""
    reach = {"LIANYI_WEBHOOK_NETWORKS": "127.0.0.1/32", "LIANYI_WEBHOOK_HTTP": "1"}
    with Up.start(stopped_home, "--json", **reach) as up:
        yield up.wait_until_ready()


@pytest.fixture(params=sorted(WORDS))
def member(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[tuple[BrowserContext, str]]:
    """A member's browser in one language."""
    with uncomplaining(chromium, locale=request.param) as context:
        yield context, request.param


def look(page: Page, name: str) -> None:
    """Nothing is wider than the screen, on a phone and on a desk."""
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (name, width)
        if folder := os.environ.get("SCREENS"):
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1440, "height": 900})


def test_a_key_and_a_webhook(running: Up, member: tuple[BrowserContext, str]) -> None:
    context, language = member
    sign_in, make_key, make_hook, try_it, arrived = WORDS[language]
    page, place = context.new_page(), running.ready["url"]
    page.goto(running.ready["sign_in"])
    page.get_by_role("button", name=sign_in).click()
    page.wait_for_url(place)
    for name in PAGES:
        page.goto(f"{place}settings/{name}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        look(page, f"{language}-{name}")
    page.goto(f"{place}settings/keys")
    page.get_by_role("button", name=make_key).click()
    expect(page.locator("[data-secret]")).to_contain_text("lyb_")
    look(page, f"{language}-key")
    with receiver() as there:
        page.goto(f"{place}settings/webhooks")
        page.fill("#url", there.url)
        page.fill("#events", "*")
        page.get_by_role("button", name=make_hook).click()
        secret = page.locator("[data-secret]").inner_text()
        look(page, f"{language}-hook-made")
        page.get_by_role("button", name=try_it).click()
        there.wait_for(1)
        assert there.verified(secret)[0]["type"] == "webhook.test"
        expect(page.get_by_role("heading", level=1)).to_have_text(there.url)
        for _ in range(SLOW // 500):  # the answer is written down a moment after it was given
            page.reload()
            if page.get_by_text(arrived).is_visible():
                break
            page.wait_for_timeout(500)
        expect(page.get_by_text(arrived)).to_be_visible()
        page.get_by_role("table").get_by_role("link").click()
        expect(page.get_by_role("table")).to_contain_text("200")
        look(page, f"{language}-hook-log")
