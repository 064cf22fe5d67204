"""Whose wish counts: Do Not Track, Global Privacy Control, and the visitor's answer, before, after and withdrawn."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Page
from tests.browser.tracker.serving import RUNS, Collector, Website

BUSY = "lianyi.track('Clicked'); lianyi.identify('ann', {plan: 'pro'}); history.pushState(null, '', '/next')"


def kept(page: Page) -> dict[str, Any]:
    """Everything that the site has stored in this browser."""
    stored = page.evaluate("({local: Object.keys(localStorage), session: Object.keys(sessionStorage)})")
    return {**stored, "cookies": sorted(cookie["name"] for cookie in page.context.cookies())}


NOTHING = {"local": [], "session": [], "cookies": []}


def busy_visit(page: Page, website: Website) -> None:
    page.goto(website.at("/?utm_source=weibo"))
    page.wait_for_function(RUNS)
    page.evaluate(BUSY)
    page.wait_for_timeout(600)


def test_do_not_track_is_honoured(
    visitor_with: Callable[..., BrowserContext], website: Website, collector: Collector
) -> None:
    page = visitor_with({"enable_do_not_track": True}).new_page()
    busy_visit(page, website)
    assert page.evaluate("navigator.doNotTrack") == "1"
    assert page.evaluate("lianyi.anonymousId()") == ""
    page.evaluate("lianyi.consent(true); lianyi.track('Clicked')")
    assert kept(page) == NOTHING
    page.goto("about:blank")
    assert collector.settle() == []


def test_do_not_track_is_ignored_where_the_website_says_so(
    visitor_with: Callable[..., BrowserContext], website: Website, collector: Collector
) -> None:
    website.options["data-respect-dnt"] = "false"
    page = visitor_with({"enable_do_not_track": True}).new_page()
    page.goto(website.at("/"))
    collector.wait_for("page")
    assert page.evaluate("navigator.doNotTrack") == "1"


def test_global_privacy_control_is_honoured(visitor: BrowserContext, website: Website, collector: Collector) -> None:
    # Chromium has no such setting of its own; extensions add it in just this way.
    visitor.add_init_script("Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {get: () => true})")
    page = visitor.new_page()
    busy_visit(page, website)
    assert kept(page) == NOTHING
    page.goto("about:blank")
    assert collector.settle() == []


def test_before_the_answer_nothing_is_stored_or_sent(
    visitor: BrowserContext, website: Website, collector: Collector
) -> None:
    website.options["data-consent"] = "required"
    page = visitor.new_page()
    busy_visit(page, website)
    assert page.evaluate("lianyi.anonymousId()") == ""
    assert kept(page) == NOTHING
    page.goto("about:blank")
    assert collector.settle() == []


def test_what_was_held_is_sent_as_it_was_once_the_visitor_agrees(
    visitor: BrowserContext, website: Website, collector: Collector
) -> None:
    website.options["data-consent"] = "required"
    page = visitor.new_page()
    busy_visit(page, website)
    page.wait_for_timeout(600)
    asked = page.evaluate("new Date().toISOString()")
    page.evaluate("lianyi.consent(true)")
    collector.wait_for("page", 2)
    messages = [one for one in collector.settle() if one.get("event") != "Page Dwelled"]
    assert sorted(one["type"] for one in messages) == ["identify", "page", "page", "track"]
    assert all(one["timestamp"] < asked for one in messages)
    assert {one["anonymousId"] for one in messages} == {page.evaluate("lianyi.anonymousId()")}
    assert all(one["context"]["campaign"] == {"source": "weibo"} for one in messages)
    assert [one["context"]["page"]["path"] for one in messages if one["type"] == "page"] == ["/", "/next"]
    page.goto(website.at("/later"))  # the answer lasts
    collector.wait_for("page", 3)


def test_an_answer_given_before_the_script_came_counts(
    visitor: BrowserContext, website: Website, collector: Collector
) -> None:
    website.options["data-consent"] = "required"
    website.before = "<script>window.lianyi = window.lianyi || []; lianyi.push(['consent', true])</script>"
    visitor.new_page().goto(website.at("/"))
    collector.wait_for("page")


def test_withdrawing_erases_all_and_holds_nothing_back(
    visitor: BrowserContext, website: Website, collector: Collector
) -> None:
    website.options["data-consent"] = "required"
    collector.status = 503  # so that something waits
    page = visitor.new_page()
    busy_visit(page, website)
    page.evaluate("lianyi.consent(true)")
    page.wait_for_timeout(500)
    before = kept(page)
    assert before["cookies"] == ["ly_consent", "ly_id"]
    assert {name.rpartition("_")[0] for name in before["local"]} == {"ly", "ly_queue"}
    page.evaluate("lianyi.consent(false)")
    assert kept(page) == NOTHING
    collector.settle()
    collector.receipts.clear()
    page.evaluate("lianyi.track('After'); history.pushState(null, '', '/more')")
    page.wait_for_timeout(300)
    assert kept(page) == NOTHING
    collector.status = 200
    page.evaluate("lianyi.consent(true)")  # what was done meanwhile stays unsaid
    page.goto(website.at("/again"))
    page.evaluate("lianyi.consent(true)")
    collector.wait_for("page", 1)
    assert {one.get("event", one["type"]) for one in collector.settle()} <= {"page", "Page Dwelled"}
    assert [one["context"]["page"]["path"] for one in collector.messages("page")] == ["/again"]


def test_an_objection_lasts_where_leave_is_not_asked(
    visitor: BrowserContext, website: Website, collector: Collector
) -> None:
    page = visitor.new_page()
    page.goto(website.at("/"))
    first = collector.wait_for("page", 1)[0]["anonymousId"]
    page.evaluate("lianyi.consent(false)")
    assert kept(page) == {"local": [], "session": [], "cookies": ["ly_consent"]}
    collector.settle()
    busy_visit(page, website)
    assert kept(page) == {"local": [], "session": [], "cookies": ["ly_consent"]}
    assert len(collector.messages("page")) == 1
    page.evaluate("lianyi.consent(true); lianyi.track('Back')")
    (back,) = collector.wait_for("Back")
    assert back["anonymousId"] != first


def test_a_withdrawal_reaches_the_other_tabs(visitor: BrowserContext, website: Website, collector: Collector) -> None:
    website.options["data-consent"] = "required"
    collector.status = 503
    one, other = visitor.new_page(), visitor.new_page()
    one.goto(website.at("/one"))
    other.goto(website.at("/other"))
    for page in (one, other):
        page.wait_for_function(RUNS)
        page.evaluate("lianyi.consent(true)")
    other.wait_for_timeout(600)
    one.evaluate("lianyi.consent(false)")
    collector.settle(0.3)
    collector.receipts.clear()
    other.evaluate("lianyi.track('Clicked'); lianyi.flush()")
    other.wait_for_timeout(2500)  # longer than the next attempt would take
    assert kept(other) == NOTHING
    assert collector.messages() == []
