"""`lianyi up` and `down` as a user meets them."""

import json
import re
import signal
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.program import Up, alive, eventually, lianyi

Start = Callable[..., Up]


def test_up_says_where_it_is_and_how_to_sign_in(up: Start) -> None:
    running = up()
    assert re.fullmatch(r"Ready http://localhost:\d+/\n", running.line())
    assert re.fullmatch(r"Sign in http://localhost:\d+/sign-in/lys_[A-Za-z0-9_-]{32}\n", running.line())
    assert running.stop() == 0
    assert running.process.stdout is not None
    assert running.process.stdout.read() == b""


def test_up_answers_at_its_address_and_ends_without_a_trace(up: Start, stopped_home: Path) -> None:
    running = up("--json").wait_until_ready()
    assert set(running.ready) == {"url", "sign_in", "workspace", "write_key"}
    assert running.ready["workspace"] == "default"
    assert running.ready["write_key"].startswith("lyw_")
    assert running.ready["sign_in"].startswith(f"{running.ready['url']}sign-in/lys_")
    assert running.get("/healthz")[0] == 200
    assert running.get("/readyz")[0] == 200
    pids = running.pids()
    assert len(pids) > 8
    assert running.stop() == 0
    assert alive(pids) == []
    assert lianyi(stopped_home, "down", "--json").stdout == '{"stopped": false, "url": null}\n'


def test_the_same_home_comes_up_again_with_the_same_key(up: Start, stopped_home: Path) -> None:
    first = up("--json").wait_until_ready()
    assert first.stop() == 0
    second = up("--json").wait_until_ready()
    assert second.ready["write_key"] == first.ready["write_key"]
    assert second.ready["workspace"] == "default"
    assert second.ready["sign_in"] != first.ready["sign_in"]


def test_a_second_up_is_refused_and_changes_nothing(up: Start, stopped_home: Path) -> None:
    running = up("--json").wait_until_ready()
    before = running.children()
    second = lianyi(stopped_home, "up")
    assert second.returncode == 1
    assert second.stdout == ""
    assert second.stderr == (
        f"Lianyi already runs in {stopped_home}, at {running.ready['url']}. "
        "Stop it with `lianyi down`, or name another LIANYI_HOME.\n"
    )
    assert running.get("/healthz")[0] == 200
    assert running.children() == before


def test_an_address_that_is_taken_is_refused(stopped_home: Path, busy_port: int) -> None:
    done = lianyi(stopped_home, "up", LIANYI_BIND=f"127.0.0.1:{busy_port}")
    assert done.returncode == 1
    assert done.stderr == (
        f"LIANYI_BIND is 127.0.0.1:{busy_port}, where nothing can listen: the address is in use. "
        "Name another address, or leave LIANYI_BIND out for the next free port.\n"
    )
    assert not (stopped_home / "pg" / "data" / "postmaster.pid").exists()


def test_an_unknown_workspace_is_refused_and_everything_ends(up: Start, stopped_home: Path) -> None:
    assert up("--json").wait_until_ready().stop() == 0
    done = lianyi(stopped_home, "up", "--workspace", "other")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "There is no workspace 'other'.\n"
    assert not (stopped_home / "pg" / "data" / "postmaster.pid").exists()


def test_the_first_workspace_may_have_another_name(up: Start) -> None:
    running = up("--json", "--workspace", "shop").wait_until_ready()
    assert running.ready["workspace"] == "shop"


def test_detached_it_stays_up_until_down(stopped_home: Path) -> None:
    done = lianyi(stopped_home, "up", "--detach", "--json")
    assert done.returncode == 0, done.stderr
    ready = json.loads(done.stdout)
    try:
        refused = lianyi(stopped_home, "up", "--detach")
        assert refused.returncode == 1
        assert refused.stdout == ""
        assert refused.stderr.startswith(f"Lianyi already runs in {stopped_home}, at {ready['url']}.")
        key = lianyi(stopped_home, "key", "create", "--kind", "browser", "--json")
        assert json.loads(key.stdout)["write_key"].startswith("lyb_")
        link = json.loads(lianyi(stopped_home, "sign-in", "--json").stdout)
        assert link["sign_in"].startswith(f"{ready['url']}sign-in/lys_")
        assert link["email"] == "owner@localhost"
    finally:
        down = lianyi(stopped_home, "down", "--json")
    assert json.loads(down.stdout) == {"stopped": True, "url": ready["url"]}
    assert not (stopped_home / "pg" / "data" / "postmaster.pid").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_ctrl_c_and_a_closed_terminal_end_it_too(up: Start, number: signal.Signals) -> None:
    running = up("--json").wait_until_ready()
    pids = running.pids()
    assert running.stop(number) == 0
    assert alive(pids) == []


def test_a_stop_while_it_starts_leaves_nothing(up: Start, stopped_home: Path) -> None:
    running = up("--json")
    eventually(lambda: (stopped_home / "pg" / "data" / "postmaster.pid").exists(), "PostgreSQL was started")
    pids = running.pids()
    assert running.stop() == 0
    assert alive(pids) == []
    assert not (stopped_home / "pg" / "data" / "postmaster.pid").exists()


def test_no_secret_is_in_the_logs_or_readable_by_others(up: Start, stopped_home: Path) -> None:
    running = up("--json").wait_until_ready()
    secret = running.ready["sign_in"].rpartition("/")[2]
    running.get(f"/sign-in/{secret}")
    assert running.stop() == 0
    for path in (stopped_home / "logs").iterdir():
        text = path.read_text()
        assert secret not in text
        assert running.ready["write_key"] not in text
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
    assert stat.S_IMODE((stopped_home / "secret.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((stopped_home / "logs").stat().st_mode) == 0o700


def test_a_home_that_it_makes_is_closed_to_others(empty_home: Path) -> None:
    home = empty_home / "new"
    assert lianyi(home, "sign-in").returncode == 0
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
