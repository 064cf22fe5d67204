"""Where a page may lead: to the web, to a mail or a phone, to a place of the page or of its own site. No Django here.

A target that runs something (`javascript:`), carries a page in itself (`data:`) or leads into somebody's own network is
refused, and so is one with a name before its host, which reads like another place. What nobody sees is not cut out but
refused: what a member reads is what a browser follows.
"""

import ipaddress
import re
from urllib.parse import SplitResult, quote, urlsplit

import idna

from lianyi.kernel.errors import Refused

LONGEST = 2_000  # characters, as it is written and as it goes over the wire
OWN_CLICKS = re.compile(r"^/p/[^/]+/cta/", re.IGNORECASE)  # leading there would go in a circle
_ANCHOR = re.compile(r"#[A-Za-z0-9_-]{1,100}", re.ASCII)
_PHONE = re.compile(r"tel:\+?[0-9*#()./-]{2,40}", re.ASCII)
_MAIL = re.compile(r"mailto:[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{3,255}(?:\?[A-Za-z0-9=&%+._-]{0,1000})?", re.ASCII)
_PATH = re.compile(r"/(?![/\\])[^\s\\]*")
_KEPT = "!$%&'()*+,/:;=?@[]~#"
_LOCAL = ("localhost", "local", "internal", "lan", "home", "corp", "test", "invalid", "arpa")


def target(text: str) -> str:
    """The target as it goes over the wire. Refuses what a page may not lead to."""
    if not text or len(text) > LONGEST or not text.isprintable() or " " in text or "\\" in text:
        raise _refused(text)
    if _ANCHOR.fullmatch(text) or _PHONE.fullmatch(text) or _MAIL.fullmatch(text):
        return text
    if _PATH.fullmatch(text):
        if OWN_CLICKS.match(text):
            raise Refused("page.circle", "{target!r} leads in a circle.", "Name where it is to end.", target=text)
        return quote(text, safe=_KEPT)
    return _of_the_web(text)


def _of_the_web(text: str) -> str:
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _refused(text) from None
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or port == 0 or not _public(host):
        raise _refused(text)
    try:
        named = host if _literal(host) else idna.encode(host, uts46=True, std3_rules=True).decode("ascii")
    except idna.IDNAError:
        raise _refused(text) from None
    wired = _wired(parts, f"[{named}]" if ":" in named else named, port)
    if len(wired) > LONGEST:
        raise _refused(text)
    return wired


def _wired(parts: SplitResult, host: str, port: int | None) -> str:
    place = host if port is None else f"{host}:{port}"
    path, query, fragment = (quote(part, safe=_KEPT) for part in (parts.path, parts.query, parts.fragment))
    return f"{parts.scheme}://{place}{path or '/'}{'?' + query if query else ''}{'#' + fragment if fragment else ''}"


def _public(host: str) -> bool:
    """Whether a host may be anywhere but in a network of somebody's own, as far as its name tells."""
    if _literal(host):
        address = ipaddress.ip_address(host)
        inner = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
        return (inner or address).is_global and not address.is_multicast
    last = host.rstrip(".").rpartition(".")
    return bool(last[0]) and last[2] not in _LOCAL and not last[2].isdigit() and not last[2].startswith("0x")


def _literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _refused(text: str) -> Refused:
    return Refused(
        "page.target",
        "{target!r} is no place that a page may lead to.",
        "Write an address that begins with https://, mailto:, tel:, / or #.",
        target=text[:200],
    )
