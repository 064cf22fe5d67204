"""Which addresses a webhook may have: https ones of public hosts, see `lianyi.kernel.addresses`."""

from urllib.parse import urlsplit

from lianyi.kernel.addresses import Reach, literal_allowed, wired
from lianyi.kernel.errors import Refused

_LONGEST = 2_000
_PORTS = frozenset({80, 443})
_FIRST_FREE_PORT = 1024


def checked_url(text: str, reach: Reach) -> str:
    """The address as it is kept, as `wired` writes it. Refuses what is no https address of a public host; names are
    looked up when called.
    """
    url = typed = text.strip()
    try:
        url = wired(typed)
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    except UnicodeError:
        raise Refused(
            "webhook.host",
            "No host has the name {host}.",
            "Write the name as it is registered, or its form that begins with xn--.",
            host=urlsplit(url).hostname or "",
        ) from None
    except ValueError:
        raise _refused() from None
    if not host or len(url) > _LONGEST or not typed.isprintable() or any(one in url for one in " \\#"):
        raise _refused()
    if parts.scheme != "https" and not (reach.plain and parts.scheme == "http"):
        raise Refused("webhook.scheme", "A webhook goes to an https address.", "Write https://… in front.")
    if "@" in parts.netloc:
        raise Refused(
            "webhook.userinfo",
            "The address names a user or a password.",
            "Leave them out: calls are signed, so the receiver knows who calls.",
        )
    if port not in _PORTS and port < _FIRST_FREE_PORT:
        raise Refused("webhook.port", "Port {port} is not called.", "Use 443, 80 or one above 1023.", port=port)
    if not literal_allowed(host, reach) or (host.rstrip(".").endswith("localhost") and not reach.networks):
        raise Refused(
            "webhook.private",
            "{host} is an address inside a network, and is not called.",
            "Name a public host, or let the owner of the installation allow the network: LIANYI_WEBHOOK_NETWORKS.",
            host=host,
        )
    return url


def _refused() -> Refused:
    return Refused("webhook.url", "This is no address of a web page.", "Write e.g. https://example.com/hooks/lianyi.")
