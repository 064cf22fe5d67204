"""Erasing where the lake, and with it a copy of the list, is on S3, and the machine is lost."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.buckets import new_bucket, s3
from tests.people.erasing.test_proof import HERS, HIS, dump, events, found, number_of, send
from tests.program import Up, eventually, lianyi

from lianyi.assembly.postgres import EmbeddedPostgres
from lianyi.events.lake import queries as lake
from lianyi.events.lake.beside import read_beside

pytestmark = pytest.mark.slow


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A lake's address, which every process of the test reaches."""
    with s3() as variables:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        yield new_bucket(variables)


def in_lake(bucket: str) -> set[str]:
    """Who is in the data files of the only workspace."""
    (workspace,) = {path for path in ("1", "2", "3") if lake.version(bucket, path) >= 0}
    everybody = {*HERS, *HIS}
    counted = lake.scan(bucket, workspace, [one.encode() for one in everybody])
    return {one for one in everybody if counted[one.encode()]}


def different(home: Path, bucket: str) -> list[str]:
    names = ("identity", "profiles", "lifecycle")
    told = [lianyi(home, "replay", name, "--check", "--json", LIANYI_LAKE=bucket) for name in names]
    return [table for one in told for table in json.loads(one.stdout)["different"]]


@pytest.mark.parametrize("passed", [True, False])
def test_who_was_erased_does_not_come_back_from_an_older_backup_though_the_machine_is_lost(
    up: Callable[..., Up], stopped_home: Path, tmp_path: Path, bucket: str, passed: bool
) -> None:
    home, everybody = stopped_home, {*HERS, *HIS}
    running = up("--json", LIANYI_LAKE=bucket).wait_until_ready()
    for person in (HERS, HIS):
        send(running, *events(person))
    assert lianyi(home, "drain", LIANYI_LAKE=bucket).returncode == 0
    older = tmp_path / "older.tar"
    saved = lianyi(home, "backup", str(older), LIANYI_LAKE=bucket)
    assert saved.returncode == 0, saved.stderr
    send(running, *events(HERS, "later"), *events(HIS, "later"))
    assert lianyi(home, "drain", LIANYI_LAKE=bucket).returncode == 0
    eventually(lambda: in_lake(bucket) == everybody, "all is in the lake")

    person = number_of(home, HERS[4])
    how = ("--now",) if passed else ()
    done = lianyi(home, "people", "erase", str(person), "--yes", *how, "--json", LIANYI_LAKE=bucket)
    assert done.returncode == 0, done.stderr
    assert in_lake(bucket) == (set(HIS) if passed else everybody)
    assert found([dump(home)], everybody) == set(HIS)
    assert different(home, bucket) == []
    ((name, content),) = read_beside(bucket, "erased")
    assert found([content], everybody) == set()
    assert (home / "erased" / name).read_bytes() == content
    assert running.stop() == 0

    lost = home.rename(home.with_name(f"{home.name}-lost"))
    shutil.rmtree(lost)
    restored = lianyi(home, "restore", str(older), "--json", LIANYI_LAKE=bucket)
    assert restored.returncode == 0, restored.stderr
    told = json.loads(restored.stdout)
    assert (told["erased"], told["cut"] > 0) == (1, True)
    assert in_lake(bucket) == set(HIS)
    assert (home / "erased" / name).read_bytes() == content
    assert different(home, bucket) == []
    with EmbeddedPostgres(home):
        assert found([dump(home)], everybody) == set(HIS)
    again = Up.start(home, "--json", LIANYI_LAKE=bucket)
    with again:
        again.wait_until_ready()
        send(again, *events(HERS, "late"), *events(HIS, "late"))
        assert lianyi(home, "drain", LIANYI_LAKE=bucket).returncode == 0
        assert different(home, bucket) == []
        assert again.stop() == 0
