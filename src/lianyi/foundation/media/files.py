"""The files themselves: written whole or not at all, under the digest of their content."""

import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from lianyi.foundation.media.archives import look_through
from lianyi.foundation.media.looking_up import folder_in, place_in
from lianyi.foundation.media.sniffing import HEAD, MEGABYTE, TYPES, ZIP, Type, measure, sniff
from lianyi.kernel.durable import sync
from lianyi.kernel.errors import Refused

_PART = 1 << 20
_UNFINISHED = ".part"


@dataclass(frozen=True)
class Written:
    """A content on disk that has no place of its own yet."""

    path: Path
    sha256: str
    type: Type
    size: int
    width: int | None
    height: int | None


def folder_of(workspace: int) -> Path:
    """The folder of a workspace's files."""
    return folder_in(Path(settings.ENVIRONMENT.home), workspace)


def place_of(workspace: int, sha256: str) -> Path:
    """Where a content lies."""
    return place_in(Path(settings.ENVIRONMENT.home), workspace, sha256)


@contextmanager
def written(workspace: int, name: str, source: BinaryIO, types: Sequence[Type] = TYPES) -> Iterator[Written]:
    """Copies `source` into an unfinished file, judged on the way; it is removed at the end unless it was moved."""
    head = source.read(HEAD)
    kind = sniff(head, name, types)
    folder = folder_of(workspace)
    for place in (folder.parent, folder):
        place.mkdir(mode=0o700, exist_ok=True)
    if shutil.disk_usage(folder).free < settings.ENVIRONMENT.min_free:
        raise Refused("media.no_room", "The disk is nearly full.", "Make room: LIANYI_MIN_FREE says how much is kept.")
    path = folder / f"{uuid.uuid4().hex}{_UNFINISHED}"
    try:
        digest, size = _copy(head, source, path, kind, name)
        width, height = measure(path, kind, name) if kind.is_picture else (None, None)
        if kind is ZIP:
            look_through(path, name)
        yield Written(path, digest, kind, size, width, height)
    finally:
        path.unlink(missing_ok=True)


def _copy(head: bytes, source: BinaryIO, path: Path, kind: Type, name: str) -> tuple[str, int]:
    hasher, size, part = hashlib.sha256(), 0, head
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
        while part:
            size += len(part)
            if size > kind.most:
                raise Refused(
                    "media.too_large",
                    "{name} is larger than {most} MB, the most for {type}.",
                    "Make it smaller.",
                    name=name,
                    most=kind.most // MEGABYTE,
                    type=kind.name,
                )
            hasher.update(part)
            file.write(part)
            part = source.read(_PART)
        file.flush()
        os.fsync(file.fileno())
    return hasher.hexdigest(), size


def put_in_place(found: Written, workspace: int) -> None:
    """Gives the content its place, unless it is there already. On disk when this returns."""
    place = place_of(workspace, found.sha256)
    if place.exists():
        return
    place.parent.mkdir(mode=0o700, exist_ok=True)
    found.path.rename(place)
    for folder in place.parents[:3]:
        sync(folder)


def remove(workspace: int, sha256: str) -> bool:
    """Removes a content; False when there was none."""
    place = place_of(workspace, sha256)
    if not place.exists():
        return False
    place.unlink()
    sync(place.parent)
    return True


def contents(workspace: int) -> Iterator[str]:
    """The digest of every content that has a place."""
    for path in sorted(folder_of(workspace).glob("??/*")):
        yield path.name


def remove_unfinished(workspace: int, before: float) -> int:
    """Removes what processes that died left unfinished before that moment (seconds since 1970); how many."""
    left = [path for path in folder_of(workspace).glob(f"*{_UNFINISHED}") if path.stat().st_mtime < before]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)
