"""What visitors see of forms, on a phone, in both languages and lights: axe finds nothing, nothing is cut off at the
side, every page is light, and all of it works without scripts.
"""

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from tests.browser.conftest import AGENT, CHROMIUM, FLAGS
from tests.browser.test_axe import complaints_in_both_lights
from tests.edge.backrooms import Backroom, backroom
from tests.edge.edges import Shop
from tests.edge.test_confirming import fill_in
from tests.edge.test_forms import published
from tests.growth.forms.making import CITY, CONSENT, EMAIL, NAME, PHONE

from lianyi.foundation.media import files, looking_up
from lianyi.growth.forms import actions
from lianyi.growth.forms.lines import Form
from lianyi.growth.forms.passes import PARAMETER, Pass, Purpose, write
from lianyi.kernel.clock import system_clock

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium")]
MOST_BYTES = 100_000
PDF = b"%PDF-1.7\n"
EVERY_KIND: list[dict[str, Any]] = [
    {**NAME, "help": {"zh": "与证件一致。", "en": "As in your passport."}},
    {**PHONE, "required": True},
    EMAIL,
    {**CITY, "required": True},
    {"kind": "text", "key": "where", "label": {"zh": "哪座城市", "en": "Which city"}, "required": True,
     "when": {"field": "city", "values": ["other"]}},
    {"kind": "choice", "key": "size", "label": {"zh": "尺码", "en": "Size"}, "options": [{"value": "S"}], "menu": True},
    {"kind": "choices", "key": "tastes", "label": {"zh": "口味", "en": "Tastes"}, "least": 1,
     "options": [{"value": "x", "label": {"zh": "甜", "en": "Sweet"}}, {"value": "y"}]},
    {"kind": "number", "key": "guests", "label": {"zh": "人数", "en": "Guests"}, "most": "9", "whole": True},
    {"kind": "date", "key": "day", "label": {"zh": "日期", "en": "Day"}},
    {"kind": "long_text", "key": "wish", "label": {"zh": "想法", "en": "Wishes"}},
    {"kind": "file", "key": "card", "label": {"zh": "名片", "en": "Card"}, "most_bytes": 1_500_000, "required": True},
    {**CONSENT, "required": True},
]  # fmt: skip
INTRO = {"zh": "先到先得。\n请如实填写。", "en": "First come, first served.\nTell us about you."}


@pytest.fixture
def behind(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Backroom]:
    home = shop.edge.environment.home  # the edge's process has a home of its own
    monkeypatch.setattr(files, "folder_of", lambda workspace: looking_up.folder_in(home, workspace))
    monkeypatch.setattr(files, "place_of", lambda workspace, sha256: looking_up.place_in(home, workspace, sha256))
    with backroom(shop, tmp_path) as made:
        yield made


@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_is_clean_on_all_that_visitors_see(behind: Backroom, language: str) -> None:
    whole = published(behind.shop, *EVERY_KIND, intro=INTRO)
    guide = published(behind.shop, NAME, EMAIL, double_opt_in={"field": "email"})
    actions.put_download(behind.workspace, guide.id, "guide.pdf", io.BytesIO(PDF), system_clock())
    guide = actions.publish_form(behind.workspace, guide.id, system_clock())
    fill_in(behind, guide, language, email="one@example.com")
    (mail,) = behind.mail()
    open_one = published(behind.shop, NAME)
    actions.put_download(behind.workspace, open_one.id, "guide.pdf", io.BytesIO(PDF), system_clock())
    open_one = actions.publish_form(behind.workspace, open_one.id, system_clock())
    closed = actions.unpublish_form(behind.workspace, published(behind.shop, NAME).id, system_clock())
    over = write(behind.secret, Purpose.CONFIRM, Pass(guide.address, "0" * 32), 1_700_000_000)
    pages = {
        "offline": f"/f/{closed.address}?",
        "unknown": "/f/zzzzzzzzzz?",
        "waits for the mail": f"/f/{guide.address}/thanks?mail=1",
        "confirm": mail.link,
        "over": f"/f/{guide.address}/confirm?{PARAMETER}={over}",
        "no file for nobody": f"/f/{guide.address}/file?{PARAMETER}=x",
    }
    with ThreadPoolExecutor(1) as beside:  # another test of this process may have left a browser's loop in this thread
        found = beside.submit(looked_at, behind.shop.edge.url, language, whole, open_one, pages).result()
    assert {where: said for where, said in found.items() if said} == {}
    assert len(found) == 13
    behind.run()
    (sent,) = behind.rows(whole)
    assert (sent.answers["where"], sent.answers["card"]["type"]) == ("南京", "application/pdf")


def looked_at(
    site: str, language: str, whole: Form, guide: Form, pages: dict[str, str]
) -> dict[str, list[tuple[str, list[Any]]]]:
    """What is wrong with each, by name."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        found = with_scripts(on_a_phone(browser), site, language, whole, guide, pages)
        found |= without_scripts(browser, site, language, whole)
        browser.close()
    return found


def on_a_phone(browser: Browser, *, scripts: bool = True) -> BrowserContext:
    size: Any = {"width": 390, "height": 844}
    return browser.new_context(user_agent=AGENT, locale="zh-CN", viewport=size, java_script_enabled=scripts)


def with_scripts(
    context: BrowserContext, site: str, language: str, whole: Form, guide: Form, pages: dict[str, str]
) -> dict[str, list[tuple[str, list[Any]]]]:
    page = context.new_page()
    found = {}
    page.goto(f"{site}/f/{whole.address}?lang={language}")
    found["the form"] = wrong_with(page)
    page.locator("[name=city][value=other]").check()
    page.locator("[name=card]").set_input_files({"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"MZ"})
    page.locator("form button").click()
    page.locator("#where-wrong:not(:empty)").wait_for()
    found["mistakes"] = wrong_with(page)
    page.goto(f"{site}/f/{guide.address}?lang={language}")
    page.locator("[name=name]").fill("访客一")
    page.locator("form button").click()
    page.locator("a[href*='/file?']").wait_for()
    found["thanks, and a file"] = wrong_with(page)
    for name, path in pages.items():
        page.goto(f"{site}{path}&lang={language}")
        found[name] = wrong_with(page)
        if name == "confirm":
            page.locator("form button").click()
            page.locator("a[href*='/file?']").wait_for()
            found["confirmed"] = wrong_with(page)
    return found


def without_scripts(browser: Browser, site: str, language: str, form: Form) -> dict[str, list[tuple[str, list[Any]]]]:
    """The same by a browser that runs nothing; what it got is looked at by one that does."""
    plain, judge = on_a_phone(browser, scripts=False).new_page(), on_a_phone(browser).new_page()
    found = {}

    def look(name: str) -> None:
        judge.set_content(plain.content())
        found[name] = wrong_with(judge)

    plain.goto(f"{site}/f/{form.address}?lang={language}")
    plain.locator("[name=city][value=other]").check()
    plain.locator("[name=phone]").fill("12")
    plain.locator("[name=card]").set_input_files({"name": "me.pdf", "mimeType": "text/html", "buffer": PDF})
    plain.locator("form button").click()
    look("mistakes, without scripts")
    for name, said in {"name": "访客一", "phone": "13800138000", "where": "南京"}.items():
        plain.locator(f"[name={name}]").fill(said)
    plain.locator("[name=tastes]").first.check()
    plain.locator("[name=agree]").check()
    plain.locator("form button").click()
    look("the step of who runs no scripts")
    plain.locator("form button").click()
    look("thanks, without scripts")
    return found


def wrong_with(page: Page) -> list[tuple[str, list[Any]]]:
    """What axe says, and whether the page is heavy or wider than the phone."""
    found = complaints_in_both_lights(page)
    if page.evaluate("document.documentElement.scrollWidth") > 390:
        found.append(("wide", []))
    if len(page.content().encode()) > MOST_BYTES:
        found.append(("heavy", []))
    return found
