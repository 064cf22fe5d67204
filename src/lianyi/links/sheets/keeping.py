"""Where the files are: `LIANYI_HOME/sheets/<workspace>/<token>.pdf`; one that is being written ends with `.part`."""

import os
import secrets
import shutil
import time
from collections.abc import Collection
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from lianyi.kernel.durable import make_durable
from lianyi.kernel.errors import Refused

_FORGOTTEN_AFTER = 3600  # seconds after which a file that no row names is left over


def new_part(workspace: int) -> tuple[Path, BinaryIO]:
    """A place for a document that is being written, and that file, open and empty. Refuses to fill the disk."""
    folder = _folder(workspace)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if shutil.disk_usage(folder).free < settings.ENVIRONMENT.min_free:
        raise Refused("disk.low", "The disk is nearly full.", "Free some space and ask again.")
    path = folder / f"{secrets.token_hex(16)}.part"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    return path, os.fdopen(handle, "wb")


def keep(part: Path) -> str:
    """Gives a document that is written whole its name, which it returns; on disk by then."""
    place = part.with_suffix(".pdf")
    part.rename(place)
    make_durable(place)
    return place.name


def path_of(workspace: int, stored: str) -> Path | None:
    """The file of this name; None when it is gone."""
    path = _folder(workspace) / stored
    return path if stored and path.is_file() else None


def drop(workspace: int, stored: str) -> None:
    """Removes the file."""
    if stored:
        (_folder(workspace) / stored).unlink(missing_ok=True)


def drop_forgotten(known: Collection[tuple[int, str]]) -> int:
    """Removes what was left unfinished, or unnamed, when a process died; how many."""
    now = time.time()
    found = [path for path in _root().glob("*/*") if (_number(path.parent.name), path.name) not in known]
    gone = [path for path in found if _age(path, now) > _FORGOTTEN_AFTER]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def _root() -> Path:
    return Path(settings.ENVIRONMENT.home) / "sheets"


def _folder(workspace: int) -> Path:
    return _root() / str(workspace)


def _number(name: str) -> int:
    return int(name) if name.isascii() and name.isdigit() else 0


def _age(path: Path, now: float) -> float:
    try:
        return now - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
