"""Servers that were killed, and what they left behind."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from tests.assembly.postgres.conftest import kept, postmaster_of, write
from tests.conftest import Installation
from tests.killing import kill

from lianyi.assembly.postgres import EmbeddedPostgres, State, leftovers, process
from lianyi.assembly.postgres.account import account_for

pytestmark = [pytest.mark.database, pytest.mark.crash]


def _wait_until_gone(pids: list[int]) -> None:
    deadline = time.monotonic() + 10
    while any(leftovers.alive(pid) for pid in pids):
        assert time.monotonic() < deadline, pids
        time.sleep(0.01)


def _tend_until_up(server: EmbeddedPostgres) -> None:
    deadline = time.monotonic() + 30
    while server.tend(time.monotonic()) is not State.UP:
        assert time.monotonic() < deadline, server.places.log.read_text()
        time.sleep(0.02)


def _tend_while_starting(server: EmbeddedPostgres, now: float) -> None:
    deadline = time.monotonic() + 30
    while server.tend(now) is State.STARTING:
        assert time.monotonic() < deadline, server.places.log.read_text()
        time.sleep(0.01)


def test_a_killed_postmaster_is_brought_back_with_all_that_was_committed(installation: Installation) -> None:
    server = installation.server
    assert server.tend(time.monotonic()) is State.UP
    for number in range(5):
        write(server, number)
        killed = postmaster_of(server)
        os.kill(killed, signal.SIGKILL)
        _wait_until_gone([killed])
        _tend_until_up(server)
        assert postmaster_of(server) != killed
        assert kept(server) == list(range(number + 1))
    assert server.restarts == 5


def test_a_server_killed_whole_is_started_again(installation: Installation) -> None:
    server = installation.server
    write(server, 1, 2, 3)
    pids = server.pids()
    assert len(pids) >= 4
    kill(pids)
    _wait_until_gone(pids)
    with EmbeddedPostgres(installation.home) as other:  # not the one that had started it
        assert kept(other) == [1, 2, 3]
        assert server.tend(time.monotonic()) is State.UP
        assert server.restarts == 0


def _children(postmaster: int) -> dict[str, int]:
    """The last word of each child's title, and the child."""
    found = {}
    for child in Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split():
        with suppress(OSError):
            title = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")[0].decode()
            found[title.rpartition(": ")[2].split(" ")[0]] = int(child)
    return found


def _left_standing_still(server: EmbeddedPostgres) -> int:
    """The postmaster, after the process that read the log again was killed: PostgreSQL itself waits for ever then."""
    postmaster, deadline = postmaster_of(server), time.monotonic() + 60
    still_since = time.monotonic()
    while time.monotonic() < still_since + 1:
        assert time.monotonic() < deadline, server.places.log.read_text()
        if leftovers.at_work(postmaster):
            still_since = time.monotonic()
        children = _children(postmaster)
        for name in ("walwriter", "startup"):  # now and then it is faster than this, and serves again
            if name in children:
                kill([children[name]])
    return postmaster


def test_a_server_that_stands_still_is_started_anew(installation: Installation) -> None:
    server = installation.server
    write(server, 1, 2)
    stuck = _left_standing_still(server)
    deadline = time.monotonic() + 60
    while postmaster_of(server) == stuck or server.tend(time.monotonic()) is not State.UP:
        server.tend(time.monotonic())
        assert time.monotonic() < deadline, server.places.log.read_text()
        time.sleep(0.1)
    assert kept(server) == [1, 2]


def test_a_program_that_comes_meanwhile_starts_it_anew(installation: Installation) -> None:
    write(installation.server, 1, 2)
    stuck = _left_standing_still(installation.server)
    with EmbeddedPostgres(installation.home) as other:
        assert postmaster_of(other) != stuck
        assert kept(other) == [1, 2]


def _left_standing_still_at_its_start(server: EmbeddedPostgres) -> int:
    """The postmaster of a start during which two children were killed: it says that it is starting, and waits for ever.
    Now and then it is faster than this, and another is tried.
    """
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        _wait_until_gone([_killed(server)])
        victims, still_since, postmaster = ["background", "startup"], time.monotonic(), 0
        while time.monotonic() < still_since + 1:
            server.tend(time.monotonic())
            found = leftovers.postmaster(server.places.data)
            if found is None or found.ready or leftovers.at_work(found.pid):
                still_since = time.monotonic()
            if found is not None and postmaster not in (0, found.pid):
                break
            if found is not None:
                postmaster = found.pid
                children = _children(postmaster)
                if found.ready:
                    break
                if victims and victims[0] in children:
                    kill([children[victims.pop(0)]])
            time.sleep(0.001)
        else:
            return postmaster
    raise AssertionError(server.places.log.read_text())


def _killed(server: EmbeddedPostgres) -> int:
    postmaster = postmaster_of(server)
    kill([postmaster])
    return postmaster


def test_a_server_that_stands_still_at_its_start_is_started_anew(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_STARTS_WITHIN", 2.0)
    server = installation.server
    write(server, 1, 2)
    stuck = _left_standing_still_at_its_start(server)
    _tend_until_up(server)
    assert postmaster_of(server) != stuck
    assert kept(server) == [1, 2]
    stuck = _left_standing_still_at_its_start(server)
    with EmbeddedPostgres(installation.home) as other:  # a program that comes meanwhile
        assert postmaster_of(other) != stuck
        assert kept(other) == [1, 2]


def test_a_killed_backend_is_the_servers_own_business(installation: Installation) -> None:
    server = installation.server
    write(server, 1)
    with psycopg.connect(server.conninfo) as connection:
        pid = postmaster_of(server)
        os.kill(connection.info.backend_pid, signal.SIGKILL)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    deadline = time.monotonic() + 10
    while True:
        try:
            assert kept(server) == [1]
            break
        except psycopg.OperationalError:  # it is reading its log again
            assert time.monotonic() < deadline
            time.sleep(0.02)
    assert postmaster_of(server) == pid
    assert server.restarts == 0


def test_an_orphan_in_the_middle_of_its_work_does_not_hold_up_the_next_start(installation: Installation) -> None:
    server = installation.server
    write(server, 1)
    with psycopg.connect(server.conninfo) as busy:
        pid = busy.info.backend_pid
        # A tight loop of the backend, which does not notice that its postmaster has died.
        busy.pgconn.send_query(b"DO $$ DECLARE n int := 0; BEGIN LOOP n := n # 1; END LOOP; END $$")
        killed = postmaster_of(server)
        os.kill(killed, signal.SIGKILL)
        _wait_until_gone([killed])
        assert leftovers.alive(pid)
        _tend_until_up(server)
        assert not leftovers.alive(pid)
        busy.pgconn.finish()
    assert kept(server) == [1]


def test_a_pid_file_that_names_some_other_process_is_stale(stopped_home: Path) -> None:
    server = EmbeddedPostgres(stopped_home)
    account = account_for(stopped_home, server.places.data)
    innocent = subprocess.Popen([*account.prefix, "sleep", "60"])
    try:
        time.sleep(0.1)
        pid_file = server.places.data / "postmaster.pid"
        pid_file.write_text(f"{innocent.pid}\n{server.places.data}\n0\n5432\n\n\n\nready   \n")
        os.chown(pid_file, account.uid, account.gid)
        server.places.sockets.mkdir(mode=0o700, exist_ok=True)
        (server.places.sockets / ".s.PGSQL.5432.lock").write_text(f"{innocent.pid}\n")
        assert not server.is_running()
        with server:
            write(server, 1)
        assert innocent.poll() is None
    finally:
        innocent.kill()
        innocent.wait()


def test_an_empty_pid_file_is_stale(stopped_home: Path) -> None:
    server = EmbeddedPostgres(stopped_home)
    (server.places.data / "postmaster.pid").touch()
    with server:
        write(server, 1)
        assert kept(server) == [1]


def test_a_server_that_cannot_come_back_is_tried_again_at_growing_intervals(installation: Installation) -> None:
    server = installation.server
    write(server, 1)
    custom = server.places.root / "custom.conf"
    custom.write_text("max_connections = many\n")
    pids = server.pids()
    os.kill(postmaster_of(server), signal.SIGKILL)
    _wait_until_gone(pids)
    launched = []
    for tenth in range(200):  # twenty seconds of a clock of our own
        before = server.restarts
        server.tend(tenth / 10)
        if server.restarts > before:
            launched.append(tenth / 10)
            _tend_while_starting(server, tenth / 10)
    assert launched == [0.0, 0.5, 1.5, 3.5, 7.5, 12.5, 17.5]
    custom.unlink()
    server.tend(100.0)
    _tend_until_up(server)
    assert kept(server) == [1]
