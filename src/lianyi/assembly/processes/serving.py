"""The two processes that listen, under granian: `edge` (raw ASGI) and `web` (Django, WSGI).

granian ignores a stop that comes while its worker imports the application: the worker inherits its parent's handlers,
which do nothing there. So a worker gets the default handlers back before it imports, and a time limit stands behind.
"""

import os
import signal
from collections.abc import Callable
from typing import Any

from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces, Loops
from granian.server.mp import MPServer

from lianyi.assembly.processes.lifeline import die_with

_BACKLOG = 1024
_STOP_WITHIN = 8  # seconds, then granian kills its worker; the supervisor waits a little longer
_LOGGING = {
    "formatters": {},
    "handlers": {},
    "loggers": {"_granian": {"handlers": [], "level": "INFO", "propagate": True}},
}


class _Inheriting(MPServer):
    """A granian server on a socket that somebody else listens on."""

    def __init__(self, handle: int, *, unix: bool, **options: Any) -> None:
        super().__init__(**options)
        self._inherited, self._unix = handle, unix

    def _init_shared_socket(self) -> None:
        holder: Any = SocketHolder
        shared: dict[str, Any] = {"_sfd": self._inherited, "_shd": holder(self._inherited, self._unix, _BACKLOG)}
        vars(self).update(shared, _ssp=None, _sso=None)


def serve(name: str, handle: int) -> None:
    """Serves until SIGTERM."""
    os.set_inheritable(handle, False)
    common: dict[str, Any] = {
        "workers": 1,
        "http": HTTPModes.http1,
        "backlog": _BACKLOG,
        "workers_kill_timeout": _STOP_WITHIN,
        "log_dictconfig": _LOGGING,
    }
    load: Callable[[], Any]
    if name == "edge":
        # uvloop takes a third less time for each request than asyncio's own loop.
        options = {
            "interface": Interfaces.ASGI,
            "loop": Loops.uvloop,
            "runtime_blocking_threads": 1,
            "websockets": False,
        }
        server, load = _Inheriting(handle, unix=False, target="lianyi.assembly.asgi", **common, **options), _edge
    else:
        # One thread: several starve each other over the interpreter's lock; more requests a second need more processes.
        options = {
            "interface": Interfaces.WSGI,
            "loop": Loops.asyncio,
            "blocking_threads": 1,
            "runtime_blocking_threads": 1,
        }
        server, load = _Inheriting(handle, unix=True, target="lianyi.assembly.wsgi", **common, **options), _web
    parent = os.getpid()
    server.serve(target_loader=lambda: _in_worker(parent, load), wrap_loader=False)


def _in_worker(parent: int, load: Callable[[], Any]) -> Any:
    die_with(parent)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    return load()


def _edge() -> Any:
    from lianyi.assembly.asgi import app

    return app


def _web() -> Any:
    from lianyi.assembly.wsgi import application

    return application
