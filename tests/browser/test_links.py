"""Pages of links and codes in a real browser: what members see, and what whoever holds or follows a link sees."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.conftest import AGENT
from tests.browser.test_axe import complaints_in_both_lights
from tests.browser.test_pages import signed_in
from tests.program import Up, lianyi

HEAVIEST = 100_000  # bytes of a public page with all that it loads
TARGET = "https://shop.example.com/spring"
MEMBERS = (
    "links",
    "links?q=nothing",
    "links/new",
    "links/new?kind=wechat",
    "links/1",
    "links/1/edit",
    "links/upload",
    "links/looks",
    "links/looks/new",
    "links/looks/1",
    "links/sheets",
    "links/sheets/1",
    "campaigns/1/pack",
    "settings/domains",
    "interviews",
)
LANGUAGES = ("en", "zh-hans")


@dataclass(frozen=True)
class Filled:
    """An installation with codes, a look, a sheet and a share pack."""

    place: str
    share: str  # the address of a holder's page
    public: dict[str, str]  # all that strangers see, by name


def filled(running: Up) -> Filled:
    """Fills it by the API, as programs do."""
    made = lianyi(running.home, "token", "create", *_SCOPES, "--json")
    call = Caller(running.ready["url"], json.loads(made.stdout)["token"])
    campaign = call("POST", "campaigns", {"key": "spring", "name": "春季展会 Spring fair"})["id"]
    said = {"target": TARGET, "kind": "code", "channel": "offline", "campaign": "spring"}
    for place in range(1, 4):
        name = f"{place}号展位 Booth {place}"
        call(
            "POST",
            "links",
            {**said, "slug": f"booth-{place}", "name": name, "holder_kind": "staff", "holder": "店员一"},
        )
    call("POST", "links", {**said, "slug": "window", "holder_kind": "shop", "holder": "Shop window"})
    call("POST", "links", {"target": TARGET, "slug": "secret", "password": "open sesame"})
    call("POST", "links", {"target": TARGET, "slug": "over", "expires_at": "2020-01-01T00:00:00Z"})
    call("POST", "codes/looks", {"name": "品牌 Brand", "dark": "#1a3a8f", "shape": "rounded", "usual": True})
    call("POST", "codes/sheets", {"campaign": "spring"})
    call("PUT", f"campaigns/{campaign}/pack", {"texts": ["春季新品试用，名额有限：{link}", "Come and try it."]})
    call("POST", "domains", {"host": "go.brand-example.com", "purpose": "links"})
    share = call("GET", f"campaigns/{campaign}/addresses")["items"][0]["address"]
    place = running.ready["url"]
    share = place + "share/" + share.rpartition("/share/")[2]
    pages = {name: f"{place}l/{slug}" for name, slug in (("password", "secret"), ("over", "over"), ("none", "nowhere"))}
    return Filled(place, share, {"share": share, **pages})


_SCOPES = tuple(
    word
    for scope in ("reports.see", "campaigns.edit", "accounts.edit")
    for word in ("--scope", scope)
)  # fmt: skip


class Caller:
    """A program with a token."""

    def __init__(self, place: str, token: str) -> None:
        self._place, self._token = place, token

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        from urllib.request import Request, urlopen

        request = Request(
            f"{self._place}api/v1/{path}",
            None if body is None else json.dumps(body).encode(),
            {"authorization": f"Bearer {self._token}", "content-type": "application/json"},
            method=method,
        )
        with urlopen(request, timeout=60) as answer:
            return json.load(answer)


@pytest.fixture
def desk(chromium: Browser) -> Iterator[Page]:
    """A member's page."""
    context = chromium.new_context(user_agent=AGENT, locale="en-GB", viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()


def test_axe_is_clean_on_pages_of_links_and_codes(running: Up, desk: Page) -> None:
    there = filled(running)
    member = signed_in(running, desk.context)
    found: dict[str, Any] = {}
    for language in LANGUAGES:
        member.context.add_cookies([{"name": "django_language", "value": language, "url": there.place}])
        for path in MEMBERS:
            member.goto(there.place + path)
            found[f"{language} {path}"] = complaints_in_both_lights(member)
        for name, address in there.public.items():
            member.goto(f"{address}?lang={language}")
            found[f"{language} {name}"] = complaints_in_both_lights(member)
    assert {where: said for where, said in found.items() if said} == {}


def test_public_pages_are_light_and_serve_without_scripts(running: Up, chromium: Browser) -> None:
    there = filled(running)
    weight: dict[str, int] = {}
    for name, address in there.public.items():
        context = chromium.new_context(
            user_agent=AGENT, locale="en-GB", java_script_enabled=False, viewport={"width": 390, "height": 844}
        )
        bytes_of: list[int] = []
        page = context.new_page()
        page.on("requestfinished", lambda request, kept=bytes_of: kept.append(request.sizes()["responseBodySize"]))
        page.goto(address, wait_until="networkidle")
        weight[name] = sum(bytes_of)
        if name != "none":
            context.close()
    assert {name: size for name, size in weight.items() if not 0 < size < HEAVIEST} == {}
    page.goto(there.share)
    expect(page.get_by_role("heading", name="春季展会 Spring fair")).to_be_visible()
    expect(page.get_by_text("/l/booth-1", exact=False).first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    with page.expect_download() as taken:
        page.get_by_role("link", name="PDF").first.click()
    assert taken.value.path().read_bytes().startswith(b"%PDF")
    page.get_by_role("button", name="Hide my name").click()
    expect(page.get_by_text("The others do not see your name.")).to_be_visible()
    page.goto(there.public["password"])
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("This is not the password.")).to_be_visible()
    context.close()
