"""Starting, sharing and stopping one home's server."""

import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psycopg
import pytest
from tests.assembly.postgres.conftest import kept, postmaster_of, write
from tests.conftest import FAST, Installation, variables_of

from lianyi.assembly.environment import Environment
from lianyi.assembly.postgres import EmbeddedPostgres, preferred
from lianyi.assembly.postgres.account import account_for
from lianyi.assembly.postgres.cluster import control_data
from lianyi.assembly.postgres.server import State
from lianyi.kernel.errors import Broken, Refused

pytestmark = pytest.mark.database

# Starts, says which process serves, waits for a line, leaves.
_USER = """
import sys
from pathlib import Path
from lianyi.assembly.postgres import EmbeddedPostgres
with EmbeddedPostgres(Path(sys.argv[1])) as server:
    print((server.places.data / "postmaster.pid").read_text().split()[0], flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def users() -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that use a server until they get a line."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        process.kill()
        process.communicate()


def _user(home: Path, before: Sequence[str] = ()) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*before, sys.executable, "-c", _USER, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=variables_of(home),
    )


def test_a_fresh_home_gets_a_server_with_our_settings_role_and_database(empty_home: Path) -> None:
    with EmbeddedPostgres(empty_home) as server, psycopg.connect(server.conninfo, autocommit=True) as connection:
        shown = {
            name: connection.execute("SELECT current_setting(%s)", [name]).fetchone()
            for name in ("listen_addresses", "fsync", "jit", "max_connections", "shared_buffers", "server_encoding")
        }
        words = connection.execute("SELECT w FROM unnest(%s::text[]) w ORDER BY w", [["ä", "a", "中", "B"]])
        role = connection.execute(
            "SELECT current_user, rolsuper, rolcreatedb, current_database() FROM pg_roles WHERE rolname = current_user"
        )
        connection.execute("CREATE EXTENSION pg_trgm")
        connection.execute("CHECKPOINT")
        assert shown == {
            "listen_addresses": ("",),
            "fsync": ("on",),
            "jit": ("off",),
            "max_connections": ("40",),
            "shared_buffers": ("128MB",),
            "server_encoding": ("UTF8",),
        }
        assert words.fetchall() == [("B",), ("a",), ("ä",), ("中",)]
        assert role.fetchone() == ("lianyi", False, True, "lianyi")


def test_the_environment_and_the_server_name_the_same_database(stopped_home: Path) -> None:
    environment = Environment.read({"LIANYI_HOME": str(stopped_home)})
    with EmbeddedPostgres(stopped_home) as server:
        write(server, 7)
        for conninfo in (environment.conninfo(), server.url):
            with psycopg.connect(conninfo) as connection:
                assert connection.execute("SELECT number FROM kept").fetchall() == [(7,)]


def test_what_was_written_is_there_after_a_stop_and_the_stop_is_clean(stopped_home: Path) -> None:
    server = EmbeddedPostgres(stopped_home)
    server.start()
    write(server, 1, 2)
    client = psycopg.connect(server.conninfo)  # a client that does not leave holds nobody up
    server.stop()
    with client, pytest.raises(psycopg.OperationalError):
        client.execute("SELECT 1")
    assert not server.is_running()
    assert server.pids() == []
    facts = control_data(server.places.data, preferred(), account_for(stopped_home, server.places.data))
    assert facts["Database cluster state"] == "shut down"
    with server:
        assert kept(server) == [1, 2]


def test_the_last_one_to_leave_stops_the_server(stopped_home: Path) -> None:
    first, second = EmbeddedPostgres(stopped_home), EmbeddedPostgres(stopped_home)
    first.start()
    second.start()
    pid = postmaster_of(first)
    first.stop()
    assert second.is_running()
    assert postmaster_of(second) == pid
    second.stop()
    assert not first.is_running()


def test_many_who_start_at_once_share_one_server(empty_home: Path, users: list[subprocess.Popen[str]]) -> None:
    users += [_user(empty_home) for _ in range(3)]
    pids = {process.stdout.readline() for process in users if process.stdout}
    assert len(pids) == 1
    assert [process.communicate("\n")[1] and process.returncode for process in users] == [None] * 3
    assert [process.returncode for process in users] == [0] * 3
    server = EmbeddedPostgres(empty_home)
    assert server.pids() == []
    assert server.places.log.read_text().count("starting PostgreSQL") == 1


def test_a_killed_user_leaves_the_server_to_the_next_one(
    stopped_home: Path, users: list[subprocess.Popen[str]]
) -> None:
    users.append(_user(stopped_home))
    assert users[0].stdout is not None
    pid = int(users[0].stdout.readline())
    users[0].send_signal(signal.SIGKILL)
    users[0].wait()
    server = EmbeddedPostgres(stopped_home)
    assert server.is_running()
    server.start()
    assert postmaster_of(server) == pid
    server.stop()
    assert server.pids() == []


def test_a_starter_that_waits_too_long_is_refused(empty_home: Path) -> None:
    server = EmbeddedPostgres(empty_home)
    server.places.prepare()
    with (server.places.root / "start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Refused) as refused:
            server.start(within=0.1)
    assert refused.value.code == "postgres.busy"
    assert not server.places.data.exists()
    assert server.pids() == []


def test_whoever_waits_for_another_to_stop_starts_all_the_same(stopped_home: Path) -> None:
    server = EmbeddedPostgres(stopped_home, settings=FAST)
    server.places.prepare()
    server.places.sockets.rmdir()
    starting = threading.Thread(target=server.start)
    with (server.places.root / "start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        starting.start()
        while starting.is_alive() and not server.places.sockets.exists():
            time.sleep(0.005)
        server.places.sockets.rmdir()  # as the last one to leave does
    starting.join()
    try:
        assert server.is_running()
    finally:
        server.stop()


def test_two_homes_have_nothing_in_common(empty_home: Path, new_home: Callable[[Path], Path]) -> None:
    first, second = new_home(empty_home / "a"), new_home(empty_home / "b")
    with EmbeddedPostgres(first) as one, EmbeddedPostgres(second) as other:
        write(one, 1)
        write(other, 2)
        assert (kept(one), kept(other)) == ([1], [2])
        assert set(one.pids()).isdisjoint(other.pids())
        one.stop()
        assert other.is_running()


@pytest.mark.parametrize("name", ["long" * 30, 'it\'s a, "涟漪" \\ home'], ids=["long", "awkward"])
def test_any_path_will_do(empty_home: Path, new_home: Callable[[Path], Path], name: str) -> None:
    home = new_home(empty_home / name)
    with EmbeddedPostgres(home) as server:
        write(server, 3)
        assert kept(server) == [3]
        assert len(os.fsencode(server.places.sockets / ".s.PGSQL.5432")) <= 107
        assert server.places.sockets.stat().st_mode & 0o777 == 0o700
        sockets = server.places.sockets
    assert not sockets.exists()  # outside the home nothing stays behind
    with EmbeddedPostgres(home / ".." / name) as server:
        assert kept(server) == [3]


def test_a_socket_folder_that_is_no_folder_of_ours_is_refused(empty_home: Path) -> None:
    server = EmbeddedPostgres(empty_home / ("long" * 30))
    elsewhere = empty_home / "elsewhere"
    elsewhere.mkdir()
    server.places.sockets.symlink_to(elsewhere)
    try:
        with pytest.raises(Refused) as refused:
            server.start()
        assert refused.value.code == "postgres.folder"
        assert list(elsewhere.iterdir()) == []
        assert server.pids() == []
    finally:
        server.places.sockets.unlink()


def test_a_server_that_cannot_start_says_why_and_leaves_nothing_running(stopped_home: Path) -> None:
    server = EmbeddedPostgres(stopped_home)
    server.places.prepare()
    custom = server.places.root / "custom.conf"
    custom.write_text("max_connections = many\n")
    with pytest.raises(Broken, match="max_connections"):
        server.start()
    assert server.pids() == []
    custom.write_text("max_connections = 17\n")
    with server, psycopg.connect(server.conninfo) as connection:
        assert connection.execute("SHOW max_connections").fetchone() == ("17",)


def test_the_log_has_no_words_of_people(installation: Installation) -> None:
    with psycopg.connect(installation.server.conninfo, autocommit=True) as connection:
        connection.execute("CREATE TABLE t (phone text PRIMARY KEY)")
        connection.execute("INSERT INTO t VALUES ('13800138000')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO t VALUES ('13800138000')")
    log = installation.server.places.log.read_text()
    assert "duplicate key value violates unique constraint" in log
    assert "13800138000" not in log


@pytest.fixture
def apart() -> list[str]:
    """What to put before a command so that it sees no processes but its own, as in a container."""
    command = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"]
    if subprocess.run([*command, "true"], capture_output=True).returncode != 0:
        pytest.skip("needs namespaces of processes, which were refused")
    return command


def test_a_user_in_another_container_joins_the_server(
    installation: Installation, apart: list[str], users: list[subprocess.Popen[str]]
) -> None:
    write(installation.server, 1)
    users.append(_user(installation.home, apart))
    assert users[0].stdout is not None
    assert int(users[0].stdout.readline()) == postmaster_of(installation.server)
    users[0].communicate("\n")
    assert users[0].returncode == 0
    assert installation.server.tend(0.0) is State.UP
    assert installation.server.restarts == 0
    assert kept(installation.server) == [1]


def test_a_server_in_another_container_is_joined_and_left_alone(
    stopped_home: Path, apart: list[str], users: list[subprocess.Popen[str]]
) -> None:
    users.append(_user(stopped_home, apart))
    assert users[0].stdout is not None
    users[0].stdout.readline()
    server = EmbeddedPostgres(stopped_home)
    pids = server.pids()
    assert len(pids) >= 4
    postmaster = min(pids)  # others come and go
    with server:
        write(server, 1)
        assert postmaster in server.pids()
    assert postmaster in server.pids()
    users[0].communicate("\n")
    assert users[0].returncode == 0
    assert server.pids() == []
    with server:
        assert kept(server) == [1]
