"""Where we listen: the edge's address and the web's socket.

The supervisor opens both and hands them down, so that callers wait in the queue of the kernel while a process that died
comes back, and no second installation can slip in between.
"""

import errno
import socket
from pathlib import Path

from lianyi.kernel.errors import Refused, why

DEFAULT_HOST, DEFAULT_PORT = "127.0.0.1", 8620
_TRIES = 100  # ports after the default one
_BACKLOG = 4096


def listen_for_edge(bind: str) -> socket.socket:
    """A socket that listens at LIANYI_BIND (port 0: any free one); without it at the first free port from 8620 on."""
    if bind:
        host, port = parse_bind(bind)
        try:
            return _listen(host, port)
        except OSError as error:
            raise Refused(
                "up.bind",
                "LIANYI_BIND is {bind}, where nothing can listen: {why}.",
                "Name another address, or leave LIANYI_BIND out for the next free port.",
                bind=bind,
                why=why(error),
            ) from None
    for port in range(DEFAULT_PORT, DEFAULT_PORT + _TRIES):
        try:
            return _listen(DEFAULT_HOST, port)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
    raise Refused(
        "up.ports",
        "No port from {first} to {last} is free.",
        "Name an address by LIANYI_BIND, e.g. 127.0.0.1:9000.",
        first=DEFAULT_PORT,
        last=DEFAULT_PORT + _TRIES - 1,
    )


def listen_for_web(folder: Path) -> socket.socket:
    """A listening Unix socket that only our own user reaches."""
    path = folder / "web.sock"
    path.unlink(missing_ok=True)
    found = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    found.bind(str(path))
    path.chmod(0o600)
    found.listen(_BACKLOG)
    return found


def parse_bind(bind: str) -> tuple[str, int]:
    """Host and port of `host:port`, `[::1]:port` or `:port`."""
    host, colon, port = bind.rpartition(":")
    if not colon or not port.isdigit() or int(port) > 65535:
        raise Refused(
            "up.bind", "LIANYI_BIND is {bind!r}, which is no address.", "Write e.g. 127.0.0.1:8620.", bind=bind
        )
    return host.strip("[]") or "0.0.0.0", int(port)  # noqa: S104


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((host, port))
        found.listen(_BACKLOG)
    except OSError:
        found.close()
        raise
    return found
