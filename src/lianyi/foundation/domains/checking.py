"""Which names may be own domains: those of public hosts. No Django."""

import ipaddress
import re
from urllib.parse import urlsplit

import idna

from lianyi.kernel.addresses import INSIDE, ends_in_number
from lianyi.kernel.errors import Refused

_LONGEST = 253
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")


def checked_host(text: str, installation: str) -> str:
    """The name as it goes over the wire. Refuses IP addresses, names inside a network and the installation's own."""
    typed = text.strip().rstrip(".")
    try:
        name = idna.encode(typed, uts46=True, transitional=False).decode("ascii").lower() if typed else ""
    except UnicodeError:
        name = ""
    labels = name.split(".")
    if len(labels) < 2 or len(name) > _LONGEST or not all(_LABEL.fullmatch(one) for one in labels) or _is_ip(name):
        raise Refused(
            "domain.host", "{host!r} is no name of a public host.", "Write the name alone, such as go.example.com.",
            host=text[:200],
        )  # fmt: skip
    if f".{name}".endswith(INSIDE):
        raise Refused("domain.inside", "{host} is known inside a network only.", "Name a public host.", host=name)
    if name == (urlsplit(installation).hostname or "").rstrip("."):
        raise Refused(
            "domain.own", "{host} is the address of this installation itself.",
            "Links stand there without it being added; name another.", host=name,
        )  # fmt: skip
    return name


def _is_ip(name: str) -> bool:
    if ends_in_number(name):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
