"""A model is learned in a running installation, and what it says is looked at; an experiment begins and ends."""

from playwright.sync_api import BrowserContext, expect
from tests.audience.learned.shop import Story
from tests.browser.test_axe import complaints_in_both_lights
from tests.browser.test_pages import SLOW, send, signed_in
from tests.program import Up, lianyi
from tests.web.test_worth import orders

AT_ONCE = 500
PEOPLE, BUYERS = 1_300, 230


def opened(up: Up) -> Up:
    """The installation once the story has happened in it, and orders of other people."""
    messages = [*Story(PEOPLE).messages, *({**one, "userId": f"b{one['userId']}"} for one in orders(BUYERS))]
    for start in range(0, len(messages), AT_ONCE):
        send(up, *messages[start : start + AT_ONCE])
    assert lianyi(up.home, "drain", "--timeout", "200").returncode == 0
    return up


def test_a_model_is_learned_and_its_curve_is_seen(running: Up, member: BrowserContext) -> None:
    place = opened(running).ready["url"]
    page = signed_in(running, member)
    page.goto(f"{place}models")
    page.get_by_role("link", name="New model").first.click()
    page.get_by_label("Outcome").select_option("Trial Started")
    page.get_by_role("button", name="Learn", exact=True).click()
    curve = page.locator("#curve")
    expect(curve.locator("canvas")).to_be_visible(timeout=4 * SLOW)  # the page loads itself anew when it is done
    curve.get_by_text("The numbers").click()
    rows = curve.locator("tbody tr")
    expect(rows).to_have_count(10)
    assert sum(int(row.locator("td").last.inner_text()) for row in rows.all()) == (PEOPLE + BUYERS) / 2
    expect(page.locator("#reasons li").first).to_contain_text("Pricing Viewed")
    expect(page.locator("#leaks")).to_contain_text("the trait 'segment_code' alone")
    expect(page.locator("#leaks")).to_contain_text("the event 'Contract Sent' became known only with it")

    assert complaints_in_both_lights(page) == [], "axe"
    page.get_by_role("button", name="Use this model").click()
    page.get_by_label("Least likelihood").fill("30")
    page.get_by_role("button", name="Open as a segment").click()
    counted = page.locator("#preview [data-count]")
    expect(counted).to_be_visible(timeout=SLOW)
    assert 20 < int(counted.get_attribute("data-count") or 0) < PEOPLE
    page.get_by_role("button", name="Make the segment").click()
    expect(page.locator("#standing")).to_contain_text("Up to date", timeout=SLOW)
    page.goto(f"{place}people/1")
    expect(page.locator("#foreseen")).to_contain_text("did 'Trial Started' within 30 days")

    page.goto(f"{place}worth")
    page.get_by_role("button", name="Fit to the orders").click()
    expect(page.locator("#by-alive canvas")).to_be_visible(timeout=SLOW)
    expect(page.locator("#people tbody tr")).to_have_count(51, timeout=SLOW)  # fifty and the way on
    page.locator("#people tr#more").scroll_into_view_if_needed()
    expect(page.locator("#people tbody tr")).to_have_count(101, timeout=SLOW)
    assert complaints_in_both_lights(page) == [], "axe"


def test_an_experiment_begins_and_ends(running: Up, member: BrowserContext) -> None:
    place = running.ready["url"]
    page = signed_in(running, member)
    page.goto(f"{place}experiments/new")
    page.locator("#name").fill("Button")
    page.get_by_role("button", name="More arms").click()
    page.get_by_label("Name of arm 3").fill("C")
    page.get_by_role("button", name="Make the experiment").click()
    expect(page.locator("#arms tbody tr")).to_have_count(3)
    page.get_by_role("link", name="Start", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Start").click()
    expect(page.get_by_text("fixed from now on")).to_be_visible()
    page.get_by_role("link", name="End", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="End").click()
    expect(page.locator("main").get_by_text("Ended", exact=True)).to_be_visible()
