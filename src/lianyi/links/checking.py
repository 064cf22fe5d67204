"""What a link may lead to and be called. No Django.

A target is a web address that everybody may see: http or https, without a user, no script, no machine inside a network,
no name that imitates another. It is no link of ours either, so a redirect never goes round in a circle. Names are not
looked up: it is the visitor's browser that goes there, and a name may point elsewhere tomorrow.
"""

import re
import secrets
from dataclasses import dataclass, field
from posixpath import normpath
from typing import NoReturn
from urllib.parse import SplitResult, quote, unquote, urlsplit

from lianyi.kernel.addresses import INSIDE, Reach, ends_in_number, literal_allowed, wired
from lianyi.kernel.errors import Refused
from lianyi.kernel.text import clean
from lianyi.links.imitating import imitates

LONGEST_TARGET = 2_000
LONGEST = 200  # characters of a name, a holder, and of a part of the source
LONGEST_SLUG = 64
SLUG_LENGTH = 7
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # without what is mistaken for another: 0 o, 1 l i
# What stands at an own domain, or may one day.
_RESERVED = (
    "l p f v1 sa in live api admin static healthz readyz sitemap robots favicon settings sign-in sign-out me "
    "lianyi well-known assets media"
)
RESERVED = frozenset(_RESERVED.split())
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?")
# Apps that a link may open, by the scheme of their addresses.
_SCHEMES = (
    "weixin wxwork alipay alipays taobao tbopen tmall openapp.jdmobile pinduoduo imeituan meituanwaimai dianping eleme "
    "ctrip suning vipshop snssdk1128 snssdk143 snssdk32 kwai xhsdiscover bilibili zhihu sinaweibo weibo mqq mqqapi "
    "mqqwpa dingtalk feishu lark baiduboxapp bdnetdisk iosamap androidamap baidumap qqmap orpheus qqmusic youku iqiyi "
    "whatsapp line tg fb instagram twitter youtube spotify market itms-apps itms-appss"
)
SCHEMES = frozenset(_SCHEMES.split())
_KEPT = "!$%&'()*+,/:;=?@[]~-._"


@dataclass(frozen=True)
class Ours:
    """Which addresses are this installation's: a link of ours is no target, a page of ours is."""

    url: str = ""
    domains: frozenset[str] = frozenset()
    reach: Reach = field(default_factory=Reach)
    accounts: frozenset[str] = frozenset()  # AppIDs of the workspace's connected WeChat official accounts

    def holds(self, parts: SplitResult) -> bool:
        """Whether the address is at the installation's own host and port."""
        return bool(self.url) and _reached(parts) == _reached(urlsplit(self.url))

    def is_link(self, parts: SplitResult) -> bool:
        """Whether a link of ours stands, or could stand, at the address."""
        path = normpath(unquote(parts.path)).strip("/")
        if self.holds(parts):
            return path == "l" or path.startswith("l/")
        host = (parts.hostname or "").rstrip(".")
        return host in self.domains and (path.startswith("l/") or ("/" not in path and path not in RESERVED))


def checked_target(text: str, ours: Ours) -> str:
    """The address as it goes over the wire. Refuses what everybody should not be led to."""
    typed = text.strip()
    if len(typed) > LONGEST_TARGET:
        _too_long()
    url, parts = _wired(typed)
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in ("http", "https"):
        raise Refused(
            "link.scheme", "A link leads to a web address, not to {scheme}:.", "Begin it with https://.",
            scheme=parts.scheme or "?",
        )  # fmt: skip
    if not host:
        _no_address()
    if "@" in parts.netloc:
        raise Refused("link.userinfo", "The target names a user or a password.", "Leave out what stands before the @.")
    if not ours.holds(parts) and _is_inside(host, ours.reach):
        raise Refused(
            "link.private", "{host} is a machine inside a network, where visitors do not come.",
            "Name a public host.", host=host,
        )  # fmt: skip
    if imitates(host):
        raise Refused(
            "link.imitates", "{host} mixes scripts, or imitates another name by letters that look alike.",
            "Write the name of the site as its owner does.", host=host,
        )  # fmt: skip
    if ours.is_link(parts):
        raise Refused(
            "link.loop", "The target is a link of Lianyi itself, so a redirect could go round in a circle.",
            "Name the page that visitors shall end up at.",
        )  # fmt: skip
    if len(url) > LONGEST_TARGET:
        _too_long()
    return url


def checked_app(text: str, ours: Ours) -> str:
    """The address of an app, or a web address that an app opens; "" stays so. Refuses schemes that are not listed."""
    typed = text.strip()
    scheme = typed.partition(":")[0].lower()
    if not typed or scheme in ("http", "https"):
        return checked_target(typed, ours) if typed else ""
    if len(typed) > LONGEST_TARGET:
        _too_long()
    if scheme not in SCHEMES or not typed.isprintable() or any(sign in typed for sign in " \"'<>\\`"):
        raise Refused(
            "link.app", "{scheme}: is no app that a link may open.",
            "Write an https address, or one of these: {known}.",
            scheme=scheme[:40], known=", ".join(sorted(SCHEMES)),
        )  # fmt: skip
    return quote(typed, safe=_KEPT + "#")


def checked_slug(text: str) -> str:
    """The slug in small letters. Refuses other signs than letters, digits, - and _, and reserved words."""
    slug = text.strip().lower()
    if not _SLUG.fullmatch(slug):
        raise Refused(
            "link.slug", "{slug!r} cannot stand in a short address.",
            "Use up to {most} letters a to z, digits, - and _, with a letter or digit at both ends.",
            slug=text[:100], most=LONGEST_SLUG,
        )  # fmt: skip
    if slug in RESERVED:
        raise Refused("link.reserved", "{slug!r} is kept for Lianyi itself.", "Choose another word.", slug=slug)
    return slug


def checked_part(text: str) -> str:
    """A name, a holder or a part of the source, cleaned. Refuses more than LONGEST characters."""
    part = clean(text)
    if len(part) > LONGEST:
        raise Refused("link.text", "This text has more than {most} characters.", "Shorten it.", most=LONGEST)
    return part


def fresh_slug(length: int = SLUG_LENGTH) -> str:
    """Characters that are easily read and typed: of seven there are 27 thousand million."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def _wired(typed: str) -> tuple[str, SplitResult]:
    if not typed or not typed.isprintable() or any(sign in typed for sign in " \\"):
        _no_address()
    try:
        front, sign, fragment = typed.partition("#")
        url = wired(front) + sign + quote(fragment, safe=_KEPT)
        parts = urlsplit(url)
        if parts.port == 0:
            _no_address()
    except UnicodeError:
        raise Refused(
            "link.host", "No host has the name in {target}.", "Write the name as it is registered.", target=typed[:200]
        ) from None
    except ValueError:
        _no_address()
    if parts.netloc != parts.netloc.lower():
        parts = parts._replace(netloc=parts.netloc.lower())
        url = parts.geturl()
    return url, parts


def _is_inside(host: str, reach: Reach) -> bool:
    """Whether it names a machine that is not public, in whatever way browsers take an IP address to be written."""
    if ":" in host or re.fullmatch(r"\d{1,3}(\.\d{1,3}){3}", host):
        try:
            return not literal_allowed(host, reach)
        except ValueError:
            return True
    if ends_in_number(host):
        return True
    return not reach.networks and ("." not in host or host.endswith(INSIDE))


def _reached(parts: SplitResult) -> tuple[str, int]:
    """The machine and the port that a browser calls; by http and by https the same one answers."""
    return (parts.hostname or "").rstrip("."), {None: 443, 80: 443}.get(parts.port, parts.port or 0)


def _no_address() -> NoReturn:
    raise Refused("link.target", "This is no address of a web page.", "Write e.g. https://example.com/spring.")


def _too_long() -> NoReturn:
    raise Refused(
        "link.long", "The target has more than {most:,} characters.", "Shorten it: some browsers cut longer ones.",
        most=LONGEST_TARGET,
    )  # fmt: skip
