"""Asking a process over HTTP whether it is ready."""

import socket

_WITHIN = 2.0  # seconds for one question


def answers(family: socket.AddressFamily, address: object, path: str) -> bool:
    """Whether a GET of `path` is answered with 200; False for whatever else happens, or nothing within two seconds."""
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
    try:
        with socket.socket(family, socket.SOCK_STREAM) as wire:
            wire.settimeout(_WITHIN)
            wire.connect(address)  # type: ignore[arg-type]
            wire.sendall(request)
            return wire.recv(64).startswith((b"HTTP/1.1 200", b"HTTP/1.0 200"))
    except OSError:
        return False
