"""The proxy: all that is not the edge's own goes to the web process, over a Unix socket, pooled and streaming.

It adds nothing and keeps nothing: no cookie, no default header of a client library, no redirect followed. Bodies need
a length, since the pages read no other ones. Small ones are read before a connection is taken and few large ones
stream at once, so that slow senders shut nobody out; a body that breaks off is never handed on as if it were whole.
"""

import asyncio
from collections.abc import AsyncIterator

import httpcore

from lianyi.edge.callers import Callers, peer_of
from lianyi.edge.http import Answer, Gone, Header, Receive, Scope, Send, header, pass_over, problem, read_body, respond
from lianyi.events.intake.limits import BODY_BYTES

HOP_BY_HOP = frozenset(
    [
        b"connection",
        b"expect",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    ]
)
END_TO_END = frozenset([b"content-length", b"host"])  # without which a request is another, whoever calls them its own
DOMAIN = b"x-lianyi-domain"  # the own domain that a request came by
OURS = frozenset([b"forwarded", b"x-real-ip"])
TIMEOUTS = {"connect": 5.0, "read": 60.0, "write": 60.0, "pool": 10.0}  # seconds

LARGE_AT_ONCE = 8  # bodies that stream, so that most connections are left to everybody else


class Proxy:
    """Hands requests to the web process, which is told who called as `callers` knows it."""

    def __init__(self, socket: str, callers: Callers) -> None:
        self._callers = callers
        self._large = asyncio.Semaphore(LARGE_AT_ONCE)
        self._pool = httpcore.AsyncConnectionPool(uds=socket, max_connections=64, max_keepalive_connections=16)

    async def close(self) -> None:
        """Closes the pool."""
        await self._pool.aclose()

    async def __call__(self, scope: Scope, receive: Receive, send: Send, *, domain: str = "") -> None:
        """One request, there and back; one that came by an own domain with that."""
        if header(scope, b"transfer-encoding"):
            await pass_over(receive)
            await respond(send, problem(411, "length.required", "The pages take a body with its length only."))
            return
        try:
            length = int(header(scope, b"content-length") or 0)
            if length <= BODY_BYTES:  # whoever sends it slowly keeps no connection from others
                request = self._request(scope, await read_body(scope, receive) if length else b"", domain)
                response = await self._pool.handle_async_request(request)
            else:
                async with self._large:
                    response = await self._pool.handle_async_request(self._request(scope, _body(receive), domain))
        except Gone:
            await respond(send, problem(408, "request.incomplete", "The body broke off, or came too slowly."))
            return
        except httpcore.LocalProtocolError:
            await respond(send, problem(400, "request.invalid", "The request's address or headers are invalid."))
            return
        except httpcore.ReadTimeout:
            await respond(send, problem(504, "web.slow", "The page takes too long."))
            return
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.RemoteProtocolError):
            await respond(send, _away())
            return
        try:
            await _hand_back(response, send)
        finally:
            await response.aclose()

    def _request(self, scope: Scope, content: bytes | AsyncIterator[bytes], domain: str) -> httpcore.Request:
        path = scope.get("raw_path") or scope["path"].encode()
        query = scope["query_string"]
        target = path.partition(b"?")[0] + (b"?" + query if query else b"")
        return httpcore.Request(
            scope["method"],
            httpcore.URL(scheme=b"http", host=b"web", port=None, target=target),
            headers=[*self._headers(scope), *([(DOMAIN, domain.encode())] if domain else [])],
            content=content,
            extensions={"timeout": TIMEOUTS},
        )

    def _headers(self, scope: Scope) -> list[Header]:
        client, believed = peer_of(scope), self._callers.came_by_proxy(scope)
        kept = [(name, value) for name, value in _kept(scope["headers"]) if believed or not _is_ours(name)]
        if not believed:
            kept += [
                (b"x-forwarded-for", client.encode()),
                (b"x-forwarded-proto", scope["scheme"].encode()),
            ]
        if not header(scope, b"host"):
            kept.append((b"host", b"localhost"))
        return kept


def _is_ours(name: bytes) -> bool:
    """Whether the header says what only we say to the pages."""
    return name in OURS or name.startswith(b"x-forwarded-")


def _kept(headers: list[Header]) -> list[Header]:
    """Those that go on: not the ones about one connection, nor those that WSGI could take for another, since it writes
    dashes as underscores.
    """
    named = {
        one.strip().lower() for name, value in headers if name.lower() == b"connection" for one in value.split(b",")
    } - END_TO_END
    return [
        (name.lower(), value)
        for name, value in headers
        if b"_" not in name and name.lower() not in HOP_BY_HOP and name.lower() not in (DOMAIN, *named)
    ]


async def _hand_back(response: httpcore.Response, send: Send) -> None:
    start = {"type": "http.response.start", "status": response.status, "headers": _kept(response.headers)}
    await send(start)
    async for part in response.aiter_stream():
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def _away() -> Answer:
    return problem(503, "web.unavailable", "The pages are starting or not available.", (b"retry-after", b"2"))


async def _body(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        yield message.get("body", b"")
        more = message.get("more_body", False)
