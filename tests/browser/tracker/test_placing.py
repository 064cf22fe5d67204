"""Blocks of landing pages on a website of another origin: the button by who looks, pressed once and counted once."""

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Locator, Page, expect
from tests.browser.conftest import AGENT
from tests.browser.test_axe import AXE
from tests.browser.tracker.serving import RUNS, Website, wait_until
from tests.browser.tracker.test_edge import Edge, edge, website
from tests.edge.test_pages import known, members
from tests.growth.pages.pages import NOW, cta, hero, option, words
from tests.growth.pages.pages import page as definition_of

from lianyi.audience.segments.actions import create_segment
from lianyi.events.schemas import Claim
from lianyi.foundation.access.acting import acting_as
from lianyi.foundation.access.schemas import OPERATOR
from lianyi.growth.pages import actions
from lianyi.growth.pages.blocks import Block, Faq, Figure, Option, Proof, Question, Text
from lianyi.growth.pages.listed import Page as Landing
from lianyi.rules.nodes import Tagged

__all__ = ["edge", "website"]
STRICT = "default-src 'none'; script-src {url}; connect-src {url}; frame-src {url}; img-src data:"
SUBSCRIBER = "visitor-subscribed"
LOOK = "[data-lianyi-block] iframe"


def published(edge: Edge, *blocks: Block, **more: Any) -> Landing:
    with acting_as(OPERATOR):
        made = actions.create_page(
            edge.workspace, "fair", "Fair", definition_of(*blocks, languages=("zh", "en"), **more), NOW
        )
        return actions.publish_page(edge.workspace, made.id, NOW)


def offering(edge: Edge, site: Website) -> Landing:
    """A page whose button leads subscribers to a file of the shop, and everybody else to its trial."""
    with acting_as(OPERATOR):
        segment = create_segment(edge.workspace, "Subscribers", Tagged(tag="subscriber"), NOW)
    members(edge.workspace, segment, before=[], entered=[5], left=[])
    known(edge.workspace, 5, SUBSCRIBER)
    free = Option(key="free", label=words("免费下载", "Download"), target=site.at("/file"), segment=segment)
    return published(edge, hero(), cta(free, option("trial", site.at("/trial"))))


def place_of(edge: Edge, block: str = "next", page: str = "fair") -> str:
    return f'<div data-lianyi-block="{page}/{block}"><a href="{edge.url}/p/{page}">看看优惠</a></div>'


def subscribed(context: BrowserContext, site: Website) -> None:
    context.add_cookies([{"name": "ly_id", "value": SUBSCRIBER, "url": site.at("/")}])


def inside(page: Page) -> FrameLocator:
    return page.frame_locator(LOOK)


def button(page: Page) -> Locator:
    return inside(page).locator("a.go")


def clicks(edge: Edge) -> list[Any]:
    return [one for one in edge.events() if one.name == "cta.clicked"]


def test_a_subscriber_is_offered_the_download_and_the_press_is_theirs(
    visitor: BrowserContext, website: Website, edge: Edge
) -> None:
    landing = offering(edge, website)
    website.body = f"<h1>Shop</h1>{place_of(edge)}"
    website.pages["/file"] = "<h1>The file</h1>"
    website.headers = {"Content-Security-Policy": STRICT.format(url=edge.url)}
    subscribed(visitor, website)
    complaints: list[str] = []
    page = visitor.new_page()
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.goto(website.at("/offers/7"))
    expect(button(page)).to_have_text("免费下载")
    expect(page.locator("[data-lianyi-block] > a")).to_have_count(0)  # what stood there made room
    button(page).click()
    page.wait_for_url(lambda url: "/file" in url)
    expect(page.get_by_role("heading")).to_have_text("The file")
    wait_until(lambda: bool(clicks(edge)), 20, lambda: str(edge.events()))
    (event,) = clicks(edge)
    assert event.claims == (Claim("cookie", "default", SUBSCRIBER, False),)
    properties = event.properties
    assert (properties["page"], properties["block"], properties["option"]) == (landing.id, "next", "free")
    assert properties["site"] == f"shop.test:{website.port}/offers/7"
    assert not [one for one in edge.events() if one.name == "page.reached"]
    assert visitor.cookies(edge.url) == []
    assert complaints == []


def test_the_unknown_are_offered_what_is_for_everybody(visitor: BrowserContext, website: Website, edge: Edge) -> None:
    offering(edge, website)
    website.body, website.pages["/trial"] = place_of(edge), "<h1>The trial</h1>"
    page = visitor.new_page()
    page.goto(website.at("/"))
    expect(button(page)).to_have_text("立即试用")
    page.wait_for_function(RUNS)
    cookie = page.evaluate("lianyi.anonymousId()")
    button(page).click()
    page.wait_for_url(lambda url: "/trial" in url)
    wait_until(lambda: bool(clicks(edge)), 20, lambda: str(edge.events()))
    (event,) = clicks(edge)
    assert (event.claims[0].value, event.properties["option"]) == (cookie, "trial")


def test_a_subscriber_who_objects_is_nobody(visitor: BrowserContext, website: Website, edge: Edge) -> None:
    offering(edge, website)
    website.body, website.pages["/trial"] = place_of(edge), "<h1>The trial</h1>"
    subscribed(visitor, website)
    visitor.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })")
    page = visitor.new_page()
    page.goto(website.at("/"))
    expect(button(page)).to_have_text("立即试用")
    button(page).click()
    page.wait_for_url(website.at("/trial"))
    wait_until(lambda: bool(clicks(edge)), 20, lambda: str(edge.events()))
    assert [event.claims for event in clicks(edge)] == [()]
    assert visitor.cookies(edge.url) == []


def test_it_speaks_as_the_website_does_and_is_as_tall_as_it_is(
    visitor: BrowserContext, website: Website, edge: Edge
) -> None:
    offering(edge, website)
    website.body = f'<div lang="en-GB">{place_of(edge)}</div>'
    page = visitor.new_page()
    page.goto(website.at("/"))
    expect(button(page)).to_have_text("Try it")
    page.wait_for_function("() => parseFloat(document.querySelector('iframe').style.height) > 0")
    assert page.locator(LOOK).get_attribute("title") == "看看优惠"
    assert inside(page).locator("html").evaluate("one => one.scrollHeight === innerHeight")
    page.set_viewport_size({"width": 320, "height": 600})
    page.wait_for_timeout(300)
    assert inside(page).locator("html").evaluate("one => one.scrollHeight === innerHeight")


def test_ten_blocks_stand_on_one_page(visitor: BrowserContext, website: Website, edge: Edge) -> None:
    published(edge, hero(), *(cta(option("go", website.at(f"/{number}")), key=f"b{number}") for number in range(10)))
    website.body = "".join(f"<p>{'x ' * 2000}</p>{place_of(edge, f'b{number}')}" for number in range(10))
    page = visitor.new_page()
    page.goto(website.at("/"))
    page.wait_for_function(  # those far below, which a browser does not draw, too
        "() => [...document.querySelectorAll('iframe')].filter((one) => parseFloat(one.style.height) > 0).length === 10"
    )
    page.frame_locator("iframe").nth(9).locator("a.go").click()
    page.wait_for_url(lambda url: "/9" in url)
    wait_until(lambda: bool(clicks(edge)), 20, lambda: str(edge.events()))
    assert [event.properties["block"] for event in clicks(edge)] == ["b9"]


@pytest.mark.parametrize("address", ["fair/other", "gone/next", "draft/top"])
def test_a_block_that_is_not_there_leaves_the_link(
    visitor: BrowserContext, website: Website, edge: Edge, address: str
) -> None:
    offering(edge, website)
    actions.create_page(edge.workspace, "draft", "Draft", definition_of(hero()), NOW)
    page_of, block = address.split("/")
    website.body = place_of(edge, block, page_of) + place_of(edge)
    page = visitor.new_page()
    page.goto(website.at("/"))
    expect(page.frame_locator("iframe >> nth=1").locator("a.go")).to_be_visible()
    expect(page.get_by_role("link", name="看看优惠")).to_be_visible()
    expect(page.locator("[data-lianyi-block] > a")).to_have_count(1)
    assert page.locator("iframe").nth(0).evaluate("one => one.clientHeight") == 0


@pytest.mark.parametrize("address", ["../x", "fair", "fair/next/more/x", "Fair/next", "", "fair/ne xt"])
def test_what_is_no_address_stays_as_it_is(visitor: BrowserContext, website: Website, edge: Edge, address: str) -> None:
    website.body = f'<div data-lianyi-block="{address}">Link</div>'
    page = visitor.new_page()
    page.goto(website.at("/"))
    page.wait_for_function(RUNS)
    page.wait_for_timeout(500)
    assert (page.locator("iframe").count(), page.locator("div").inner_text()) == (0, "Link")


def test_text_of_a_block_runs_nothing(visitor: BrowserContext, website: Website, edge: Edge) -> None:
    bad = words("<img src=x onerror=\"top.postMessage('ran','*')\"></style><script>parent.ran=1</script>")
    published(edge, hero(title=bad, text=bad), Text(key="text", title=bad, text=bad))
    website.body = f"<script>addEventListener('message',e=>window.ran=e.data==='ran')</script>{place_of(edge, 'text')}"
    page = visitor.new_page()
    page.goto(website.at("/"))
    expect(inside(page).get_by_role("heading")).to_contain_text("<script>parent.ran=1</script>")
    page.wait_for_timeout(300)
    assert page.evaluate("window.ran") is not True


def test_another_frame_cannot_speak_for_a_block(visitor: BrowserContext, website: Website, edge: Edge) -> None:
    offering(edge, website)
    website.pages["/other"] = (
        "<script>parent.postMessage({lianyi:'form',height:9999,go:'http://shop.test/no'},'*')</script>"
    )
    website.body = f"{place_of(edge)}<iframe src='/other'></iframe>"
    page = visitor.new_page()
    page.goto(website.at("/"))
    expect(button(page)).to_be_visible()
    page.wait_for_timeout(300)
    assert page.locator(LOOK).evaluate("one => one.clientHeight") < 2000
    assert page.url == website.at("/")


def test_it_works_without_the_tracker(visitor: BrowserContext, website: Website, edge: Edge) -> None:
    offering(edge, website)
    website.pages["/"] = f'{place_of(edge)}<script src="{edge.url}/lianyi-forms.js"></script>'
    website.pages["/trial"] = "<h1>The trial</h1>"
    subscribed(visitor, website)
    page = visitor.new_page()
    page.goto(website.at("/"))
    expect(button(page)).to_have_text("立即试用")
    button(page).click()
    page.wait_for_url(website.at("/trial"))


def test_without_scripts_the_link_stays(chromium: Browser, website: Website, edge: Edge) -> None:
    offering(edge, website)
    website.body = place_of(edge)
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN", user_agent=AGENT)
    page = context.new_page()
    page.goto(website.at("/"))
    page.get_by_role("link", name="看看优惠").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("标题")
    context.close()


@pytest.mark.parametrize(("light", "language"), [("light", "zh-CN"), ("dark", "en")])
def test_axe_finds_nothing_on_a_website_with_blocks(
    chromium: Browser, website: Website, edge: Edge, light: Any, language: str
) -> None:
    figures = Proof(
        key="proof", title=words("口碑", "Proof"), figures=(Figure(value="98%", label=words("满意", "ok")),)
    )
    asked = Faq(key="faq", questions=(Question(question=words("多少钱？", "How much?"), answer=words("免费", "Free")),))
    published(edge, hero(), cta(), figures, asked)
    places = "".join(place_of(edge, key) for key in ("top", "next", "proof", "faq"))
    head = f'<title>Shop</title><meta name="color-scheme" content="light dark">{website.script}'
    head += '<link rel=icon href="data:,">'
    body = f"<main><h1>Shop</h1>{places}</main>"
    website.pages["/"] = f'<!doctype html><html lang="{language}"><head>{head}</head><body>{body}</body></html>'
    context = chromium.new_context(user_agent=AGENT, color_scheme=light, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(website.at("/"))
    page.wait_for_function(
        "() => [...document.querySelectorAll('iframe')].filter((one) => parseFloat(one.style.height) > 0).length === 4"
    )
    for frame in page.frames:
        frame.evaluate(AXE.read_text())
    found = page.evaluate(
        "axe.run(document).then((found) => found.violations.map((one) => [one.id, one.nodes.map((n) => n.html)]))"
    )
    context.close()
    assert found == [], json.dumps(found, indent=1)
