"""The environment variables that an installation is set up by, read once and typed.

| variable | default | meaning |
|---|---|---|
| LIANYI_HOME | ./var | the one folder of an installation |
| LIANYI_BIND | 127.0.0.1:8620, else the next free port | where the edge listens |
| LIANYI_URL | http://localhost:PORT | the address that people and links use |
| LIANYI_PROXIES | 127.0.0.0/8,::1/128 | reverse proxies that are believed who called, when LIANYI_URL is https |
| LIANYI_LAKE | HOME/lake | folder or s3:// address of the lake |
| LIANYI_DATA | none | folder of public data for the demo |
| LIANYI_MIN_FREE | 512 MB | below it intake answers 503 and background writers pause |
| LIANYI_DEVELOPMENT | none | 1: the parts that pages are made of are shown at /parts |
| DATABASE_URL | the embedded PostgreSQL | postgres://user:password@host:port/name |
| LIANYI_WEBHOOK_NETWORKS | none | networks beyond the public ones that webhooks may reach, such as 10.1.0.0/16 |
| LIANYI_WEBHOOK_HTTP | 0 | 1 lets webhooks go to http addresses: for development |
| LIANYI_LINK_NETWORKS | none | networks beyond the public ones that links may lead to, such as 10.1.0.0/16 |
| EMAIL_URL | files in HOME/mail | smtp://user:password@host or smtps://…, `?from=address`: who sends system mail |
"""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from lianyi.foundation.notices.server import MailServer, parse_email_url
from lianyi.kernel.addresses import Network, Reach, networks_in
from lianyi.kernel.errors import Refused

_SIZE = re.compile(r"(\d+)\s*(B|KB|MB|GB)?", re.IGNORECASE)
_UNITS = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9}
_LOOPBACK = "127.0.0.0/8,::1/128"
DATABASE_NAME = "lianyi"
SOCKET_PORT = 5432  # no port is open; it is a part of the socket's name, and said so that PGPORT does not change it


@dataclass(frozen=True)
class Environment:
    """What the variables say; folders are absolute."""

    home: Path
    bind: str  # "" for the default
    url: str  # "" until the port is known
    lake: str
    data: Path | None
    min_free: int  # bytes
    database_url: str | None
    email: MailServer | None
    development: bool = False
    proxies: tuple[Network, ...] = ()
    webhooks: Reach = field(default_factory=Reach)
    links: Reach = field(default_factory=Reach)  # where targets of links may be

    @classmethod
    def read(cls, variables: Mapping[str, str]) -> "Environment":
        """Refuses a value that cannot be read, naming the variable."""
        home = Path(variables.get("LIANYI_HOME") or "var").absolute()
        data = variables.get("LIANYI_DATA")
        return cls(
            home=home,
            bind=variables.get("LIANYI_BIND", ""),
            url=variables.get("LIANYI_URL", "").rstrip("/"),
            lake=variables.get("LIANYI_LAKE") or str(home / "lake"),
            data=Path(data).absolute() if data else None,
            min_free=parse_size("LIANYI_MIN_FREE", variables.get("LIANYI_MIN_FREE") or "512 MB"),
            database_url=variables.get("DATABASE_URL") or None,
            email=parse_email_url(variables["EMAIL_URL"]) if variables.get("EMAIL_URL") else None,
            development=variables.get("LIANYI_DEVELOPMENT") == "1",
            proxies=networks_in(variables.get("LIANYI_PROXIES") or _LOOPBACK, "LIANYI_PROXIES"),
            webhooks=Reach(
                networks_in(variables.get("LIANYI_WEBHOOK_NETWORKS", "")), variables.get("LIANYI_WEBHOOK_HTTP") == "1"
            ),
            links=Reach(networks_in(variables.get("LIANYI_LINK_NETWORKS", ""), "LIANYI_LINK_NETWORKS")),
        )

    @property
    def socket_folder(self) -> Path:
        """Where the embedded PostgreSQL and the web process have their sockets; short enough for a socket address."""
        return socket_folder(self.home)

    def secret_key(self) -> str:
        """Django's secret key: a file of the home that only its owner reads, made at first use."""
        path = self.home / "secret.key"
        if not path.exists():
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            fresh = path.with_suffix(f".{os.getpid()}")
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_urlsafe(50))
            try:
                os.link(fresh, path)  # the first of several processes wins, and its key is whole
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        return path.read_text()

    def allowed_hosts(self) -> list[str]:
        """Host names that pages answer to."""
        named = urlsplit(self.url).hostname
        return [*({named} if named else set()), "localhost", "127.0.0.1", "[::1]"]

    def django_database(self) -> dict[str, Any]:
        """Django's DATABASES entry: the server that DATABASE_URL names, else the embedded one by its socket."""
        if self.database_url is None:
            place: dict[str, Any] = {
                "NAME": DATABASE_NAME,
                "USER": DATABASE_NAME,
                "HOST": str(self.socket_folder),
                "PORT": str(SOCKET_PORT),
            }
        else:
            place = _from_url(self.database_url)
        options = place.pop("OPTIONS", {})
        return {
            "ENGINE": "django.db.backends.postgresql",
            **place,
            "OPTIONS": options,
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
        }

    def conninfo(self) -> str:
        """The same database for psycopg itself, for processes without Django."""
        if self.database_url is not None:
            return self.database_url
        return embedded_conninfo(self.home)


def socket_folder(home: Path) -> Path:
    """A folder for the sockets of `home`: inside it when it makes a proper socket address, else in /tmp.

    An address has at most 107 bytes, and a comma in it would begin a second address. The name in /tmp is the
    same for everybody who works in this home, by whichever name they know it.
    """
    place = home.resolve()
    inside = place / "run"
    if len(str(inside / ".s.PGSQL.5432.lock").encode()) <= 100 and "," not in str(inside):
        return inside
    owner = place.stat().st_uid if place.exists() else os.getuid()
    return Path("/tmp") / f"lianyi-{owner}-{blake2b(str(place).encode(), digest_size=8).hexdigest()}"  # noqa: S108


def embedded_conninfo(home: Path) -> str:
    """The embedded database of a home, for psycopg."""
    host = str(socket_folder(home)).replace("\\", "\\\\").replace("'", "\\'")
    return f"dbname={DATABASE_NAME} user={DATABASE_NAME} host='{host}' port={SOCKET_PORT}"


def parse_size(variable: str, text: str) -> int:
    """Bytes in a text such as `512 MB`."""
    match = _SIZE.fullmatch(text.strip())
    if not match:
        raise Refused(
            "environment.size",
            "{variable} is {text!r}, which is no size.",
            "Write e.g. 512 MB.",
            variable=variable,
            text=text,
        )
    return int(match[1]) * _UNITS[(match[2] or "B").upper()]


def _from_url(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
        raise Refused(
            "environment.database",
            "DATABASE_URL is no PostgreSQL address.",
            "Write postgres://user:password@host/name.",
        )
    options = dict(parse_qsl(parts.query))
    return {
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", None) or unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }
