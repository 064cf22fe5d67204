"""Which addresses may be called or pointed at: the public ones, and those that the installation's owner named.

A name is resolved once and the connection goes to the address that was looked at, so a name that answers otherwise a
moment later gains nothing. One address that may not be called spoils the name.
"""

import ipaddress
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

import idna

from lianyi.kernel.errors import Refused

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], list[str]]

_KEPT = "!$%&'()*+,/:;=?@[]~ \\#"  # in a path; the last three are refused
# What `is_global` of one Python or another lets through, and what carries another address inside.
_NEVER_PUBLIC = [
    ipaddress.ip_network(one)
    for one in (
        *("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "240.0.0.0/4"),
        *("::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2002::/16", "3fff::/20", "5f00::/16"),
        *("fc00::/7", "fe80::/10", "fec0::/10"),
    )
]
# Where machines of clouds tell who they are: not even by the owner's word.
_METADATA = frozenset(
    map(
        ipaddress.ip_address,
        ("169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254"),
    )
)
# How names end that are known inside a network only.
INSIDE = (".localhost", ".local", ".internal", ".intranet", ".lan", ".corp", ".home", ".home.arpa", ".localdomain")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")


class Forbidden(Exception):
    """This address is not called."""


@dataclass(frozen=True)
class Reach:
    """What the owner of the installation allows beyond the public addresses, and whether without TLS."""

    networks: tuple[Network, ...] = ()
    plain: bool = False

    def allows(self, text: str) -> bool:
        """Whether this IP address may be called."""
        address = _inner(ipaddress.ip_address(text.partition("%")[0]))
        if address in _METADATA:
            return False
        if any(address in network for network in self.networks):
            return True
        barred = any(address in network for network in _NEVER_PUBLIC)
        return address.is_global and not (barred or address.is_multicast or address.is_reserved)

    def resolved(self, host: str, port: int, resolve: Resolve) -> list[str]:
        """The addresses of a host. Raises Forbidden when one of them may not be called, OSError when there is none."""
        found = list(dict.fromkeys(resolve(host, port)))
        if not found:
            raise OSError("no address")
        if not all(self.allows(one) for one in found):
            raise Forbidden
        return found


def system_resolve(host: str, port: int) -> list[str]:
    """What the machine's resolver says."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def wired(url: str) -> str:
    """The address as it goes over the wire: a host outside ASCII in its xn-- form (IDNA 2008 after the mappings of UTS
    46), so that one which only looks like another is told apart; the rest percent-encoded. Raises UnicodeError for a
    name that no host can have.
    """
    if url.isascii():
        return url
    parts = urlsplit(url)
    host, place = parts.hostname or "", parts.netloc
    if not host.isascii():
        user, at, _ = place.rpartition("@")
        named = idna.encode(host, uts46=True).decode("ascii")
        place = f"{user}{at}{named}" + ("" if parts.port is None else f":{parts.port}")
    path, query = (quote(part, safe=_KEPT) for part in (parts.path, parts.query))
    return urlunsplit(parts._replace(netloc=place, path=path, query=query))


def networks_in(text: str, variable: str = "LIANYI_WEBHOOK_NETWORKS") -> tuple[Network, ...]:
    """The networks of a list with commas, which is what a variable says. Refuses what is none."""
    try:
        return tuple(ipaddress.ip_network(one.strip()) for one in text.split(",") if one.strip())
    except ValueError:
        raise Refused(
            "environment.networks",
            "{variable} is {text!r}, which is no list of networks.",
            "Write e.g. 10.0.0.0/8,192.168.1.7/32.",
            variable=variable,
            text=text,
        ) from None


def ends_in_number(host: str) -> bool:
    """Whether browsers take the host for an IP address, in whatever way that may be written."""
    return _NUMBER.fullmatch(host.rpartition(".")[2]) is not None


def literal_allowed(host: str, reach: Reach) -> bool:
    """Whether a host is a name, or an IP address that may be called."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return True
    return reach.allows(host)


def _inner(address: Address) -> Address:
    """An IPv4 address that is written as one of IPv6 is meant itself."""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
