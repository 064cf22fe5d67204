"""Where a link may not lead, and what it may not be called."""

import pytest

from lianyi.kernel.addresses import Reach, networks_in
from lianyi.kernel.errors import Refused
from lianyi.links.checking import ALPHABET, Ours, checked_app, checked_part, checked_slug, checked_target, fresh_slug

OURS = Ours("http://localhost:8620", frozenset({"go.brand.example"}))


def code_of(text: str, ours: Ours = OURS) -> str:
    with pytest.raises(Refused) as refused:
        checked_target(text, ours)
    return refused.value.code


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" https://Shop.example/a?b=c#d ", "https://Shop.example/a?b=c#d"),
        ("http://shop.example", "http://shop.example"),
        ("https://例子.example/春 天?q=茶#头".replace(" ", ""), "https://xn--fsqu00a.example/%E6%98%A5%E5%A4%A9?q=%E8%8C%B6#%E5%A4%B4"),
        ("https://8.8.8.8:8443/x", "https://8.8.8.8:8443/x"),
        ("http://localhost:8620/p/spring", "http://localhost:8620/p/spring"),
        ("https://go.brand.example/p/spring", "https://go.brand.example/p/spring"),
        ("https://пример.example/", "https://xn--e1afmkfd.example/"),
        ("https://京东shop.example/", "https://xn--shop-bf5f3802a.example/"),
    ],
)  # fmt: skip
def test_a_good_target_is_kept(typed: str, kept: str) -> None:
    assert checked_target(typed, OURS).partition("//")[2].partition("/")[2] == kept.partition("//")[2].partition("/")[2]
    assert checked_target(typed, OURS).startswith(("http://", "https://"))


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("javascript:alert(1)", "link.scheme"),
        ("JAVASCRIPT:alert(1)", "link.scheme"),
        ("data:text/html,x", "link.scheme"),
        ("vbscript:x", "link.scheme"),
        ("file:///etc/passwd", "link.scheme"),
        ("weixin://dl/", "link.scheme"),
        ("//shop.example/", "link.scheme"),
        ("shop.example", "link.scheme"),
        ("", "link.target"),
        ("https://", "link.target"),
        ("https:///path", "link.target"),
        ("https://a.example/x y", "link.target"),
        ("https://a.example\\@b.example/", "link.target"),
        ("https://a.example/\r\nx: y", "link.target"),
        ("java\tscript:alert(1)", "link.target"),
        ("https://a.example:port/", "link.target"),
        ("https://[::1", "link.target"),
        ("https://bank.example@evil.example/", "link.userinfo"),
        ("https://u:p@a.example/", "link.userinfo"),
        ("https://xn--a/…", "link.private"),
        ("https://a。。.example/", "link.host"),
        ("https://" + "a" * 1995, "link.long"),
        ("https://a.example/" + "春" * 700, "link.long"),
    ],
)
def test_what_is_no_public_web_page_is_refused(typed: str, code: str) -> None:
    assert code_of(typed) == code


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "[::1]", "[fe80::1]", "[fc00::1]"),
        *("[::ffff:127.0.0.1]", "localhost", "a.localhost", "printer.local", "db.internal", "nas.lan", "intranet"),
        *("2130706433", "0x7f000001", "127.1", "0177.0.0.1", "x.0x7f", "router.home.arpa", "localhost."),
    ],
)
def test_a_machine_inside_a_network_is_no_target(host: str) -> None:
    assert code_of(f"http://{host}/x") == "link.private"


def test_the_owner_may_allow_a_network() -> None:
    ours = Ours("http://localhost:8620", reach=Reach(networks_in("127.0.0.0/8")))
    assert checked_target("http://127.0.0.1:9000/x", ours) == "http://127.0.0.1:9000/x"
    assert code_of("http://169.254.169.254/", ours) == "link.private"
    assert code_of("http://10.0.0.1/", ours) == "link.private"


@pytest.mark.parametrize(
    "host",
    [
        "pаypal.com",  # the second letter is Cyrillic
        "аррӏе.com",  # all are Cyrillic, all look Latin
        "gοοgle.com",  # Greek
        "xn--80ak6aa92e.com",  # аррӏе, as it goes over the wire
        "xn--pypal-4ve.com",
        "shop.microsоft.com",
    ],
)
def test_a_name_that_imitates_another_is_refused(host: str) -> None:
    assert code_of(f"https://{host}/") == "link.imitates"


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8620/l/abc",
        "http://LOCALHOST:8620/l/abc",
        "https://go.brand.example/abc",
        "https://GO.brand.example/l/abc?x=1",
        "https://go.brand.example./later",
        "https://go.brand.example/",
        "http://localhost:8620/%6c/abc",  # what a browser asks for after these is the same
        "http://localhost:8620/a/../l/abc",
        "http://localhost:8620/%2e/l/abc",
        "http://localhost.:8620/l/abc",
        "https://go.brand.example/%61bc",
        "https://go.brand.example/x/../abc",
    ],
)
def test_a_link_of_ours_is_no_target(url: str) -> None:
    assert code_of(url) == "link.loop"


def test_the_usual_port_of_the_installation_may_be_written_out() -> None:
    ours = Ours(url="https://brand.example")
    for url in ("https://brand.example:443/l/abc", "http://brand.example:80/l/abc", "http://brand.example/l/abc"):
        with pytest.raises(Refused) as refused:
            checked_target(url, ours)
        assert refused.value.code == "link.loop"
    assert checked_target("https://brand.example:8443/l/abc", ours) == "https://brand.example:8443/l/abc"


def test_apps_are_those_that_are_listed() -> None:
    assert checked_app("", OURS) == ""
    assert checked_app("weixin://dl/business/?t=春", OURS) == "weixin://dl/business/?t=%E6%98%A5"
    assert checked_app("https://apps.example/id1", OURS) == "https://apps.example/id1"
    for wrong in ("javascript:alert(1)", "intent://x", "data:,", "unknownapp://x", "weixin://a b", 'weixin://"><b>'):
        with pytest.raises(Refused) as refused:
            checked_app(wrong, OURS)
        assert refused.value.code == "link.app"
    with pytest.raises(Refused) as refused:
        checked_app("weixin://" + "a" * 2000, OURS)
    assert refused.value.code == "link.long"


def test_slugs() -> None:
    assert checked_slug(" Spring-2026_a ") == "spring-2026_a"
    for wrong in ("", "-a", "a-", "a/b", "a.b", "春", "a b", "a" * 65, "../x", "%2e"):
        with pytest.raises(Refused) as refused:
            checked_slug(wrong)
        assert refused.value.code == "link.slug"
    for word in ("API", "l", "p", "healthz"):
        with pytest.raises(Refused) as refused:
            checked_slug(word)
        assert refused.value.code == "link.reserved"
    made = {fresh_slug() for _ in range(200)}
    assert len(made) == 200
    assert all(len(one) == 7 and set(one) <= set(ALPHABET) for one in made)


def test_utm_parts_have_an_end() -> None:
    assert checked_part("  ｗechat  group ") == "wechat group"
    assert len(checked_part("x" * 200)) == 200
    with pytest.raises(Refused) as refused:
        checked_part("x" * 4_000)
    assert refused.value.code == "link.text"
