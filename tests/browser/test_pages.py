"""The pages of a running installation in a real browser: sign in, see the funnel, watch events come, open a person."""

import base64
import json
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.browser.conftest import uncomplaining
from tests.program import Up

SLOW = 20_000  # ms: the machine may be busy
# Whether the first chart shows something in the colour of its first series, and not its axes alone.
HAS_INK = """() => {
  const pixels = (canvas) => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  const drawn = document.querySelector("[data-chart] canvas"), dot = document.createElement("canvas");
  if (!drawn) return false;
  dot.width = dot.height = 1;
  const style = getComputedStyle(document.documentElement);
  dot.getContext("2d").fillStyle = style.getPropertyValue("--color-primary").trim();
  dot.getContext("2d").fillRect(0, 0, 1, 1);
  const all = pixels(drawn), ink = pixels(dot);
  for (let at = 0; at < all.length; at += 4) if (ink.every((part, place) => all[at + place] === part)) return true;
  return false;
}"""


@pytest.fixture
def member(chromium: Browser) -> Iterator[BrowserContext]:
    """A member's browser."""
    with uncomplaining(chromium, locale="en-GB", timezone_id="Asia/Shanghai") as context:
        yield context


def send(up: Up, *messages: dict[str, Any]) -> None:
    base = {"type": "track", "timestamp": datetime.now(UTC).isoformat()}
    request = urllib.request.Request(
        f"{up.ready['url']}v1/batch",
        json.dumps({"batch": [{**base, **message} for message in messages]}).encode(),
        {"authorization": "Basic " + base64.b64encode(f"{up.ready['write_key']}:".encode()).decode()},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 200


def arrived(name: str) -> list[dict[str, Any]]:
    campaign = {"source": "wechat", "medium": "social", "name": "spring"}
    return [
        {"type": "page", "userId": name, "context": {"campaign": campaign}},
        {"type": "identify", "userId": name, "traits": {"name": name, "email": f"{name}@shop.cn"}},
        {"userId": name, "event": "Order Completed", "properties": {"order_id": name, "total": 99, "currency": "CNY"}},
    ]


def signed_in(up: Up, member: BrowserContext) -> Page:
    page = member.new_page()
    page.goto(up.ready["sign_in"])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(up.ready["url"])
    return page


def test_from_the_link_to_a_person(running: Up, member: BrowserContext) -> None:
    page = signed_in(running, member)
    expect(page.get_by_role("heading", level=1)).to_have_text("Let the first people in")
    page.wait_for_selector("[data-live-state=on]")

    send(running, *arrived("Alice"))
    page.get_by_role("link", name="To the overview").click(timeout=SLOW)  # the steps tick themselves off
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview", timeout=SLOW)
    row = page.get_by_role("region", name="Funnel by source").get_by_role("row", name="WeChat")
    expect(row).to_contain_text("WeChat", timeout=SLOW)
    page.wait_for_selector("[data-live-state=on]")
    expect(page.get_by_role("img", name="New people over time").locator("canvas")).to_be_visible(timeout=SLOW)
    page.wait_for_function(HAS_INK, timeout=SLOW)

    send(running, *arrived("Bob"), {"userId": "Alice", "event": "Product Reviewed"})
    newest = page.get_by_role("region", name="Newest people")
    expect(newest.get_by_role("link", name="Bob")).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("region", name="Newest events")).to_contain_text("Reviewed a product", timeout=SLOW)

    newest.get_by_role("link", name="Alice").click()
    expect(page.get_by_role("heading", name="Alice", level=1)).to_be_visible(timeout=SLOW)
    timeline = page.get_by_role("region", name="Timeline")
    expect(timeline.get_by_text("Completed an order")).to_be_visible(timeout=SLOW)
    timeline.get_by_role("searchbox").fill("review")
    expect(timeline.get_by_text("Completed an order")).to_have_count(0, timeout=SLOW)
    expect(timeline.get_by_text("Reviewed a product")).to_be_visible()


def test_endless_scrolling_search_and_the_keyboard(running: Up, member: BrowserContext) -> None:
    send(running, *({"type": "identify", "userId": f"u{i}", "traits": {"name": f"王{i}"}} for i in range(120)))
    page = signed_in(running, member)
    page.goto(f"{running.ready['url']}people")
    rows = page.locator("#people-rows a.people-name")
    expect(rows.first).to_be_visible(timeout=SLOW)
    for _ in range(60):  # a busy machine brings the next rows late
        if rows.count() == 120:
            break
        page.mouse.wheel(0, 20_000)
        page.wait_for_timeout(300)
    expect(rows).to_have_count(120, timeout=SLOW)
    page.get_by_role("searchbox").fill("王119")
    expect(rows).to_have_count(1, timeout=SLOW)
    assert "q=" in page.url
    page.locator("#people").evaluate("list => list.firstElementChild.dataset.seen = 'yes'")
    rows.first.focus()  # leaving the field asks for nothing: the list stays, with who stands in it
    page.wait_for_timeout(1000)
    expect(page.locator("#people > [data-seen]")).to_have_count(1)
    expect(rows.first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="王119", level=1)).to_be_visible(timeout=SLOW)
    page.goto(f"{running.ready['url']}people")
    page.locator("#stage").select_option("prospect")
    page.wait_for_url("**/people?*stage=prospect*", timeout=SLOW)
    page.goto(running.ready["url"])
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_a_person_of_the_list_is_a_card_of_few_lines_on_a_phone(running: Up, member: BrowserContext) -> None:
    send(running, *arrived("Alice"), *arrived("Bob"))
    page = signed_in(running, member)
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{running.ready['url']}people")
    rows = page.locator("#people-rows tr")
    expect(rows).to_have_count(2, timeout=SLOW)
    for row in rows.all():
        expect(row).to_contain_text("WeChat")
        assert row.bounding_box()["height"] <= 150  # type: ignore[index]


def test_nothing_is_wider_than_the_screen(running: Up, member: BrowserContext) -> None:
    send(running, *arrived("A" * 190), {"userId": "A" * 190, "event": "E" * 100, "properties": {"k" * 100: "v" * 1000}})
    page = signed_in(running, member)
    for width in (390, 768, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        for path in ("", "people", "people/1", "sign-in"):
            page.goto(running.ready["url"] + path)
            page.wait_for_timeout(500)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, path)
