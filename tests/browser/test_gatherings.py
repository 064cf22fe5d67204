"""A gathering from its making to the door: registered on a phone, mailed, read by a camera, and checked in without a
network.
"""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import segno
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect
from tests.browser.conftest import AGENT, CHROMIUM, FLAGS
from tests.browser.test_axe import complaints_in_both_lights
from tests.edge.edges import until
from tests.program import Up

PHONE = {"width": 390, "height": 844}
SLOW = 30_000  # ms


def shoot(page: Page, name: str) -> None:
    """The page fits, and axe finds nothing, in both lights."""
    fits(page, name)
    assert complaints_in_both_lights(page) == [], name


def fits(page: Page, name: str) -> None:
    """Nothing is wider than the screen, on a phone and at a desk."""
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (name, width)
        if folder := os.environ.get("SCREENS"):
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)


def film(text: str, file: Path) -> None:
    """What a camera sees that is held before a code: ten pictures of YUV."""
    code = segno.make_qr(text, error="m")
    modules = np.array([[not dark for dark in row] for row in code.matrix_iter(border=4)], np.uint8) * 255
    drawn = np.kron(modules, np.ones((6, 6), np.uint8))
    assert drawn.shape[0] <= 480
    seen = np.full((480, 640), 90, np.uint8)
    top, left = (480 - drawn.shape[0]) // 2, (640 - drawn.shape[1]) // 2
    seen[top : top + drawn.shape[0], left : left + drawn.shape[1]] = drawn
    picture = b"FRAME\n" + seen.tobytes() + bytes([128]) * (640 * 480 // 2)
    file.write_bytes(b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n" + picture * 10)


@pytest.fixture
def door_keeper(playwright: Playwright, tmp_path: Path) -> Iterator[Browser]:
    """A browser whose camera shows `camera.y4m`."""
    camera = tmp_path / "camera.y4m"
    film("nothing", camera)
    fake = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    browser = playwright.chromium.launch(
        executable_path=CHROMIUM, args=[*FLAGS, *fake, f"--use-file-for-fake-video-capture={camera}"]
    )
    yield browser
    browser.close()


def sign_in(up: Up, context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto(up.ready["sign_in"])
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(up.ready["url"])
    return page


def register(browser: Browser, place: str, name: str, scripts: bool = True) -> tuple[str, str]:
    """Somebody registers on a phone; their ticket's address and the code beneath it."""
    context = browser.new_context(user_agent=AGENT, locale="zh-CN", viewport=PHONE, java_script_enabled=scripts)
    page = context.new_page()
    page.goto(place)
    page.get_by_label("姓名").fill(name)
    page.get_by_label("邮箱").fill(f"{name}@example.com")
    page.wait_for_timeout(2_100)  # nobody types so fast
    page.get_by_role("button", name="报名").click()
    if not scripts:
        page.get_by_role("button", name="确认").click()
    page.wait_for_url("**/t/**")
    until(lambda: page.locator("details").count() == 1 or not page.goto(page.url), 30, page.content)
    shoot(page, f"ticket-{name}")
    page.set_viewport_size(PHONE)
    code = ""
    if page.locator(".ticket").count():
        picture = page.locator(".ticket").screenshot()
        (seen,) = zxingcpp.read_barcodes(Image.open(BytesIO(picture)))
        assert page.url.startswith(seen.text)
        code = page.locator(".code").inner_text()
    found = page.url
    context.close()
    return found, code


def test_from_the_editor_to_the_door(
    running: Up, chromium: Browser, door_keeper: Browser, tmp_path: Path, stopped_home: Path
) -> None:
    member = chromium.new_context(user_agent=AGENT, locale="zh-CN", timezone_id="Asia/Shanghai")
    page, place = sign_in(running, member), running.ready["url"].rstrip("/")
    page.goto(f"{place}/gatherings")
    shoot(page, "list-empty")
    page.get_by_role("link", name="新建活动").first.click()
    day = f"{datetime.now(UTC) + timedelta(days=9):%Y-%m-%d}"
    page.fill("#name", "品鉴会")
    page.fill("#slug", "tasting")
    page.fill("#seats", "2")
    page.fill("#title_zh", "春季品鉴会")
    page.fill("#title_en", "Spring tasting")
    page.fill("#starts", f"{day}T14:00")
    page.fill("#ends", f"{day}T16:00")
    page.fill("#place_zh", "一号展厅\n二楼")
    page.fill("#online", "https://meet.example.com/secret-room")
    shoot(page, "editor")
    page.get_by_role("button", name="创建活动").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("品鉴会")
    page.get_by_role("button", name="发布").click()
    expect(page.get_by_text("报名中")).to_be_visible()
    public = f"{place}/g/tasting"
    guest = chromium.new_context(user_agent=AGENT, locale="zh-CN", viewport=PHONE).new_page()
    until(lambda: guest.goto(public).status == 200, 20, guest.content)  # type: ignore[union-attr]
    shoot(guest, "public")
    assert "secret-room" not in guest.content()
    first, code = register(chromium, public, "one")
    second, other = register(chromium, public, "two", scripts=False)
    third, none = register(chromium, public, "three")
    assert (len(code), len(other), none) == (11, 11, "")
    mails = stopped_home / "mail"
    until(lambda: len(list(mails.glob("ticket-*.eml"))) == 3, 60, lambda: "no mail")
    letters = [message_from_bytes(file.read_bytes(), policy=default) for file in mails.glob("ticket-*.eml")]
    assert sorted(letter["subject"].partition("：")[0] for letter in letters) == [
        "您已进入候补名单",
        "您的入场票",
        "您的入场票",
    ]
    page.reload()
    shoot(page, "one")
    film(first.partition("?")[0], tmp_path / "camera.y4m")
    at_the_door(running, door_keeper, member, code, other)
    page.goto(f"{place}/gatherings")
    cells = page.locator("tbody tr td").all_inner_texts()
    assert cells[-4:] == ["2", "2", "1", "2"]
    member.close()
    visitor = chromium.new_context(user_agent=AGENT, locale="en-GB").new_page()
    visitor.goto(f"{third.partition('?')[0]}?lang=en")
    expect(visitor.get_by_text("number 1 on the waiting list")).to_be_visible()
    del second


def at_the_door(running: Up, browser: Browser, member: BrowserContext, code: str, other: str) -> None:
    """The camera reads one, the second is typed while there is no network."""
    context = browser.new_context(
        user_agent=AGENT, locale="zh-CN", timezone_id="Asia/Shanghai", viewport=PHONE, permissions=["camera"],
        storage_state=member.storage_state(),
    )  # fmt: skip
    page = context.new_page()
    page.goto(f"{running.ready['url']}gatherings/1/door")
    expect(page.locator("[data-count]")).to_have_text("已到 0 / 2 人")
    page.get_by_role("button", name="打开摄像头").click()
    result = page.locator("[data-result]")
    expect(result).to_contain_text(re.compile("one|欢迎"), timeout=SLOW)
    shoot(page, "door")
    page.set_viewport_size(PHONE)
    expect(page.locator("[data-count]")).to_have_text("已到 1 / 2 人")
    page.locator("[name=code]").fill(code.lower().replace(" ", "-"))
    page.get_by_role("button", name="签到", exact=True).first.click()
    expect(result).to_contain_text("已签到过")
    page.locator("[name=q]").fill("three@")
    page.get_by_role("button", name="搜索").click()
    expect(page.locator("[data-found] li")).to_contain_text("候补中")
    expect(page.locator("html")).to_have_attribute("data-kept", "yes")
    context.set_offline(True)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("品鉴会")
    page.locator("[name=code]").fill(code)
    page.get_by_role("button", name="签到", exact=True).first.click()
    expect(result).to_contain_text("已签到过", timeout=SLOW)
    page.locator("[name=code]").fill(other)
    page.get_by_role("button", name="签到", exact=True).first.click()
    expect(result).to_contain_text("已记下，联网后自动上报", timeout=SLOW)
    expect(page.locator("[data-network]")).to_have_text("网络不通，本机已记下 1 条。")
    page.locator("[name=code]").fill(other)
    page.get_by_role("button", name="签到", exact=True).first.click()
    expect(result).to_contain_text("本机已扫过", timeout=SLOW)
    page.reload()
    fits(page, "door-offline")
    context.set_offline(False)
    expect(page.locator("[data-settled]")).to_have_text("已上报 1 条：新签到 1 条，此前已签到 0 条，需处理 0 条。")
    expect(page.locator("[data-count]")).to_have_text("已到 2 / 2 人")
    expect(page.locator("[data-network]")).to_have_text("网络正常")
    page.locator("[name=code]").fill("AAAAA AAAAA")
    page.get_by_role("button", name="签到", exact=True).first.click()
    expect(result).to_contain_text("不是本场活动的入场票")
    context.close()
