"""Where a visitor comes from: what the address and the referrer show, kept for the visit, and what it was at first."""

from typing import Any

import pytest
from playwright.sync_api import BrowserContext
from tests.browser.tracker.serving import RUNS, Collector, Message, Website

CLICK_IDS = {
    "gclid": "g-1",
    "gbraid": "g-2",
    "wbraid": "g-3",
    "fbclid": "f-1",
    "msclkid": "m-1",
    "ttclid": "t-1",
    "twclid": "x-1",
    "li_fat_id": "l-1",
    "yclid": "y-1",
    "bd_vid": "百度 1",
    "qz_gdt": "q-1",
    "gdt_vid": "q-2",
    "clickid": "o-1",
}


def source_of(message: Message) -> dict[str, Any]:
    names = ("campaign", "clickIds", "referrer", "ly_code", "ly_click", "first")
    return {name: message["context"][name] for name in names if name in message["context"]}


def test_campaign_parameters_click_ids_and_our_own_codes_are_taken(
    visitor: BrowserContext, website: Website, collector: Collector
) -> None:
    page = visitor.new_page()
    page.goto(
        website.at(
            "/?utm_source=weibo&utm_medium=social&utm_campaign=%E5%8F%8C11&utm_term=shoes&utm_content=a%20b"
            "&ly_code=QR-7&ly_click=c01&other=1&"
        )
        + "&".join(f"{name}={value}" for name, value in CLICK_IDS.items())
    )
    (view,) = collector.wait_for("page")
    assert source_of(view) == {
        "campaign": {"source": "weibo", "medium": "social", "name": "双11", "term": "shoes", "content": "a b"},
        "clickIds": CLICK_IDS,
        "ly_code": "QR-7",
        "ly_click": "c01",
    }


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ("/?ly_click=c01", "/"),
        ("/?ly_click=c01&a=1#part", "/?a=1#part"),
        ("/?a=1&ly_click=c01#part", "/?a=1#part"),
        ("/?a=1&ly_click=c01&b=2", "/?a=1&b=2"),
        ("/?a=1&ly_code=QR-7", "/?a=1&ly_code=QR-7"),
    ],
)
def test_the_mark_of_a_click_leaves_the_address(
    asked: str, left: str, visitor: BrowserContext, website: Website, collector: Collector
) -> None:
    page = visitor.new_page()
    page.goto(website.at(asked))
    (view,) = collector.wait_for("page")
    assert page.url == website.at(left)
    assert view["context"]["page"]["url"] == website.at(left)
    assert view["context"].get("ly_click") == ("c01" if "ly_click" in asked else None)
    page.evaluate("location.hash = 'elsewhere'")
    page.evaluate("history.back()")
    page.evaluate("lianyi.track('Order Completed')")
    collector.wait_for("Order Completed")
    assert len(collector.wait_for("page")) == 1


def test_a_visits_source_goes_with_all_that_follows(
    visitor: BrowserContext, website: Website, collector: Collector
) -> None:
    page = visitor.new_page()
    page.goto(website.at("/?utm_source=weibo&ly_code=QR-7"))
    collector.wait_for("page", 1)
    page.goto(website.at("/cart"))
    page.wait_for_function(RUNS)
    page.evaluate("lianyi.track('Order Completed', {total: 12})")
    (order,) = collector.wait_for("Order Completed")
    assert source_of(order) == {"campaign": {"source": "weibo"}, "ly_code": "QR-7"}


def test_a_second_source_begins_a_visit_and_the_first_is_remembered(
    visitor: BrowserContext, website: Website, collector: Collector
) -> None:
    page = visitor.new_page()
    page.goto(website.at("/?utm_source=weibo"))
    collector.wait_for("page", 1)
    page.goto(website.at("/?gclid=g-1"))
    views = collector.wait_for("page", 2)
    assert source_of(views[1]) == {"clickIds": {"gclid": "g-1"}, "first": {"campaign": {"source": "weibo"}}}


def test_half_an_hour_of_silence_ends_a_visit(visitor: BrowserContext, website: Website, collector: Collector) -> None:
    page = visitor.new_page()
    page.goto(website.at("/?utm_source=weibo"))
    collector.wait_for("page", 1)

    def come_again_after(minutes: int) -> dict[str, Any]:
        page.evaluate(
            """minutes => {
                const visits = JSON.parse(localStorage.ly_visits);
                localStorage.ly_visits = JSON.stringify({...visits, seen: visits.seen - minutes * 60000});
            }""",
            minutes,
        )
        known = len(collector.messages("page"))
        page.goto(website.at("/again"))
        return source_of(collector.wait_for("page", known + 1)[-1])

    assert come_again_after(29) == {"campaign": {"source": "weibo"}}
    assert come_again_after(31) == {"first": {"campaign": {"source": "weibo"}}}


def test_a_link_from_another_site_is_a_source_and_one_of_the_own_is_not(
    visitor: BrowserContext, website: Website, collector: Collector
) -> None:
    website.pages["/blog"] = f'<meta name=referrer content=unsafe-url><a href="{website.at("/shoes")}">to the shop</a>'
    website.pages["/plain"] = f'<a href="{website.at("/socks")}">further</a>'
    page = visitor.new_page()
    page.goto(website.at("/blog", host="blog.test"))
    page.click("a")
    (view,) = collector.wait_for("page", 1)
    assert source_of(view) == {"referrer": {"host": f"blog.test:{website.port}"}}
    assert view["context"]["page"]["referrer"] == website.at("/blog", host="blog.test")
    page.goto(website.at("/plain"))
    page.click("a")
    inside = collector.wait_for("page", 2)[1]
    assert inside["context"]["page"]["referrer"] == website.at("/plain")
    assert source_of(inside) == {"referrer": {"host": f"blog.test:{website.port}"}}  # the visit's, still


def test_sister_sites_under_one_domain_share_the_visitor(
    visitor: BrowserContext, website: Website, collector: Collector
) -> None:
    website.options["data-cookie-domain"] = ".shop.test"
    page = visitor.new_page()
    page.goto(website.at("/", host="www.shop.test"))
    collector.wait_for("page", 1)
    page.goto(website.at("/", host="m.shop.test"))
    first, second = collector.wait_for("page", 2)
    assert first["anonymousId"] == second["anonymousId"]
    (cookie,) = [one for one in visitor.cookies() if one["name"] == "ly_id"]
    assert cookie["domain"] == ".shop.test"


def test_the_cookie_lasts_as_long_as_it_is_told(
    visitor: BrowserContext, website: Website, collector: Collector
) -> None:
    website.options["data-cookie-days"] = "30"
    page = visitor.new_page()
    page.goto(website.at("/"))
    (view,) = collector.wait_for("page")
    (cookie,) = visitor.cookies()
    assert (cookie["name"], cookie["value"]) == ("ly_id", view["anonymousId"])
    assert (cookie["domain"], cookie["path"], cookie["sameSite"], cookie["secure"]) == ("shop.test", "/", "Lax", False)
    assert abs(cookie["expires"] - page.evaluate("Date.now() / 1000") - 30 * 86400) < 60


def test_where_the_page_is_encrypted_the_cookie_is_too(visitor: BrowserContext, collector: Collector) -> None:
    html = f'<script src="https://safe.test/lianyi.js" data-key=lyb_x data-endpoint="{collector.url}"></script>'
    script = collector.get("/lianyi.js").body
    visitor.route("https://safe.test/", lambda route: route.fulfill(body=html, content_type="text/html"))
    visitor.route("https://safe.test/*.js", lambda route: route.fulfill(body=script, content_type="text/javascript"))
    page = visitor.new_page()
    page.goto("https://safe.test/")
    page.wait_for_function("document.cookie")
    (cookie,) = visitor.cookies()
    assert (cookie["name"], cookie["secure"]) == ("ly_id", True)
