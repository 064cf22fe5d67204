"""The real program and its real processes, for tests: in a home of the test, on loopback and a free port."""

import json
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import pytest
from tests.conftest import variables_of
from tests.killing import kill

from lianyi.assembly.processes.memory import installation_pids

WITHIN = 240.0  # seconds: the machine may be busy


def lianyi(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """One call of the program in `home`."""
    process = subprocess.Popen(
        [sys.executable, "-X", "faulthandler", "-m", "lianyi.assembly.main", *arguments],
        env={**variables_of(home), "LIANYI_BIND": "127.0.0.1:0", **more},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    try:
        out, err = process.communicate(timeout=WITHIN)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGABRT)  # it says where it hangs
        out, err = process.communicate(timeout=30)
        raise AssertionError(f"lianyi {' '.join(arguments)} hangs\n{out}\n{err}") from None
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


@dataclass
class Up:
    """A running `lianyi up --json`."""

    home: Path
    process: subprocess.Popen[bytes]
    ready: dict[str, str] = field(default_factory=dict)

    @classmethod
    def start(cls, home: Path, *arguments: str, **more: str) -> Self:
        """Returns at once; `wait_until_ready` waits."""
        process = subprocess.Popen(
            [sys.executable, "-m", "lianyi.assembly.main", "up", *arguments],
            env={**variables_of(home), "LIANYI_BIND": "127.0.0.1:0", **more},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,  # so that select sees what readline left
        )
        return cls(home, process)

    def wait_until_ready(self) -> Self:
        """Reads the line that says so."""
        self.ready = json.loads(self.line())
        return self

    def line(self) -> str:
        """The next line on stdout."""
        assert self.process.stdout is not None
        assert select.select([self.process.stdout], [], [], WITHIN)[0], "nothing was said in time"
        line = self.process.stdout.readline().decode()
        if not line:
            assert self.process.stderr is not None
            pytest.fail(f"up ended with {self.process.wait(WITHIN)}: {self.process.stderr.read().decode()}")
        return line

    def get(self, path: str) -> tuple[int, bytes]:
        """GET through the edge."""
        address = urlsplit(self.ready["url"])
        connection = HTTPConnection("127.0.0.1", address.port or 80, timeout=WITHIN)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def pids(self) -> list[int]:
        """Every process of this installation."""
        return installation_pids(self.home, self.process.pid)

    def children(self) -> dict[str, int]:
        """The supervised processes by name."""
        found = {}
        for pid in self.pids():
            words = command_line(pid)
            if "lianyi.assembly.processes.entry" in words and parent_of(pid) == self.process.pid:
                found[words[-1]] = pid
        return found

    def happenings(self) -> list[dict[str, Any]]:
        """What the supervisor logged."""
        return [json.loads(line) for line in (self.home / "logs" / "up.log").read_text().splitlines()]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Kills whatever is left of it."""
        left = self.pids() if self.process.poll() is None else []
        self.process.kill()
        self.process.wait()
        kill(alive(left))
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Asks it to stop; its exit code."""
        self.process.send_signal(number)
        return self.process.wait(WITHIN)


def command_line(pid: int) -> list[str]:
    """A process's arguments; empty when it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")[:-1]
    except OSError:
        return []


def parent_of(pid: int) -> int | None:
    """A process's parent."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


def alive(pids: list[int]) -> list[int]:
    """Those that have not ended; a zombie has."""
    found = []
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if state not in "ZX":
            found.append(pid)
    return found


def eventually(holds: Callable[[], bool], what: str) -> None:
    """Waits until it holds."""
    deadline = time.monotonic() + WITHIN
    while not holds():
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.05)
