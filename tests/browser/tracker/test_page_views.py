"""Which pages are seen, what is told about each, and for how long it was looked at."""

import gzip
import re
from collections.abc import Callable
from datetime import UTC, datetime

from playwright.sync_api import BrowserContext
from tests.browser.tracker.serving import KEY, RUNS, TRACKER, Collector, Website

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def test_the_script_stays_small() -> None:
    assert len(gzip.compress(TRACKER.read_bytes())) < 4096


def test_a_page_view_says_what_was_seen_and_by_whom(
    visitor: BrowserContext, website: Website, collector: Collector
) -> None:
    page = visitor.new_page()
    page.goto(website.at("/shoes/7?size=40#reviews"))
    (view,) = collector.wait_for("page")
    context = view.pop("context")
    moment = datetime.fromisoformat(view.pop("timestamp"))
    assert abs((datetime.now(UTC) - moment).total_seconds()) < 10
    assert UUID.fullmatch(view.pop("messageId"))
    assert UUID.fullmatch(view.pop("anonymousId"))
    seen = {
        "url": website.at("/shoes/7?size=40#reviews"),
        "path": "/shoes/7",
        "title": "Shop",
        "referrer": "",
        "search": "?size=40",
    }
    assert view == {"type": "page", "properties": seen}
    assert context.pop("userAgent") == page.evaluate("navigator.userAgent")
    assert context == {
        "page": seen,
        "locale": "zh-CN",
        "timezone": "Asia/Shanghai",
        "screen": {"width": 1280, "height": 720, "density": 1},
        "library": {"name": "lianyi.js", "version": "1.0.0"},
    }


def test_the_request_needs_no_permission_and_carries_no_cookie(
    visitor: BrowserContext, website: Website, collector: Collector
) -> None:
    website.collector_url = collector.url.replace("collect.test", "collect.shop.test")  # of the same site
    visitor.add_cookies([{"name": "session", "value": "secret", "url": website.collector_url}])
    visitor.new_page().goto(website.at("/"))
    collector.wait_for("page")
    (receipt,) = collector.receipts
    assert receipt.path == "/v1/batch"
    assert receipt.headers["Content-Type"].startswith("text/plain")
    assert "Cookie" not in receipt.headers
    assert collector.preflights == []
    assert receipt.envelope["writeKey"] == KEY
    assert set(receipt.envelope) == {"batch", "sentAt", "writeKey"}


def test_one_visitor_keeps_one_id_over_pages_and_tabs(
    visitor: BrowserContext, website: Website, collector: Collector
) -> None:
    page = visitor.new_page()
    page.goto(website.at("/a"))
    collector.wait_for("page", 1)
    page.goto(website.at("/b"))
    collector.wait_for("page", 2)
    visitor.new_page().goto(website.at("/c"))
    views = collector.wait_for("page", 3)
    assert len({view["anonymousId"] for view in views}) == 1
    assert [view["context"]["page"]["referrer"] for view in views] == ["", "", ""]  # typed in, not followed


def test_moves_within_a_document_are_views(visitor: BrowserContext, website: Website, collector: Collector) -> None:
    page = visitor.new_page()
    page.goto(website.at("/a"))
    collector.wait_for("page", 1)
    page.evaluate("history.pushState(null, '', '/b?x=1'); setTimeout(() => document.title = 'B', 20)")
    collector.wait_for("page", 2)
    page.evaluate("history.pushState({}, '', '/b?x=1')")  # the same page
    page.evaluate("history.replaceState(null, '', '/b?x=1')")
    page.evaluate("location.hash = 'anchor'")
    page.evaluate("location.hash = '/route?utm_source=weibo'")
    collector.wait_for("page", 3)
    page.evaluate("history.go(-3)")
    views = collector.wait_for("page", 4)
    assert [view["context"]["page"]["url"].split(".test")[1].partition("/")[2] for view in views] == [
        "a",
        "b?x=1",
        "b?x=1#/route?utm_source=weibo",
        "b?x=1",
    ]
    assert [view["context"]["page"]["title"] for view in views] == ["Shop", "B", "B", "B"]
    assert [view["context"]["page"]["referrer"] for view in views[:2]] == ["", website.at("/a")]
    assert views[2]["context"]["campaign"] == {"source": "weibo"}


def test_quick_moves_are_each_told_with_their_own_address(
    visitor: BrowserContext, website: Website, collector: Collector
) -> None:
    page = visitor.new_page()
    page.goto(website.at("/a"))
    collector.wait_for("page", 1)
    page.evaluate("for (const to of ['/b', '/c', '/d']) history.pushState(null, '', to)")
    views = collector.wait_for("page", 4)
    assert sorted(view["context"]["page"]["path"] for view in views) == ["/a", "/b", "/c", "/d"]


def test_views_can_be_left_to_the_website(visitor: BrowserContext, website: Website, collector: Collector) -> None:
    website.options["data-pages"] = "manual"
    page = visitor.new_page()
    page.goto(website.at("/?utm_source=zhihu"))
    page.wait_for_function(RUNS)
    page.evaluate("history.pushState(null, '', '/b')")
    page.evaluate("lianyi.page('Checkout', {step: 2})")
    (view,) = collector.wait_for("page")
    assert view["name"] == "Checkout"
    assert view["properties"]["step"] == 2
    assert view["properties"]["path"] == "/b"
    assert view["context"]["campaign"] == {"source": "zhihu"}


def test_dwell_counts_visible_seconds_up_to_the_move(
    visitor: BrowserContext, website: Website, collector: Collector
) -> None:
    page = visitor.new_page()
    page.goto(website.at("/long-read"))
    collector.wait_for("page")
    page.wait_for_timeout(1200)
    page.evaluate("history.pushState(null, '', '/next')")
    (dwell,) = collector.wait_for("Page Dwelled")
    assert dwell["type"] == "track"
    assert set(dwell["properties"]) == {"seconds"}
    assert 1.2 <= dwell["properties"]["seconds"] < 6
    assert dwell["context"]["page"]["path"] == "/long-read"


def test_a_page_left_open_counts_a_minute_after_the_last_sign_of_life(
    visitor: BrowserContext, website: Website, collector: Collector
) -> None:
    page = visitor.new_page()
    page.clock.install()
    page.goto(website.at("/"))
    page.wait_for_function(RUNS)
    page.clock.pause_at(datetime.now(UTC).timestamp() + 60)
    page.evaluate("history.pushState(null, '', '/left-open')")
    page.clock.fast_forward(30_000)
    page.mouse.move(20, 20)
    page.clock.fast_forward(3_600_000)
    page.evaluate("history.pushState(null, '', '/next')")
    page.clock.resume()
    dwells = collector.wait_for("Page Dwelled", 2)
    assert dwells[1]["properties"]["seconds"] == 90.0


def test_each_time_a_page_is_hidden_tells_the_seconds_since(
    visitor: BrowserContext, website: Website, collector: Collector
) -> None:
    turn = """hide => {
        Object.defineProperty(document, 'hidden', {configurable: true, get: () => hide});
        document.dispatchEvent(new Event('visibilitychange'));
    }"""
    page = visitor.new_page()
    page.clock.install()
    page.goto(website.at("/tabs"))
    collector.wait_for("page")
    page.clock.pause_at(datetime.now(UTC).timestamp() + 60)
    page.evaluate(turn, True)
    collector.wait_for("Page Dwelled", 1)
    page.clock.run_for(3000)  # nobody looks
    page.evaluate(turn, False)
    page.clock.run_for(1500)
    page.evaluate(turn, True)
    page.clock.run_for(3000)
    page.evaluate(turn, False)
    page.clock.run_for(400)  # too short to tell
    page.evaluate(turn, True)
    page.evaluate(turn, False)
    page.clock.run_for(700)
    page.evaluate(turn, True)
    dwells = collector.wait_for("Page Dwelled", 3)
    assert [dwell["properties"]["seconds"] for dwell in dwells[1:]] == [1.5, 0.7]


def test_a_page_from_the_browsers_cache_is_seen_again(
    visitor_with: Callable[..., BrowserContext], website: Website, collector: Collector
) -> None:
    page = visitor_with({}, without=("--disable-back-forward-cache",)).new_page()
    page.goto(website.at("/first"))
    collector.wait_for("page", 1)
    page.evaluate("addEventListener('pageshow', event => window.persisted = event.persisted)")
    page.wait_for_timeout(600)
    page.goto(website.at("/second"))
    collector.wait_for("page", 2)
    page.go_back(wait_until="commit")
    page.wait_for_function("window.persisted")
    page.wait_for_timeout(600)
    page.goto("about:blank")
    views = collector.wait_for("page", 3)
    assert [view["context"]["page"]["path"] for view in views] == ["/first", "/second", "/first"]
    dwells = [one for one in collector.settle() if one.get("event") == "Page Dwelled"]
    assert [one["context"]["page"]["path"] for one in dwells].count("/first") == 2


def test_a_page_prepared_in_advance_has_not_been_seen(
    visitor: BrowserContext, website: Website, collector: Collector
) -> None:
    # A driven browser prepares no pages, so the page is told that it is one.
    visitor.add_init_script("Object.defineProperty(document, 'prerendering', {get: () => true})")
    website.before = "<script>window.lianyi = [['track', 'Early']]</script>"
    page = visitor.new_page()
    page.goto(website.at("/next"))
    assert collector.settle() == []
    page.evaluate("document.dispatchEvent(new Event('prerenderingchange'))")
    (view,) = collector.wait_for("page")
    (early,) = collector.wait_for("Early")
    assert view["context"]["page"]["path"] == early["context"]["page"]["path"] == "/next"
