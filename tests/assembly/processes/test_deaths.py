"""What dies comes back; and when the supervisor itself is killed, nothing stays behind."""

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from tests.program import Up, alive, eventually, parent_of

Start = Callable[..., Up]


@pytest.mark.crash
@pytest.mark.parametrize("name", ["edge", "web", "worker"])
def test_a_killed_process_comes_back(up: Start, name: str) -> None:
    running = up("--json").wait_until_ready()
    before = running.children()
    assert set(before) == {"edge", "web", "worker"}
    os.kill(before[name], signal.SIGKILL)
    eventually(lambda: running.children().get(name, before[name]) != before[name], f"{name} came back")
    after = running.children()
    assert {other: pid for other, pid in after.items() if other != name} == {
        other: pid for other, pid in before.items() if other != name
    }
    assert running.get("/readyz")[0] == 200  # a caller waits in the queue meanwhile
    ended = [line for line in running.happenings() if line["event"] == "process.ended"]
    assert [(line["child"], line["code"]) for line in ended] == [(name, -9)]
    assert running.stop() == 0


@pytest.mark.crash
@pytest.mark.parametrize("name", ["edge", "web"])
def test_a_server_whose_worker_was_killed_comes_back_whole(up: Start, name: str) -> None:
    running = up("--json").wait_until_ready()
    before = running.children()[name]
    (inner,) = [pid for pid in running.pids() if parent_of(pid) == before]
    os.kill(inner, signal.SIGKILL)
    eventually(lambda: running.children().get(name, before) != before, f"{name} came back")
    eventually(lambda: running.get("/readyz")[0] == 200, "it is ready again")
    assert alive([inner, before]) == []


@pytest.mark.crash
def test_a_killed_postgres_comes_back(up: Start, stopped_home: Path) -> None:
    running = up("--json").wait_until_ready()
    pid_file = stopped_home / "pg" / "data" / "postmaster.pid"
    before = int(pid_file.read_text().split()[0])
    os.kill(before, signal.SIGKILL)

    def another() -> bool:
        lines = pid_file.read_text().splitlines() if pid_file.exists() else []
        return len(lines) > 7 and int(lines[0]) != before and lines[7].strip() == "ready"

    eventually(another, "PostgreSQL came back")
    eventually(lambda: running.get("/readyz")[0] == 200, "it is ready again")
    assert running.stop() == 0
    assert not pid_file.exists()


@pytest.mark.crash
def test_nothing_outlives_a_killed_supervisor(up: Start, stopped_home: Path) -> None:
    running = up("--json").wait_until_ready()
    pids = running.pids()
    running.process.kill()
    running.process.wait()
    eventually(lambda: alive(pids) == [], "everything ended")
    again = up("--json").wait_until_ready()
    assert again.ready["write_key"] == running.ready["write_key"]
    assert again.get("/healthz")[0] == 200


@pytest.mark.crash
def test_callers_wait_while_the_edge_comes_back(up: Start) -> None:
    """The supervisor holds the listening socket: no connection is refused."""
    running = up("--json").wait_until_ready()
    edge = psutil.Process(running.children()["edge"])
    for process in [*edge.children(recursive=True), edge]:  # a dying worker would still take a call
        process.kill()
    answers: list[int] = []
    callers = [threading.Thread(target=lambda: answers.append(running.get("/healthz")[0])) for _ in range(8)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert answers == [200] * 8
