"""EMAIL_URL: the server that takes the system's mail.

`smtps://user:password@host` speaks TLS from the start (port 465), `smtp://user:password@host` by STARTTLS (port 587),
`smtp://host` to a relay without a password (port 25). The address that mail comes from is the user when that is one,
else `?from=address`. A password never goes over an open line, except to this machine itself.
"""

from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from lianyi.kernel.errors import Refused
from lianyi.kernel.secret import Secret

_HERE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed over, and as whom."""

    host: str
    port: int
    tls_first: bool  # TLS before the first word, else STARTTLS
    user: str
    password: Secret
    sender: str

    @property
    def is_here(self) -> bool:
        """Whether it runs on this machine."""
        return self.host in _HERE


def parse_email_url(url: str) -> MailServer:
    """The server that EMAIL_URL names; refuses what cannot be read, without repeating it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _unreadable() from None
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    user = unquote(parts.username or "")
    sender = options.pop("from", user)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path.strip("/") or options:
        raise _unreadable()
    if not _is_address(sender):
        raise Refused("environment.email_from", "EMAIL_URL does not say whom mail comes from.", "Add ?from=you@host.")
    tls_first = parts.scheme == "smtps"
    usual = 465 if tls_first else 587 if user else 25
    return MailServer(parts.hostname, port or usual, tls_first, user, Secret(unquote(parts.password or "")), sender)


def _is_address(text: str) -> bool:
    name, _, host = text.partition("@")
    return bool(name and host) and text.isascii() and text.isprintable() and not set(text) & set(' <>,;:"()[]\\')


def _unreadable() -> Refused:
    return Refused(
        "environment.email",
        "EMAIL_URL cannot be read.",
        "Write smtp://user:password@host:587 or smtps://user:password@host:465, with ?from=you@host.",
    )
