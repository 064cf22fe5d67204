"""The home of a test session, named before Django reads its settings; pytest loads this first.

Every session works in a fresh home below the folder for temporary files, never in the developer's `var`; so does each
process of pytest-xdist, with a server of its own. `DATABASE_URL` is left alone: when it is set, its server is used and
no embedded one is started.

Nothing outlives a session: one that is told to end (SIGTERM) ends as after Ctrl-C, and what a killed one left is
removed by the next.
"""

import os
import shutil
import signal
import tempfile
from pathlib import Path

import pytest
from tests.killing import kill

from lianyi.assembly.postgres import leftovers
from lianyi.assembly.postgres.places import Places

_OWNER = "LIANYI_TEST_SESSION"  # the process that made the home, and that removes it
_PREFIX = "lianyi-tests-"
_OURS = ("LIANYI_BIND", "LIANYI_URL", "LIANYI_LAKE", "LIANYI_MIN_FREE", "EMAIL_URL")


def _home() -> Path:
    if _OWNER not in os.environ or "PYTEST_XDIST_WORKER" in os.environ:
        _sweep()
        os.environ[_OWNER] = str(os.getpid())
        os.environ["LIANYI_HOME"] = tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-")
        for name in _OURS:
            os.environ.pop(name, None)
    return Path(os.environ["LIANYI_HOME"])


def _sweep() -> None:
    """Ends the servers of sessions of ours that were killed, and removes their homes."""
    for home in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        pid = home.name.removeprefix(_PREFIX).partition("-")[0]
        if pid.isdigit() and not leftovers.alive(int(pid)) and home.stat().st_uid == os.getuid():
            remove_home(home)


def remove_home(home: Path) -> None:
    """Removes a home, and those inside it, with whatever server still runs on them."""
    for data in home.glob("**/pg/data"):
        places = Places.of(data.parent.parent)
        kill(leftovers.processes(places.data))
        places.leave_no_folder()
    shutil.rmtree(home, ignore_errors=True)


HOME = _home()
signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Removes the home, after everything else has ended."""
    if os.environ.get(_OWNER) == str(os.getpid()):
        remove_home(HOME)
