"""A database that is away, a disk that is nearly full: 503 until it is over, then on by itself, and nothing twice."""

import json
import os
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from tests.conftest import Installation, variables_of
from tests.edge.edges import Edge, Said, basic, running_edge, track, until
from tests.program import Up, lianyi

from lianyi.assembly.environment import embedded_conninfo
from lianyi.events.intake.packing import pack
from lianyi.events.lake import queries as lake
from lianyi.events.log.appending import COPY, NewRow, copy_data, day_of

pytestmark = [pytest.mark.database, pytest.mark.crash]


def new_key(home: Path) -> str:
    made = lianyi(home, "key", "create", "--kind", "server")
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


def send(edge: Edge, key: str, number: int) -> Said:
    body = json.dumps({"batch": [track(number)]}).encode()
    return edge.ask("POST", "/v1/batch", body, {"Authorization": basic(key)})


def test_without_the_database(installation: Installation) -> None:
    key = new_key(installation.home)
    with running_edge(installation.home) as edge:
        assert send(edge, key, 1).status == 200
        installation.server.stop()
        for _ in range(3):
            said = send(edge, key, 2)
            assert (said.status, said.code, said.headers["retry-after"]) == (503, "log.unavailable", "5")
        assert (edge.ask("GET", "/readyz").status, edge.ask("GET", "/healthz").status) == (503, 200)
        installation.server.start()
        until(lambda: send(edge, key, 2).status == 200, 30, lambda: "events are taken again")
        assert edge.ask("GET", "/readyz").status == 200
        with psycopg.connect(embedded_conninfo(installation.home)) as database:
            (bodies,) = database.execute("SELECT array_agg(body) FROM log").fetchone() or ([],)
    assert {json.loads(body)["batch"][0]["messageId"] for body in bodies} == {"m1", "m2"}


@pytest.fixture
def small_disk(empty_home: Path) -> Iterator[Path]:
    """A file system of 300 MB."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to mount a small disk")
    place = empty_home / "disk"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300m", "tmpfs", str(place)], capture_output=True, text=True
    )
    if done.returncode != 0:
        pytest.skip(f"needs to mount a tmpfs, which was refused: {done.stderr.strip()}")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_disk_that_is_nearly_full(small_disk: Path, new_home: Callable[[Path], Path]) -> None:
    home = new_home(small_disk / "home")
    acknowledged: list[str] = []
    with Up.start(home, "--json", LIANYI_MIN_FREE="60 MB") as running:
        running.wait_until_ready()
        edge = Edge(int(running.ready["url"].rpartition(":")[2].strip("/")), running.process, variables_of(home))
        key = running.ready["write_key"]
        seen: Counter[tuple[int, str]] = Counter()

        def sending(number: int) -> Said:
            said = send(edge, key, number)
            seen[said.status, "" if said.status == 200 else said.code] += 1
            if said.status == 200:
                acknowledged.append(f"m{number}")
            return said

        for number in range(20):
            assert sending(number).status == 200
        drained = lianyi(home, "drain", "--timeout", "60")
        assert drained.returncode == 0, drained.stderr
        ballast = small_disk / "ballast"
        free = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize
        subprocess.run(["fallocate", "-l", str(free - 40_000_000), str(ballast)], check=True)
        until(lambda: sending(100).status == 503, 10, lambda: "it takes no more")
        assert sending(101).code == "disk.full"
        assert edge.ask("GET", "/readyz").code == "disk.full"
        time.sleep(1)
        _append_beside_the_door(home)
        time.sleep(3)
        assert _waiting(home) == 1  # the worker has paused
        ballast.unlink()
        until(lambda: sending(101).status == 200, 30, lambda: "it takes events again")
        for number in range(200, 210):
            assert sending(number).status == 200
        drained = lianyi(home, "drain", "--timeout", "60")
        assert drained.returncode == 0, drained.stderr
        assert set(seen) == {(200, ""), (503, "disk.full")}
        rows = [json.loads(row.raw) for _, rows in lake.batches_after(str(home / "lake"), 1, 0) for row in rows]
        counted = Counter(row["messageId"] for row in rows)
        assert counted == Counter({*acknowledged, "beside"})
        assert running.stop() == 0


def _append_beside_the_door(home: Path) -> None:
    now = time.time_ns() // 1000
    with psycopg.connect(embedded_conninfo(home)) as database:
        (key,) = database.execute("SELECT min(id) FROM write_key").fetchone() or (0,)
        body = json.dumps({"batch": [track(messageId="beside")]}).encode()
        row = NewRow(day_of(now), 1, key, "segment", now, 1, pack([b"beside".ljust(16)], [now]), body)
        with database.cursor().copy(COPY) as copy:
            copy.write(copy_data([row]))


def _waiting(home: Path) -> int:
    with psycopg.connect(embedded_conninfo(home)) as database:
        found = database.execute("SELECT count(*) FROM log WHERE batch IS NULL").fetchone()
    assert found is not None
    return int(found[0])
