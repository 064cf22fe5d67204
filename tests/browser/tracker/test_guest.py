"""A guest in somebody's page: what the page may call, and that nothing there can hurt it nor it the page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext
from tests.browser.tracker.serving import KEY, RUNS, Collector, Website, wait_until

EARLY = """<script>
window.lianyi = window.lianyi || [];
lianyi.push(['identify', 'ann', {plan: 'pro'}, {signature: 'abc'}]);
lianyi.push(['track', 'Signed Up', {plan: 'pro'}]);
lianyi.push(function (it) { window.early = it.anonymousId() });
</script>"""


def test_calls_made_before_the_script_came_are_not_lost(
    visitor: BrowserContext, website: Website, collector: Collector
) -> None:
    website.before = EARLY
    page = visitor.new_page()
    page.goto(website.at("/"))
    (view,) = collector.wait_for("page")
    (identified,) = collector.wait_for("identify")
    (signed_up,) = collector.wait_for("Signed Up")
    assert identified["traits"] == {"plan": "pro"}
    assert signed_up["properties"] == {"plan": "pro"}
    for message in (view, identified, signed_up):
        assert message["userId"] == "ann"
        assert message["context"]["signature"] == "abc"
        assert message["anonymousId"] == page.evaluate("early")


def test_a_signature_stays_with_the_user_it_was_made_for(
    visitor: BrowserContext, website: Website, collector: Collector
) -> None:
    website.before = EARLY
    page = visitor.new_page()
    page.goto(website.at("/"))
    collector.wait_for("page", 1)
    first = page.evaluate("lianyi.anonymousId()")
    website.before = ""
    page.goto(website.at("/next"))
    assert collector.wait_for("page", 2)[1]["context"]["signature"] == "abc"
    page.evaluate("lianyi.identify('ann', {vip: true}); lianyi.track('Same')")
    (same,) = collector.wait_for("Same")
    assert (same["userId"], same["context"]["signature"], same["anonymousId"]) == ("ann", "abc", first)
    page.evaluate("lianyi.identify('bob'); lianyi.track('Other')")
    (other,) = collector.wait_for("Other")
    assert other["userId"] == "bob"
    assert "signature" not in other["context"]
    assert other["anonymousId"] != first


def test_reset_makes_a_new_visitor(visitor: BrowserContext, website: Website, collector: Collector) -> None:
    website.before = EARLY
    page = visitor.new_page()
    page.goto(website.at("/?utm_source=weibo"))
    collector.wait_for("page")
    page.evaluate("lianyi.reset(); lianyi.track('After')")
    (after,) = collector.wait_for("After")
    assert "userId" not in after
    assert "signature" not in after["context"]
    assert after["anonymousId"] != page.evaluate("early")
    assert after["context"]["campaign"] == {"source": "weibo"}


def test_every_call_has_its_place_in_the_wire_format(
    visitor: BrowserContext, website: Website, collector: Collector
) -> None:
    page = visitor.new_page()
    page.goto(website.at("/"))
    collector.wait_for("page")
    page.evaluate(
        """() => {
            lianyi.track('Bare');
            lianyi.identify({email: 'ann@example.com'});
            lianyi.identify(42, {age: 7});
            lianyi.group('acme', {size: 12});
            lianyi.alias('ann', 'old');
            lianyi.alias('ann');
            lianyi.push(['track', 'Pushed', {n: 1}], ['track', 'Pushed', {n: 2}]);
        }"""
    )
    collector.wait_for("Pushed", 2)
    assert collector.wait_for("Bare")[0]["properties"] == {}
    anonymous, known = collector.wait_for("identify", 2)
    assert (anonymous.get("userId"), anonymous["traits"]) == (None, {"email": "ann@example.com"})
    assert (known["userId"], known["traits"]) == ("42", {"age": 7})
    (group,) = collector.wait_for("group")
    assert (group["groupId"], group["traits"], group["userId"]) == ("acme", {"size": 12}, "42")
    aliases = collector.wait_for("alias", 2)
    assert [(one["userId"], one["previousId"]) for one in aliases] == [("ann", "old"), ("ann", "42")]
    assert [one["properties"] for one in collector.messages("Pushed")] == [{"n": 1}, {"n": 2}]


def test_flush_tells_when_it_is_done(visitor: BrowserContext, website: Website, collector: Collector) -> None:
    page = visitor.new_page()
    page.goto(website.at("/"))
    collector.wait_for("page")
    page.evaluate("lianyi.track('Now'); lianyi.flush()")
    assert len(collector.messages("Now")) == 1


def test_wrong_calls_do_not_throw(visitor: BrowserContext, website: Website, collector: Collector) -> None:
    page = visitor.new_page()
    page.goto(website.at("/"))
    page.wait_for_function(RUNS)
    page.evaluate(
        """() => {
            const ring = {}; ring.ring = ring;
            lianyi.track('Ring', ring);
            lianyi.track('Big', {n: 10n});
            lianyi.track('Thrower', {get n() { throw new Error('no') }});
            lianyi.track(); lianyi.identify(); lianyi.identify(null); lianyi.page(null, null);
            lianyi.group(); lianyi.alias();
            lianyi.push(); lianyi.push(null); lianyi.push(['nothing']); lianyi.push('x', 7);
            lianyi.push(() => { throw new Error('no') });
            lianyi.track('Fine');
        }"""
    )
    collector.wait_for("Fine")
    assert collector.messages("Ring") == collector.messages("Big") == collector.messages("Thrower") == []


def test_one_global_and_no_more(visitor: BrowserContext, website: Website, collector: Collector) -> None:
    website.before = "<script>window.namesBefore = Object.getOwnPropertyNames(window)</script>"
    page = visitor.new_page()
    page.goto(website.at("/"))
    collector.wait_for("page")
    added = page.evaluate("Object.getOwnPropertyNames(window).filter(name => !namesBefore.includes(name))")
    assert sorted(added) == ["lianyi", "namesBefore"]
    assert page.evaluate("Object.keys(lianyi).sort()") == [
        "alias", "anonymousId", "consent", "flush", "group", "identify", "page", "push", "reset", "track",
    ]  # fmt: skip


def test_the_script_twice_is_the_script_once(visitor: BrowserContext, website: Website, collector: Collector) -> None:
    website.before = website.script
    page = visitor.new_page()
    page.goto(website.at("/"))
    collector.wait_for("page")
    page.evaluate("history.pushState(null, '', '/b')")
    collector.wait_for("page", 2)
    assert len(collector.settle()) == len(collector.messages("page")) + len(collector.messages("Page Dwelled"))
    assert len(collector.messages("page")) == 2


def test_without_a_key_it_does_nothing_and_says_so(
    visitor: BrowserContext, website: Website, collector: Collector
) -> None:
    website.options = {}
    page = visitor.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(website.at("/"), wait_until="networkidle")
    assert said == ["lianyi: no data-key"]
    assert page.evaluate("document.cookie + Object.keys(localStorage)") == ""
    assert collector.settle() == []


def test_a_tag_manager_may_write_the_options_into_the_address(
    visitor: BrowserContext, website: Website, collector: Collector
) -> None:
    website.pages["/"] = f"""<!doctype html><title>T</title><script>
        const script = document.createElement('script');
        script.src = '{collector.url}/lianyi.js?key={KEY}&pages=manual';
        document.head.append(script);
    </script>"""
    page = visitor.new_page()
    page.goto(website.at("/"))
    page.wait_for_function(RUNS)
    page.evaluate("lianyi.track('Clicked')")
    collector.wait_for("Clicked")
    assert collector.settle() == collector.messages("Clicked")
    assert {receipt.envelope["writeKey"] for receipt in collector.receipts} == {KEY}


def test_a_strict_content_security_policy_is_enough(
    visitor: BrowserContext, website: Website, collector: Collector
) -> None:
    website.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src {collector.url}; connect-src {collector.url}; img-src data:; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    page = visitor.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(website.at("/"))
    collector.wait_for("page")
    page.wait_for_timeout(700)
    page.goto("about:blank")
    collector.wait_for("Page Dwelled")
    assert complaints == []


@pytest.mark.parametrize("blocked", ["all", "cookies", "localStorage"])
def test_blocked_storage_costs_memory_only(
    visitor_with: Callable[..., BrowserContext], website: Website, collector: Collector, blocked: str
) -> None:
    settings = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    visitor = visitor_with(settings if blocked == "all" else {})
    if blocked == "cookies":
        visitor.add_init_script("Object.defineProperty(document, 'cookie', {get: () => '', set() {}})")
    if blocked == "localStorage":
        visitor.add_init_script("Object.defineProperty(window, 'localStorage', {get() { throw new Error('blocked') }})")
    page = visitor.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(website.at("/a?utm_source=weibo"))
    collector.wait_for("page", 1)
    page.wait_for_timeout(600)
    page.evaluate("lianyi.identify('ann'); lianyi.track('Clicked'); history.pushState(null, '', '/b')")
    collector.wait_for("page", 2)
    page.goto(website.at("/c"))
    views = collector.wait_for("page", 3)
    (clicked,) = collector.wait_for("Clicked")
    assert clicked["userId"] == "ann"
    assert views[1]["context"]["campaign"] == {"source": "weibo"}
    assert views[0]["anonymousId"] == views[1]["anonymousId"] == clicked["anonymousId"]
    assert (views[2]["anonymousId"] == views[0]["anonymousId"]) == (blocked != "all")
    wait_until(lambda: bool(collector.messages("Page Dwelled")), 20, lambda: "no dwell")
    assert errors == []


def test_a_full_storage_loses_nothing_of_this_page(
    visitor: BrowserContext, website: Website, collector: Collector
) -> None:
    website.before = """<script>
        for (let n = 0; n < 6000; n++) try { localStorage['fill' + n] = 'x'.repeat(n < 6 ? 2 ** 20 : 2 ** 8) } catch {}
    </script>"""
    page = visitor.new_page()
    page.goto(website.at("/"))
    collector.wait_for("page")
    page.evaluate("for (let n = 0; n < 5; n++) lianyi.track('Clicked', {n, text: 'y'.repeat(5000)})")
    collector.wait_for("Clicked", 5)


def test_garbage_in_our_storage_is_survived(visitor: BrowserContext, website: Website, collector: Collector) -> None:
    website.before = """<script>
        localStorage.ly_visits = '{"first": 7, "now": null, "seen": "x"';
        localStorage.ly_user = 'null';
        document.cookie = 'ly_id=<script>; path=/';
    </script>"""
    visitor.new_page().goto(website.at("/"))
    (view,) = collector.wait_for("page")
    assert len(view["anonymousId"]) == 36


HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "\"'`\\\\ \\u0000 %00 &amp; </script>",
    "涟漪 🌊👩‍👩‍👧 \u202e \u2028",
    "x" * 40_000,
    "a" * 511 + "🌊" * 3,  # the cut goes through a pair
]


@pytest.mark.parametrize("text", HOSTILE, ids=["html", "quotes", "emoji", "long", "cut"])
def test_hostile_titles_and_addresses_arrive_as_text(
    visitor: BrowserContext, website: Website, collector: Collector, text: str
) -> None:
    page = visitor.new_page()
    page.goto(website.at("/"))
    collector.wait_for("page", 1)
    page.evaluate(
        """text => {
            history.pushState(null, '', '/x?q=' + encodeURIComponent(text).slice(0, 9000));
            document.title = text;
        }""",
        text,
    )
    view = collector.wait_for("page", 2)[1]
    title = page.evaluate("document.title")
    assert view["context"]["page"]["title"] == (title[:511] + "\ufffd" if text is HOSTILE[-1] else title[:512])
    assert view["context"]["page"]["url"] == page.evaluate("location.href.slice(0, 2048)")
    for receipt in collector.receipts:
        receipt.body.decode("utf-8", "strict")


def test_half_characters_and_backslashes_survive(
    visitor: BrowserContext, website: Website, collector: Collector
) -> None:
    page = visitor.new_page()
    page.goto(website.at("/"))
    collector.wait_for("page")
    text = r"{'k\ud800': 'a\udfffb', escaped: '\\ud83d', pair: '\ud83c\udf0a', line: 'a\nb\\'}"
    page.evaluate(f"lianyi.track('Odd', {text})")
    (odd,) = collector.wait_for("Odd")
    assert odd["properties"] == {"k\ufffd": "a\ufffdb", "escaped": "\\ud83d", "pair": "🌊", "line": "a\nb\\"}
