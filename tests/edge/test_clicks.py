"""Following links at a running edge: where one gets, what is recorded, and of whom."""

import time
from collections.abc import Iterator
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pytest_django.plugin import DjangoDbBlocker
from tests.edge.edges import Edge, Said, Shop, address_of_test_database, running_edge, shop_of

from lianyi.events.intake.clicks import clicked_by
from lianyi.events.schemas import Source
from lianyi.foundation.domains.models import Domain
from lianyi.foundation.workspaces.actions import create_workspace
from lianyi.links.models import ShortLink
from lianyi.links.opening import token_for
from lianyi.links.passwords import hashed
from lianyi.links.queries import link_at
from lianyi.links.routing import CLICK, CODE

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
SHANGHAI = "202.96.209.5"
_numbers = count()


def made(shop: Shop, **fields: Any) -> ShortLink:
    number = next(_numbers)
    told = {
        "slug": f"go{number}",
        "code": f"C{number}",
        "kind": "link",
        "name": "Spring",
        "target": "https://a.cn/b?c=d#e",
    }
    return ShortLink.objects.create(workspace=shop.workspace.pk, created_at=0, **told | fields)


def followed(
    shop: Shop, link: ShortLink, method: str = "GET", path: str = "/l/", query: str = "", **headers: str
) -> Said:
    named = {"User-Agent": PHONE, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return shop.edge.ask(method, f"{path}{link.slug}{query}", headers=named)


def cookie_in(said: Said) -> str:
    return said.headers["set-cookie"].partition("=")[2].partition(";")[0]


def test_a_click_leads_on_and_is_one_event(shop: Shop) -> None:
    link = made(shop, kind="code", channel="offline", medium="poster", term="", content="hall 3")
    said = followed(shop, link, accept_language="zh-CN,zh;q=0.9", referer="https://weixin.qq.com/x")
    assert said.status == 302
    assert said.headers["cache-control"] == "private, no-store"
    to = urlsplit(said.headers["location"])
    told = parse_qs(to.query)
    assert (to.netloc, to.path, to.fragment) == ("a.cn", "/b", "e")
    assert {name: value for name, [value] in told.items() if name != CLICK} == {
        "c": "d",
        "utm_source": "offline",
        "utm_medium": "poster",
        "utm_content": "hall 3",
        CODE: link.code,
    }
    (event,) = shop.wait_for(1)
    assert (event.name, event.machine) == ("code.scanned", False)
    assert event.source == Source("offline", "poster", "", link.code)
    assert event.properties == {
        "link": link.pk,
        "slug": link.slug,
        "device": "phone",
        "system": "ios",
        "language": "zh-CN",
        "referrer": "weixin.qq.com",
    }
    cookie = cookie_in(said)
    assert [(claim.kind, claim.scope, claim.value) for claim in event.claims] == [("cookie", "default", cookie)]
    assert clicked_by(told[CLICK][0], event.occurred_at) == cookie


def test_a_visitor_who_comes_again_is_the_same(shop: Shop) -> None:
    link = made(shop)
    cookie = cookie_in(followed(shop, link))
    again = followed(shop, link, cookie=f"ly_id={cookie}")
    assert "set-cookie" not in again.headers
    assert {claim.value for event in shop.wait_for(2) for claim in event.claims} == {cookie}


@pytest.mark.parametrize("headers", [{"dnt": "1"}, {"sec_gpc": "1"}, {"cookie": "ly_id=known-before; ly_consent=0"}])
def test_who_objects_goes_on_and_stays_unknown(shop: Shop, headers: dict[str, str]) -> None:
    said = followed(shop, made(shop), **headers)
    assert (said.status, "set-cookie" in said.headers) == (302, False)
    assert CLICK not in said.headers["location"]
    (event,) = shop.wait_for(1)
    assert (event.claims, event.machine) == ((), False)


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("HEAD", {}),
        ("GET", {"User-Agent": "Twitterbot/1.0"}),
        ("GET", {"User-Agent": "Mozilla/5.0 (compatible; Microsoft-SafeLinks)"}),
        ("GET", {"sec_purpose": "prefetch"}),
    ],
)
def test_machines_are_marked_and_known_by_nothing(shop: Shop, method: str, headers: dict[str, str]) -> None:
    said = followed(shop, made(shop), method, **headers)
    assert (said.status, said.body, "set-cookie" in said.headers) == (302, b"", False)
    (event,) = shop.wait_for(1)
    assert (event.name, event.machine, event.claims) == ("link.clicked", True, ())


def test_routes_depend_on_who_comes(shop: Shop) -> None:
    routes = [
        {"target": "https://a.cn/desk", "devices": ["desktop"]},
        {"target": "https://a.cn/en", "languages": ["en"]},
    ]
    link = made(shop, routes=routes)
    desk = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36"

    def path_for(**headers: str) -> str:
        return urlsplit(followed(shop, link, **headers).headers["location"]).path

    assert path_for(**{"User-Agent": desk, "accept_language": "en"}) == "/desk"
    assert path_for(accept_language="en-GB") == "/en"
    assert path_for(accept_language="zh-CN") == "/b"
    assert [event.properties.get("route") for event in shop.wait_for(3)] == [1, 2, None]


def test_a_weighted_draw_stays_the_same_for_a_visitor(shop: Shop) -> None:
    link = made(shop, routes=[{"target": "https://a.cn/1"}, {"target": "https://a.cn/2"}])
    places = set()
    for visitor in range(12):
        cookie = f"ly_id=visitor-{visitor}"
        both = {urlsplit(followed(shop, link, cookie=cookie).headers["location"]).path for _ in range(2)}
        assert len(both) == 1
        places |= both
    assert places == {"/1", "/2"}


def test_an_apps_own_scheme_gets_a_page_with_both_ways(shop: Shop) -> None:
    link = made(shop, ios='shop://item/7?"', android="https://play.example.org/app")
    said = followed(shop, link, accept_language="zh-CN")
    page = said.body.decode()
    assert said.status == 200
    assert 'href="shop://item/7?&quot;"' in page
    assert "在浏览器中继续" in page
    assert "https://a.cn/b?c=d" in page
    assert "script-src 'nonce-" in said.headers["content-security-policy"]
    inside = followed(shop, link, **{"User-Agent": f"{PHONE} MicroMessenger/8.0"})
    assert inside.status == 302  # an app's browser opens no other app
    android = followed(shop, link, **{"User-Agent": "Mozilla/5.0 (Linux; Android 14) Mobile"})
    assert android.headers["location"] == "https://play.example.org/app"
    assert len(shop.wait_for(3)) == 3


def test_what_is_over_leads_elsewhere_and_is_not_counted(shop: Shop) -> None:
    for gone in ({"expires_at": 1}, {"archived_at": 1}):
        link = made(shop, expired_target="https://a.cn/over", **gone)
        said = followed(shop, link)
        assert (said.status, said.headers["location"]) == (302, "https://a.cn/over")
    assert shop.accepted() == []


def test_a_password_is_asked_for_by_the_pages_and_its_token_opens(shop: Shop) -> None:
    link = made(shop, password=hashed("sesame"))
    assert followed(shop, link).status == 503  # the pages do not run in this test
    assert followed(shop, link, query="?open=forged").status == 503
    secret = shop.edge.environment.secret_key().encode()
    found = link_at(None, link.slug)
    assert found is not None
    said = followed(shop, link, query=f"?open={token_for(secret, found, time.time())}")
    assert said.status == 302
    assert len(shop.wait_for(1)) == 1


@pytest.mark.parametrize("slug", ["no-such-link", "%00", "..%2f..%2fetc", "a" * 300, "%F0%9F%92%A5"])
def test_no_link_is_for_the_pages_to_say(shop: Shop, slug: str) -> None:
    assert shop.edge.ask("GET", f"/l/{slug}").status == 503
    assert shop.accepted() == []


def test_an_own_domain_has_its_own_links_and_nothing_of_the_installations(shop: Shop, edge: Edge) -> None:
    number = next(_numbers)
    host = f"go{number}.example.com"
    domain = Domain.objects.create(workspace_id=shop.workspace.pk, host=host)
    link, other = made(shop, domain=domain), made(shop)
    at = {"Host": f"{host}:8620"}
    assert followed(shop, link, path="/", **at).status == 302
    assert followed(shop, link, path="/", Host=host.upper()).status == 302
    assert followed(shop, link).status == 503  # not at the installation's own address
    assert followed(shop, other, path="/", **at).status == 503
    assert followed(shop, other, path="/l/", **at).status == 503
    assert len(shop.wait_for(2)) == 2


def test_a_host_that_waits_for_the_administrator_is_nobodys(shop: Shop) -> None:
    host = f"go{next(_numbers)}.example.com"
    link = made(shop, domain=Domain.objects.create(workspace_id=shop.workspace.pk, host=host, waits=True))
    assert followed(shop, link, path="/", Host=host).status == 503
    assert shop.accepted() == []


def test_links_whose_targets_became_own_domains_go_round_in_no_circle(shop: Shop) -> None:
    number = next(_numbers)
    hosts = [f"{name}{number}.example.com" for name in ("one", "two")]
    own = [Domain.objects.create(workspace_id=shop.workspace.pk, host=host) for host in hosts]
    one = made(shop, slug=f"round{number}", domain=own[0], target=f"https://{hosts[1]}/round{number}")
    two = made(shop, slug=f"round{number}", domain=own[1], target=f"https://{hosts[0]}/round{number}")
    first = followed(shop, one, path="/", Host=hosts[0])
    assert first.status == 302
    to = urlsplit(first.headers["location"])
    assert to.netloc == hosts[1]
    second = followed(shop, two, path="/", query=f"?{to.query}", Host=hosts[1])
    assert (second.status, "location" in second.headers, b"link.circle" in second.body) == (508, False, True)
    assert len(shop.wait_for(1)) == 1


def test_an_expired_link_leads_to_no_link(shop: Shop) -> None:
    host = f"late{next(_numbers)}.example.com"
    domain = Domain.objects.create(workspace_id=shop.workspace.pk, host=host)
    link = made(shop, domain=domain, expires_at=1, expired_target=f"https://{host}/other")
    assert followed(shop, link, path="/", Host=host).status == 503  # the pages say that it is over
    outside = made(shop, domain=domain, expires_at=1, expired_target="https://a.cn/late")
    assert followed(shop, outside, path="/", Host=host).headers["location"] == "https://a.cn/late"


def test_a_referrer_has_no_signs_that_nobody_sees(shop: Shop) -> None:
    followed(shop, made(shop), Referer="https://a\x9b\x80b.cn/x")
    (event,) = shop.wait_for(1)
    assert event.properties["referrer"] == "ab.cn"


@pytest.fixture
def behind_proxy(
    shop: Shop, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shop]:
    """A shop at an edge that is reached by https through a reverse proxy on this machine."""
    with django_db_blocker.unblock():
        database = address_of_test_database()
    home = tmp_path_factory.mktemp("secure")
    with running_edge(home, DATABASE_URL=database, LIANYI_URL="https://brand.example.com") as edge:
        yield shop_of(edge, create_workspace(f"secure-{next(_numbers)}", "Shop"))


def test_the_place_is_that_of_the_caller_and_the_address_is_kept_nowhere(behind_proxy: Shop) -> None:
    said = followed(
        behind_proxy, made(behind_proxy), x_forwarded_for=f"10.1.1.1, {SHANGHAI}", x_forwarded_proto="https"
    )
    assert said.headers["set-cookie"].endswith("; Secure")
    (event,) = behind_proxy.wait_for(1)
    assert {name: event.properties[name] for name in ("country", "region", "city")} == {
        "country": "CN",
        "region": "上海",
        "city": "上海",
    }
    assert SHANGHAI.encode() not in event.raw
