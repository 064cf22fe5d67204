"""Who calls: what the connection, the reverse proxies before us and the headers say of a visitor's machine.

The address serves for its place and for limits within memory; it is never stored.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import NamedTuple

from lianyi.edge.http import Scope, header
from lianyi.events.intake.sources import host_of
from lianyi.events.marks import is_machine

Network = IPv4Network | IPv6Network

_LONGEST = 500  # characters of a browser's name that are looked at
# Browsers that fetch what nobody has asked for yet say so in one of these.
_AHEAD = (b"sec-purpose", b"purpose", b"x-purpose", b"x-moz")
_AHEAD_IS = re.compile(rb"prefetch|prerender|preview", re.IGNORECASE)
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?|\[[0-9a-fA-F:.]{2,45}\](?::[0-9]{1,5})?")
_LANGUAGE = re.compile(r"\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)", re.ASCII)
# In this order: what names several systems is the first of them.
_SYSTEMS = (
    ("harmony", re.compile(r"HarmonyOS|OpenHarmony")),
    ("android", re.compile(r"Android")),
    ("ios", re.compile(r"iPhone|iPad|iPod")),
    ("windows", re.compile(r"Windows")),
    ("macos", re.compile(r"Macintosh|Mac OS X")),
    ("linux", re.compile(r"Linux|X11|CrOS")),
)
_TABLET = re.compile(r"iPad|Tablet|PlayBook|Silk/(?!.*Mobile)|Android(?!.*Mobile)")
_PHONE = re.compile(r"Mobile|iPhone|iPod|Android|Phone")
_DESKTOP = re.compile(r"Windows NT|Macintosh|X11|CrOS|Linux")
# Apps that open links in a browser of their own.
_APPS = (
    ("wecom", "wxwork"),
    ("wechat", "MicroMessenger"),
    ("weibo", "Weibo"),
    ("douyin", "aweme"),
    ("xiaohongshu", "discover/"),
    ("alipay", "AlipayClient"),
    ("dingtalk", "DingTalk"),
    ("qq", " QQ/"),
    ("toutiao", "NewsArticle"),
    ("facebook", "FBAN"),
    ("instagram", "Instagram"),
    ("line", " Line/"),
)


class Device(NamedTuple):
    """What a browser says of where it runs."""

    kind: str  # phone, tablet, desktop, other
    system: str  # ios, android, harmony, windows, macos, linux; "" unknown
    app: str  # the app whose browser it is; "" for one of its own


class Caller(NamedTuple):
    """Who made a request."""

    address: str  # as text; "" unknown
    user_agent: str
    language: str  # the first that the browser asks for, as it writes it; "" none
    device: Device
    machine: bool  # nobody looks: a crawler, a scanner, a preview, a HEAD
    objects: bool  # Do Not Track or Global Privacy Control
    referrer: str  # host; "" none


class Callers:
    """Tells who calls. `proxies` are the networks of reverse proxies that stand before us, whose word on who called and
    by which scheme is taken; nobody else's is.
    """

    def __init__(self, proxies: Sequence[Network]) -> None:
        self._proxies = proxies

    def came_by_proxy(self, scope: Scope) -> bool:
        """Whether a proxy that is believed handed the request on."""
        address = _address(peer_of(scope)) if self._proxies else None
        return address is not None and any(address in network for network in self._proxies)

    def came_by_tls(self, scope: Scope) -> bool:
        """Whether the caller reached us, or a proxy that is believed, by https."""
        said = header(scope, b"x-forwarded-proto") if self.came_by_proxy(scope) else b""
        return (said or scope["scheme"].encode()) == b"https"

    def caller_of(self, scope: Scope) -> Caller:
        """All that is known of who made the request."""
        agent = header(scope, b"user-agent").decode("latin-1")[:_LONGEST]
        language = _LANGUAGE.match(header(scope, b"accept-language")[:100].decode("latin-1"))
        return Caller(
            self._address_of(scope),
            agent,
            language[1] if language else "",
            device_of(agent),
            not agent or scope["method"] == "HEAD" or _is_ahead(scope) or is_machine(agent),
            header(scope, b"sec-gpc") == b"1" or header(scope, b"dnt") == b"1",
            host_of(header(scope, b"referer")[:2_000].decode("latin-1"))[:200],
        )

    def _address_of(self, scope: Scope) -> str:
        """The last that a believed proxy names, since each adds at the end; what comes before it is hearsay."""
        said = peer_of(scope)
        if self.came_by_proxy(scope):
            named = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
            said = (b",".join(named).rpartition(b",")[2].strip().decode("latin-1")) or said
        address = _address(said)
        return "" if address is None else str(address)


def site_of(scope: Scope, callers: Callers) -> str:
    """Scheme and host as the visitor wrote them."""
    named = header(scope, b"host").decode("latin-1")
    host = named if _HOST.fullmatch(named) else "localhost"
    return f"{'https' if callers.came_by_tls(scope) else 'http'}://{host.lower()}"


def peer_of(scope: Scope) -> str:
    """The other end of the connection."""
    return str((scope.get("client") or ("", 0))[0])


@lru_cache(maxsize=10_000)
def device_of(user_agent: str) -> Device:
    """What a user-agent text says; it may say anything."""
    kind = "other"
    for name, pattern in (("tablet", _TABLET), ("phone", _PHONE), ("desktop", _DESKTOP)):
        if pattern.search(user_agent):
            kind = name
            break
    system = next((name for name, pattern in _SYSTEMS if pattern.search(user_agent)), "")
    return Device(kind, system, next((app for app, sign in _APPS if sign in user_agent), ""))


def _is_ahead(scope: Scope) -> bool:
    return any(_AHEAD_IS.search(value) for name, value in scope["headers"] if name in _AHEAD)


@lru_cache(1_000)
def _address(text: str) -> IPv4Address | IPv6Address | None:
    """The address; one of IPv4 that is written as one of IPv6 is meant itself."""
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (found.ipv4_mapped if isinstance(found, IPv6Address) else None) or found
