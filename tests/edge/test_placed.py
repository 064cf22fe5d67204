"""Blocks of pages on websites, at a running edge: what a frame shows to whom, and whose press of a button counts."""

import html
import random
import re
from typing import Any

import pytest
from django.db import connection
from tests.edge.edges import Said, Shop
from tests.edge.test_forms import named, send
from tests.edge.test_forms import published as published_form
from tests.edge.test_pages import AGENT, known, members, published
from tests.growth.forms.making import NAME
from tests.growth.pages.pages import NOW, cta, hero, option, page, words

from lianyi.audience.segments.actions import create_segment
from lianyi.foundation.domains.models import Domain
from lianyi.foundation.workspaces.actions import create_workspace
from lianyi.growth.pages import actions
from lianyi.growth.pages.blocks import Countdown, Faq, Footer, Form, Image, Link, Picture, Question, Text
from lianyi.growth.pages.listed import Page
from lianyi.growth.pages.schemas import Theme, Variant
from lianyi.rules.nodes import Tagged

VISITOR = "visitor-of-5"
BAD = '</style><script>alert(1)</script>" onload=x <a href="#top">'


def framed(shop: Shop, one: Page | str, block: str, rest: str = "", **headers: str) -> Said:
    """The frame as a browser asks for it from a website."""
    slug = one if isinstance(one, str) else one.slug
    told = {"user-agent": AGENT, "sec-fetch-dest": "iframe", "sec-fetch-site": "cross-site"}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    return shop.edge.ask("GET", f"/p/{slug}/block/{block}{rest}", headers=told)


def press(shop: Shop, said: Said, **headers: str) -> Said:
    """What a browser does when the button in the frame is pressed."""
    told = {"user-agent": AGENT, "sec-fetch-dest": "document", "sec-fetch-site": "same-origin"}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    return shop.edge.ask("GET", target_in(said), headers=told)


def target_in(said: Said) -> str:
    (found,) = re.findall(r'<a target="_top" class="go" href="([^"]*)"', said.body.decode())
    return html.unescape(found)


@pytest.fixture
def chosen(shop: Shop) -> Page:
    """A page whose button leads regulars to the download, and everybody else to the trial."""
    workspace = shop.workspace.pk
    segment = create_segment(workspace, "Regulars", Tagged(tag="vip"), NOW)
    members(workspace, segment, before=[], entered=[5], left=[])
    known(workspace, 5, VISITOR)
    free = option("free", "https://shop.example/file", segment=segment)
    return published(shop, page(hero(), cta(free, option("rest")), languages=("zh", "en")))


def test_a_block_stands_alone_and_nothing_is_recorded(shop: Shop, chosen: Page) -> None:
    said = framed(shop, chosen, "top", "?lang=zh-CN&page=shop.example/offers")
    text = said.body.decode()
    assert (said.status, "<h2>标题</h2>" in text, 'id="next"' in text, "lianyi.js" in text) == (200, True, False, False)
    assert '<html lang="zh-CN">' in text
    assert "<h2>Title</h2>" in framed(shop, chosen, "top", "?lang=en-GB").body.decode()
    assert "<h2>标题</h2>" in framed(shop, chosen, "top", "?lang=fr").body.decode()  # the page's first
    assert said.headers["content-security-policy"].endswith("frame-ancestors *")
    assert "unsafe" not in said.headers["content-security-policy"]
    assert (said.headers["cache-control"], said.headers["x-robots-tag"]) == ("private, no-store", "noindex")
    assert "set-cookie" not in said.headers
    assert shop.accepted() == []


def test_the_visitor_whom_the_website_names_sees_their_button(shop: Shop, chosen: Page) -> None:
    shown = {
        f"?ly_visitor={VISITOR}": "free",
        "?ly_visitor=nobody-knows": "rest",
        "?ly_visitor=%00": "rest",
        "": "rest",
    }
    for rest, key in shown.items():
        assert f"/cta/next/{key}?" in target_in(framed(shop, chosen, "next", rest)), rest
    rest = f"?ly_visitor={VISITOR}"
    for headers in ({"dnt": "1"}, {"sec_gpc": "1"}, {"sec_fetch_dest": "document"}, {"user_agent": "Googlebot/2.1"}):
        assert "/cta/next/rest?" in target_in(framed(shop, chosen, "next", rest, **headers)), headers
    by_cookie = framed(shop, chosen, "next", cookie=f"ly_id={VISITOR}")  # of ours: the website does not know it
    assert "/cta/next/rest?" in target_in(by_cookie)


def test_a_press_counts_once_and_by_the_same_person(shop: Shop, chosen: Page) -> None:
    said = framed(shop, chosen, "next", f"?ly_visitor={VISITOR}&page=shop.example%2Foffers%2F7")
    gone = press(shop, said, cookie="ly_id=somebody-else-1")
    assert (gone.status, "set-cookie" in gone.headers) == (303, False)
    assert gone.headers["location"].startswith(f"https://shop.example/file?ly_click={VISITOR}.")
    (event,) = shop.wait_for(1)
    assert [(one.kind, one.scope, one.value) for one in event.claims] == [("cookie", "default", VISITOR)]
    assert (event.name, event.source, event.machine) == ("cta.clicked", None, False)
    assert event.properties == {
        "page": chosen.id,
        "slug": chosen.slug,
        "block": "next",
        "option": "free",
        "variant": "a",
        "site": "shop.example/offers/7",
        "device": "phone",
    }


@pytest.mark.parametrize(
    "headers", [{"sec_fetch_site": "none"}, {"sec_fetch_site": "cross-site"}, {"dnt": "1"}], ids=str
)
def test_whoever_was_sent_the_address_is_nobody(shop: Shop, chosen: Page, headers: dict[str, str]) -> None:
    said = framed(shop, chosen, "next", f"?ly_visitor={VISITOR}")
    gone = press(shop, said, cookie="ly_id=somebody-else-1", **headers)
    assert (gone.headers["location"], "set-cookie" in gone.headers) == ("https://shop.example/file", False)
    (event,) = shop.wait_for(1)
    assert (event.name, event.claims) == ("cta.clicked", ())


def test_nobody_can_write_an_address_that_names_somebody(shop: Shop, chosen: Page) -> None:
    other = published(shop, page(hero(), cta()))
    target = target_in(framed(shop, chosen, "next", f"?ly_visitor={VISITOR}"))
    token = target.partition("ly_placed=")[2]
    forged = (f"{token}0", "x", "", "5.6.7", token.replace(".", "..", 1))
    for one in forged:
        said = shop.edge.ask("GET", f"/p/{chosen.slug}/cta/next/free?ly_placed={one}", headers={"user-agent": AGENT})
        assert (said.status, said.headers["location"]) == (303, "https://shop.example/file"), one
    elsewhere = f"/p/{other.slug}/cta/next/go?ly_placed={token}"  # of another page
    assert shop.edge.ask("GET", elsewhere, headers={"user-agent": AGENT}).headers["location"].count("ly_click") == 0
    assert [event.claims for event in shop.wait_for(len(forged) + 1)] == [()] * (len(forged) + 1)


def test_a_visitor_who_must_not_be_known_presses_as_nobody(shop: Shop, chosen: Page) -> None:
    gone = press(shop, framed(shop, chosen, "next"))
    assert (gone.headers["location"], "set-cookie" in gone.headers) == ("https://example.com/trial", False)
    (event,) = shop.wait_for(1)
    assert (event.claims, event.properties["option"]) == ((), "rest")


def test_what_is_not_there_is_not_found(shop: Shop, chosen: Page) -> None:
    empty = published(shop, page(hero(), Image(key="image", picture=Picture(media=7))))
    draft = actions.create_page(shop.workspace.pk, f"p{random.randrange(10**9)}", "Draft", page(hero()), NOW)
    for one, block, code in (
        (chosen, "other", "block.unknown"),
        ("no-such-page", "top", "block.unknown"),
        (draft, "top", "block.unknown"),
        (empty, "image", "block.empty"),
    ):
        said = framed(shop, one, block)
        assert (said.status, said.code) == (404, code)
    assert shop.accepted() == []


def test_text_stays_text_and_every_link_leads_out_of_the_frame(shop: Shop) -> None:
    bad = words(BAD)
    blocks = (
        hero(eyebrow=bad, title=bad, text=words("[see](#next) [mail](mailto:a@example.com)"), note=bad,
             second=Link(label=bad, target="/p/other")),
        Text(key="text", title=bad, text=bad),
        Countdown(key="clock", title=bad, until="2036-12-01T10:00"),
        Faq(key="faq", title=bad, questions=(Question(question=bad, answer=bad),)),
        Footer(key="foot", name=bad, text=bad, icp="<i>1</i>", links=(Link(label=bad, target="#top"),)),
    )  # fmt: skip
    one = published(shop, page(*blocks, theme=Theme(brand=bad)))
    for block in blocks:
        text = framed(shop, one, block.key, "?page=%3Cscript%3E%0A&light=%22%3E").body.decode()
        scripts = 2 if block.key == "clock" else 1
        assert (text.count("<script>"), "<i>" in text, "<script>alert" in text) == (scripts, False, False), block.key
        assert len(re.findall("<a ", text)) == text.count('<a target="_top" ')
    assert f':{shop.edge.port}/p/{one.slug}#next"' in framed(shop, one, "top").body.decode()
    assert f':{shop.edge.port}/p/{one.slug}#top"' in framed(shop, one, "foot").body.decode()


def test_a_block_of_an_own_domain_is_shown_by_whose_it_is(shop: Shop, chosen: Page) -> None:
    host, foreign = (f"h{random.randrange(10**9)}.example.com" for _ in "ab")
    Domain.objects.create(workspace_id=shop.workspace.pk, host=host)
    Domain.objects.create(workspace=create_workspace(f"w{random.randrange(10**9)}", "Other"), host=foreign)
    one = published(shop, page(hero(text=words("[see](#top)")), cta()), host=host)
    assert framed(shop, one, "top", host=host).status == 200
    assert framed(shop, one, "top").status == 404
    named = framed(shop, one, "top", f"?ly_host={host}")
    assert (named.status, f'"http://{host}/p/{one.slug}#top"' in named.body.decode()) == (200, True)
    assert press(shop, framed(shop, one, "next", f"?ly_host={host}")).status == 303
    for rest in ("", f"?ly_host={host}"):
        assert framed(shop, one, "top", rest, host=foreign).status == 404
    assert framed(shop, chosen, "top", host=foreign).status == 404
    assert [event.properties["slug"] for event in shop.wait_for(1)] == [one.slug]


def test_a_variant_has_its_own_block_and_the_pages_where_it_leaves_one_out(shop: Shop) -> None:
    other = Variant(key="b", blocks=(hero(title=words("另一个")),), without=("next",))
    one = published(shop, page(hero(), cta(), weight=0, variants=(other,)))
    assert "<h2>另一个</h2>" in framed(shop, one, "top", f"?ly_visitor={VISITOR}").body.decode()
    assert "<h2>标题</h2>" in framed(shop, one, "top").body.decode()
    said = framed(shop, one, "next", f"?ly_visitor={VISITOR}")
    assert press(shop, said).status == 303
    (event,) = shop.wait_for(1)
    assert (event.properties["block"], event.properties["variant"]) == ("next", "b")


def test_a_form_in_a_block_is_sent_by_the_visitor_of_the_website(shop: Shop) -> None:
    form = published_form(shop, NAME)
    one = published(shop, page(hero(), Form(key="form", form=form.id)))
    said = framed(shop, one, "form", f"?ly_visitor={VISITOR}&page=shop.example/7&utm_source=wechat&ly_referrer=")
    answer = send(shop, form, said, name="访客一", ly_page=named(said, "ly_page"))
    assert (answer.status, answer.headers["location"].endswith("&frame=1")) == (303, True)
    submitted = next(event for event in shop.accepted() if event.name == "form.submitted")
    assert [one.value for one in submitted.claims] == [VISITOR]
    assert (submitted.properties["page"], submitted.properties["form"]) == ("shop.example/7", form.id)
    assert tuple(submitted.source or ()) == ("wechat", "", "", "")


def test_the_websites_light_is_the_blocks_where_the_page_has_none(shop: Shop) -> None:
    free, night = (published(shop, page(hero(), theme=Theme(light=light))) for light in ("auto", "night"))
    schemes: dict[tuple[str, str], Any] = {}
    for one, name in ((free, "auto"), (night, "night")):
        for light in ("", "day", "night", "x"):
            text = framed(shop, one, "top", f"?light={light}").body.decode()
            (schemes[name, light],) = re.findall('name="color-scheme" content="([a-z ]*)"', text)
    assert {light: scheme for (name, light), scheme in schemes.items() if name == "auto"} == {
        "": "light dark",
        "day": "light",
        "night": "dark",
        "x": "light dark",
    }
    assert {scheme for (name, _), scheme in schemes.items() if name == "night"} == {"dark"}


def test_a_lookup_that_fails_is_said_and_nothing_is_shown(shop: Shop, chosen: Page) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE page_version RENAME TO page_version_away")
    try:
        said = framed(shop, f"q{random.randrange(10**9)}", "top")
        assert (said.status, said.code) == (503, "page.unavailable")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE page_version_away RENAME TO page_version")
