"""A hand-over in a running installation: offered from a person's page, accepted and won, with a mail in between."""

from playwright.sync_api import BrowserContext, Page, expect
from tests.browser.test_axe import complaints_in_both_lights, page
from tests.browser.test_pages import SLOW, arrived, member, send, signed_in
from tests.browser.test_sign_in import mailed
from tests.program import Up, lianyi

__all__ = ["member", "page"]


def test_offered_accepted_and_won(running: Up, member: BrowserContext) -> None:
    send(running, *arrived("Alice"))
    assert lianyi(running.home, "drain", "--timeout", "60").returncode == 0
    page, place = signed_in(running, member), running.ready["url"]
    page.goto(f"{place}people/1")
    link = mailed(running.home, r"(http://\S+/handovers)")
    page.get_by_role("button", name="Hand over").click()
    expect(page.get_by_role("heading", name="Hand-over 1")).to_be_visible(timeout=SLOW)
    page.goto(link())
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_text("Accepted: the person is yours now.")).to_be_visible(timeout=SLOW)
    page.get_by_role("link", name="Look").click()
    page.get_by_label("Amount").fill("1234.50")
    page.get_by_role("button", name="They bought").click()
    expect(page.get_by_text("¥1,234.50")).to_be_visible(timeout=SLOW)
    page.get_by_role("link", name="Hand-overs").first.click()
    page.get_by_role("link", name="Board").click()
    expect(page.locator("section", has=page.locator("#column-won")).get_by_role("link", name="Alice")).to_be_visible()
    assert lianyi(running.home, "drain", "--timeout", "60").returncode == 0
    told = lianyi(running.home, "events", "--person", "1", "--json").stdout
    assert [told.count(f'"handover.{name}"') for name in ("offered", "accepted", "won")] == [1, 1, 1]


def test_a_rule_of_assignment_is_built_and_what_is_wrong_stands_at_its_place(running: Up, page: Page) -> None:
    send(running, *arrived("Alice"))
    page, place = signed_in(running, page.context), running.ready["url"]
    page.goto(f"{place}settings/handover")
    page.get_by_label("Add a condition", exact=True).select_option("trait")
    first = page.get_by_role("group", name="Condition 1")
    first.get_by_label("Trait", exact=True).select_option("name")
    first.get_by_label("Test", exact=True).select_option("equals")
    expect(page.locator("[data-shown] [data-problem='rules[0].is.value']")).to_be_visible(timeout=SLOW)
    first.get_by_label("Value", exact=True).fill("Bob")
    expect(page.locator("[data-shown] [data-count='0']")).to_be_visible(timeout=SLOW)
    page.locator("#name").fill("Big")
    page.locator("#way").select_option("member")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#members-error")).to_contain_text("needs its members", timeout=SLOW)
    expect(page.get_by_role("group", name="Condition 1").get_by_label("Value", exact=True)).to_have_value("Bob")
    page.locator("#add [name=member]").first.check()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#rules")).to_contain_text("Name is 'Bob' → Always to one member", timeout=SLOW)
    page.get_by_role("link", name="Edit Big").click()
    expect(page.locator("#name")).to_have_value("Big", timeout=SLOW)
    expect(page.get_by_role("group", name="Condition 1").get_by_label("Value", exact=True)).to_have_value("Bob")
    assert complaints_in_both_lights(page) == []
