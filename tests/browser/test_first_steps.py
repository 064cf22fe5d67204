"""A new member walks from an empty workspace to the first person: the snippet, an event by the real tracker, a file."""

import pytest
from playwright.sync_api import Browser, expect
from tests.browser.conftest import AGENT
from tests.browser.test_imports import drop
from tests.browser.tracker.serving import Answer, Server
from tests.program import Up

SLOW = 30_000  # ms: the machine may be busy
WORDS = {
    "en-GB": ("Sign in", "Make a key and show the snippet", "Copy", "Copied", "Choose a file", "Start the import",
              "See the people", "Open the page of the person", "To the overview"),
    "zh-CN": ("登录", "创建密钥并显示代码", "复制", "已复制", "选择文件", "开始导入",
              "查看客户", "打开客户详情", "前往总览"),
}  # fmt: skip


class Shop(Server):
    """A website whose page has the snippet in its head."""

    snippet = ""

    def get(self, path: str) -> Answer:
        if path != "/":
            return super().get(path)
        page = f"<!doctype html><head>{self.snippet}<title>Shop</title></head><h1>Shop</h1>"
        return Answer(200, "text/html; charset=utf-8", page.encode())


@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
def test_from_an_empty_workspace_to_the_first_person(running: Up, chromium: Browser, language: str) -> None:
    sign_in, make, copy, copied, choose, begin, _people, person, overview = WORDS[language]
    url = running.ready["url"]
    member = chromium.new_context(user_agent=AGENT, locale=language, timezone_id="Asia/Shanghai")
    member.grant_permissions(["clipboard-read", "clipboard-write"], origin=url.rstrip("/"))
    page = member.new_page()
    page.goto(running.ready["sign_in"])
    page.get_by_role("button", name=sign_in).click()
    page.wait_for_url(url)
    done = page.locator("#steps [data-done]")
    expect(done).to_have_count(1)
    page.get_by_role("button", name=make).click()
    expect(done).to_have_count(1)  # a key is not yet a snippet that somebody took
    page.get_by_role("button", name=copy, exact=True).click()
    expect(page.get_by_role("status").filter(has_text=copied)).to_be_visible()
    expect(done).to_have_count(2)
    snippet = page.evaluate("navigator.clipboard.readText()")
    assert f'{url}lianyi.js" data-key="lyb_' in snippet

    with Shop() as shop:
        shop.snippet = snippet
        visitor = chromium.new_context(user_agent=AGENT)
        visitor.new_page().goto(f"http://127.0.0.1:{shop.port}/")
        expect(done).to_have_count(4, timeout=SLOW)  # the event, and the person who did it
        visitor.close()

    page.get_by_role("link", name=choose).click()
    drop(page)
    expect(page.locator("#preview")).to_be_visible(timeout=SLOW)
    with page.expect_navigation():
        page.get_by_role("button", name=begin).click()
    page.goto(f"{url}first-steps")
    expect(done).to_have_count(5, timeout=60_000)
    page.get_by_role("link", name=person).click()
    expect(page).to_have_url(f"{url}people/" + page.url.rsplit("/", 1)[1])
    expect(page.locator("h1")).to_be_visible()
    page.goto(f"{url}first-steps")
    page.locator("#steps").get_by_role("link").and_(page.locator("[href='/scores']")).click()
    page.locator("form[action='/scores/take'] button").click()
    page.wait_for_url(f"{url}scores")
    page.goto(url)
    expect(page.locator("#funnel")).to_be_visible()
    expect(page.locator("#first-steps")).to_have_count(0)
    assert overview
    member.close()
