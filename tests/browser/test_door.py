"""The door of a gathering on a phone: tickets are read by the camera, also without a network, and settle later.

Nothing here waits without an end: what is asked of the page is asked by expectations, which give up. axe is asked only
of pages where scripts run, since on others its answer never comes.
"""

import json
import re
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
import segno
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect
from tests.browser.conftest import AGENT, CHROMIUM, FLAGS
from tests.browser.test_axe import complaints_in_both_lights
from tests.browser.test_the_walk import Told
from tests.edge.edges import until
from tests.growth.forms.making import NAME
from tests.growth.gatherings.making import object_of
from tests.program import Up

from lianyi.growth.gatherings.tickets import code_of

PHONE = {"width": 390, "height": 844}
FAKE_CAMERA = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
GUESTS = ("one", "two", "three", "four")


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


class Hall:
    """A gathering with people who have tickets."""

    def __init__(self, told: Told, slug: str, *names: str) -> None:
        self.told, self.slug = told, slug
        draft = object_of(questions=[NAME], guard={"quickest": 0, "work": 0})
        made = told.api("POST", "gatherings", {"name": "品鉴会", "slug": slug, "definition": draft})
        self.number = int(made["id"])
        told.api("POST", f"gatherings/{self.number}/publish")
        self.tickets = {name: self._register(name) for name in names}
        until(lambda: len(self.rows()) == len(names), 30, self.rows)

    def rows(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.told.api("GET", f"gatherings/{self.number}/registrations")["items"]
        return found

    def came(self) -> list[str]:
        return [row["answers"]["name"] for row in self.rows() if row["came_at"]]

    def check_in(self, name: str) -> str:
        """At another door."""
        scans = {"scans": [{"ticket": self.tickets[name]}]}
        return str(self.told.api("POST", f"gatherings/{self.number}/check-ins", scans)["items"][0]["outcome"])

    def _register(self, name: str) -> str:
        issue = self._ask("GET")["issue"]
        return f"{self.told.place}{self._ask('POST', {'issue': issue, 'answers': {'name': name}})['address']}"

    def _ask(self, method: str, body: Any = None) -> Any:
        place = urlsplit(self.told.place)
        connection = HTTPConnection("127.0.0.1", place.port or 80, timeout=60)
        try:
            headers = {"Accept": "application/json", "Content-Type": "application/json", "User-Agent": AGENT}
            connection.request(method, f"/g/{self.slug}", None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            said = answer.read()
            assert answer.status == 200, said
            return json.loads(said)
        finally:
            connection.close()


@pytest.fixture
def camera(tmp_path: Path) -> Path:
    """What the camera shows."""
    file = tmp_path / "camera.y4m"
    film("nothing", file)
    return file


@pytest.fixture
def phone(running: Up, playwright: Playwright, camera: Path) -> Iterator[BrowserContext]:
    """A member's phone, signed in."""
    browser: Browser = playwright.chromium.launch(
        executable_path=CHROMIUM, args=[*FLAGS, *FAKE_CAMERA, f"--use-file-for-fake-video-capture={camera}"]
    )
    context = browser.new_context(
        user_agent=AGENT, locale="zh-CN", timezone_id="Asia/Shanghai", viewport=PHONE, permissions=["camera"]
    )
    page = context.new_page()
    page.goto(running.ready["sign_in"])
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(running.ready["url"])
    page.close()
    yield context
    browser.close()


def typed(page: Page, code: str, answer: str) -> None:
    """A code is typed and answered."""
    page.locator("[name=code]").fill(code)
    page.get_by_role("button", name="签到", exact=True).first.click()
    expect(page.locator("[data-result]")).to_contain_text(answer)


def seen_by_the_camera(page: Page, camera: Path, ticket: str, answer: str) -> None:
    """The camera is started before a ticket."""
    film(ticket, camera)
    page.get_by_role("button", name="打开摄像头").click()
    expect(page.locator("[data-result]")).to_contain_text(answer)


def test_the_door_goes_on_without_a_network_and_settles_later(running: Up, phone: BrowserContext, camera: Path) -> None:
    told = Told(running)
    hall, other = Hall(told, "tasting", *GUESTS), Hall(told, "salon", "stranger")
    codes = {name: code_of(ticket.rpartition("/")[2]) for name, ticket in hall.tickets.items()}
    page = phone.new_page()
    page.goto(f"{told.place}/gatherings/{hall.number}/door")
    expect(page.locator("[data-count]")).to_have_text("已到 0 / 4 人")
    seen_by_the_camera(page, camera, hall.tickets["one"], "one")
    expect(page.locator("[data-count]")).to_have_text("已到 1 / 4 人")
    assert complaints_in_both_lights(page) == []
    typed(page, codes["one"].lower(), "已签到过")
    expect(page.locator("html")).to_have_attribute("data-kept", "yes")

    phone.set_offline(True)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("品鉴会")
    expect(page.locator("[data-count]")).to_have_text("已到 1 / 4 人")
    typed(page, codes["one"], "已签到过")
    typed(page, codes["two"], "已记下，联网后自动上报")
    typed(page, codes["two"], "本机已扫过")
    typed(page, "AAAAA AAAAA", "不在本机")
    seen_by_the_camera(page, camera, hall.tickets["three"], "已记下，联网后自动上报")
    expect(page.locator("[data-network]")).to_have_text("网络不通，本机已记下 3 条。")
    page.reload()
    seen_by_the_camera(page, camera, other.tickets["stranger"], "不在本机")
    expect(page.locator("[data-network]")).to_have_text("网络不通，本机已记下 4 条。")
    assert (hall.came(), hall.check_in("two")) == (["one"], "came")

    phone.set_offline(False)
    expect(page.locator("[data-settled]")).to_have_text("已上报 4 条：新签到 1 条，此前已签到 1 条，需处理 2 条。")
    expect(page.locator("[data-network]")).to_have_text("网络正常")
    until(lambda: hall.came() == ["one", "two", "three"], 30, hall.rows)
    expect(page.locator("[data-count]")).to_have_text("已到 3 / 4 人", timeout=40_000)
    assert [hall.check_in(name) for name in GUESTS] == ["before", "before", "before", "came"]
    assert other.came() == []
    said = [told.verb("gathering", "undo-check-in", str(hall.number), codes["four"])["undone"] for _ in range(2)]
    assert said == [True, False]
    until(lambda: hall.came() == ["one", "two", "three"], 30, hall.rows)
    typed(page, codes["four"], "four")
    until(lambda: hall.came() == list(GUESTS), 30, hall.rows)


def test_whoever_has_no_scripts_registers_and_cancels(running: Up, chromium: Browser) -> None:
    told = Told(running)
    draft = object_of(questions=[NAME], guard={"quickest": 0})
    made = told.api("POST", "gatherings", {"name": "品鉴会", "slug": "plain", "definition": draft, "seats": 1})
    told.api("POST", f"gatherings/{made['id']}/publish")
    with chromium.new_context(user_agent=AGENT, locale="zh-CN", viewport=PHONE, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{told.place}/g/plain")
        page.get_by_label("姓名").fill("访客一")
        page.get_by_role("button", name="报名").click()
        page.get_by_role("button", name="确认").click()
        page.wait_for_url("**/t/**")
        told.drained()
        until(lambda: page.locator("details").count() == 1 or not page.goto(page.url), 30, page.content)
        expect(page.locator(".ticket .code")).to_have_text(re.compile("^[A-Z2-7]{5} [A-Z2-7]{5}$"))
        page.locator("summary").click()
        page.get_by_role("button", name="取消我的报名").click()
        expect(page.get_by_role("status")).to_contain_text("已取消")
