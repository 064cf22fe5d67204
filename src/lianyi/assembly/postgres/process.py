"""One server on one data folder, as an operating system process: launched, watched, ended.

The server need not be a child of ours: whatever an earlier process of this home left running counts as well.
"""

import fcntl
import os
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from lianyi.assembly.postgres import cluster, leftovers
from lianyi.assembly.postgres.account import Account
from lianyi.assembly.postgres.configuration import cluster_name
from lianyi.assembly.postgres.leftovers import Postmaster
from lianyi.assembly.postgres.providers import Provider
from lianyi.kernel.errors import Broken

_STANDS_STILL_AFTER = 5.0  # seconds: between its processes a healthy server takes milliseconds
_STARTS_WITHIN = 20.0  # seconds until a new one has its first processes: memory and old files may take it a while
# To stop: fast; at once, with recovery at the next start; the last resort.
_STOPS = (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)


@dataclass
class ServerProcess:
    """The process on `data` with its socket in `sockets`; it writes what it has to say to `log`."""

    data: Path
    sockets: Path
    log: Path
    _child: int | None = field(default=None, init=False)
    _still_since: float | None = field(default=None, init=False)

    def found(self) -> Postmaster | None:
        """The living server, whoever launched it."""
        self._reap()
        return leftovers.postmaster(self.data)

    @property
    def launched(self) -> bool:
        """Whether a process that we launched lives."""
        self._reap()
        return self._child is not None

    def stands_still(self, now: float) -> bool:
        """Whether the server says that it is ready, or will be, and has long done nothing towards it
        (`leftovers.at_work`).
        """
        found = self.found()
        if found is None or not (found.ready or found.starting) or leftovers.at_work(found.pid):
            self._still_since = None
            return False
        self._still_since = now if self._still_since is None else self._still_since
        return now - self._still_since >= (_STANDS_STILL_AFTER if found.ready else _STARTS_WITHIN)

    def kill(self) -> None:
        """Ends a server that no gentler signal reaches; what it committed is in its log."""
        if found := self.found():
            os.kill(found.pid, signal.SIGKILL)
        self._still_since = None

    def launch(self, provider: Provider, account: Account, settings: Mapping[str, str]) -> None:
        """Clears what an earlier server left and launches a new one; does not wait for it."""
        name = f"cluster_name={cluster_name(self.data)}"
        command = [*account.prefix, provider.program("postgres"), "-D", str(self.data), "-c", name]
        leftovers.end_orphans(self.data)
        with self._lock(account) as lock:
            leftovers.remove_files(self.data, self.sockets)
            cluster.configure(self.data, self.sockets, provider.major, account, settings)
            self._child = self._spawn(command, lock)

    def answers_from_elsewhere(self) -> bool:
        """Whether a server that we do not see, in another container, answers at our socket."""
        try:
            cluster.admin(self.sockets).close()
        except psycopg.OperationalError:
            return False
        return True

    @contextmanager
    def _lock(self, account: Account) -> Iterator[int]:
        """The lock that a server keeps by living: its processes inherit it, and it works across containers."""
        path = self.data.with_name(f"{self.data.name}.lock")
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            account.give(path)
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield handle
        except BlockingIOError:
            raise leftovers.elsewhere(self.data) from None
        finally:
            os.close(handle)

    def _spawn(self, command: list[str], lock: int) -> int:
        append = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        # A session of its own: Ctrl-C in a terminal is for us, who stop the server last.
        return os.posix_spawn(
            command[0],
            command,
            cluster.environment(),
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, str(self.log), append, 0o600),
                (os.POSIX_SPAWN_DUP2, 1, 2),
                (os.POSIX_SPAWN_DUP2, lock, 3),
            ],
            setsid=True,
        )

    def wait_until_ready(self, deadline: float) -> bool:
        """Waits until the server answers; after a crash that is when it has read its log again. False when another has
        to be launched: this one was not ours and is gone, or stood still and was ended.
        """
        ours = self.launched
        while (found := self.found()) is None or not found.ready:
            if found is None and not self.launched:
                if not ours:
                    return False
                raise Broken("PostgreSQL ended while starting. Its last words: {words}", words=self._last_words())
            if time.monotonic() > deadline:
                raise Broken("PostgreSQL did not start in time. Its last words: {words}", words=self._last_words())
            if self.stands_still(time.monotonic()):
                self.kill()
                ours = False
            time.sleep(0.01)
        return True

    def end(self, within: float) -> None:
        """Ends the server if there is one, gently at first; `within` seconds are given to each try."""
        for number in _STOPS:
            found = self.found()
            pid = found.pid if found else self._child
            if pid is None:
                return
            os.kill(pid, number)
            deadline = time.monotonic() + within
            while leftovers.alive(pid) and time.monotonic() < deadline:
                time.sleep(0.005)
        self._reap()

    def _reap(self) -> None:
        if self._child is None:
            return
        try:
            ended, _ = os.waitpid(self._child, os.WNOHANG)
        except ChildProcessError:  # somebody else in this process has waited for it
            ended = self._child
        if ended:
            self._child = None

    def _last_words(self) -> str:
        return " ".join(self.log.read_text(errors="replace").split()[-60:])
