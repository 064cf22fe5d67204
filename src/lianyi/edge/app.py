"""The edge's ASGI app: its own addresses first, everything else to the web process."""

import asyncio
import gzip
import hashlib
import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from urllib.parse import quote

import psycopg

from lianyi.edge.appender import Appender
from lianyi.edge.callers import Callers, Network
from lianyi.edge.clicks import Clicks
from lianyi.edge.collector import CALLS, Collector
from lianyi.edge.forms import Forms
from lianyi.edge.gatherings import Gatherings
from lianyi.edge.hosts import Domain, Hosts
from lianyi.edge.http import Answer, Receive, Scope, Send, header, problem, respond, strictly
from lianyi.edge.keyring import Keyring
from lianyi.edge.live import Live
from lianyi.edge.lookups import Database
from lianyi.edge.media import MediaFiles
from lianyi.edge.pages import Pages
from lianyi.edge.patience import patient
from lianyi.edge.proxy import Proxy
from lianyi.edge.pushes import PATH as PUSHED
from lianyi.edge.pushes import Pushes
from lianyi.edge.recording import Recorder
from lianyi.edge.sending import send_out
from lianyi.edge.surveys import Surveys
from lianyi.growth import forms

TRACKER = Path(__file__).parent / "static" / "lianyi.js"
EMBED = Path(forms.__file__).with_name("embed.js")


@dataclass(frozen=True)
class Config:
    """What the edge is told by the assembly."""

    conninfo: str = field(repr=False)
    secret: bytes = field(repr=False)  # the installation's
    web_socket: str
    home: Path
    min_free: int  # bytes
    proxies: Sequence[Network] = ()  # reverse proxies whose word on who called is taken
    tls: bool = False  # the installation is reached by https
    hosts: frozenset[str] = frozenset()  # names of the installation itself


_Script = tuple[bytes, bytes, bytes]


class Disk:
    """Whether there is room, looked up at most twice a second."""

    def __init__(self, folder: Path, min_free: int) -> None:
        self._folder = folder
        self._min_free = min_free
        self._until = 0.0
        self._room = True

    def __call__(self) -> bool:
        now = time.monotonic()
        if now >= self._until:
            try:
                stat = os.statvfs(self._folder)
            except OSError:
                self._room = False
            else:
                self._room = stat.f_bavail * stat.f_frsize >= self._min_free
            self._until = now + 0.5
        return self._room


class Edge:
    """The app. Its parts are made when the server says that the loop runs."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._callers = Callers(config.proxies)
        self._room = Disk(config.home, config.min_free)
        self._tracker = _packed(TRACKER)
        self._embed = _packed(EMBED)
        self._started: asyncio.Event | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        if self._config.tls and self._callers.came_by_tls(scope):
            send = strictly(send)
        receive = patient(scope, receive)
        path = scope["path"]
        form = CALLS.get(path)
        if form is not None:
            await respond(send, await self._collector.segment(scope, receive, form))
        elif path == "/sa" or path == "/sa.gif":
            await respond(send, await self._collector.sensors(scope, receive))
        elif path == "/lianyi.js":
            await respond(send, _script(scope, self._tracker))
        elif path == "/lianyi-forms.js":
            await respond(send, _script(scope, self._embed))
        elif self._forms.takes(path):
            await send_out(send, await self._forms.answer(scope, receive))
        elif self._surveys.takes(path):
            await respond(send, await self._surveys.answer(scope, receive))
        elif self._gatherings.takes(path):
            await respond(send, await self._gatherings.answer(scope, receive))
        elif path == "/live/ticks":
            await self._live.stream(scope, receive, send)
        elif path == "/healthz":
            await respond(send, Answer(200, b"ok\n", ((b"content-type", b"text/plain"),)))
        elif path == "/readyz":
            await respond(send, await self._ready())
        elif path == "/favicon.ico":  # browsers ask for it wherever a page names no icon; pages of members name theirs
            await respond(send, Answer(204, b"", ((b"cache-control", b"public, max-age=86400"),)))
        else:
            await self._elsewhere(scope, receive, send)

    async def _elsewhere(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What is none of the edge's own addresses: a landing page, a link on an own domain, or a page of the
        web process.
        """
        try:
            domain = await self._hosts.domain_of(scope)
        except (psycopg.Error, OSError):
            retry = (b"retry-after", b"2")
            await respond(send, problem(503, "host.unavailable", "The host cannot be looked up.", retry))
            return
        path = scope["path"]
        if domain is None and path.startswith("/l/"):
            await self._follow(scope, receive, send, None, path[3:])
            return
        if domain is None and path.startswith(PUSHED):
            await respond(send, await self._pushes.receive(scope, receive))
            return
        if await self._media.serve(scope, send, None if domain is None else domain.workspace):
            return
        page = await self._pages.answer(scope, domain)
        if page is not None:
            await respond(send, page)
        elif domain is None:
            await self._proxy(scope, receive, send)
        elif path.startswith(("/static/", "/media/")):  # what pages are dressed in
            await self._proxy(_at_ours(scope), receive, send)
        else:
            await self._follow(scope, receive, send, domain, path[1:])

    async def _follow(self, scope: Scope, receive: Receive, send: Send, domain: Domain | None, slug: str) -> None:
        """A link; where there is something to say first, the web process says it at /l/SLUG of its own address."""
        host = None if domain is None else domain.host
        answer = await self._clicks.follow(scope, host, slug)
        if answer is not None:
            await respond(send, answer)
        elif host is None:
            await self._proxy(scope, receive, send)
        else:
            to = {**scope, "raw_path": b"/l/" + quote(slug, safe="").encode()}
            await self._proxy(_at_ours(to), receive, send, domain=host)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._appender = Appender(self._config.conninfo)
                self._appender.start()
                self._database = database = Database(self._config.conninfo)
                self._keyring = Keyring(database)
                self._collector = Collector(self._appender, self._keyring, self._room)
                recorder = Recorder(self._appender)
                self._hosts = Hosts(database, self._config.hosts)
                needs = (database, self._config.secret, recorder, self._callers, self._room, self._hosts)
                self._forms = Forms(*needs, self._config.home)
                self._surveys, self._gatherings = Surveys(*needs), Gatherings(*needs)
                self._live = Live(self._config.conninfo, self._config.secret)
                self._clicks = Clicks(database, self._config.secret, recorder, self._callers, self._hosts)
                self._pages = Pages(database, self._config.secret, recorder, self._callers, self._forms)
                self._media = MediaFiles(database, self._config.home)
                self._pushes = Pushes(database, self._config.secret, recorder, self._room)
                self._proxy = Proxy(self._config.web_socket, self._callers)
                _when_told_to_stop(self._live.end)
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self._live.close()
                await self._appender.stop()
                await self._pushes.close()
                await self._database.close()
                await self._proxy.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _ready(self) -> Answer:
        if not self._room():
            return problem(503, "disk.full", "The disk is nearly full.")
        try:
            async with (
                asyncio.timeout(3),
                await psycopg.AsyncConnection.connect(self._config.conninfo) as connection,
            ):
                await connection.execute("SELECT 1 FROM log LIMIT 1")
        except (psycopg.Error, OSError, TimeoutError):
            return problem(503, "log.unavailable", "The database does not answer.")
        return Answer(200, b"ready\n", ((b"content-type", b"text/plain"),))


def _at_ours(scope: Scope) -> Scope:
    """The request as one for the installation's own address."""
    kept = [(name, value) for name, value in scope["headers"] if name != b"host"]
    return {**scope, "headers": [*kept, (b"host", b"localhost")]}


def _when_told_to_stop(act: Callable[[], None]) -> None:
    """Calls `act` besides what the server does on SIGTERM. It says so to the app only when every connection has ended,
    which streams do not do by themselves.
    """
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        already = signal.getsignal(number)
        if not callable(already):
            continue

        def handle(number: int, frame: FrameType | None, already: Callable[..., object] = already) -> None:
            loop.call_soon_threadsafe(act)
            already(number, frame)

        signal.signal(number, handle)


def _script(scope: Scope, script: _Script | None) -> Answer:
    if script is None:
        return problem(404, "tracker.not_built", "The tracker has not been built.")
    plain, packed, tag = script
    headers = (
        (b"content-type", b"text/javascript; charset=utf-8"),
        (b"cache-control", b"public, max-age=3600"),
        (b"etag", tag),
        (b"vary", b"accept-encoding"),
        (b"access-control-allow-origin", b"*"),
        (b"cross-origin-resource-policy", b"cross-origin"),
        (b"x-content-type-options", b"nosniff"),
    )
    if tag in header(scope, b"if-none-match"):  # one of several, or weakened by a proxy that packs
        return Answer(304, b"", headers)
    if b"gzip" in header(scope, b"accept-encoding"):
        return Answer(200, packed, (*headers, (b"content-encoding", b"gzip")))
    return Answer(200, plain, headers)


def _packed(file: Path) -> _Script | None:
    """A script, the same packed, and its tag."""
    if not file.exists():
        return None
    plain = file.read_bytes()
    return (
        plain,
        gzip.compress(plain, 9, mtime=0),
        b'"' + hashlib.blake2b(plain, digest_size=8).hexdigest().encode() + b'"',
    )


def build_app(config: Config) -> Edge:
    """The app for a server that speaks ASGI with lifespan."""
    return Edge(config)
