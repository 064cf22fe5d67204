"""axe-core finds nothing on any page, in both lights and both languages."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from tests.browser.conftest import AGENT
from tests.browser.test_imports import drop
from tests.browser.test_pages import arrived, send, signed_in
from tests.program import Up, lianyi

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
PAGES = (
    "",
    "people",
    "people/1",
    "people/1?trait=name",
    "people/duplicates",
    "people/conflicts",
    "first-steps",
    "events",
    "events/dead-letters",
    "events/catalogue",
    "events/catalogue/type?name=page.viewed",
    "people/1/score",
    "scores",
    "handovers",
    "handovers/1",
    "handovers/board",
    "handovers/pace",
    "spend",
    "spend/1",
    "funnels",
    "funnels?step=Product+Viewed&step=Order+Completed",
    "models",
    "models/1",
    "models/new",
    "worth",
    "experiments",
    "experiments/1?person=1",
    "experiments/1/edit",
    "experiments/new",
    "segments",
    "segments/1",
    "segments/1/members",
    "segments/1/why?who=%231",
    "segments/1/overlap?with=2&with=3&with=4",
    "segments/1/edit",
    "segments/new",
    "segments/upload",
    "imports",
    "imports/1",
    "me",
    "me/password/first",
    "me/app",
    "me/passkeys/new",
    "settings/traits",
    "settings/traits?trait=name",
    "settings/tags",
    "settings/stages",
    "settings/funnel",
    "settings/scoring",
    "settings/handover",
    "settings/hours?year=2026",
    "settings/keys",
    "settings/tokens",
    "settings/webhooks",
    "settings/webhooks/1",
    "settings/members",
    "settings/workspace",
    "settings/audit",
    "settings/privacy",
    "nowhere",
)
OUTSIDE = ("sign-in", "sign-in/code", "sign-in/lys_used", "invitation/lyi_used")
WEBHOOK = {"url": "https://hooks.example.com/lianyi", "events": "*"}


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A member's page, in English at first."""
    context = chromium.new_context(user_agent=AGENT, locale="en-GB", viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()


def complaints_in_both_lights(page: Page) -> list[tuple[str, list[Any]]]:
    """What axe says of the page in light and in dark."""
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        page.wait_for_timeout(300)
        found += complaints(page)
    return found


def complaints(page: Page) -> list[tuple[str, list[Any]]]:
    """What axe says of the page as it stands: rule, and where."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [(one["id"], [node["target"] for node in one["nodes"]][:5]) for one in found]


def test_axe_is_clean(running: Up, page: Page) -> None:
    place = running.ready["url"]
    member = signed_in(running, page.context)
    found = {"welcome": complaints_in_both_lights(member)}
    send(running, *arrived("Alice"), {"event": "Nobody"})
    member.get_by_role("link", name="To the overview").click(timeout=30_000)
    member.wait_for_selector("#funnel table", timeout=30_000)
    fill(running, member, place)
    found["a webhook's secret"] = complaints_in_both_lights(member)
    for language in ("en", "zh-hans"):
        member.context.add_cookies([{"name": "django_language", "value": language, "url": place}])
        found |= looked_at(member, place, language, PAGES)
        visitor = page.context.browser.new_context(user_agent=AGENT)  # type: ignore[union-attr]
        visitor.add_cookies([{"name": "django_language", "value": language, "url": place}])
        found |= looked_at(visitor.new_page(), place, language, OUTSIDE)
        visitor.close()
    assert {where: said for where, said in found.items() if said} == {}


def fill(running: Up, page: Page, place: str) -> None:
    """Segments, scores, a hand-over, a file to be imported, a line of spend and a webhook."""
    for number in range(4):
        page.goto(f"{place}segments/new?preset=regulars")
        page.fill("#name", f"S{number}")
        page.get_by_role("button", name="Make the segment").click()
        page.wait_for_selector("#standing")
    page.goto(f"{place}scores")
    page.locator("form[action='/scores/take'] button").click()
    page.wait_for_selector("[data-cell]", timeout=60_000)
    page.goto(f"{place}people/1")
    page.locator("#handover button").click()
    page.wait_for_selector("#turns")
    page.goto(f"{place}models/new")
    page.locator("#event").select_option(index=1)
    page.locator("form[method=post] .btn-primary").click()
    page.wait_for_selector("#event-error")
    assert lianyi(running.home, "model", "train", "Called 139 1234 5670").returncode == 0
    page.goto(f"{place}models/1")
    page.wait_for_selector(".note-bad", timeout=60_000)
    page.goto(f"{place}experiments/new")
    page.fill("#name", "Button")
    page.locator("[value=save]").click()
    page.wait_for_selector("#arms table")
    page.goto(f"{place}imports")
    drop(page)
    page.wait_for_selector("#preview", timeout=30_000)
    page.goto(f"{place}spend")
    for name, said in {"channel": "wechat", "from": "2024-01-01", "amount": "100"}.items():
        page.locator(f"#add [name={name}]").fill(said)
    page.locator("#add button").click()
    page.wait_for_selector("#lines table")
    page.goto(f"{place}settings/webhooks")
    for name, said in WEBHOOK.items():
        page.fill(f"#{name}", said)
    page.locator("#new button").click()
    page.wait_for_selector("[data-secret]")


def looked_at(page: Page, place: str, language: str, paths: tuple[str, ...]) -> dict[str, list[tuple[str, list[Any]]]]:
    """What axe says of each, by language and address."""
    found = {}
    for path in paths:
        page.goto(place + path)
        page.wait_for_timeout(500)
        found[f"{language} /{path}"] = complaints_in_both_lights(page)
    return found
