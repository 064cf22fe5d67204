"""Files that have reached the disk when a call returns."""

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Returns when the file, or the names in the folder, are on disk."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_durable(*paths: Path) -> None:
    """Returns when the files, and their names in their folders, have reached the disk."""
    for path in (*paths, *{path.parent for path in paths}):
        sync(path)


def write_whole(path: Path, data: bytes) -> None:
    """Puts a file that only its owner reads in the place of what was there: whole or not at all, and on disk."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)
    sync(path.parent)
