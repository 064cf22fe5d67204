"""The little of HTTP that a raw ASGI app needs: a bounded body in, a whole answer out."""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping, Sequence
from typing import Any, NamedTuple

import msgspec

from lianyi.events.intake.limits import BODY_BYTES, BadBody

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Header = tuple[bytes, bytes]

PASSED_OVER = 32_000_000  # bytes of a body that is refused
# Browsers stay with TLS for a year: what Django says of pages, SECURE_HSTS_SECONDS and its SUBDOMAINS.
STRICT: Header = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
JSON: Header = (b"content-type", b"application/json")


class Answer(NamedTuple):
    """A whole response."""

    status: int
    body: bytes
    headers: tuple[Header, ...] = ()


class Gone(Exception):
    """The client went away before its body was whole."""


def header(scope: Scope, name: bytes) -> bytes:
    """The first header of this lower-case name; empty when there is none."""
    headers: Iterable[Header] = scope["headers"]
    for key, value in headers:
        if key == name:
            return value
    return b""


async def read_body(scope: Scope, receive: Receive, limit: int = BODY_BYTES) -> bytes:
    """The whole body. BadBody (413) when it has more than `limit` bytes; never more than that are kept."""
    length = header(scope, b"content-length")
    if length and (not length.isdigit() or int(length) > limit):
        await pass_over(receive)
        raise _too_large(limit)
    parts: list[bytes] = []
    size = 0
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        more = message.get("more_body", False)
        if size > limit:
            if more:
                await pass_over(receive)
            raise _too_large(limit)
    return b"".join(parts)


async def pass_over(receive: Receive, most: int = PASSED_OVER) -> None:
    """Reads what is left of a body and forgets it. Who is still sending when the answer comes and the connection ends
    mostly sees a broken connection, and tries again for ever, instead of the answer.
    """
    while most > 0:
        message = await receive()
        most -= len(message.get("body", b""))
        if not message.get("more_body"):
            return


def _too_large(limit: int) -> BadBody:
    return BadBody("body.too_large", f"The body has more than {limit:,} bytes.", 413)


async def respond(send: Send, answer: Answer) -> None:
    """Sends a whole response."""
    await send(
        {
            "type": "http.response.start",
            "status": answer.status,
            "headers": [*answer.headers, (b"content-length", str(len(answer.body)).encode())],
        }
    )
    await send({"type": "http.response.body", "body": answer.body})


def replaced(headers: Sequence[Header], more: Sequence[Header]) -> tuple[Header, ...]:
    """The headers of every answer of a kind, and more of one in particular, which replace those of their names."""
    named = {name for name, _ in more}
    return (*(one for one in headers if one[0] not in named), *more)


def strictly(send: Send) -> Send:
    """Sends the same with STRICT, once: pages have it already."""

    async def sent(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start" and all(name != STRICT[0] for name, _ in message["headers"]):
            message["headers"] = [*message["headers"], STRICT]
        await send(message)

    return sent


def problem(status: int, code: str, sentence: str, *headers: Header) -> Answer:
    """A refusal as problem+json."""
    body = msgspec.json.encode({"success": False, "code": code, "detail": sentence, "status": status})
    return Answer(status, body, ((b"content-type", b"application/problem+json"), *headers))
