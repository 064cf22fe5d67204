"""Everybody is compared by the worker, and pairs are decided with the keyboard, in both languages."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.conftest import uncomplaining
from tests.browser.test_axe import complaints_in_both_lights
from tests.browser.test_pages import send
from tests.program import Up, lianyi

SLOW = 60_000  # ms: the machine may be busy
WORDS = {
    "en-GB": ("Sign in", "Compare everybody", "Surname: the same", "Merged", "Not the same", "No open pairs."),
    "zh-CN": ("登录", "比对所有客户", "姓：相同", "已合并", "不是同一人", "没有待处理的客户对。"),
}


def known(user: str, first: str, last: str, birthday: str) -> dict[str, Any]:
    traits = {"firstName": first, "lastName": last, "birthday": birthday, "city": f"{last}ham"}
    return {"type": "identify", "userId": user, "traits": traits}


def press(page: Page, letter: str) -> None:
    """The letter, once the page listens."""
    expect(page.locator("[data-keys]")).to_be_focused()
    page.keyboard.press(letter)


@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
def test_from_a_search_to_a_decision_and_back(running: Up, chromium: Browser, language: str) -> None:
    sign_in, compare, reason, merged, not_same, nothing = WORDS[language]
    send(
        running,
        known("9460001", "Annika", "Lindqvist", "1984-03-12"),
        known("9460002", "Annika", "Lindqvist", "1984-03-12"),
        known("9460003", "Bruno", "Abbott", "1979-11-02"),
        known("9460004", "Bruno", "Abbott", "1979-11-02"),
        known("9460005", "Carla", "Dawson", "1990-10-10"),
    )
    assert lianyi(running.home, "drain", "--timeout", "60").returncode == 0
    with uncomplaining(chromium, locale=language, timezone_id="Asia/Shanghai") as context:
        page = context.new_page()
        page.goto(running.ready["sign_in"])
        page.get_by_role("button", name=sign_in).click()
        page.wait_for_url(running.ready["url"])
        page.goto(f"{running.ready['url']}people/duplicates")
        with page.expect_navigation():
            page.get_by_role("button", name=compare).click()
        page.reload()
        rows = page.locator("tbody tr")
        expect(rows).to_have_count(2, timeout=SLOW)
        expect(page.locator("progress")).to_have_count(0, timeout=SLOW)  # when it is over, the page loads itself anew
        assert complaints_in_both_lights(page) == []
        rows.first.get_by_role("link").last.click()
        expect(page.locator("#reasons")).to_contain_text(reason)
        first = page.url
        press(page, "m")
        expect(page.locator("[data-keys] strong")).to_have_text(merged)
        assert complaints_in_both_lights(page) == []
        second = page.url.partition("?")[0]
        assert second != first
        press(page, "n")
        expect(page).to_have_url(f"{running.ready['url']}people/duplicates?state=open")
        expect(page.locator("main")).to_contain_text(nothing)
        page.goto(second)
        expect(page.locator("[data-keys]")).to_contain_text(not_same)
        press(page, "u")
        expect(page.locator("[data-key=m]")).to_be_visible()
        page.goto(first)
        expect(page.locator("[data-keys]")).to_contain_text(merged)
        assert complaints_in_both_lights(page) == []
        page.get_by_role("link", name="Annika").first.click()
        expect(page.locator("#identities-heading")).to_be_visible()


CONFLICT_WORDS = {
    "en-GB": ("Sign in", "Each has a confirmed one of their own", "Kept apart", "No open conflicts."),
    "zh-CN": ("登录", "双方各有经确认的手机号、用户 ID", "保持分开", "没有待处理的冲突。"),
}


@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
def test_a_conflict_is_answered_and_reopened(running: Up, chromium: Browser, language: str) -> None:
    sign_in, why, apart, nothing = CONFLICT_WORDS[language]
    for user, phone in (("ann", "13912345670"), ("bob", "13912345671"), ("bob", "13912345670")):
        traits = {"name": user.upper(), "phone": phone, "phone_verified": True}
        send(running, {"type": "identify", "userId": user, "traits": traits})
    assert lianyi(running.home, "drain", "--timeout", "60").returncode == 0
    with uncomplaining(chromium, locale=language, timezone_id="Asia/Shanghai") as context:
        page = context.new_page()
        page.goto(running.ready["sign_in"])
        page.get_by_role("button", name=sign_in).click()
        page.wait_for_url(running.ready["url"])
        page.goto(f"{running.ready['url']}people/conflicts")
        expect(page.locator("tbody tr")).to_contain_text(why)
        page.locator("tbody tr").get_by_role("link").last.click()
        expect(page.locator("#why")).to_contain_text(why)
        assert complaints_in_both_lights(page) == []
        press(page, "n")
        expect(page.locator("main")).to_contain_text(nothing)
        page.goto(f"{running.ready['url']}people/conflicts?state=different")
        expect(page.locator("tbody tr")).to_contain_text(apart)
        page.locator("tbody tr").get_by_role("link").last.click()
        press(page, "u")
        page.wait_for_url("**/people/conflicts")
        assert lianyi(running.home, "drain", "--timeout", "60").returncode == 0
        page.reload()
        expect(page.locator("tbody tr")).to_contain_text("BOB")
