"""A hand-over in a running installation: offered from a person's page, accepted and won, with a mail in between."""

from playwright.sync_api import BrowserContext, expect
from tests.browser.test_pages import SLOW, arrived, member, send, signed_in
from tests.browser.test_sign_in import mailed
from tests.program import Up, lianyi

__all__ = ["member"]


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
