"""A messy file is dropped on the page of imports, and becomes people; the page is loaded anew in the middle."""

import base64
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.conftest import AGENT
from tests.program import Up

SLOW = 20_000  # ms: the machine may be busy
FILE = "手机,姓名,备注\n13800138000,王伟,老客户\n不是手机,李娜,=1+1\n13800138001,赵敏,\n".encode("gb18030")
_DROP = """([zone, data]) => {
  const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], "客户.csv", { type: "text/csv" }));
  zone.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
}"""
WORDS = {
    "en-GB": ("Sign in", "Start the import", "Download refused rows", "identifies nobody"),
    "zh-CN": ("登录", "开始导入", "下载未导入的行", "王伟"),
}


def drop(page: Page) -> None:
    zone = page.locator("[data-drop]").element_handle()
    page.evaluate(_DROP, [zone, base64.b64encode(FILE).decode()])


@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
def test_from_a_dropped_file_to_a_person(running: Up, chromium: Browser, language: str) -> None:
    sign_in, begin, download, told = WORDS[language]
    context = chromium.new_context(user_agent=AGENT, locale=language, timezone_id="Asia/Shanghai")
    page = context.new_page()
    page.goto(running.ready["sign_in"])
    page.get_by_role("button", name=sign_in).click()
    page.wait_for_url(running.ready["url"])
    page.goto(f"{running.ready['url']}imports")
    drop(page)
    expect(page.locator("h1")).to_have_text("客户.csv", timeout=SLOW)
    expect(page.locator("#preview")).to_contain_text(told, timeout=SLOW)
    with page.expect_navigation():
        page.get_by_role("button", name=begin).click()
    page.reload()
    link = page.get_by_role("link", name=download)
    expect(link).to_be_visible(timeout=60_000)
    with page.expect_download() as found:
        link.click()
    assert "'=1+1" in Path(found.value.path()).read_text("utf-8-sig")
    page.goto(f"{running.ready['url']}people")
    expect(page.get_by_role("link", name="赵敏")).to_be_visible(timeout=SLOW)
    context.close()
