"""`up` from its first step to its last: PostgreSQL, the database's shape, web, worker, edge; then watch; then stop.

The supervisor itself stays small: it has no Django, its steps that need it run in a process that ends.
"""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import structlog

from lianyi.assembly.environment import Environment
from lianyi.assembly.postgres import EmbeddedPostgres
from lianyi.assembly.processes.child import Child
from lianyi.assembly.processes.listening import listen_for_edge, listen_for_web
from lianyi.assembly.processes.logs import bound_logs, last_line, open_log
from lianyi.assembly.processes.presence import Presence
from lianyi.assembly.processes.ready import answers
from lianyi.assembly.processes.warden import Warden
from lianyi.kernel.errors import Broken, Refused

_log = structlog.get_logger()

_TICK = 0.4  # seconds between two looks at everything
_READY_WITHIN = 180.0  # seconds
_DEATHS_BEFORE_READY = 3
_STOP_WITHIN = 12.0  # seconds for one process
_LOGS_EVERY = 10.0  # seconds
_STOPS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
LOGS = ("up", "prepare", "edge", "web", "worker")


@dataclass(frozen=True)
class Ready:
    """What an installation says when it is up."""

    url: str
    sign_in: str
    workspace: str
    write_key: str


class _Stop(BaseException):
    """A signal came while we were starting."""


class Supervisor:
    """One run of `up`. Single-threaded; PostgreSQL is ours only when the environment names no other."""

    def __init__(self, environment: Environment, workspace: str | None, *, create: bool = False) -> None:
        self._environment = environment
        self._workspace = workspace
        self._create = create
        self._logs = environment.home / "logs"
        self._postgres = None if environment.database_url else EmbeddedPostgres(environment.home)
        self._children: list[Child] = []
        self._starting = True
        self._stopping = False
        self._looked_at_logs = 0.0

    def run(self, on_ready: Callable[[Ready], None]) -> None:
        """Until SIGTERM, SIGINT or SIGHUP. Calls `on_ready` once, when requests are answered. Refuses when this home is
        up already or the address is taken; Broken when something does not come up.
        """
        with contextlib.ExitStack() as stack, contextlib.suppress(_Stop):
            wake = stack.enter_context(_signals(self._on_stop))
            try:
                self._start(stack, on_ready)
                self._starting = False
                while not self._stopping:
                    self._tend()
                    _sleep(wake, _TICK)
            finally:
                self._stopping = True  # another signal changes nothing: the stop is under way, and bounded
                _log.info("up.stopping")

    def _start(self, stack: contextlib.ExitStack, on_ready: Callable[[Ready], None]) -> None:
        presence = Presence.take(self._environment.home)
        stack.callback(presence.leave)
        edge = stack.enter_context(listen_for_edge(self._environment.bind))
        if self._postgres is not None:
            stack.enter_context(Warden(self._environment.home))
            stack.callback(self._postgres.stop)
            self._postgres.start()
        web = stack.enter_context(self._web_socket())
        ready = self._prepare(edge)
        stack.callback(self._stop_children)
        stack.callback(edge.close)  # callers that come now are told at once
        self._start_children(edge, web, ready.url)
        self._wait_until_ready(edge, web)
        presence.tell(ready.url)
        _log.info("up.ready", url=ready.url, workspace=ready.workspace)
        on_ready(ready)

    def _on_stop(self) -> None:
        again, self._stopping = self._stopping, True
        if self._starting and not again:
            raise _Stop

    def _web_socket(self) -> socket.socket:
        folder = self._environment.socket_folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return listen_for_web(folder)

    def _prepare(self, edge: socket.socket) -> Ready:
        url = self._environment.url or f"http://localhost:{edge.getsockname()[1]}"
        output = open_log(self._logs, "prepare")
        try:
            done = subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "lianyi.assembly.processes.prepare",
                    *filter(None, [self._workspace, "create" if self._create else None]),
                ],
                env={**self._child_environment(url, ""), "LIANYI_PARENT": str(os.getpid())},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=output,
                start_new_session=True,
            )
        finally:
            os.close(output)
        try:
            said = json.loads(done.stdout)
        except ValueError:
            raise Broken(
                "The database could not be prepared: {words}", words=last_line(self._logs, "prepare")
            ) from None
        if "refused" in said:
            raise Refused.unpacked(said["refused"])
        return Ready(url, f"{url}/sign-in/{said['sign_in']}", said["workspace"], said["write_key"])

    def _start_children(self, edge: socket.socket, web: socket.socket, url: str) -> None:
        host, port = edge.getsockname()[:2]
        environment = self._child_environment(url, f"[{host}]:{port}" if ":" in host else f"{host}:{port}")
        self._children = [
            Child("web", environment, self._logs, web.fileno()),
            Child("worker", environment, self._logs),
            Child("edge", environment, self._logs, edge.fileno()),
        ]

    def _child_environment(self, url: str, bind: str) -> dict[str, str]:
        return {
            **os.environ,
            "LIANYI_HOME": str(self._environment.home),
            "LIANYI_URL": url,
            "LIANYI_BIND": bind,
            "DJANGO_SETTINGS_MODULE": "lianyi.assembly.settings",
            "MALLOC_ARENA_MAX": "2",
        }

    def _wait_until_ready(self, edge: socket.socket, web: socket.socket) -> None:
        deadline = time.monotonic() + _READY_WITHIN
        waiting = [(web, "/healthz"), (edge, "/readyz")]
        while waiting:
            self._tend()
            for child in self._children:
                if child.deaths >= _DEATHS_BEFORE_READY:
                    raise Broken(
                        "{name} does not start: {words}", name=child.name, words=last_line(self._logs, child.name)
                    )
            if time.monotonic() > deadline:
                raise Broken(
                    "Not ready after {seconds:.0f} seconds; see {logs}.",
                    seconds=_READY_WITHIN,
                    logs=self._logs,
                )
            waiting = [(at, path) for at, path in waiting if not answers(at.family, at.getsockname(), path)]
            if waiting:
                time.sleep(0.05)

    def _tend(self) -> None:
        now = time.monotonic()
        if self._postgres is not None:
            before = self._postgres.restarts
            state = self._postgres.tend(now)
            if self._postgres.restarts != before:
                _log.error("postgres.restarted", state=state.value, restarts=self._postgres.restarts)
        for child in self._children:
            child.tend(now)
        if now - self._looked_at_logs > _LOGS_EVERY:
            self._looked_at_logs = now
            with contextlib.suppress(OSError):  # a full disk: the next look tries again
                bound_logs(self._logs, LOGS)

    def _stop_children(self) -> None:
        """Intake first, then what works on it, then the pages."""
        for name in ("edge", "worker", "web"):
            for child in self._children:
                if child.name == name:
                    child.ask_to_stop()
                    child.wait(_STOP_WITHIN)


@contextlib.contextmanager
def _signals(on_stop: Callable[[], None]) -> Iterator[int]:
    """Calls `on_stop` at each signal that asks for one; gives a descriptor that becomes readable at every signal."""
    ours, theirs = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    handlers = {number: lambda _number, _frame: on_stop() for number in _STOPS}
    handlers[signal.SIGCHLD] = lambda _number, _frame: None  # a child's end wakes us
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    wakeup = signal.set_wakeup_fd(theirs, warn_on_full_buffer=False)
    try:
        yield ours
    finally:
        signal.set_wakeup_fd(wakeup)
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(ours)
        os.close(theirs)


def _sleep(wake: int, seconds: float) -> None:
    """Until a signal comes, `seconds` at most."""
    if select.select([wake], [], [], seconds)[0]:
        with contextlib.suppress(BlockingIOError):
            os.read(wake, 4096)
