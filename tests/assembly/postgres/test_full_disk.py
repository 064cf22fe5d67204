"""A disk that runs full under the server, and has room again."""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.assembly.postgres.conftest import needs_root

from lianyi.assembly.postgres import EmbeddedPostgres, State

pytestmark = [pytest.mark.database, pytest.mark.crash, needs_root]
_SMALL = {"max_wal_size": "48MB", "min_wal_size": "32MB"}


@pytest.fixture
def small_disk(empty_home: Path) -> Iterator[Path]:
    """A file system of 160 MB."""
    place = empty_home / "disk"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=160m", "tmpfs", str(place)], capture_output=True, text=True
    )
    if done.returncode != 0:
        pytest.skip(f"needs to mount a tmpfs, which was refused: {done.stderr.strip()}")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def _fill(place: Path, leave: int) -> None:
    free = os.statvfs(place).f_bavail * os.statvfs(place).f_frsize
    subprocess.run(["fallocate", "-l", str(max(free - leave, 4096)), str(place / "ballast")], check=True)


def test_a_full_disk_stops_the_server_and_room_brings_it_back(small_disk: Path) -> None:
    with EmbeddedPostgres(small_disk / "home", settings=_SMALL) as server:
        committed = _write_until_it_fails(server, small_disk)
        assert committed > 0
        clock, states = 0.0, []
        while len(states) < 8:  # full: it may die and be launched, but tending never raises
            states.append(server.tend(clock))
            clock += 1.0
            time.sleep(0.05)
        (small_disk / "ballast").unlink()
        deadline = time.monotonic() + 30
        while server.tend(clock) is not State.UP or not _answers(server):
            assert time.monotonic() < deadline, server.places.log.read_text()
            clock += 1.0
            time.sleep(0.05)
        with psycopg.connect(server.conninfo) as connection:
            found = connection.execute("SELECT count(*), max(number) FROM written").fetchone()
            assert found in ((committed, committed), (committed + 1, committed + 1))  # the last may be in doubt
            connection.execute("INSERT INTO written VALUES (0, 'it takes writes again')")


def _write_until_it_fails(server: EmbeddedPostgres, disk: Path) -> int:
    """The number of rows that were committed before the disk was full and the server died."""
    number = 0
    with psycopg.connect(server.conninfo, autocommit=True) as connection:
        connection.execute("CREATE TABLE written (number int, filler text)")
        connection.execute("ALTER TABLE written ALTER filler SET STORAGE EXTERNAL")
        _fill(disk, leave=4_000_000)
        try:
            while number < 5_000:
                connection.execute("INSERT INTO written VALUES (%s, repeat('x', 100000))", [number + 1])
                number += 1
        except psycopg.OperationalError:
            return number
        raise AssertionError("the disk did not become full")


def _answers(server: EmbeddedPostgres) -> bool:
    try:
        with psycopg.connect(server.conninfo) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False
