"""The folders of an embedded PostgreSQL, and the two locks that let many processes use one server.

HOME/pg/          0700, the keeper's
  data/           the server's own; data.new/ and data.old/ beside it during an upgrade
  server.log      what the server says; begun anew when it has grown
  custom.conf     settings of the operator
  start.lock      held while the server is started or stopped: one starter at a time
  data.lock       held by the server's own processes, as long as one of them lives
  users.lock      shared by every process that uses the server: the last one to leave stops it
HOME/run/         0700: the sockets (in /tmp when HOME's path is too long for a socket's address)
"""

import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from errno import EPERM
from pathlib import Path

from lianyi.assembly.environment import socket_folder
from lianyi.assembly.postgres.account import Account, account_for
from lianyi.kernel.errors import Refused, why

_LOG_LIMIT = 16_000_000  # bytes


@dataclass(frozen=True)
class Places:
    """Where a home's server lives."""

    home: Path
    root: Path
    data: Path
    sockets: Path

    @classmethod
    def of(cls, home: Path) -> "Places":
        """Touches nothing."""
        home = home.resolve()
        return cls(home, home / "pg", home / "pg" / "data", socket_folder(home))

    @property
    def new(self) -> Path:
        """The data folder that an upgrade makes."""
        return self.root / "data.new"

    @property
    def old(self) -> Path:
        """The data folder that an upgrade has put aside."""
        return self.root / "data.old"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.root / "server.log"

    def prepare(self) -> Account:
        """Makes the folders, says under which account the server runs. Refuses a home of somebody else."""
        try:
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            account = account_for(self.home, self.data)
            make_private(self.root, account)
            make_private(self.sockets, account)
            if self.log.exists() and self.log.stat().st_size > _LOG_LIMIT:
                os.truncate(self.log, 0)
            if not self.log.exists():
                self.log.touch(mode=0o600)
                account.give(self.log)
        except PermissionError as error:
            raise Refused(
                "postgres.owner",
                "{place} belongs to another user.",
                "Run as that user, or name another folder by LIANYI_HOME.",
                place=error.filename,
            ) from None
        except OSError as error:
            raise Refused(
                "postgres.home",
                "{place} cannot be used: {why}.",
                "Name another folder by LIANYI_HOME.",
                place=error.filename,
                why=why(error),
            ) from None
        return account

    def leave_no_folder(self) -> None:
        """Removes the folder of sockets when it lies outside the home and is empty."""
        if self.sockets.parent != self.home:
            with suppress(OSError):
                self.sockets.rmdir()


def make_private(folder: Path, account: Account) -> None:
    """A folder that only its keeper enters. Refuses one that somebody else made first."""
    try:
        folder.mkdir(mode=0o700)
        account.give(folder)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode):
            raise Refused("postgres.folder", "{folder} is no folder.", "Remove it.", folder=folder) from None
        if found.st_uid not in (account.keeper[0], os.geteuid()):
            raise PermissionError(EPERM, "belongs to another user", str(folder)) from None
        if found.st_mode & 0o077:
            folder.chmod(0o700)


class Share:
    """This process's share in the server; a killed process gives it back by dying."""

    def __init__(self, path: Path, account: Account) -> None:
        self._handle = _open(path, account)
        fcntl.flock(self._handle, fcntl.LOCK_SH)

    def leave(self) -> bool:
        """Gives the share back; true when nobody else has one. Call it under `one_starter`."""
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            return False
        finally:
            fcntl.flock(self._handle, fcntl.LOCK_UN)
            os.close(self._handle)


@contextmanager
def one_starter(places: Places, account: Account, within: float) -> Iterator[None]:
    """Waits until no other process starts or stops this server; refuses after `within` seconds."""
    handle = _open(places.root / "start.lock", account)
    deadline = time.monotonic() + within
    try:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise Refused(
                        "postgres.busy",
                        "Another process is starting or stopping the PostgreSQL in {root}.",
                        "Try again.",
                        root=places.root,
                    ) from None
                time.sleep(0.02)
        yield
    finally:
        os.close(handle)


def _open(path: Path, account: Account) -> int:
    fresh = not path.exists()
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    if fresh:
        account.give(path)
    return handle
