"""Forms in a real browser: built, looked at, published, filled in by a visitor, and what was sent; axe is clean."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.browser.conftest import AGENT
from tests.browser.test_axe import complaints_in_both_lights
from tests.browser.test_pages import SLOW, signed_in
from tests.program import Up


def made(up: Up, page: Page, template: str = "A trial") -> str:
    """A form of this name and template; where its pages begin."""
    page.goto(f"{up.ready['url']}forms/new")
    page.get_by_role("textbox", name="Name").fill("Trial at the fair")
    page.get_by_text(template, exact=True).click()
    page.get_by_role("button", name="Make the form").click()
    page.wait_for_url("**/forms/*")
    return page.url


def published(page: Page) -> str:
    """Publishes what is in the builder; the address of its page."""
    page.get_by_role("button", name="Save and publish").click()
    return page.locator("#address").inner_text(timeout=SLOW)


def fill_in(page: Page, address: str, name: str = "访客一") -> None:
    """A visitor fills the trial's page in, as people do, after some seconds."""
    page.goto(address)
    page.get_by_role("textbox", name="Name").fill(name)
    page.get_by_role("textbox", name="Phone").fill("13800138000")
    page.get_by_label("I agree to receive").check()
    page.wait_for_timeout(2_100)
    page.get_by_role("button", name="Book it").click()
    expect(page.get_by_text("It is booked.")).to_be_visible(timeout=SLOW)


def test_a_form_is_built_looked_at_published_and_filled_in(running: Up, member: BrowserContext) -> None:
    page = signed_in(running, member)
    place = made(running, page)
    look = page.frame_locator("iframe[name=preview]")
    expect(look.get_by_role("heading")).to_have_text("预约试用", timeout=SLOW)
    page.get_by_label("Language", exact=True).select_option("en")
    page.get_by_label("Title, English").fill("Try it at the fair")
    expect(look.get_by_role("heading")).to_have_text("Try it at the fair", timeout=SLOW)
    assert page.locator("iframe[name=preview]").evaluate("one => one.clientWidth") <= 390
    page.get_by_text("Desktop", exact=True).click()
    assert page.locator("iframe[name=preview]").evaluate("one => one.clientWidth") > 700

    page.get_by_label("Kind of field").select_option("choice")
    page.get_by_role("button", name="Add a field").click()
    row = page.locator("[data-row]").nth(5)
    expect(row.get_by_label("Label, English")).to_be_visible(timeout=SLOW)
    row.get_by_label("Label, English").fill("Size")
    row.get_by_label("Options").fill("S\nM")
    row.get_by_role("button", name="Move up").click()
    expect(page.locator("[data-row]").nth(4).get_by_label("Label, English")).to_have_value("Size", timeout=SLOW)
    address = published(page)
    assert page.url == place

    visitor = member.browser.new_context(user_agent=AGENT, locale="en-GB")  # type: ignore[union-attr]
    public = visitor.new_page()
    fill_in(public, f"{running.ready['url']}{urlsplit(address).path[1:]}?utm_source=wechat")
    visitor.close()
    page.goto(f"{place}/submissions")
    for _ in range(40):
        if page.get_by_role("link", name="访客一").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(page.get_by_role("link", name="访客一")).to_be_visible()
    expect(page.get_by_text("I agree to receive text messages")).to_be_visible()
    expect(page.get_by_role("row", name="访客一")).to_contain_text("WeChat")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_axe_is_clean_on_the_pages_of_forms(running: Up, chromium: Browser, language: str) -> None:
    context = chromium.new_context(user_agent=AGENT, locale="en-GB", viewport={"width": 1440, "height": 900})
    page = signed_in(running, context)
    found = {}
    place = made(running, page)
    address = published(page)
    public = context.new_page()
    fill_in(public, f"{running.ready['url']}{urlsplit(address).path[1:]}")
    found["thanks"] = complaints_in_both_lights(public)
    public.goto(f"{address}?lang={language}")
    found["public"] = complaints_in_both_lights(public)
    public.close()
    context.add_cookies([{"name": "django_language", "value": language, "url": running.ready["url"]}])
    for name in ("forms", "forms/new", *(f"forms/{place.rpartition('/')[2]}{end}" for end in ("", "/versions"))):
        page.goto(f"{running.ready['url']}{name}")
        found[name] = complaints_in_both_lights(page)
    for row in page.locator("[data-row] > details > summary").all():
        row.click()
    page.goto(place)
    for row in page.locator("[data-row] summary").all():
        if row.is_visible():
            row.click()
    found["opened"] = complaints_in_both_lights(page)
    for _ in range(40):
        page.goto(f"{place}/submissions")
        if page.locator(".person-chip").count():
            break
        page.wait_for_timeout(500)
    found["submissions"] = complaints_in_both_lights(page)
    context.close()
    assert {where: said for where, said in found.items() if said} == {}
