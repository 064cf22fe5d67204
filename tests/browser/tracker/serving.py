"""A website and a collector on this machine, for the tracker to live between.

`Collector` records what browsers send; a real edge can stand in its place as long as it offers the same four names:
`url`, `messages`, `wait_for` and `settle`.
"""

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple, Self

TRACKER = Path(__file__).parents[3] / "src" / "lianyi" / "edge" / "static" / "lianyi.js"
KEY = "lyb_test"
# True in a page once the tracker runs there.
RUNS = "window.lianyi && !Array.isArray(lianyi)"
Message = dict[str, Any]


class Answer(NamedTuple):
    """What a server says to one request."""

    status: int
    type: str
    body: bytes
    headers: dict[str, str] = {}


class Server:
    """HTTP on a free port of the loopback address, until the end of a `with`."""

    name = "127.0.0.1"

    def __init__(self) -> None:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 5  # browsers open connections in advance and leave them

            def do_GET(self) -> None:
                self._reply(owner.get(self.path))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self._reply(owner.post(self.path, dict(self.headers), body))

            def do_OPTIONS(self) -> None:
                self._reply(owner.asked_first(self.path))

            def _reply(self, answer: Answer) -> None:
                try:
                    self.send_response(answer.status)
                    self.send_header("Content-Type", answer.type)
                    self.send_header("Content-Length", str(len(answer.body)))
                    for name, value in answer.headers.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(answer.body)
                except ConnectionError:
                    pass  # the page has been closed

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://{self.name}:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def get(self, path: str) -> Answer:
        return Answer(404, "text/plain", b"")

    def post(self, path: str, headers: dict[str, str], body: bytes) -> Answer:
        return Answer(405, "text/plain", b"")

    def asked_first(self, path: str) -> Answer:
        return Answer(405, "text/plain", b"")


class Receipt(NamedTuple):
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def envelope(self) -> dict[str, Any]:
        return json.loads(self.body)


class Collector(Server):
    """Takes batches as an edge does, and can be told to be ill."""

    name = "collect.test"

    def __init__(self) -> None:
        super().__init__()
        self.receipts: list[Receipt] = []
        self.preflights: list[str] = []
        self.status = 200

    def get(self, path: str) -> Answer:
        if path.partition("?")[0] == "/lianyi.js":
            return Answer(200, "text/javascript; charset=utf-8", TRACKER.read_bytes())
        return super().get(path)

    def post(self, path: str, headers: dict[str, str], body: bytes) -> Answer:
        self.receipts.append(Receipt(path, headers, body))
        return Answer(self.status, "application/json", b"{}", {"Access-Control-Allow-Origin": "*"})

    def asked_first(self, path: str) -> Answer:
        self.preflights.append(path)
        return super().asked_first(path)

    def messages(self, name: str | None = None) -> list[Message]:
        """Each message once, in order of first receipt: of one type, or of one track event."""
        seen: dict[str, Message] = {}
        for receipt in list(self.receipts):
            for message in receipt.envelope["batch"]:
                seen.setdefault(message["messageId"], message)
        return [one for one in seen.values() if name is None or name in (one["type"], one.get("event"))]

    def wait_for(self, name: str | None = None, count: int = 1, *, within: float = 20) -> list[Message]:
        """The messages of that name once there are `count`; fails when they do not come, or are more."""
        wait_until(lambda: len(self.messages(name)) >= count, within, lambda: f"{count} {name}: {self.messages()}")
        found = self.messages(name)
        assert len(found) == count, found
        return found

    def settle(self, silence: float = 0.8) -> list[Message]:
        """All messages, after none has come for a while."""
        while True:
            before = len(self.receipts)
            time.sleep(silence)
            if len(self.receipts) == before:
                return self.messages()


class Website(Server):
    """Pages with the tracker in them. `options` are attributes of the script tag; `pages` gives a path its own HTML."""

    name = "shop.test"

    def __init__(self, collector_url: str) -> None:
        super().__init__()
        self.collector_url = collector_url
        self.options: dict[str, str] = {"data-key": KEY}
        self.before = ""  # goes ahead of the script tag
        self.body = "<p>Hello</p>"
        self.title = "Shop"
        self.headers: dict[str, str] = {}
        self.pages: dict[str, str] = {}

    @property
    def script(self) -> str:
        attributes = " ".join(f'{name}="{value}"' for name, value in self.options.items())
        return f'<script async src="{self.collector_url}/lianyi.js" {attributes}></script>'

    def html(self) -> str:
        return (
            f"<!doctype html><html><head><meta charset=utf-8><title>{self.title}</title>{self.before}{self.script}"
            f'<link rel=icon href="data:,"></head><body>{self.body}</body></html>'
        )

    def get(self, path: str) -> Answer:
        body = self.pages.get(path.partition("?")[0]) or self.html()
        return Answer(200, "text/html; charset=utf-8", body.encode(), self.headers)

    def at(self, path: str, *, host: str | None = None) -> str:
        """The address of `path`."""
        return f"http://{host or self.name}:{self.port}{path}"


def wait_until(holds: Callable[[], bool], within: float, what: Callable[[], str]) -> None:
    """Fails with `what` unless `holds` becomes true in time."""
    end = time.monotonic() + within
    while not holds():
        assert time.monotonic() < end, what()
        time.sleep(0.02)
