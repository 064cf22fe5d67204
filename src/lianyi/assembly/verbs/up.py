"""`lianyi up`: the whole installation in the foreground, or with `--detach` in the background."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from lianyi.cli.exits import BROKEN, say
from lianyi.cli.frame import Call, single, verb
from lianyi.cli.language import _

app = single()


@verb(app, "up")
def up(
    call: Call,
    *,
    detach: Annotated[bool, typer.Option("--detach", help=_("Return when ready; `lianyi down` stops it."))] = False,
) -> int | None:
    """Starts everything and stays in the foreground until Ctrl-C or SIGTERM."""
    if detach:
        return detached(call.place.home / "logs", sys.argv[1:])
    stay_up(call)
    return None


def stay_up(call: Call, *, slug: str | None = None, before_ready: Callable[[], None] | None = None) -> None:
    """Runs the installation until it is asked to stop; says when it is ready, and where. `before_ready` has the
    workspace `slug` filled before that; when it raises SystemExit, everything is stopped with that exit code.
    """
    from lianyi.assembly.environment import Environment
    from lianyi.assembly.processes.logs import configure_logs, open_log
    from lianyi.assembly.processes.supervisor import Ready, Supervisor

    environment = Environment.read(os.environ)
    configure_logs("up", os.fdopen(open_log(environment.home / "logs", "up"), "a", encoding="utf-8"))

    def tell(ready: Ready) -> None:
        if call.json:
            call.show({"url": f"{ready.url}/", **_secrets(ready)})
        else:
            call.show({}, f"Ready {ready.url}/\nSign in {ready.sign_in}")

    def _secrets(ready: Ready) -> dict[str, str]:
        return {"sign_in": ready.sign_in, "workspace": ready.workspace, "write_key": ready.write_key}

    failed: list[SystemExit] = []

    def fill(ready: Ready) -> None:
        try:
            assert before_ready is not None
            before_ready()
        except SystemExit as end:
            failed.append(end)
            os.kill(os.getpid(), signal.SIGTERM)
        else:
            tell(ready)

    def on_ready(ready: Ready) -> None:
        if before_ready is None:
            tell(ready)
        else:  # beside the supervisor, which tends its processes meanwhile
            threading.Thread(target=fill, args=(ready,), daemon=True).start()

    Supervisor(environment, slug or call.slug, create=slug is not None).run(on_ready)
    if failed:
        raise failed[0]


def detached(logs: Path, arguments: list[str]) -> int:
    """Runs the same verb without `--detach` in a session of its own, and passes on what it says first."""
    from lianyi.assembly.processes.logs import open_log

    words = logs / "detached.log"  # begun anew each time: what `up` says on stderr
    with os.fdopen(open_log(logs, "detached"), "w") as errors:
        errors.truncate(0)
        process = subprocess.Popen(
            [sys.executable, "-m", "lianyi.assembly.main", *(word for word in arguments if word != "--detach")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,
        )
    assert process.stdout is not None
    ready = "--json" in arguments
    while line := process.stdout.readline():
        sys.stdout.write(line)
        ready = ready or line.startswith("Sign in ")
        if ready:
            return 0
    code = process.wait()
    say(words.read_text().rstrip())
    return code or BROKEN
