"""Where the files are: a folder each below `LIANYI_HOME/imports/uploads`, where the file has the name it came with.

A file that is still arriving ends with `.part`. Only the owner of the installation can read them.
"""

import os
import secrets
import shutil
import time
from collections.abc import Collection
from pathlib import Path
from typing import IO

from django.conf import settings

from lianyi.kernel.durable import make_durable
from lianyi.kernel.errors import Refused
from lianyi.people.imports.refusals import handed_back

LARGEST = 4 << 30  # bytes of one file
KEPT_FOR = 7 * 86400  # seconds that a file waits to be imported
REFUSED_KEPT_FOR = 30 * 86400  # seconds that rows which were not taken, or not whole, can be fetched
_FORGOTTEN_AFTER = 86400  # seconds after which a file that nobody knows is left over
_NAME = 180  # bytes


def imports_folder() -> Path:
    """Where refused rows are."""
    return Path(settings.ENVIRONMENT.home) / "imports"


def uploads_folder() -> Path:
    """Where uploads are; it is made when it is not there."""
    folder = imports_folder() / "uploads"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def check_size(size: int) -> None:
    """Refuses what is too large, and what would fill the disk below LIANYI_MIN_FREE."""
    if size > LARGEST:
        raise Refused(
            "upload.large",
            "The file has more than {most} GiB.",
            "Pack it with gzip, split it, or use `lianyi import`.",
            most=LARGEST >> 30,
        )
    if shutil.disk_usage(uploads_folder()).free - size < settings.ENVIRONMENT.min_free:
        raise Refused("disk.low", "The disk is nearly full.", "Free some space and give the file again.")


def new_part() -> tuple[Path, IO[bytes]]:
    """A place for a file that is arriving, and that file, open and empty; only its owner can read it."""
    path = uploads_folder() / f"{secrets.token_hex(8)}.part"
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    return path, os.fdopen(handle, "w+b")


def keep(path: Path, name: str) -> str:
    """Moves an arrived file into a folder of its own; the folder's name."""
    stored = secrets.token_hex(16)
    folder = uploads_folder() / stored
    folder.mkdir(mode=0o700)
    place = folder / safe_name(name)
    path.replace(place)
    place.chmod(0o600)
    make_durable(place, folder)
    return stored


def path_of(stored: str) -> Path | None:
    """The file in that folder; None when it is gone."""
    if not stored:
        return None
    folder = uploads_folder() / stored
    return next((path for path in folder.iterdir()), None) if folder.is_dir() else None


def file_in(stored: str) -> Path:
    """The file in that folder. Refuses when it is gone."""
    path = path_of(stored)
    if path is None:
        raise Refused("upload.gone", "The file is not kept any more.", "Give it again.")
    return path


def drop(stored: str) -> None:
    """Removes the file."""
    if stored:
        shutil.rmtree(uploads_folder() / stored, ignore_errors=True)


def drop_forgotten(known: Collection[str]) -> None:
    """Removes what arrived in part, what no row names, and refused rows that are too old."""
    now = time.time()
    for path in uploads_folder().iterdir():
        if path.name not in known and _age(path, now) > _FORGOTTEN_AFTER:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
    for path in handed_back(imports_folder()):
        if _age(path, now) > REFUSED_KEPT_FOR:
            path.unlink(missing_ok=True)


def safe_name(name: str) -> str:
    """The last part of a file's name, without what no folder takes, and short enough; the ending stays."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(sign if sign.isprintable() and sign not in '/\0"' else "_" for sign in last).strip(". ")
    stem, dot, ending = plain.rpartition(".")
    if not dot:
        stem, ending = ending, ""
    while len(f"{stem}{dot}{ending}".encode()) > _NAME:
        stem, ending = (stem[:-1], ending) if stem else (stem, ending[:-1])
    return f"{stem}{dot}{ending}" or "file"


def _age(path: Path, now: float) -> float:
    try:
        return now - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
