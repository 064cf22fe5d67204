"""A receiver of webhooks that runs on loopback and remembers what it got."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook

from lianyi.kernel.addresses import Reach, networks_in

LOOPBACK = Reach(networks_in("127.0.0.0/8"), plain=True)


@dataclass
class Got:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes


Reply = Callable[["Receiver", BaseHTTPRequestHandler], None]


def status(code: int, text: bytes = b"ok", **headers: str) -> Reply:
    """Answers so."""

    def reply(_: "Receiver", handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("content-length", str(len(text)))
        handler.end_headers()
        handler.wfile.write(text)

    return reply


def drops(every: float) -> Reply:
    """Answers a byte at a time, for ever."""

    def reply(receiver: "Receiver", handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nx: ")
        while not receiver.closing.wait(every):
            handler.wfile.write(b"y")

    return reply


@dataclass
class Receiver:
    """`replies` are used up one by one; the last stays."""

    replies: list[Reply] = field(default_factory=lambda: [status(200)])
    got: list[Got] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def ids(self) -> list[str]:
        return [one.headers["webhook-id"] for one in self.got]

    def verified(self, secret: str) -> list[dict[str, Any]]:
        """Every body, by the library of the specification."""
        return [Webhook(secret).verify(one.body, one.headers) for one in self.got]

    def wait_for(self, count: int) -> None:
        until = time.monotonic() + 20
        while len(self.got) < count and time.monotonic() < until:
            time.sleep(0.02)
        assert len(self.got) >= count


@contextmanager
def receiver(*replies: Reply) -> Iterator[Receiver]:
    made = Receiver(list(replies) or [status(200)])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            reply = made.replies.pop(0) if len(made.replies) > 1 else made.replies[0]
            made.got.append(Got(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            try:
                reply(made, self)
            except OSError:  # the caller has heard enough
                self.close_connection = True

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield made
    finally:
        made.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
