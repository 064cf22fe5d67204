"""Scores in a real browser: the ready settings are taken, a cell opens as a segment, a person's page says why, and the
settings are changed by the builder's parts.
"""

import json

from playwright.sync_api import BrowserContext, Page, expect
from tests.browser.test_pages import SLOW, arrived, send, signed_in
from tests.program import Up, lianyi


def taken(up: Up, member: BrowserContext) -> Page:
    """At the scores, with the ready settings taken and everybody scored."""
    send(up, *arrived("Alice"), {"type": "identify", "userId": "Bob", "traits": {"name": "Bob"}})
    assert lianyi(up.home, "drain", "--timeout", "60").returncode == 0
    page = signed_in(up, member)
    page.goto(f"{up.ready['url']}scores")
    page.get_by_role("button", name="Take the ready settings").click()
    expect(page.locator("[data-cell=CB]")).to_contain_text("1", timeout=SLOW)
    return page


def test_from_the_ready_settings_to_a_segment_and_a_reason(running: Up, member: BrowserContext) -> None:
    page = taken(running, member)
    expect(page.locator("[data-state=nurture]")).to_have_text("1")
    page.get_by_role("link", name="Fit C, engagement B: 1").click()
    expect(page.locator("#preview [data-count='1']")).to_be_visible(timeout=SLOW)
    expect(page.locator("#name")).to_have_value("Fit C, engagement B")
    expect(page.get_by_role("group", name="Condition 2").get_by_label("B", exact=True)).to_be_checked()
    page.get_by_role("button", name="Make the segment").click()
    page.get_by_role("link", name="People in it").click()
    page.get_by_role("link", name="Alice").click()
    page.get_by_role("link", name="Why 30 and 30?").click()
    fit = page.locator("#fit")
    expect(fit.locator("[data-holds=yes]")).to_have_count(2)
    expect(fit.locator("[data-holds=yes]").first).to_contain_text("has an e-mail address")
    row = page.locator("#engagement").get_by_role("row", name="Completed an order")
    expect(row.get_by_role("cell").first).to_have_text("30")


def test_the_settings_are_changed_without_json(running: Up, member: BrowserContext) -> None:
    page = taken(running, member)
    page.get_by_role("link", name="Settings", exact=True).last.click()
    page.get_by_role("button", name="Add a rule").click()
    new = page.locator("#fit [data-row]").nth(8)
    expect(new.locator("summary").first).to_be_focused(timeout=SLOW)
    kinds = new.get_by_label("Add a condition")
    assert "Did something" not in kinds.inner_text()
    kinds.select_option("trait")
    new.get_by_label("Trait", exact=True).select_option("name")
    expect(new.locator("[data-told]")).to_have_text("This must not be empty.", timeout=SLOW)
    new.get_by_label("Value").fill("Bob")
    expect(new.locator("[data-shown] [data-count='1']")).to_be_visible(timeout=SLOW)
    expect(new.locator("[data-summary]")).to_contain_text("'Bob'")
    new.get_by_label("Points").fill("80")

    shopping = page.locator("#engagement [data-row]").filter(has=page.locator("[value='Order Completed']"))
    shopping.get_by_text("Conditions and note").click()
    shopping.get_by_role("button", name="Only where …").click()
    shopping.get_by_label("Property", exact=True).select_option("total")
    shopping.get_by_label("Test").select_option("range")
    shopping.get_by_label("At least").fill("50")
    shopping.get_by_label("Points").press("Enter")  # the button of the keyboard is the one that saves
    expect(page.get_by_text("Saved. Everybody is being scored by the new settings.")).to_be_visible(timeout=SLOW)
    expect(page.locator("[data-cell=AD]")).to_contain_text("1", timeout=SLOW)
    told = lianyi(running.home, "score", "settings", "--json")
    settings = json.loads(told.stdout)
    assert settings["fit"][8]["points"] == 80
    (order,) = [one for one in settings["weights"] if one["event"] == "Order Completed"]
    assert order["where"] == [{"property": "total", "is": {"test": "range", "at_least": 50}}]
