"""docs/how-to/production.md holds: its units, its nginx and Caddy before an installation over TLS, its rehearsal."""

import base64
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPSConnection
from http.cookies import SimpleCookie
from pathlib import Path

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.docs.test_how_to import Reader, page
from tests.program import WITHIN, Up, eventually, lianyi

from lianyi.assembly.environment import embedded_conninfo

PAGE = page("production")
FILES = dict(re.findall(r"^```\w+ (\S+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
NAME = "lianyi.example.com"
CALLER = "127.0.0.9"


def changed(text: str, said: dict[str, str]) -> str:
    """The text with other words in the place of those that the page has."""
    for before, after in said.items():
        assert before in text, before
        text = text.replace(before, after)
    return text


@pytest.mark.needs("systemd")
def test_the_units_are_as_systemd_wants_them(tmp_path: Path) -> None:
    units = [name for name in FILES if name.endswith((".service", ".timer"))]
    assert len(units) == 3
    for name in units:
        (tmp_path / name).write_text(FILES[name].replace("/usr/local/bin/lianyi", shutil.which("true") or ""))
    command = ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in units)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=WITHIN)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_rehearsal(up: Callable[..., Up], stopped_home: Path, tmp_path: Path) -> None:
    up("--json").wait_until_ready()
    backups = tmp_path / "backups"
    backups.mkdir()
    places = f"export BACKUPS={backups} ERASED={stopped_home}/erased\n"
    typed = PAGE.replace("```sh\nexport BACKUPS=", f"```sh\n{places}export BACKUPS=")
    assert Reader(tmp_path, stopped_home).type_page(typed) == 1
    assert len(list(backups.iterdir())) == 1


@dataclass
class Site:
    """The installation as the world reaches it."""

    up: Up
    plain: int
    tls: int
    certificate: Path

    def connect(self) -> HTTPSConnection:
        """A connection that trusts the site's certificate."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        connection = _Named("127.0.0.1", self.tls, timeout=WITHIN, context=context, source_address=(CALLER, 0))
        connection.connect()
        return connection

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> "Answered":
        """One request, and all that was answered."""
        connection = self.connect()
        sent = {"Host": NAME, **{name.replace("_", "-"): value for name, value in headers.items()}}
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        found = Answered(answer.status, answer.getheaders(), answer.read().decode())
        connection.close()
        return found


@dataclass
class Answered:
    """An answer."""

    status: int
    headers: list[tuple[str, str]]
    text: str

    def all(self, name: str) -> list[str]:
        """Every header of this name."""
        return [value for key, value in self.headers if key.lower() == name]


class _Named(HTTPSConnection):
    """Reaches an address by another name."""

    def connect(self) -> None:
        plain = socket.create_connection((self.host, self.port), self.timeout, self.source_address)
        self.sock = self._context.wrap_socket(plain, server_hostname=NAME)  # type: ignore[attr-defined]


def make_certificate(certificate: Path, key: Path) -> None:
    """A certificate of our own for NAME, for a day."""
    made, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    signed = (
        x509.CertificateBuilder(named, named, made.public_key(), 1, now - timedelta(hours=1), now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(made, hashes.SHA256())
    )
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    certificate.write_bytes(signed.public_bytes(pem))
    key.write_bytes(made.private_bytes(pem, form, serialization.NoEncryption()))


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(
    params=[
        pytest.param("nginx", marks=pytest.mark.needs("nginx")),
        pytest.param("caddy", marks=pytest.mark.needs("caddy")),
    ]
)
def site(up: Callable[..., Up], tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Site]:
    """The page's nginx or Caddy before an installation with the page's settings, but for ports and folders."""
    settings = dict(line.split("=", 1) for line in FILES["lianyi.env"].splitlines() if line and line[0] != "#")
    assert settings["LIANYI_URL"] == f"https://{NAME}"
    edge, plain, tls = free_port(), free_port(), free_port()
    certificate, key = tmp_path / "fullchain.pem", tmp_path / "key.pem"
    make_certificate(certificate, key)
    running = up("--json", LIANYI_BIND=f"127.0.0.1:{edge}", LIANYI_URL=settings["LIANYI_URL"]).wait_until_ready()
    site = Site(running, plain, tls, certificate)
    proxy = (nginx if request.param == "nginx" else caddy)(tmp_path, site, edge, key)
    try:
        eventually(lambda: _listens(tls), f"{request.param} listens")
        yield site
    finally:
        proxy.terminate()
        proxy.wait(WITHIN)


def nginx(folder: Path, site: Site, edge: int, key: Path) -> subprocess.Popen[bytes]:
    """The page's nginx, with the rest of a configuration around it."""
    there = changed(
        FILES["lianyi.conf"],
        {
            "listen 80;": f"listen 127.0.0.1:{site.plain};",
            "listen 443 ": f"listen 127.0.0.1:{site.tls} ",
            "/etc/ssl/lianyi/fullchain.pem": str(site.certificate),
            "/etc/ssl/lianyi/key.pem": str(key),
            "http://127.0.0.1:8620": f"http://127.0.0.1:{edge}",
        },
    )
    kept = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if Path("/proc/self").owner() == "root" else ""
    head = f"{user}daemon off;\npid {folder}/pid;\nerror_log stderr;\nevents {{}}\n"
    (folder / "nginx.conf").write_text(f"{head}http {{\naccess_log off;\n{kept}{there}}}\n")
    return subprocess.Popen(["/usr/sbin/nginx", "-e", "stderr", "-c", folder / "nginx.conf", "-p", folder])


def caddy(folder: Path, site: Site, edge: int, key: Path) -> subprocess.Popen[bytes]:
    """The page's Caddy, with a certificate that it need not fetch."""
    head = f"{{\n\tadmin off\n\thttp_port {site.plain}\n\thttps_port {site.tls}\n}}\n"
    there = changed(
        FILES["Caddyfile"],
        {
            f"{NAME} {{": f"{NAME} {{\n\tbind 127.0.0.1\n\ttls {site.certificate} {key}",
            "127.0.0.1:8620": f"127.0.0.1:{edge}",
        },
    )
    (folder / "Caddyfile").write_text(head + there)
    command = ["/usr/bin/caddy", "run", "--config", folder / "Caddyfile", "--adapter", "caddyfile"]
    kept = {"XDG_DATA_HOME": str(folder / "data"), "XDG_CONFIG_HOME": str(folder / "config")}
    return subprocess.Popen(command, env={**os.environ, **kept}, stderr=subprocess.DEVNULL)


def _listens(port: int) -> bool:
    with socket.socket() as found:
        return found.connect_ex(("127.0.0.1", port)) == 0


def test_behind_a_reverse_proxy(site: Site) -> None:
    plain = HTTPConnection("127.0.0.1", site.plain, timeout=WITHIN)
    plain.request("GET", "/people?q=1", headers={"Host": NAME})
    moved = plain.getresponse()
    assert moved.status in (301, 308)
    assert moved.getheader("Location") == f"https://{NAME}/people?q=1"
    plain.close()
    cookie = _signs_in(site)
    _guesses(site)
    _listens_live(site, cookie)
    _uploads(site)
    elsewhere = site.ask("GET", "/", Host="elsewhere.example")
    assert elsewhere.status == 400 or elsewhere.text == ""  # Caddy does not pass it on


def _signs_in(site: Site) -> str:
    link = site.up.ready["sign_in"]
    assert link.startswith(f"https://{NAME}/sign-in/")
    path = link.removeprefix(f"https://{NAME}")
    shown = site.ask("GET", path)
    assert shown.all("strict-transport-security") == ["max-age=31536000; includeSubDomains"]
    jar = SimpleCookie("; ".join(shown.all("set-cookie")))
    field = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', shown.text)
    assert field is not None
    sent = "; ".join(f"{name}={one.value}" for name, one in jar.items())
    form = {"Content_Type": "application/x-www-form-urlencoded", "Cookie": sent}
    body = f"csrfmiddlewaretoken={field[1]}".encode()
    assert site.ask("POST", path, body, Origin="https://elsewhere.example", **form).status == 403
    done = site.ask("POST", path, body, Origin=f"https://{NAME}", **form)
    assert done.status == 302, done.text
    for line in [*shown.all("set-cookie"), *done.all("set-cookie")]:
        assert "; Secure" in line, line
        assert "; HttpOnly" in line or line.startswith("__Host-csrf"), line
        assert "domain=" not in line.lower(), line
    found = SimpleCookie("; ".join(done.all("set-cookie")))
    session = next(one for name, one in found.items() if name.startswith("__Host-session"))
    assert (session["httponly"], session["samesite"]) == (True, "Lax")
    cookie = f"{session.key}={session.value}"
    assert site.ask("GET", "/events", Cookie=cookie).status == 200
    return cookie


def _guesses(site: Site) -> None:
    """Who guesses is known by the address that nginx saw, not by the one that they say."""
    shown = site.ask("GET", "/sign-in")
    field = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', shown.text)
    assert field is not None
    jar = SimpleCookie("; ".join(shown.all("set-cookie")))
    site.ask(
        "POST",
        "/sign-in",
        f"csrfmiddlewaretoken={field[1]}&login=owner%40localhost&password=guessed".encode(),
        Content_Type="application/x-www-form-urlencoded",
        Cookie="; ".join(f"{name}={one.value}" for name, one in jar.items()),
        Origin=f"https://{NAME}",
        X_Forwarded_For="203.0.113.7",
    )
    with psycopg.connect(embedded_conninfo(site.up.home)) as connection:
        seen = connection.execute("SELECT host(ip_address), username FROM axes_accessattempt").fetchall()
    assert seen == [(CALLER, "owner@localhost")]


def _listens_live(site: Site, cookie: str) -> None:
    """The stream begins at once, and tells of an event while it is open."""
    page = site.ask("GET", "/events", Cookie=cookie).text
    place = re.search(r'data-live="(/live/ticks\?token=[^"]+)"', page)
    assert place is not None
    connection = site.connect()
    connection.request("GET", place[1], headers={"Host": NAME})
    stream = connection.getresponse()
    assert (stream.status, stream.readline()) == (200, b"retry: 3000\n")
    began = time.monotonic()
    key = site.up.ready["write_key"]
    basic = base64.b64encode(f"{key}:".encode()).decode()
    headers = {"Content_Type": "application/json", "Authorization": f"Basic {basic}"}
    assert site.ask("POST", "/v1/track", b'{"userId": "u1", "event": "Product Viewed"}', **headers).status == 200
    lines = iter(stream.readline, b"")
    assert any(line == b"event: tick\n" for line in lines)
    assert time.monotonic() - began < WITHIN
    connection.close()


def _uploads(site: Site) -> None:
    """A file larger than any buffer on its way."""
    token = lianyi(site.up.home, "token", "create", "--scope", "imports.run", "--label", "test").stdout.strip()
    row = "13800138000,王伟," + "x" * 400 + "\n"
    content = ("手机,姓名,备注\n" + row * 150_000).encode()
    assert len(content) > 60_000_000
    headers = {"Content_Type": "application/octet-stream", "Authorization": f"Bearer {token}"}
    given = site.ask("POST", "/api/v1/imports?name=people.csv", content, **headers)
    assert given.status == 201, given.text
    assert f'"bytes": {len(content)}' in given.text
