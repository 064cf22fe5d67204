"""Files that go out piece by piece, whole or the one part that is asked for (RFC 9110, 14)."""

import asyncio
import re
from pathlib import Path
from typing import BinaryIO, NamedTuple

from lianyi.edge.http import Answer, Header, Scope, Send, header, respond

_PIECE = 1 << 18  # bytes
_RANGE = re.compile(rb"bytes=([0-9]{0,15})-([0-9]{0,15})")


class Streamed(NamedTuple):
    """A response whose body is part of a file that is open."""

    status: int
    headers: tuple[Header, ...]
    file: BinaryIO
    first: int
    length: int
    bodiless: bool  # of a HEAD


async def file_answer(scope: Scope, path: Path, tag: bytes, headers: tuple[Header, ...]) -> Answer | Streamed:
    """The file as the request wants it. OSError when it cannot be opened."""
    file = await asyncio.to_thread(path.open, "rb")
    size = file.seek(0, 2)
    headers = (*headers, (b"etag", tag), (b"accept-ranges", b"bytes"))
    first, last = 0, size - 1
    asked = _RANGE.fullmatch(header(scope, b"range"))
    wanted = asked is not None and (asked[1] or asked[2]) and header(scope, b"if-range") in (b"", tag)
    if asked and wanted:
        first = int(asked[1]) if asked[1] else max(0, size - int(asked[2]))
        last = min(int(asked[2]), size - 1) if asked[1] and asked[2] else size - 1
        if first > last:
            file.close()
            return Answer(416, b"", (*headers, (b"content-range", b"bytes */%d" % size)))
        headers = (*headers, (b"content-range", b"bytes %d-%d/%d" % (first, last, size)))
    return Streamed(206 if wanted else 200, headers, file, first, last - first + 1, scope["method"] == "HEAD")


async def send_out(send: Send, answer: Answer | Streamed) -> None:
    """Sends a response; a file is closed at its end, and when its reader went away."""
    if isinstance(answer, Answer):
        await respond(send, answer)
        return
    with answer.file as file:
        told = [*answer.headers, (b"content-length", b"%d" % answer.length)]
        await send({"type": "http.response.start", "status": answer.status, "headers": told})
        left = 0 if answer.bodiless else answer.length
        file.seek(answer.first)
        while left > 0:
            piece = await asyncio.to_thread(file.read, min(_PIECE, left))
            if not piece:
                break
            left -= len(piece)
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
