"""The page of a form in a browser with scripts: checked before it is sent, solved while it is filled in, sent once."""

from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

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


class Elsewhere(BaseHTTPRequestHandler):
    """A site of the brand, which leads on to where it stands now."""

    def do_GET(self) -> None:
        old = self.path == "/old"
        self.send_response(302 if old else 200)
        if old:
            self.send_header("Location", f"http://localhost:{self.server.server_address[1]}/thanks")  # type: ignore[str-bytes-safe]
        self.end_headers()
        self.wfile.write(b"<h1>Thanks, elsewhere</h1>")

    def log_message(self, *_said: object) -> None:
        """Nobody reads it."""


def test_thanks_elsewhere_is_reached_though_the_policy_lets_forms_go_nowhere_else(shop: Shop) -> None:
    """Browsers hold form-action against redirects of what was sent."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as site, ThreadPoolExecutor(2) as beside:
        beside.submit(site.serve_forever)
        try:
            there = f"http://127.0.0.1:{site.server_address[1]}/old"
            form = published(shop, NAME, thanks={"address": there}, guard={"quickest": 0, "work": 4})
            reached = beside.submit(go_on, f"{shop.edge.url}/f/{form.address}").result()
        finally:
            site.shutdown()
    assert reached == (f"http://localhost:{site.server_address[1]}/thanks", [])


def go_on(address: str) -> tuple[str, list[str]]:
    """Where a browser ends that fills in the form, and what it complains about."""
    wrong: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_context(locale="zh-CN").new_page()
        page.on("console", lambda said: wrong.append(said.text) if "Content Security" in said.text else None)
        page.goto(address)
        page.get_by_label("姓名").fill("访客一")
        page.get_by_role("button", name="提交").click()
        page.get_by_role("heading", name="Thanks, elsewhere").wait_for(timeout=15_000)
        reached = page.url
        browser.close()
    return reached, wrong
