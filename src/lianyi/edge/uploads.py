"""Bodies with files (multipart/form-data), read as they come: each file straight to the disk, never whole in memory.

Promises that no more than the fields of the form may hold is written, and that what is refused, broken off or not used
leaves nothing behind.
"""

import asyncio
import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import BinaryIO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from lianyi.edge.http import Gone, Receive, Scope, header, pass_over
from lianyi.events.intake.limits import BadBody
from lianyi.growth.forms.handing import UNFINISHED, fresh_id

TEXT_BYTES = 200_000  # of all that is no file
MOST_PARTS = 500


class Uploaded:
    """A file that came: its own name, and where it lies for now."""

    def __init__(self, name: str, file: str, path: Path) -> None:
        self.name, self.id, self.path = name, file, path


class _Part:
    def __init__(self) -> None:
        self.name, self.filename = "", ""
        self.head: dict[bytes, bytes] = {}
        self.field, self.value = b"", b""
        self.text = bytearray()
        self.file: BinaryIO | None = None
        self.size = 0


class Body:
    """What a body held, once `read` is through."""

    def __init__(self, folder: Path, limits: Mapping[str, int]) -> None:
        self.texts: dict[str, list[str]] = {}
        self.files: dict[str, Uploaded] = {}
        self._folder, self._limits = folder, limits
        self._part = _Part()
        self._parts, self._text_bytes = 0, 0

    def begin(self) -> None:
        """A part begins."""
        self._part = _Part()
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise BadBody("form.unreadable", "The body has too many parts.")

    def header_field(self, data: bytes, start: int, end: int) -> None:
        """Some of the name of a line of its head."""
        self._part.field += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        """Some of what such a line says."""
        self._part.value += data[start:end]

    def header_end(self) -> None:
        """The line is over."""
        self._part.head[self._part.field.lower()] = self._part.value
        self._part.field = self._part.value = b""

    def headers_finished(self) -> None:
        """The head is over: a file is opened for a field that takes one, and one."""
        part = self._part
        _, options = parse_options_header(part.head.get(b"content-disposition", b""))
        part.name = options.get(b"name", b"").decode("utf-8", "replace")
        filename = options.get(b"filename")
        if filename is None or part.name not in self._limits or part.name in self.files:
            return
        part.filename = filename.decode("utf-8", "replace")
        file = fresh_id()
        path = self._folder / f"{file}{UNFINISHED}"
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb")
        self.files[part.name] = Uploaded(part.filename, file, path)

    def data(self, data: bytes, start: int, end: int) -> None:
        """Some of the part itself."""
        part = self._part
        if part.file is not None:
            part.size += end - start
            if part.size > self._limits[part.name]:
                raise BadBody("form.file_large", "A file is larger than the form takes.", 413)
            part.file.write(data[start:end])
            return
        self._text_bytes += end - start
        if self._text_bytes > TEXT_BYTES:
            raise BadBody("body.too_large", "The body is too large.", 413)
        part.text += data[start:end]

    def end(self) -> None:
        """The part is over; a file is on disk."""
        part = self._part
        if part.file is not None:
            part.file.flush()
            os.fsync(part.file.fileno())
            part.file.close()
            part.file = None
            if not part.size:
                self.files.pop(part.name).path.unlink(missing_ok=True)
        elif part.name and part.name not in self._limits:
            self.texts.setdefault(part.name, []).append(part.text.decode("utf-8", "replace"))

    def drop(self, but: Collection[str] = ()) -> None:
        """Removes what was not used."""
        if self._part.file is not None:
            self._part.file.close()
        for one in self.files.values():
            if one.id not in but:
                one.path.unlink(missing_ok=True)


def has_files(scope: Scope) -> bool:
    """Whether the body comes with files."""
    return header(scope, b"content-type").partition(b";")[0].strip().lower() == b"multipart/form-data"


async def read_files(scope: Scope, receive: Receive, folder: Path, limits: Mapping[str, int]) -> Body:
    """The body; `limits` are the fields that take a file, and its most bytes. BadBody on one that is none, or holds too
    much; nothing of that stays.
    """
    _, options = parse_options_header(header(scope, b"content-type"))
    boundary = options.get(b"boundary", b"")
    most = sum(limits.values()) + 2 * TEXT_BYTES
    if not boundary or len(boundary) > 200:
        await pass_over(receive)
        raise BadBody("form.unreadable", "The body says no boundary of its parts.")
    body = Body(folder, limits)
    parser = MultipartParser(
        boundary,
        {
            "on_part_begin": body.begin,
            "on_part_data": body.data,
            "on_part_end": body.end,
            "on_header_field": body.header_field,
            "on_header_value": body.header_value,
            "on_header_end": body.header_end,
            "on_headers_finished": body.headers_finished,
        },
    )
    try:
        await _through(receive, parser, most)
        parser.finalize()
    except FormParserError:
        body.drop()
        raise BadBody("form.unreadable", "The body is no form with files.") from None
    except BadBody:
        body.drop()
        await pass_over(receive)
        raise
    except BaseException:
        body.drop()
        raise
    return body


async def _through(receive: Receive, parser: MultipartParser, most: int) -> None:
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        part = message.get("body", b"")
        more = bool(message.get("more_body"))
        size += len(part)
        if size > most:
            raise BadBody("body.too_large", "The body is too large.", 413)
        if part:
            await asyncio.to_thread(parser.write, part)
