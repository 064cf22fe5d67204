"""Under whose account the server runs, and to whom its files belong."""

import os
import pwd
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from tests.assembly.postgres.conftest import OTHER_USER, as_other_user, kept, needs_root, postmaster_of, write
from tests.conftest import FAST

from lianyi.assembly.postgres import EmbeddedPostgres, Provider
from lianyi.kernel.errors import Refused

pytestmark = [pytest.mark.database, needs_root]
CAP_DAC_OVERRIDE = 1 << 1


def _owners(folder: Path) -> set[int]:
    return {path.lstat().st_uid for path in folder.rglob("*")}


def _status(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def test_roots_server_runs_unprivileged_with_one_capability(empty_home: Path) -> None:
    home = empty_home / "below"
    empty_home.chmod(0o700)  # a folder that only root can enter, as /root is
    nobody = pwd.getpwnam("nobody").pw_uid
    with EmbeddedPostgres(home, settings=FAST) as server:
        status = _status(postmaster_of(server))
        assert status["Uid"].split() == [str(nobody)] * 4
        assert {status[name] for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")} == {f"{CAP_DAC_OVERRIDE:016x}"}
        write(server, 1)
        assert _owners(server.places.data) == {nobody}
        assert {path.stat().st_uid for path in (home, server.places.root, server.places.sockets)} == {0}
    assert empty_home.stat().st_mode & 0o777 == 0o700
    assert {(home / name).stat().st_mode & 0o777 for name in ("pg", "run")} == {0o700}


def test_programs_may_lie_where_only_root_can_enter(empty_home: Path, open_provider: Provider) -> None:
    closed = open_provider.programs.parents[2]
    closed.chmod(0o700)
    try:
        with EmbeddedPostgres(empty_home, settings=FAST, provider=open_provider) as server:
            write(server, 1)
            assert kept(server) == [1]
    finally:
        closed.chmod(0o755)


def test_nobody_else_reaches_roots_database(open_folder: Path, new_home: Callable[[Path], Path]) -> None:
    open_folder.chmod(0o755)
    os.chown(open_folder, 0, 0)
    with EmbeddedPostgres(new_home(open_folder)) as server:

        def connect() -> None:
            psycopg.connect(server.conninfo)

        with pytest.raises(psycopg.OperationalError, match="Permission denied"):
            as_other_user(connect)


def test_an_ordinary_user_needs_no_root(open_folder: Path, open_provider: Provider) -> None:
    home = open_folder / "home"

    def use() -> tuple[list[int], set[int], list[str]]:
        with EmbeddedPostgres(home, settings=FAST, provider=open_provider) as server:
            write(server, 1)
            status = _status(postmaster_of(server))
            return kept(server), _owners(home), [*status["Uid"].split(), status["CapEff"]]

    uid = pwd.getpwnam(OTHER_USER).pw_uid
    assert as_other_user(use) == ([1], {uid}, [*[str(uid)] * 4, f"{0:016x}"])


def test_root_and_the_owner_of_a_home_can_take_turns(open_folder: Path, open_provider: Provider) -> None:
    uid = pwd.getpwnam(OTHER_USER).pw_uid

    def use(number: int) -> list[int]:
        with EmbeddedPostgres(open_folder, settings=FAST, provider=open_provider) as server:
            write(server, number)
            return kept(server)

    assert use(1) == [1]  # as root, in somebody's empty home
    assert _owners(open_folder) == {uid}
    assert as_other_user(lambda: use(2)) == [1, 2]
    assert use(3) == [1, 2, 3]
    assert as_other_user(lambda: use(4)) == [1, 2, 3, 4]
    assert _owners(open_folder) == {uid}


def test_the_owner_joins_the_server_that_root_runs(open_folder: Path, open_provider: Provider) -> None:
    with EmbeddedPostgres(open_folder, settings=FAST, provider=open_provider) as server:
        write(server, 1)

        def use() -> list[int]:
            with EmbeddedPostgres(open_folder, settings=FAST, provider=open_provider) as joined:
                return kept(joined)

        assert as_other_user(use) == [1]
        assert server.is_running()


def test_a_home_of_somebody_else_is_refused(
    open_folder: Path, open_provider: Provider, new_home: Callable[[Path], Path]
) -> None:
    os.chown(open_folder, 0, 0)
    open_folder.chmod(0o755)
    with EmbeddedPostgres(new_home(open_folder)) as server:
        write(server, 1)
    before = sorted(open_folder.rglob("*"))

    def refused() -> str:
        try:
            EmbeddedPostgres(open_folder, settings=FAST, provider=open_provider).start()
        except Refused as error:
            return error.code
        return "started"

    assert as_other_user(refused) == "postgres.owner"
    assert sorted(open_folder.rglob("*")) == before
    with server:
        assert kept(server) == [1]
