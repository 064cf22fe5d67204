"""What a server says about itself on disk and in the process table, and what a killed one leaves behind.

A killed postmaster leaves its pid file, its socket's lock and children that notice a moment later. PostgreSQL
removes most of that by itself, but refuses to start while a child still has the shared memory, when the old
number now belongs to some other process (usual in containers, where numbers repeat), or when a full disk left
an empty pid file. Processes are known by what /proc shows to everybody: the cluster's name, in the arguments of
the postmaster and in the titles of its children. Nothing else is ever signalled.
"""

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lianyi.assembly.postgres.configuration import cluster_name
from lianyi.kernel.errors import Broken, Refused

PID_FILE = "postmaster.pid"
_LEAVE_WITHIN = 5.0  # seconds


@dataclass(frozen=True)
class Postmaster:
    """A living postmaster: its process, whether it answers, and whether it is on its way there."""

    pid: int
    ready: bool
    starting: bool = False


def postmaster(data: Path) -> Postmaster | None:
    """The living postmaster of this data folder."""
    lines = _lines(data / PID_FILE)
    if not lines or not lines[0].strip().isdigit():
        return None
    pid = int(lines[0])
    if not _is_postmaster(pid, data):
        return None
    says = lines[7].strip() if len(lines) > 7 else ""
    return Postmaster(pid, ready=says == "ready", starting=says == "starting")


def at_work(pid: int) -> bool:
    """Whether a postmaster has a child that reads the log or one that writes it: in service or on its way there.

    A process that reads the log again after a crash and is killed meanwhile leaves a postmaster with neither, which
    then waits for ever, says that it is ready or starting as before, and takes nobody (seen with PostgreSQL 18).
    """
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:  # it has ended, or the kernel does not tell: then nothing is known against it
        return True
    titles = (title for child in children for title in _arguments(int(child))[:1])
    return any(title.rpartition(b": ")[2].split()[:1] in ([b"startup"], [b"walwriter"]) for title in titles)


def processes(data: Path) -> list[int]:
    """Every process of this data folder's server that can be seen from here, orphans too."""
    if not data.exists():
        return []
    name = cluster_name(data).encode()
    return [pid for pid in _pids() if _belongs(_arguments(pid), name) and alive(pid)]


def end_orphans(data: Path) -> None:
    """Kills the children of a server that was killed. Only when `postmaster` found none, and under the lock of
    starters. Refuses when there is a living server that numbers its processes otherwise: in another container.
    """
    deadline = time.monotonic() + _LEAVE_WITHIN
    while left := processes(data):
        orphans = not any(_is_first(_arguments(pid)) for pid in left)
        for pid in left if orphans else ():
            _kill(pid)
        if time.monotonic() > deadline:
            stubborn = Broken("The processes {pids} of an earlier PostgreSQL do not end.", pids=left)
            raise stubborn if orphans else elsewhere(data)
        time.sleep(0.02)


def remove_files(data: Path, sockets: Path) -> None:
    """Removes what a killed server left on disk. Only when it is certain that none lives."""
    (data / PID_FILE).unlink(missing_ok=True)
    for path in sockets.glob(".s.PGSQL.*"):
        path.unlink(missing_ok=True)


def elsewhere(data: Path) -> Refused:
    """To be raised when a server lives on the data folder, but not where we can see or reach it."""
    return Refused(
        "postgres.elsewhere",
        "A PostgreSQL that cannot be reached from here uses {data}; it may run in another container.",
        "Stop it there, or try again in a moment.",
        data=data,
    )


def alive(pid: int) -> bool:
    """Whether the process exists and has not ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return []


def _pids() -> Iterator[int]:
    return (int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit())


def _arguments(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return []


def _is_postmaster(pid: int, data: Path) -> bool:
    arguments = _arguments(pid)
    return _is_first(arguments) and arguments[2] == os.fsencode(data) and alive(pid)


def _is_first(arguments: list[bytes]) -> bool:
    """Whether this is how a server is started; its children change their title soon after."""
    return len(arguments) > 3 and arguments[0].endswith(b"/postgres") and arguments[1] == b"-D"


def _belongs(arguments: list[bytes], name: bytes) -> bool:
    if _is_first(arguments):
        return b"cluster_name=" + name in arguments
    return arguments[:1] != [] and arguments[0].startswith(b"postgres: " + name + b": ")


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
