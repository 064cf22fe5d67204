"""Bodies that are files: straight to the disk, in the folder of uploads, never whole in memory.

An operation declares `takes=OCTETS`. Its file is read once the token may do what it asks for, and is gone when the call
ends, unless somebody took it away. Refuses a file without its length, one that is too large, and one that breaks off.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from django.http import HttpRequest

from lianyi.api.operations import DECLARED, OCTETS, Declared
from lianyi.api.problems import Unserved
from lianyi.people.imports.uploads.keeping import check_size, new_part

_PART = 1 << 18


@dataclass(frozen=True)
class Arrived:
    """A file that has come; `path` is where."""

    path: Path
    size: int
    digest: bytes


def takes_file(method: str | None, path: str) -> Declared | None:
    """The operation at this address, when its body is a file."""
    found = (one for one in DECLARED.values() if one.takes == OCTETS)
    return next((one for one in found if one.method == method and _fits(one.path, path)), None)


def _fits(template: str, path: str) -> bool:
    """Whether the path is one of the template's: `{form}` stands for any one part."""
    parts, wanted = path.split("/"), template.split("/")
    return len(parts) == len(wanted) and all(
        one == other or (other.startswith("{") and bool(one)) for one, other in zip(parts, wanted, strict=True)
    )


@contextmanager
def arriving(request: HttpRequest, most: int) -> Iterator[Arrived]:
    """The body as a file, while the block lasts."""
    length = _length(request, most)
    path, file = new_part()
    try:
        with file:
            seen, size = blake2b(digest_size=16), 0
            while size < length and (part := request.read(min(_PART, length - size))):
                file.write(part)
                seen.update(part)
                size += len(part)
        if size < length:
            raise Unserved(400, "body.incomplete", "The body broke off.", "Send it again.")
        yield Arrived(path, size, seen.digest())
    finally:
        path.unlink(missing_ok=True)


def _length(request: HttpRequest, most: int) -> int:
    said = request.META.get("CONTENT_LENGTH") or "0"
    if not said.isdigit():
        raise Unserved(411, "length.required", "The length of the body is missing.", "Send Content-Length.")
    length = int(said)
    if most and length > most:
        raise Unserved(413, "body.too_large", "The body has more than {most:,} bytes.", "Send it in parts.", most=most)
    check_size(length)
    if length and request.content_type != OCTETS:
        raise Unserved(
            415,
            "body.no_file",
            "The body must be the file itself.",
            "Send it with Content-Type: application/octet-stream.",
        )
    return length
