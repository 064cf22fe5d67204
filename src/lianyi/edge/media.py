"""Pictures and videos of pages, straight from the disk, for ever in caches: an address holds its content's digest.

Whether a content is the workspace's and came with nobody is looked up at each address, and remembered for seconds. A
copy that is missing is made by the web process, which answers instead. Videos go out piece by piece, and by ranges.
"""

import asyncio
import re
from pathlib import Path
from typing import BinaryIO, NamedTuple

import psycopg

from lianyi.edge.http import Answer, Header, Scope, Send, header, problem, respond
from lianyi.edge.lookups import Database, Lookup
from lianyi.edge.sending import Streamed, send_out
from lianyi.growth.pages.pictures import PUBLIC, Asset, asset_in, place_of

_RANGE = re.compile(rb"bytes=([0-9]{0,18})-([0-9]{0,18})")
_HEADERS: tuple[Header, ...] = (
    (b"cache-control", b"public, max-age=31536000, immutable"),
    (b"content-security-policy", b"default-src 'none'; sandbox"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"accept-ranges", b"bytes"),
)


class Span(NamedTuple):
    """A part of a file; `last` belongs to it."""

    first: int
    last: int


class MediaFiles:
    """Serves the media of pages."""

    def __init__(self, database: Database, home: Path) -> None:
        self._home = home
        self._lookup: Lookup[str] = Lookup(database, PUBLIC, lambda row: str(row[0]))

    async def serve(self, scope: Scope, send: Send, workspace: int | None) -> bool:
        """Answers an address of ours; False where the web process has to. `workspace` is that of an own domain, at
        which there are its files alone.
        """
        asset = asset_in(scope["path"])
        if asset is None or scope["method"] not in ("GET", "HEAD"):
            return False
        try:
            found = workspace in (None, asset.workspace) and await self._lookup.find(
                asset[:2], {"workspace": asset.workspace, "sha256": asset.sha256}
            )
        except (psycopg.Error, OSError):
            retry = (b"retry-after", b"2")
            await respond(send, problem(503, "media.unavailable", "The file cannot be looked up.", retry))
            return True
        if not found:
            await respond(send, problem(404, "media.unknown", "There is no such file."))
            return True
        try:
            file = await asyncio.to_thread(place_of(self._home, asset).open, "rb")
        except OSError:
            return False
        with file:
            await _answer(scope, send, asset, file)
        return True


async def _answer(scope: Scope, send: Send, asset: Asset, file: BinaryIO) -> None:
    size = file.seek(0, 2)
    tag = f'"{asset.sha256[:32]}-{asset.width or 0}"'.encode()
    headers = (*_HEADERS, (b"etag", tag), (b"content-type", asset.content_type.encode()))
    if tag in header(scope, b"if-none-match"):
        await respond(send, Answer(304, b"", headers))
        return
    asked = header(scope, b"range")
    span = _span(asked, size) if asked else Span(0, size - 1)
    if span is None:
        await respond(send, Answer(416, b"", (*headers, (b"content-range", b"bytes */%d" % size))))
        return
    if asked:
        headers = (*headers, (b"content-range", b"bytes %d-%d/%d" % (*span, size)))
    length, bodiless = span.last - span.first + 1, scope["method"] == "HEAD"
    await send_out(send, Streamed(206 if asked else 200, headers, file, span.first, length, bodiless))


def _span(asked: bytes, size: int) -> Span | None:
    """The one part that is asked for; None for several, or one that there is not."""
    found = _RANGE.fullmatch(asked.strip())
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        first, last = max(0, size - int(found[2])), size - 1
    else:
        first, last = int(found[1]), min(int(found[2] or size), size - 1)
    return Span(first, last) if first <= last else None
