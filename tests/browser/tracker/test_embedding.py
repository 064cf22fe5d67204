"""Forms on a website of another origin: filled in there by the visitor whom its tracker knows, with their source."""

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from tests.browser.tracker.serving import RUNS, Website
from tests.browser.tracker.test_edge import Edge, edge, website
from tests.growth.forms.making import CONSENT, NAME, definition_of

from lianyi.events.schemas import Claim, Event, Source
from lianyi.foundation.access.acting import acting_as
from lianyi.foundation.access.schemas import OPERATOR
from lianyi.growth.forms.actions import create_form, publish_form
from lianyi.growth.forms.lines import Form
from lianyi.kernel.clock import system_clock

__all__ = ["edge", "website"]
GUARD = {"quickest": 0, "work": 10, "per_minute": 0}
STRICT = "default-src 'none'; script-src {url}; connect-src {url}; frame-src {url}; img-src data:"


def published(edge: Edge, **parts: Any) -> Form:
    definition = definition_of(NAME, CONSENT, guard=GUARD, **parts)
    with acting_as(OPERATOR):
        made = create_form(edge.workspace, "Trial", definition, system_clock())
        return publish_form(edge.workspace, made.id, system_clock())


def place_of(edge: Edge, form: Form) -> str:
    return f'<div data-lianyi-form="{form.address}"><a href="{edge.url}/f/{form.address}">预约试用</a></div>'


def fill_in(page: Page) -> None:
    inside = page.frame_locator("iframe[title='预约试用']")
    inside.get_by_label("姓名").fill("访客一")
    inside.get_by_label("我同意").check()
    inside.get_by_role("button", name="提交").click()


def submitted(edge: Edge) -> Event:
    return edge.wait_for("form.submitted")


def test_a_form_on_a_website_is_sent_by_its_visitor(visitor: BrowserContext, website: Website, edge: Edge) -> None:
    form = published(edge)
    website.body = f"<p>Shop</p>{place_of(edge, form)}"
    website.headers = {"Content-Security-Policy": STRICT.format(url=edge.url)}
    complaints: list[str] = []
    page = visitor.new_page()
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.goto(website.at("/offers/7?utm_source=weibo&utm_medium=social&utm_campaign=spring&ly_code=QR-7"))
    page.wait_for_function(RUNS)
    cookie = page.evaluate("lianyi.anonymousId()")
    fill_in(page)
    inside = page.frame_locator("iframe")
    expect(inside.get_by_role("status")).to_have_text("谢谢，我们已收到您的信息。")
    sent = submitted(edge)
    assert sent.claims == (Claim("cookie", "default", cookie, False),)
    assert sent.source == Source("weibo", "social", "spring", "QR-7")
    assert sent.properties["page"] == f"shop.test:{website.port}/offers/7"
    assert edge.wait_for("consent.given").claims == sent.claims
    assert {one["name"] for one in visitor.cookies(edge.url)} == set()  # the website's cookie is the only one
    assert complaints == []


def test_the_frame_is_as_tall_as_its_page(visitor: BrowserContext, website: Website, edge: Edge) -> None:
    website.body = place_of(edge, published(edge))
    page = visitor.new_page()
    page.goto(website.at("/"))
    frame = page.locator("iframe")
    whole = page.frame_locator("iframe").locator("html")
    page.wait_for_function("() => parseFloat(document.querySelector('iframe').style.height) > 0")
    tall = frame.evaluate("one => one.clientHeight")
    assert whole.evaluate("one => one.scrollHeight <= innerHeight + 1")
    fill_in(page)
    expect(page.frame_locator("iframe").get_by_role("status")).to_be_visible()
    page.wait_for_function("tall => document.querySelector('iframe').clientHeight < tall", arg=tall)


def test_the_website_goes_where_thanks_lie(visitor: BrowserContext, website: Website, edge: Edge) -> None:
    website.pages["/thanks"] = "<h1>Thanks from the shop</h1>"
    form = published(edge, thanks={"address": website.at("/thanks")})
    website.body = place_of(edge, form)
    page = visitor.new_page()
    page.goto(website.at("/"))
    fill_in(page)
    page.wait_for_url(website.at("/thanks"))
    expect(page.get_by_role("heading")).to_have_text("Thanks from the shop")


def test_a_visitor_who_objects_is_nobody(visitor: BrowserContext, website: Website, edge: Edge) -> None:
    website.body = place_of(edge, published(edge))
    visitor.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })")
    page = visitor.new_page()
    page.goto(website.at("/?utm_source=weibo"))
    fill_in(page)
    sent = submitted(edge)
    assert (sent.claims, sent.source) == ((), Source("weibo", "", "", ""))


def test_it_works_without_the_tracker(visitor: BrowserContext, website: Website, edge: Edge) -> None:
    form = published(edge)
    website.pages["/"] = f'{place_of(edge, form)}<script src="{edge.url}/lianyi-forms.js"></script>'
    page = visitor.new_page()
    page.goto(website.at("/"))
    fill_in(page)
    assert submitted(edge).claims == ()


@pytest.mark.parametrize("address", ["../x", "A", ""])
def test_what_is_no_address_stays_as_it_is(visitor: BrowserContext, website: Website, edge: Edge, address: str) -> None:
    website.body = f'<div data-lianyi-form="{address}">Link</div><form data-lianyi-form="Lead"></form>'
    page = visitor.new_page()
    page.goto(website.at("/"))
    page.wait_for_function(RUNS)
    page.wait_for_timeout(500)
    assert (page.locator("iframe").count(), page.locator("div").inner_text()) == (0, "Link")


def test_without_scripts_the_link_stays(chromium: Any, website: Website, edge: Edge) -> None:
    form = published(edge)
    website.body = place_of(edge, form)
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(website.at("/"))
    page.get_by_role("link", name="预约试用").click()
    expect(page.get_by_role("heading")).to_have_text("预约试用")
    context.close()
