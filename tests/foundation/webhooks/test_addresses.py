"""No address inside a network is called, however it is written."""

import pytest

from lianyi.foundation.webhooks.addresses import checked_url
from lianyi.kernel.addresses import Forbidden, Reach, networks_in
from lianyi.kernel.errors import Refused

PUBLIC = Reach()
INSIDE = [
    *("127.0.0.1", "127.9.9.9", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254"),
    *("100.64.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192", "198.18.0.1", "224.0.0.1", "239.1.1.1"),
    *("240.0.0.1", "255.255.255.255", "192.0.2.1", "203.0.113.5", "192.88.99.1"),
    *("::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "::ffff:169.254.169.254"),
    *("64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::1", "2001:0:1::1", "2001:db8::1", "fe80::1", "fe80::1%eth0"),
    *("fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "100::1"),
]


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_not_allowed(address: str) -> None:
    assert not PUBLIC.allows(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "2400:3200::1"])
def test_a_public_address_is_allowed(address: str) -> None:
    assert PUBLIC.allows(address)


def test_a_network_may_be_allowed_but_never_the_metadata_of_a_cloud() -> None:
    reach = Reach(networks_in("169.254.0.0/16, 10.1.0.0/16,fd00::/8,100.64.0.0/10"))
    assert reach.allows("10.1.2.3")
    assert reach.allows("::ffff:10.1.2.3")
    assert not reach.allows("10.2.0.1")
    assert not any(map(reach.allows, ("169.254.169.254", "::ffff:169.254.169.254", "fd00:ec2::254", "100.100.100.200")))
    with pytest.raises(Refused) as refused:
        networks_in("10.1.0.1/8")
    assert refused.value.code == "environment.networks"


def test_one_address_inside_spoils_the_name() -> None:
    assert PUBLIC.resolved("a.example", 443, lambda *_: ["8.8.8.8", "8.8.8.8", "1.1.1.1"]) == ["8.8.8.8", "1.1.1.1"]
    with pytest.raises(Forbidden):
        PUBLIC.resolved("a.example", 443, lambda *_: ["8.8.8.8", "10.0.0.1"])
    with pytest.raises(OSError, match="no address"):
        PUBLIC.resolved("a.example", 443, lambda *_: [])


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/hooks",
        "https://example.com",
        "https://example.com:8443/a?b=c",
        "https://8.8.8.8/x",
        "https://[2606:4700:4700::1111]:443/",
    ],
)
def test_a_good_address_is_kept_as_it_is(url: str) -> None:
    assert checked_url(f"  {url} ", PUBLIC) == url


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.com/", "webhook.scheme"),
        ("ftp://example.com/", "webhook.scheme"),
        ("//example.com/", "webhook.scheme"),
        ("file:///etc/passwd", "webhook.url"),
        ("example.com", "webhook.url"),
        ("https:///x", "webhook.url"),
        ("https://exa mple.com/", "webhook.url"),
        ("https://example.com\\@10.0.0.1/", "webhook.url"),
        ("https://example.com/#x", "webhook.url"),
        ("https://example.com:99999/", "webhook.url"),
        ("https://[::1", "webhook.url"),
        (f"https://example.com/{'x' * 2000}", "webhook.url"),
        ("https://user@example.com/", "webhook.userinfo"),
        ("https://user:pass@example.com/", "webhook.userinfo"),
        ("https://example.com:22/", "webhook.port"),
        ("https://127.0.0.1/", "webhook.private"),
        ("https://[::ffff:10.0.0.1]/", "webhook.private"),
        ("https://localhost/", "webhook.private"),
        ("https://app.localhost./", "webhook.private"),
    ],
)
def test_a_bad_address_is_refused(url: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        checked_url(url, PUBLIC)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://例子.中国/钩子?a=值&b=%20", "https://xn--fsqu00a.xn--fiqs8s/%E9%92%A9%E5%AD%90?a=%E5%80%BC&b=%20"),
        ("https://例子。中国:8443", "https://xn--fsqu00a.xn--fiqs8s:8443"),
        ("https://Bücher.Example/", "https://xn--bcher-kva.example/"),
        ("https://straße.example/", "https://xn--strae-oqa.example/"),
        ("https://аpple.com/", "https://xn--pple-43d.com/"),  # its first letter is Cyrillic
        ("https://example.com/钩子", "https://example.com/%E9%92%A9%E5%AD%90"),
    ],
)
def test_a_host_outside_ascii_is_kept_as_it_is_called(url: str, kept: str) -> None:
    assert checked_url(url, PUBLIC) == kept
    assert checked_url(kept, PUBLIC) == kept


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://★.example/", "webhook.host"),
        ("https://例\u200d子.中国/", "webhook.host"),
        ("https://例..中国/", "webhook.host"),
        ("https://" + "例" * 64 + ".中国/", "webhook.host"),
        ("https://user@例子.中国/", "webhook.userinfo"),
        ("https://１２７.0.0.1/", "webhook.private"),
        ("https://ⓛocalhost/", "webhook.private"),
        ("https://例子.中国/a b", "webhook.url"),
        ("https://例子.中国/#钩", "webhook.url"),
        ("https://例子.中国\\@10.0.0.1/", "webhook.url"),
        ("https://example.com/\u2028x", "webhook.url"),
    ],
)
def test_a_bad_address_outside_ascii_is_refused(url: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        checked_url(url, PUBLIC)
    assert refused.value.code == code


def test_http_is_for_development_only() -> None:
    assert checked_url("http://example.com/", Reach(plain=True)) == "http://example.com/"
