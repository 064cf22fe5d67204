"""A stand-in for the web process behind the proxy: tells what it was asked, on the web process's socket."""

import contextlib
import json
import socket
import socketserver
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, Self


class Website(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """Serves until the end of a `with`. `bodies` are those that came whole."""

    daemon_threads = True

    def __init__(self, place: Path) -> None:
        place.parent.mkdir(exist_ok=True)
        place.unlink(missing_ok=True)
        super().__init__(str(place), _Handler)
        self.bodies: list[bytes] = []
        self.first_part = threading.Event()
        self.go_on = threading.Event()
        self._place = place
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.append(request)
        super().process_request(request, client_address)

    def __exit__(self, *exc: object) -> None:
        self.go_on.set()
        for plug in self._open:  # else the edge keeps some, and speaks to whoever is behind them
            with contextlib.suppress(OSError):
                plug.shutdown(socket.SHUT_RDWR)
        self.shutdown()
        self._thread.join()
        self.server_close()
        self._place.unlink()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Any

    def do_GET(self) -> None:
        if self.path == "/parts":
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"5\r\nfirst\r\n")
            self.wfile.flush()
            assert self.server.go_on.wait(30)
            self.wfile.write(b"6\r\nsecond\r\n0\r\n\r\n")
            return
        self._tell(b"")

    do_HEAD = do_GET

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(1)
        self.server.first_part.set()
        while len(body) < length and (part := self.rfile.read1(length - len(body))):
            body += part
        if len(body) == length:
            self.server.bodies.append(body)
            self._tell(body)

    def _tell(self, body: bytes) -> None:
        told = {"path": self.path, "headers": [[k.lower(), v] for k, v in self.headers.items()], "length": len(body)}
        answer = json.dumps(told).encode()
        self.send_response(302 if self.path == "/moved" else 200)
        self.send_header("Content-Length", str(len(answer)))
        if self.path == "/strict":
            self.send_header("Strict-Transport-Security", "of the pages")
        self.send_header("Location", "/elsewhere")
        self.send_header("Set-Cookie", "sessionid=secret; Path=/")
        self.send_header("Set-Cookie", "other=1; Path=/")
        self.send_header("Connection", "keep-alive, X-Hop")
        self.send_header("X-Hop", "1")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        pass
