"""No event is lost and none counts twice: pages that close, servers that are down, browsers that are offline."""

import json
from datetime import datetime
from itertools import pairwise

import pytest
from playwright.sync_api import BrowserContext, Page
from tests.browser.tracker.serving import RUNS, Collector, Website, wait_until


def ids(collector: Collector) -> list[str]:
    return [message["messageId"] for message in collector.messages()]


def waiting(page: Page) -> list[str]:
    """Message ids in the browser's queue, oldest first."""
    lines = page.evaluate(
        "Object.keys(localStorage).filter(name => name.startsWith('ly_queue_')).sort().map(name => localStorage[name])"
    )
    return [json.loads(line)["messageId"] for line in lines]


@pytest.mark.parametrize("how", ["navigate", "close"])
def test_what_happens_last_on_a_page_arrives(
    visitor: BrowserContext, website: Website, collector: Collector, how: str
) -> None:
    website.body = "<button onclick=\"lianyi.track('Clicked', {n: 1})\">go</button>"
    page = visitor.new_page()
    page.goto(website.at("/last"))
    collector.wait_for("page")
    page.wait_for_timeout(700)
    page.click("button")
    if how == "navigate":
        page.goto("about:blank")
    else:
        page.close(run_before_unload=True)
    collector.wait_for("Clicked")
    (dwell,) = collector.wait_for("Page Dwelled")
    assert dwell["properties"]["seconds"] >= 0.7
    (beacon,) = [one for one in collector.receipts if one.envelope["batch"][-1].get("event") == "Page Dwelled"]
    assert beacon.path == "/v1/batch"
    assert beacon.headers["Content-Type"].startswith("text/plain")
    assert collector.preflights == []


def test_without_beacons_the_last_words_go_by_fetch(
    visitor: BrowserContext, website: Website, collector: Collector
) -> None:
    visitor.add_init_script("Navigator.prototype.sendBeacon = () => false")
    page = visitor.new_page()
    page.goto(website.at("/"))
    collector.wait_for("page")
    page.wait_for_timeout(700)
    page.goto("about:blank")
    collector.wait_for("Page Dwelled")


def test_a_beacon_is_no_receipt(visitor: BrowserContext, website: Website, collector: Collector) -> None:
    page = visitor.new_page()
    page.goto(website.at("/a"))
    collector.wait_for("page", 1)
    page.wait_for_timeout(700)
    page.goto(website.at("/b"))
    collector.wait_for("page", 2)
    wait_until(lambda: waiting(page) == [], 20, lambda: "still waiting")

    def dwells() -> list[str]:
        batches = [receipt.envelope["batch"] for receipt in list(collector.receipts)]
        return [one["messageId"] for batch in batches for one in batch if one.get("event") == "Page Dwelled"]

    wait_until(lambda: len(dwells()) >= 2, 20, lambda: "no beacon")
    collector.settle()
    assert len(dwells()) == 2  # by beacon, and once more for the acknowledgement
    assert len(set(dwells())) == 1


def test_a_failed_batch_is_sent_again_with_the_same_ids_and_times(
    visitor: BrowserContext, website: Website, collector: Collector
) -> None:
    collector.status = 503
    page = visitor.new_page()
    page.goto(website.at("/"))
    wait_until(lambda: len(collector.receipts) >= 2, 20, lambda: "no second attempt")
    assert len(waiting(page)) == 1
    collector.status = 200
    wait_until(lambda: waiting(page) == [], 20, lambda: "still waiting")
    attempts = [receipt.envelope for receipt in collector.receipts]
    assert len({json.dumps(attempt["batch"]) for attempt in attempts}) == 1
    sent = [datetime.fromisoformat(attempt["sentAt"]) for attempt in attempts]
    pauses = [(after - before).total_seconds() for before, after in pairwise(sent)]
    assert 0.7 < pauses[0] < 2.5
    assert all(1.0 < pause < 6 for pause in pauses[1:])


def test_events_of_an_offline_browser_wait_and_outlive_the_page(
    visitor: BrowserContext, website: Website, collector: Collector
) -> None:
    page = visitor.new_page()
    page.goto(website.at("/"))
    collector.wait_for("page", 1)
    collector.settle(0.4)
    visitor.set_offline(True)
    page.evaluate("for (const n of [1, 2, 3]) lianyi.track('Offline', {n})")
    page.wait_for_timeout(700)
    kept = waiting(page)
    assert len(kept) == 3
    page.evaluate("lianyi.track('Offline', {n: 4})")
    kept = waiting(page)
    page.close()  # without a word, as a crash does
    visitor.set_offline(False)
    assert collector.messages("Offline") == []
    visitor.new_page().goto(website.at("/later"))
    found = collector.wait_for("Offline", 4)
    assert [one["messageId"] for one in found] == kept
    assert [one["properties"]["n"] for one in found] == [1, 2, 3, 4]


def test_being_online_again_is_noticed(visitor: BrowserContext, website: Website, collector: Collector) -> None:
    page = visitor.new_page()
    page.goto(website.at("/"))
    collector.wait_for("page")
    visitor.set_offline(True)
    page.evaluate("Math.random = () => 1000; lianyi.track('Offline')")  # the next attempt is far away
    page.wait_for_timeout(1000)
    visitor.set_offline(False)
    collector.wait_for("Offline")


@pytest.mark.parametrize(("status", "left"), [(400, 0), (401, 0), (413, 0), (429, 1), (500, 1)])
def test_only_what_may_succeed_later_is_kept(
    visitor: BrowserContext, website: Website, collector: Collector, status: int, left: int
) -> None:
    collector.status = status
    page = visitor.new_page()
    page.goto(website.at("/"))
    wait_until(lambda: len(collector.receipts) >= 1, 20, lambda: "nothing came")
    page.wait_for_timeout(200)
    assert len(waiting(page)) == left


def test_a_long_queue_leaves_in_small_batches_and_in_order(
    visitor: BrowserContext, website: Website, collector: Collector
) -> None:
    website.options["data-pages"] = "manual"
    page = visitor.new_page()
    page.goto(website.at("/"))
    page.wait_for_function(RUNS)
    page.evaluate("for (let n = 0; n < 150; n++) lianyi.track('Counted', {n, text: '涟'.repeat(400)})")
    found = collector.wait_for("Counted", 150)
    assert [one["properties"]["n"] for one in found] == list(range(150))
    assert max(len(receipt.body) for receipt in collector.receipts) < 31_000
    assert len(collector.receipts) < 20


def test_the_newest_thousand_are_kept(visitor: BrowserContext, website: Website, collector: Collector) -> None:
    website.options["data-pages"] = "manual"
    page = visitor.new_page()
    page.goto(website.at("/"))
    page.wait_for_function(RUNS)
    page.evaluate(
        """() => {
            const line = n => JSON.stringify({type: 'track', event: 'Counted', messageId: String(n), n});
            for (let n = 1000; n < 2002; n++) localStorage['ly_queue_1' + n] = line(n);
            lianyi.track('Counted', {n: 2002});
        }"""
    )
    found = collector.wait_for("Counted", 1000)
    assert [one["n"] for one in found[:-1]] == list(range(1003, 2002))
    assert found[-1]["properties"] == {"n": 2002}


def test_an_event_of_more_than_32_kb_is_dropped_and_said_so(
    visitor: BrowserContext, website: Website, collector: Collector
) -> None:
    page = visitor.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(website.at("/"))
    page.wait_for_function(RUNS)
    page.evaluate("lianyi.track('Huge', {text: '涟'.repeat(11000)}); lianyi.track('Large', {text: '涟'.repeat(10000)})")
    collector.wait_for("Large")
    collector.wait_for("page")
    assert {one.get("event", one["type"]) for one in collector.messages()} <= {"page", "Large", "Page Dwelled"}
    assert said == ["lianyi: dropped an event over 32 kB"]


def test_two_tabs_do_not_lose_each_others_events(
    visitor: BrowserContext, website: Website, collector: Collector
) -> None:
    collector.status = 503
    tabs = [visitor.new_page(), visitor.new_page()]
    for tab in tabs:
        tab.goto(website.at("/"))
        tab.wait_for_function(RUNS)
    for n in range(10):
        tabs[n % 2].evaluate("n => lianyi.track('Clicked', {n})", n)
    assert len(waiting(tabs[0])) >= 10
    collector.status = 200
    for tab in tabs:
        tab.evaluate("lianyi.flush()")
    found = collector.wait_for("Clicked", 10)
    assert sorted(one["properties"]["n"] for one in found) == list(range(10))
    wait_until(lambda: waiting(tabs[1]) == [], 20, lambda: "still waiting")
