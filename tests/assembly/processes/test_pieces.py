"""The pieces that the supervisor is made of, each by itself."""

import os
import signal
import socket
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from tests.killing import kill
from tests.program import alive, eventually, variables_of

from lianyi.assembly.processes import listening
from lianyi.assembly.processes.child import Child
from lianyi.assembly.processes.memory import installation_pids, pss, tree
from lianyi.assembly.processes.presence import Presence, Running, running
from lianyi.assembly.processes.ready import answers
from lianyi.kernel.errors import Refused


@pytest.mark.parametrize(
    ("bind", "place"),
    [
        ("127.0.0.1:8620", ("127.0.0.1", 8620)),
        ("localhost:0", ("localhost", 0)),
        ("[::1]:80", ("::1", 80)),
        (":9000", ("0.0.0.0", 9000)),
    ],
)
def test_addresses_to_listen_at(bind: str, place: tuple[str, int]) -> None:
    assert listening.parse_bind(bind) == place


@pytest.mark.parametrize("bind", ["8620", "localhost", "localhost:", "localhost:x", "localhost:70000", "a:-1"])
def test_what_is_no_address_is_refused(bind: str) -> None:
    with pytest.raises(Refused) as refusal:
        listening.parse_bind(bind)
    assert refusal.value.code == "up.bind"


def test_without_an_address_the_next_free_port_is_taken() -> None:
    with listening.listen_for_edge("") as first, listening.listen_for_edge("") as second:
        ports = [first.getsockname()[1], second.getsockname()[1]]
    assert listening.DEFAULT_PORT <= ports[0] < ports[1]


def test_nobody_else_can_listen_where_we_do() -> None:
    with listening.listen_for_edge("127.0.0.1:0") as ours, socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        with pytest.raises(OSError, match="Address already in use"):
            other.bind(ours.getsockname())


def test_the_web_socket_replaces_one_that_was_left_and_is_closed_to_others(tmp_path: Path) -> None:
    with listening.listen_for_web(tmp_path), listening.listen_for_web(tmp_path) as second:
        assert (tmp_path / "web.sock").stat().st_mode & 0o777 == 0o600
        assert second.getsockname() == str(tmp_path / "web.sock")


def test_presence_is_told_and_taken_once(tmp_path: Path) -> None:
    assert running(tmp_path) is None
    presence = Presence.take(tmp_path)
    assert running(tmp_path) == Running(os.getpid(), "")
    with pytest.raises(Refused, match="but is still starting"):
        Presence.take(tmp_path)
    presence.tell("http://localhost:1")
    assert running(tmp_path) == Running(os.getpid(), "http://localhost:1")
    with pytest.raises(Refused, match="at http://localhost:1/"):
        Presence.take(tmp_path)
    presence.leave()
    assert running(tmp_path) is None
    Presence.take(tmp_path).leave()


def test_presence_of_the_dead_is_none(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys; from pathlib import Path\n"
        "from lianyi.assembly.processes.presence import Presence\n"
        "Presence.take(Path(sys.argv[1])).tell('http://localhost:1'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], env=variables_of(tmp_path))
    assert done.returncode == -signal.SIGKILL
    assert (tmp_path / "up.lock").read_text() != ""
    assert running(tmp_path) is None


def test_a_process_dies_with_its_parent(tmp_path: Path) -> None:
    script = (
        "import os, subprocess, sys, time\n"
        "code = 'import os, time; from lianyi.assembly.processes.lifeline import die_with;"
        ' die_with(int(os.environ["PARENT"])); print(os.getpid(), flush=True); time.sleep(600)\'\n'
        "subprocess.run([sys.executable, '-c', code], env={**os.environ, 'PARENT': str(os.getpid())})"
    )
    with subprocess.Popen([sys.executable, "-c", script], env=variables_of(tmp_path), stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert alive([child]) == [child]
        parent.kill()
    eventually(lambda: alive([child]) == [], "the child died")


def test_a_process_whose_parent_is_another_ends_at_once(tmp_path: Path) -> None:
    code = "from lianyi.assembly.processes.lifeline import die_with; die_with(1); print('alive')"
    done = subprocess.run([sys.executable, "-c", code], env=variables_of(tmp_path), stdout=subprocess.PIPE)
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, b"")


def test_a_child_that_keeps_dying_is_started_ever_more_slowly(tmp_path: Path) -> None:
    child = Child("nonsense", variables_of(tmp_path), tmp_path)
    now, starts = 100.0, []
    for _ in range(5):
        while child.pid is None:
            child.tend(now)
            now += 0.0 if child.pid else 0.25
        starts.append(now)
        eventually(lambda: _ended(child), "it died")
        child.tend(now)
    assert [later - before for before, later in pairwise(starts)] == [0.0, 0.5, 1.0, 2.0]
    assert "There is no process 'nonsense'." in (tmp_path / "nonsense.log").read_text()


def _ended(child: Child) -> bool:
    return child.pid is None or alive([child.pid]) == []


def test_readiness_is_asked_within_its_time() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        assert not answers(socket.AF_INET, silent.getsockname(), "/healthz")
        silent.listen()
        began = time.monotonic()
        assert not answers(socket.AF_INET, silent.getsockname(), "/healthz")
        assert time.monotonic() - began >= 2.0


def test_memory_is_counted_over_the_tree(tmp_path: Path) -> None:
    with subprocess.Popen(["sh", "-c", "sleep 60 & wait"]) as shell:
        eventually(lambda: len(tree(shell.pid)) == 2, "both run")
        pids = installation_pids(tmp_path, shell.pid)
        assert len(pids) == 2
        assert shell.pid in pids
        sizes = pss(pids)
        assert set(sizes) == set(pids)
        assert all(10_000 < size < 10_000_000 for size in sizes.values())
        kill(pids)
    eventually(lambda: pss(pids) == {}, "both have ended")
