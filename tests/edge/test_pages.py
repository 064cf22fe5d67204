"""Landing pages at a running edge: what one sees, what is recorded, and of whom."""

import gzip
import random
import time
from typing import Any

import pytest
from django.db import connection
from pyroaring import BitMap
from tests.edge.edges import Said, Shop
from tests.growth.pages.pages import NOW, cta, hero, option, page, words

from lianyi.audience.segments.actions import create_segment
from lianyi.events.schemas import Source
from lianyi.foundation.domains.models import Domain
from lianyi.growth.pages import actions
from lianyi.growth.pages.listed import Page
from lianyi.growth.pages.looking_up import PERSON
from lianyi.growth.pages.schemas import Definition, Seo, Variant
from lianyi.kernel.bitmaps import to_bytes
from lianyi.kernel.ids import digest
from lianyi.rules.nodes import Tagged

AGENT = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
KNOWN = "ly_id=visitor-known-1"


def published(shop: Shop, definition: Definition | None = None, **more: Any) -> Page:
    made = actions.create_page(
        shop.workspace.pk, f"p{random.randrange(10**9)}", "Fair", definition or page(hero(), cta()), NOW, **more
    )
    return actions.publish_page(shop.workspace.pk, made.id, NOW)


def seen(shop: Shop, one: Page, method: str = "GET", rest: str = "", **headers: str) -> Said:
    named = {"user-agent": AGENT, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return shop.edge.ask(method, f"/p/{one.slug}{rest}", headers=named)


def test_a_view_is_a_page_and_one_event(shop: Shop) -> None:
    one = published(shop)
    said = seen(shop, one, accept_language="zh-CN", referer="https://weixin.qq.com/x")
    assert said.status == 200
    assert "<h1>标题</h1>" in said.body.decode()
    assert f'data-key="{shop.browser_key}"' in said.body.decode()
    assert said.headers["content-security-policy"].startswith("default-src 'none'; ")
    assert said.headers["cache-control"] == "private, no-cache"
    (event,) = shop.wait_for(1)
    assert (event.name, event.machine, event.origin) == ("page.reached", False, "page")
    assert event.source == Source("wechat", "social", "", "")
    assert event.properties == {
        "page": one.id,
        "slug": one.slug,
        "version": 1,
        "language": "zh",
        "variant": "a",
        "device": "phone",
        "referrer": "weixin.qq.com",
    }
    cookie = said.headers["set-cookie"].partition("=")[2].partition(";")[0]
    assert [(claim.kind, claim.scope, claim.value) for claim in event.claims] == [("cookie", "default", cookie)]


def test_an_address_with_hundreds_of_parameters_is_a_view_too(shop: Shop) -> None:
    one = published(shop)
    assert seen(shop, one, rest="?lang=en&" + "&".join(f"p{number}=" for number in range(600))).status == 200
    (event,) = shop.wait_for(1)
    assert (event.name, event.source) == ("page.reached", None)


def test_whoever_has_the_page_gets_no_body_and_is_counted(shop: Shop) -> None:
    one = published(shop)
    first = seen(shop, one, cookie=KNOWN)
    again = seen(shop, one, cookie=KNOWN, if_none_match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    packed = seen(shop, one, cookie=KNOWN, accept_encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == first.body
    assert len(shop.wait_for(3)) == 3


def test_machines_and_who_objects_are_nobody(shop: Shop) -> None:
    one = published(shop)
    head = seen(shop, one, "HEAD")
    assert (head.status, head.body) == (200, b"")
    for headers in ({"user_agent": "Googlebot/2.1"}, {"dnt": "1"}):
        assert "set-cookie" not in seen(shop, one, **headers).headers
    events = shop.wait_for(3)
    assert [(event.machine, event.claims) for event in events] == [(True, ()), (True, ()), (False, ())]


@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [("", "zh-CN", "zh"), ("", "fr", "en"), ("", "", "en"), ("?lang=zh", "en", "zh"), ("?lang=fr", "zh", "en")],
)
def test_speaks_the_visitors_language(shop: Shop, query: str, accepted: str, language: str) -> None:
    one = published(shop, page(hero(), languages=("en", "zh")))
    said = seen(shop, one, rest=query, accept_language=accepted)
    assert f'<html lang="{ {"zh": "zh-CN", "en": "en"}[language] }">' in said.body.decode()


def test_an_address_says_where_one_came_from(shop: Shop) -> None:
    one = published(shop)
    seen(shop, one, rest="?utm_source=wechat&utm_medium=post&utm_campaign=spring&ly_code=C1")
    seen(shop, one, rest="?utm_source=wechat&ly_code=C1&ly_click=x.1")  # a visit of its own, after a click
    first, second = shop.wait_for(2)
    assert (first.source, second.source) == (Source("wechat", "post", "spring", "C1"), Source("wechat", "", "", "C1"))


def test_a_button_counts_and_leads_on(shop: Shop) -> None:
    one = published(shop)
    said = seen(shop, one, rest="/cta/next/go", cookie=KNOWN)
    assert said.status == 303
    assert said.headers["location"].startswith("https://example.com/trial?ly_click=visitor-known-1.")
    (event,) = shop.wait_for(1)
    assert (event.name, event.claims[0].value) == ("cta.clicked", "visitor-known-1")
    assert event.properties == {
        "page": one.id,
        "slug": one.slug,
        "block": "next",
        "option": "go",
        "variant": "a",
        "device": "phone",
    }
    for rest in ("/cta/next/other", "/cta/other/go"):
        assert seen(shop, one, rest=rest).status in (404, 503)  # the web process answers, which does not run here
    assert len(shop.accepted()) == 1


def test_a_page_that_is_taken_back_is_gone(shop: Shop) -> None:
    one = published(shop)
    assert seen(shop, one).status == 200
    actions.unpublish_page(shop.workspace.pk, one.id)
    until = time.monotonic() + 20
    while seen(shop, one).status == 200 and time.monotonic() < until:
        time.sleep(0.1)
    assert seen(shop, one).status != 200


def test_a_visitor_keeps_their_variant(shop: Shop) -> None:
    other = Variant(key="b", blocks=(hero(title=words("另一个")),))
    one = published(shop, page(hero(), variants=(other,)))
    cookies = [f"ly_id=visitor-{number:04}" for number in range(40)]
    first = [seen(shop, one, cookie=cookie).body for cookie in cookies]
    assert [seen(shop, one, cookie=cookie).body for cookie in cookies] == first
    shown = sum("另一个" in body.decode() for body in first)
    assert 8 <= shown <= 32
    variants = [event.properties["variant"] for event in shop.wait_for(80)]
    assert variants.count("b") == 2 * shown


def test_people_of_a_segment_see_their_button_and_everybody_else_the_other(shop: Shop) -> None:
    workspace = shop.workspace.pk
    segment = create_segment(workspace, "Regulars", Tagged(tag="vip"), NOW)
    members(workspace, segment, before=[4], entered=[5], left=[4])
    for number in (4, 5):
        known(workspace, number, f"visitor-of-{number}")
    one = published(shop, page(hero(), cta(option("free", segment=segment), option("rest"))))
    shown = {"visitor-of-5": "free", "visitor-of-4": "rest", "nobody-knows": "rest"}
    for cookie, key in shown.items():
        assert f"/cta/next/{key}" in seen(shop, one, cookie=f"ly_id={cookie}").body.decode(), cookie
    assert "/cta/next/rest" in seen(shop, one).body.decode()
    first = shop.wait_for(4)[0]
    assert first.properties["chosen"] == {"next": "free"}


def test_a_button_tells_nobody_what_is_known_of_somebody_whose_address_they_typed(shop: Shop) -> None:
    workspace = shop.workspace.pk
    segment = create_segment(workspace, "Regulars", Tagged(tag="vip"), NOW)
    members(workspace, segment, before=[], entered=[2], left=[])
    known(workspace, 2, "one@example.com", kind="email")
    for number, cookie in ((30, "typed-it"), (31, "vouched-for"), (32, "backdated")):
        known(workspace, number, cookie, person=2, at=0 if cookie == "backdated" else 9)
        link(workspace, 2, number, strength=1 if cookie == "vouched-for" else 2)
    one = published(shop, page(hero(), cta(option("free", segment=segment), option("rest"))))
    shown = {"typed-it": "rest", "vouched-for": "free", "backdated": "rest"}
    for cookie, key in shown.items():
        assert f"/cta/next/{key}" in seen(shop, one, cookie=f"ly_id={cookie}").body.decode(), cookie


def test_whoever_sends_an_address_with_a_click_of_their_own_is_not_taken_for_who_follows_it(shop: Shop) -> None:
    workspace = shop.workspace.pk
    segment = create_segment(workspace, "Regulars", Tagged(tag="vip"), NOW)
    members(workspace, segment, before=[], entered=[2], left=[])
    known(workspace, 2, "whose-click-it-is")
    known(workspace, 3, "who-followed-it", person=2)
    known(workspace, 4, "one@example.com", kind="email", person=2, at=1_700_000_000_123_456)
    link(workspace, 3, 4, strength=2, at=1_700_000_000_123_456)
    link(workspace, 2, 3, strength=2)
    one = published(shop, page(hero(), cta(option("free", segment=segment), option("rest"))))
    for cookie, key in (("whose-click-it-is", "rest"), ("who-followed-it", "free")):
        assert f"/cta/next/{key}" in seen(shop, one, cookie=f"ly_id={cookie}").body.decode(), cookie


def test_who_guesses_the_day_that_a_file_of_people_names_is_not_taken_for_one_of_them(shop: Shop) -> None:
    workspace, day = shop.workspace.pk, 1_767_225_600_000_000
    segment = create_segment(workspace, "Regulars", Tagged(tag="vip"), NOW)
    members(workspace, segment, before=[], entered=[2], left=[])
    known(workspace, 2, "was-there-before")
    known(workspace, 3, "one@example.com", kind="email", person=2, at=day)
    link(workspace, 2, 3, strength=2, at=day)
    one = published(shop, page(hero(), cta(option("free", segment=segment), option("rest"))))
    assert "/cta/next/rest" in seen(shop, one, cookie="ly_id=was-there-before").body.decode()


def test_a_browser_of_ever_so_many_names_costs_no_more_than_in_proportion(shop: Shop) -> None:
    workspace = shop.workspace.pk
    known(workspace, 1, "of-many-names")
    asked = {"workspace": workspace, "mark": digest("cookie", "default", "of-many-names"), "proven": b""}
    read = []
    with connection.cursor() as cursor:
        for first, last in ((2, 5_000), (5_001, 50_000)):
            cursor.execute(
                "INSERT INTO identity (workspace, number, person, kind, scope, value, hash, strong, first_seen_at)"
                " SELECT %s, n, 1, 'email', '', n, decode(md5(n::text), 'hex'), false, 7"
                " FROM generate_series(%s, %s) n",
                [workspace, first, last],
            )
            cursor.execute(
                "INSERT INTO link (workspace, a, b, strength, occurred_at, ordinal, event_id)"
                " SELECT %s, 1, n, 2, 7, 0, decode(md5(n::text), 'hex') FROM generate_series(%s, %s) n",
                [workspace, first, last],
            )
            cursor.execute("ANALYZE identity, link")
            cursor.execute(PERSON, asked)
            assert cursor.fetchall() == []
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {PERSON}", asked)
            read.append(rows_read(cursor.fetchone()[0][0]["Plan"]))
    assert read[1] < 10 * read[0], read  # ten times the names


def rows_read(plan: dict[str, Any]) -> int:
    """How many rows all parts of a plan gave."""
    return int(plan["Actual Rows"] * plan["Actual Loops"]) + sum(map(rows_read, plan.get("Plans", [])))


def link(workspace: int, a: int, b: int, *, strength: int, at: int = 0) -> None:
    """What says that two identities are one person's."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO link (workspace, a, b, strength, occurred_at, ordinal, event_id)"
            " VALUES (%s, %s, %s, %s, %s, 0, %s)",
            [workspace, a, b, strength, at, bytes(16)],
        )


def members(workspace: int, segment: int, *, before: list[int], entered: list[int], left: list[int]) -> None:
    """What a segment holds, with one change since."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE segment_members SET members = %s, change = 0, last = 1 WHERE workspace = %s AND segment = %s",
            [to_bytes(BitMap(before)), workspace, segment],
        )
        cursor.execute(
            'INSERT INTO segment_change (workspace, segment, change, at, size, cause, entered, "left")'
            " VALUES (%s, %s, 1, 0, 1, 'batch', %s, %s)",
            [workspace, segment, to_bytes(BitMap(entered)), to_bytes(BitMap(left))],
        )


def known(
    workspace: int, number: int, value: str, *, kind: str = "cookie", person: int | None = None, at: int = 0
) -> None:
    """A person who came by this cookie, or another identity of one."""
    scope = "default" if kind == "cookie" else ""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO identity (workspace, number, person, kind, scope, value, hash, strong, first_seen_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, false, %s)",
            [workspace, number, person or number, kind, scope, value, digest(kind, scope, value), at],
        )


def test_an_own_domain_has_its_pages_and_tells_robots(shop: Shop) -> None:
    host = f"h{random.randrange(10**9)}.example.com"
    Domain.objects.create(workspace_id=shop.workspace.pk, host=host)
    one = published(shop, host=host)
    hidden = published(shop, page(hero(), seo=Seo(hidden=True)), host=host)
    assert seen(shop, one, host=host).status == 200
    assert seen(shop, one).status != 200
    site = shop.edge.ask("GET", "/sitemap.xml", headers={"Host": host}).body.decode()
    assert f"<loc>http://{host}/p/{one.slug}</loc>" in site
    assert hidden.slug not in site
    robots = shop.edge.ask("GET", "/robots.txt", headers={"Host": host}).body.decode()
    assert robots.endswith(f"Sitemap: http://{host}/sitemap.xml\n")
    assert shop.edge.ask("GET", "/robots.txt").body == b"User-agent: *\nDisallow: /p/*/cta/\n"
