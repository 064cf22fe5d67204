"""The page of a form in a browser with scripts: checked before it is sent, solved while it is filled in, sent once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import sync_playwright
from tests.edge.edges import Shop, until
from tests.edge.test_forms import published
from tests.growth.forms.making import CITY, CONSENT, NAME, PHONE

pytestmark = pytest.mark.browser


def test_a_phone_fills_it_in(shop: Shop) -> None:
    wish = {"kind": "text", "key": "wish", "label": {"zh": "其他城市"}, "required": True,
            "when": {"field": "city", "values": ["other"]}}  # fmt: skip
    form = published(shop, NAME, PHONE, CITY, wish, {**CONSENT, "required": True}, guard={"quickest": 0, "work": 12})
    with ThreadPoolExecutor(1) as beside:  # another test of this process may have left a browser's loop in this thread
        assert beside.submit(fill_in, f"{shop.edge.url}/f/{form.address}").result() == []
    until(lambda: len(shop.accepted()) == 2, 10, lambda: "nothing came")
    assert shop.accepted()[0].properties["answers"] == {
        "name": "访客一",
        "phone": "+8613800138000",
        "city": "other",
        "wish": "南京",
        "agree": True,
    }


def fill_in(address: str) -> list[str]:
    """Makes mistakes, mends them and sends; what the browser complains about."""
    wrong: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN").new_page()
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(address)
        assert not page.get_by_label("其他城市").is_visible()
        page.get_by_label("姓名").fill("访客一")
        page.get_by_label("手机号").fill("1380013800")
        page.get_by_label("other").check()
        page.get_by_label("其他城市").fill("南京")
        page.get_by_role("button", name="提交").click()
        assert page.locator("#phone-wrong").inner_text() == "电话号码格式不对。"
        assert page.locator("#agree-wrong").inner_text() == "请先勾选这一项。"
        page.get_by_label("手机号").fill("13800138000")
        page.locator("#agree").check()
        page.get_by_role("button", name="提交").click()
        page.wait_for_url("**/thanks?lang=zh")
        assert page.get_by_role("status").inner_text() == "谢谢，我们已收到您的信息。"
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        browser.close()
    return wrong
