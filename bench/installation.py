"""A whole installation to measure: `lianyi up` in a folder of its own, on loopback, ended with the block."""

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from lianyi.assembly.environment import Environment
from lianyi.assembly.processes.memory import installation_pids, pss

PROGRAM = [sys.executable, "-m", "lianyi.assembly.main"]


@dataclass
class Installation:
    """A running `up`."""

    home: Path
    process: subprocess.Popen[str]
    ready: dict[str, str]
    variables: dict[str, str]

    @property
    def port(self) -> int:
        """Where the edge listens."""
        return urlsplit(self.ready["url"]).port or 0

    @property
    def authorization(self) -> str:
        """The header that a server's events come with."""
        return "Basic " + base64.b64encode(f"{self.ready['write_key']}:".encode()).decode()

    def run(self, *arguments: str) -> dict[str, Any]:
        """One verb with --json; its object."""
        done = subprocess.run(
            [*PROGRAM, *arguments, "--json"], env=self.variables, capture_output=True, text=True, timeout=900
        )
        if done.returncode not in (0, 3):
            raise RuntimeError(done.stderr)
        told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return told

    def asked(self, script: str, *arguments: str) -> Any:
        """The JSON that a script prints, run by a process of its own that Django can be set up in."""
        done = subprocess.run(
            [sys.executable, "-c", script, *arguments],
            env={**self.variables, "DJANGO_SETTINGS_MODULE": "lianyi.assembly.settings"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        return json.loads(done.stdout)

    def connect(self) -> psycopg.Connection[Any]:
        """A connection to its database."""
        return psycopg.connect(Environment.read(self.variables).conninfo(), autocommit=True)

    def memory(self) -> int:
        """Bytes of PSS over all its processes, PostgreSQL included."""
        return sum(pss(installation_pids(self.home, self.process.pid)).values())

    @contextmanager
    def paused(self, name: str) -> Iterator[None]:
        """Inside, the named process stands still."""
        pids = [pid for pid in installation_pids(self.home, self.process.pid) if _is(pid, name)]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)


def _is(pid: int, name: str) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return False
    return "lianyi.assembly.processes.entry" in words and name in words


def new_home() -> Path:
    """An empty folder for one."""
    return Path(tempfile.mkdtemp(prefix="lianyi-bench-"))


def variables_of(home: Path) -> dict[str, str]:
    """The environment of its processes."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(("LIANYI_", "DATABASE_URL"))},
        "LIANYI_HOME": str(home),
        "LIANYI_BIND": "127.0.0.1:0",
    }


@contextmanager
def installation(given: Path | None = None) -> Iterator[Installation]:
    """A fresh one, gone after the block; or that of `given`, which stays. Ready inside the block."""
    home = given or new_home()
    variables = variables_of(home)
    process = subprocess.Popen([*PROGRAM, "up", "--json"], env=variables, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"up ended with {process.wait(30)}; see {home / 'logs'}")
        yield Installation(home, process, json.loads(line), variables)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()
        time.sleep(0.2)
        if given is None:
            shutil.rmtree(home, ignore_errors=True)
