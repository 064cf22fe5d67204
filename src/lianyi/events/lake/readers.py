"""Who is reading a local table's files, in whichever process, so that upkeep leaves them what it has replaced.

A reader announces itself before it looks which files are listed, by a file beside the table that it keeps locked. The
lock goes with its process, so nobody who was killed holds anything up. A reader that cannot announce itself reads all
the same: what it reads may then be gone after a minute, and is read again.
"""

import fcntl
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lianyi.events.lake.place import Place

READING = "reading-"
_LOCKED_WITHIN = 60.0  # seconds in which who has made its file has locked it


@contextmanager
def announced(place: Place) -> Iterator[None]:
    """Keeps what the table lists from now on readable until the end, though it be replaced meanwhile."""
    path = Path(place.uri).parent / f"{READING}{uuid.uuid4().hex}"
    lock = _lock(path) if place.local else None
    try:
        yield
    finally:
        if lock is not None:
            with suppress(OSError):
                path.unlink(missing_ok=True)
            os.close(lock)


def readers_of(place: Place) -> frozenset[str]:
    """The names of those who read at present. What the dead left behind is deleted."""
    found = Path(place.uri).parent.glob(f"{READING}*") if place.local else ()
    return frozenset(path.name for path in found if not _is_over(path))


def _lock(path: Path) -> int | None:
    try:
        lock = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError:  # no table yet, or a disk that takes nothing
        return None
    with suppress(OSError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return lock


def _is_over(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            # Not even tried while it may be about to be locked: its reader would be turned away by us, and look dead.
            if time.time() - os.fstat(file.fileno()).st_mtime < _LOCKED_WITHIN:
                return False
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink(missing_ok=True)
    except FileNotFoundError:
        return True
    except OSError:  # locked
        return False
    return True
