"""One call to the outside: a POST to the address that was looked at, within bounds of time and size.

The name is resolved once; the connection goes to the address that was checked, while TLS and the request name the host.
No redirect is followed, no proxy of the environment is asked, and of the answer only the beginning is read.
"""

import ssl
import time
from collections.abc import Iterable
from typing import Any, NamedTuple

import httpcore

from lianyi.kernel.addresses import Forbidden, Reach, Resolve, system_resolve, wired

WITHIN = 15.0  # seconds from the first to the last byte; looking the name up is the machine's matter
ANSWER_KEPT = 1_024  # bytes


class Answer(NamedTuple):
    """`status` is None when nothing was answered, and `error` says why."""

    status: int | None
    error: str
    text: str
    took_ms: int
    wait: str = ""  # the header retry-after


class Caller:
    """Calls addresses within `reach`. `resolve` and `roots` are those of the machine unless others are given."""

    def __init__(
        self,
        reach: Reach,
        *,
        resolve: Resolve = system_resolve,
        roots: ssl.SSLContext | None = None,
        within: float = WITHIN,
    ) -> None:
        self._reach, self._resolve, self._within = reach, resolve, within
        self._roots = roots or ssl.create_default_context()

    def post(self, url: str, headers: dict[str, str], body: bytes) -> Answer:
        """What was answered. Never raises for what the other side does."""
        began = time.monotonic()
        try:
            status, text, wait = self._post(wired(url), headers, body, began + self._within)
        except Forbidden:
            return Answer(None, "address", "", _since(began))
        except (httpcore.TimeoutException, TimeoutError):
            return Answer(None, "timeout", "", _since(began))
        except (ssl.SSLError, ssl.CertificateError):
            return Answer(None, "tls", "", _since(began))
        except httpcore.ConnectError as error:
            tls = isinstance(error.__cause__ or error.__context__, ssl.SSLError) or "SSL" in str(error)
            return Answer(None, "tls" if tls else "connect", "", _since(began))
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError, UnicodeError) as error:
            return Answer(None, "resolve" if type(error).__name__ == "gaierror" else "broken", "", _since(began))
        return Answer(status, "", text, _since(began), wait)

    def _post(self, url: str, headers: dict[str, str], body: bytes, until: float) -> tuple[int, str, str]:
        backend = _Pinned(self._reach, self._resolve, until)
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), self._within)
        with (
            httpcore.ConnectionPool(ssl_context=self._roots, network_backend=backend, http2=False) as pool,
            pool.stream(
                "POST", url, headers=list(headers.items()), content=body, extensions={"timeout": timeout}
            ) as response,
        ):
            read = bytearray()
            for part in response.iter_stream():
                read += part
                if len(read) >= ANSWER_KEPT:
                    break
            wait = next((value for name, value in response.headers if name.lower() == b"retry-after"), b"")
            text = bytes(read[:ANSWER_KEPT]).decode("utf-8", "replace").replace("\x00", "")
            return response.status, text, wait.decode("latin-1")


class _Pinned(httpcore.NetworkBackend):
    """Connects to checked addresses only."""

    def __init__(self, reach: Reach, resolve: Resolve, until: float) -> None:
        self._reach, self._resolve, self._until = reach, resolve, until
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        last: Exception = httpcore.ConnectError("no address")
        for address in self._reach.resolved(host, port, self._resolve):
            try:
                stream = self._plain.connect_tcp(
                    address, port, _left(self._until, timeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
            else:
                return _Bounded(stream, self._until)
        raise last

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class _Bounded(httpcore.NetworkStream):
    """A stream whose every step ends by one moment, so that an answer by drops ends too."""

    def __init__(self, stream: httpcore.NetworkStream, until: float) -> None:
        self._stream, self._until = stream, until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._until, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._until, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, _left(self._until, timeout))
        return _Bounded(secured, self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(until: float, timeout: float | None) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the time is over")
    return left if timeout is None else min(left, timeout)


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
