"""A tiny process that outlives us by a moment: when we are killed, it stops the PostgreSQL that we can stop no more.

Every other process of an installation ends with its parent (see `lifeline`); PostgreSQL may be shared with another
command, so it is left by the same rules as in an orderly end, and stops when nobody else uses it. Until then the warden
is a shell that waits for a line: some hundred kilobytes.
"""

import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

_WAIT = """trap '' INT TERM HUP; read line || exec "$@" """


class Warden:
    """Watches over us between `enter` and `exit`; enter before PostgreSQL is started."""

    def __init__(self, home: Path) -> None:
        self._command = [sys.executable, "-m", "lianyi.assembly.processes.warden", str(home)]

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", _WAIT, "warden", *self._command],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate(b"all is well\n")


def _stop_what_was_left(home: Path) -> None:
    from lianyi.assembly.postgres import EmbeddedPostgres

    server = EmbeddedPostgres(home)
    if server.pids():
        server.start()
        server.stop()


if __name__ == "__main__":
    _stop_what_was_left(Path(sys.argv[1]))
