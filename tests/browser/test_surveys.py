"""Surveys in a real browser: built, looked at, answered with scripts and without, counted in charts; axe is clean."""

import json
import re
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from tests.browser.conftest import AGENT
from tests.browser.test_axe import complaints_in_both_lights
from tests.browser.test_pages import SLOW, signed_in
from tests.growth.surveys.making import CITY, FAST, GRID, LIKED, NPS, RANKED, STARS, WHY, object_of, page
from tests.program import Up, lianyi

LIGHTEST = 100_000  # bytes that a public page has at the most
STARRED = {**STARS, "low": {"zh": "很差", "en": "Poor"}, "high": {"zh": "很好", "en": "Great"}}
WHOLE = object_of(
    page(CITY, STARRED), page(LIKED, NPS, WHY), page(GRID, RANKED), quotas=[{"key": "all", "most": 1_000}],
    guard={**FAST, "work": 0},
)  # fmt: skip
CHARTS = 8  # city, stars, liked, two of NPS, grid, two of the ranking


def verb(up: Up, *words: str) -> Any:
    done = lianyi(up.home, *words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def published(up: Up, folder: Path) -> tuple[int, str]:
    """A survey with every kind of question; its number and address."""
    file = folder / "survey.json"
    file.write_text(json.dumps(WHOLE))
    made = verb(up, "survey", "create", "Shops", "--file", str(file))
    verb(up, "survey", "publish", str(made["id"]))
    return made["id"], made["address"]


def answered(up: Up, address: str, number: int) -> None:
    """Somebody answers all pages, by hand."""
    pages = (
        {"city": ("sh", "hz")[number % 2], "stars": str(number % 5 + 1)},
        {"liked": "tea", "nps": str(number % 11), "why": "Too far"},
        {"grid.0": ("bad", "fair", "good")[number % 3], "grid.1": "good",
         **{f"ranked.{place}": str((place + number) % 3 + 1) for place in range(3)}},
    )  # fmt: skip
    connection = HTTPConnection("127.0.0.1", urlsplit(up.ready["url"]).port or 80, timeout=60)
    try:
        connection.request("GET", f"/s/{address}", headers={"user-agent": AGENT})
        shown = connection.getresponse().read().decode()
        for said in pages:
            issue = re.findall(r'name="ly_issue" value="([^"]+)"', shown)[0]
            body = urlencode({**said, "ly_issue": issue})
            headers = {"user-agent": AGENT, "content-type": "application/x-www-form-urlencoded"}
            connection.request("POST", f"/s/{address}", body, headers)
            shown = connection.getresponse().read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_public_pages_are_light_and_clean(running: Up, chromium: Browser, tmp_path: Path, language: str) -> None:
    _number, address = published(running, tmp_path)
    place = f"{running.ready['url']}s/{address}?lang={language}"
    context = chromium.new_context(user_agent=AGENT, viewport={"width": 390, "height": 844})
    weights: list[int] = []
    context.on("response", lambda answer: weights.append(len(answer.body()) if answer.status == 200 else 0))
    public = context.new_page()
    public.goto(place)
    found = [complaints_in_both_lights(public)]
    public.locator("[name=city]").first.check()
    for key in ("nps", "grid.0"):
        public.locator("form[data-form] button").last.click()
        public.wait_for_selector(f"[name='{key}']", timeout=SLOW)
        found.append(complaints_in_both_lights(public))
        public.locator("[name=nps]").first.check() if key == "nps" else None
    public.locator("form[data-form] button").last.click()
    public.wait_for_selector("[role=status]", timeout=SLOW)
    found.append(complaints_in_both_lights(public))
    assert found == [[], [], [], []]
    assert 0 < max(weights) < LIGHTEST
    assert public.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


def test_a_survey_is_answered_without_scripts(running: Up, chromium: Browser, tmp_path: Path) -> None:
    number, address = published(running, tmp_path)
    context = chromium.new_context(user_agent=AGENT, java_script_enabled=False, locale="en-GB")
    public = context.new_page()
    public.goto(f"{running.ready['url']}s/{address}")
    public.get_by_role("button", name="Next page").click()
    expect(public.locator("#city-wrong")).to_be_visible()
    public.get_by_label("Shanghai").check()
    public.get_by_role("button", name="Next page").click()
    expect(public.get_by_text("What do you like in Shanghai?")).to_be_visible()
    public.locator("[name=nps][value='9']").check()
    public.get_by_role("button", name="Next page").click()
    public.get_by_role("button", name="Send").click()
    expect(public.get_by_role("status")).to_be_visible()
    context.close()
    assert lianyi(running.home, "drain", "--timeout", "60").returncode == 0
    figures = [
        json.loads(line)
        for line in lianyi(running.home, "survey", "results", str(number), "--json").stdout.splitlines()
    ]
    assert {(one["value"], one["often"]) for one in figures if one["question"] == "city"} >= {("sh", 1), ("hz", 0)}


def test_a_survey_is_built_looked_at_and_counted(running: Up, member: BrowserContext, tmp_path: Path) -> None:
    number, address = published(running, tmp_path)
    for some in range(22):
        answered(running, address, some)
    assert lianyi(running.home, "drain", "--timeout", "60").returncode == 0
    desk = signed_in(running, member)
    place = f"{running.ready['url']}surveys/{number}"
    desk.goto(place)
    look = desk.frame_locator("iframe[name=preview]")
    expect(look.get_by_role("heading").first).to_have_text("门店调查", timeout=SLOW)
    assert desk.locator("iframe[name=preview]").evaluate("one => one.clientWidth") <= 390
    desk.get_by_label("Page to look at").select_option("2")
    expect(look.get_by_text("Would you recommend us?")).to_be_visible(timeout=SLOW)
    desk.get_by_text("Desktop", exact=True).click()
    assert desk.locator("iframe[name=preview]").evaluate("one => one.clientWidth") > 700
    desk.get_by_role("button", name="Add a quota").click()
    expect(desk.get_by_label("Most responses").last).to_be_visible(timeout=SLOW)
    desk.get_by_label("Most responses").last.fill("7")
    desk.get_by_role("button", name="Save the draft").click()
    expect(desk.get_by_text("The draft is saved.")).to_be_visible(timeout=SLOW)
    desk.goto(f"{place}/results")
    desk.wait_for_selector("[data-chart] canvas", timeout=SLOW)
    assert desk.locator("[data-chart] canvas").count() == desk.locator("[data-chart]").count() == CHARTS
    found: dict[str, Any] = {}
    for language in ("en", "zh-hans"):
        member.add_cookies([{"name": "django_language", "value": language, "url": place}])
        for path in ("", "/results", "/versions", "/cross?rows=city&columns=nps", "/responses"):
            desk.goto(place + path)
            desk.wait_for_timeout(700)
            found[f"{language} {path}"] = complaints_in_both_lights(desk)
    assert {where: said for where, said in found.items() if said} == {}
