"""axe-core finds nothing on any page, in both lights and both languages."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from tests.browser.conftest import AGENT
from tests.browser.test_pages import arrived, send, signed_in
from tests.program import Up

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
    "spend",
    "sign-in",
    "me",
    "settings/members",
    "settings/workspace",
    "settings/audit",
    "sign-in/code",
)


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
    member = page.context
    empty = signed_in(running, member)
    found = {"welcome": complaints(empty)}
    send(running, *arrived("Alice"))
    empty.get_by_role("link", name="To the overview").click(timeout=30_000)
    empty.wait_for_selector("#funnel table", timeout=30_000)
    for language in ("en", "zh-hans"):
        member.add_cookies([{"name": "django_language", "value": language, "url": running.ready["url"]}])
        for scheme in ("light", "dark"):
            empty.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            for path in PAGES:
                empty.goto(running.ready["url"] + path)
                empty.wait_for_timeout(800)
                found[f"{language} {scheme} /{path}"] = complaints(empty)
    assert {place: said for place, said in found.items() if said} == {}
