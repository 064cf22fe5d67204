"""One supervised process: started, seen to its end, started again after a pause that grows while it keeps dying."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import structlog

from lianyi.assembly.processes.logs import open_log

_log = structlog.get_logger()

_LONGEST_PAUSE = 30.0  # seconds
_STEADY_AFTER = 60.0  # seconds of life that make earlier deaths forgotten


class Child:
    """`python -m lianyi.assembly.processes.entry NAME`. Times are seconds of a clock that only goes forward."""

    def __init__(self, name: str, environment: Mapping[str, str], logs: Path, listening: int | None = None) -> None:
        self.name = name
        self.deaths = 0  # in a row
        self._environment = {**environment, "LIANYI_PARENT": str(os.getpid())}
        self._logs = logs
        self._listening = listening
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._next_try = 0.0

    @property
    def pid(self) -> int | None:
        """Its process, while it lives."""
        return self._process.pid if self._process is not None else None

    def tend(self, now: float) -> None:
        """Starts it when it does not run and its time has come; takes note of its end."""
        if self._process is not None and (code := self._process.poll()) is not None:
            self._process = None
            if now - self._started_at > _STEADY_AFTER:
                self.deaths = 0
            pause = min(_LONGEST_PAUSE, 0.25 * 2**self.deaths) if self.deaths else 0.0
            self.deaths += 1
            self._next_try = now + pause
            _log.error("process.ended", child=self.name, code=code, again_in=pause)
        if self._process is None and now >= self._next_try:
            self._start(now)

    def ask_to_stop(self) -> None:
        """SIGTERM."""
        self._signal(signal.SIGTERM)

    def wait(self, within: float) -> None:
        """Until it has ended; killed after `within` seconds."""
        if self._process is None:
            return
        try:
            code = self._process.wait(within)
        except subprocess.TimeoutExpired:
            _log.error("process.killed", child=self.name, after=within)
            self._signal(signal.SIGKILL)
            code = self._process.wait()
        self._process = None
        _log.info("process.stopped", child=self.name, code=code)

    def _start(self, now: float) -> None:
        output = open_log(self._logs, self.name)
        environment = dict(self._environment)
        inherited: tuple[int, ...] = ()
        if self._listening is not None:
            environment["LIANYI_LISTENING"] = str(self._listening)
            inherited = (self._listening,)
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "lianyi.assembly.processes.entry", self.name],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=inherited,
                start_new_session=True,  # Ctrl-C in a terminal is for the supervisor, who stops all in order
            )
        finally:
            os.close(output)
        self._started_at = now
        _log.info("process.started", child=self.name, pid=self._process.pid)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
