"""Who is up on a home: a lock that a dead process cannot keep, and beside it a note of its number and address."""

import fcntl
import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from lianyi.kernel.errors import Refused

_PATIENCE = 0.3  # seconds: a glance of `running` holds the lock for an instant


@dataclass(frozen=True)
class Running:
    """The `up` of a home. `url` is empty while it starts."""

    pid: int
    url: str


class Presence:
    """Held by `up` as long as it lives."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    @classmethod
    def take(cls, home: Path) -> Self:
        """Refuses when this home is up already, saying where."""
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = _open(home)
        deadline = time.monotonic() + _PATIENCE
        while not _lock(handle, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                found = _note(handle)
                os.close(handle)
                raise Refused(
                    "up.running",
                    "Lianyi already runs in {home}, at {url}/."
                    if found and found.url
                    else "Lianyi already runs in {home}, but is still starting.",
                    "Stop it with `lianyi down`, or name another LIANYI_HOME.",
                    home=home,
                    url=found.url if found else "",
                )
            time.sleep(0.02)
        presence = cls(handle)
        presence.tell("")
        return presence

    def tell(self, url: str) -> None:
        """Lets others find this `up`."""
        note = json.dumps(asdict(Running(os.getpid(), url))).encode()
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, note, 0)

    def leave(self) -> None:
        """From now on another may be up here."""
        os.ftruncate(self._handle, 0)
        os.close(self._handle)


def running(home: Path) -> Running | None:
    """The `up` of this home, if there is one."""
    if not (home / "up.lock").exists():
        return None
    handle = _open(home)
    try:
        return None if _lock(handle, fcntl.LOCK_SH) else _note(handle)
    finally:
        os.close(handle)


def _open(home: Path) -> int:
    return os.open(home / "up.lock", os.O_RDWR | os.O_CREAT, 0o600)


def _lock(handle: int, kind: int) -> bool:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _note(handle: int) -> Running | None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        try:
            return Running(**json.loads(os.pread(handle, 4096, 0)))
        except ValueError:  # it is just being written
            time.sleep(0.01)
    return None
