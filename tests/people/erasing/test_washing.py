"""The files of the database after an erasure: of its tables and of the write-ahead log, scanned as bytes."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from tests.people.erasing.test_proof import HERS, HIS, events, found, number_of, send
from tests.people.erasing.told import Brand, identify, viewed
from tests.program import Up, eventually, lianyi

from lianyi.assembly.environment import DATABASE_NAME, socket_folder
from lianyi.assembly.postgres.cluster import admin
from lianyi.assembly.postgres.emptying import empty_wal
from lianyi.kernel.clock import to_micros
from lianyi.people.erasing import tidying, washing
from lianyi.people.erasing.tidying import AT_ONCE


def database_files(home: Path) -> Iterator[bytes]:
    """All of the server's, segments of the write-ahead log included; one may go while it is looked at."""
    for path in sorted((home / "pg").rglob("*")):
        try:
            if path.is_file():
                yield path.read_bytes()
        except FileNotFoundError:
            continue


def washings(home: Path) -> list[int]:
    lines = (home / "logs" / "worker.log").read_text().splitlines()
    return [json.loads(line)["people"] for line in lines if "people.washed" in line]


@pytest.mark.slow
def test_the_worker_washes_the_files_soon_and_once_for_many(up: Callable[..., Up], stopped_home: Path) -> None:
    home = stopped_home
    running = up("--json").wait_until_ready()
    for person in (HERS, HIS):
        send(running, *events(person))
    send(running, {"type": "identify", "messageId": "third", "userId": "user-third", "traits": {"city": "Quzhou"}})
    assert lianyi(home, "drain").returncode == 0
    everything = {*HERS, *HIS, "user-third", "Quzhou"}
    assert found(database_files(home), everything) == everything
    for user in (HERS[4], "user-third"):
        assert lianyi(home, "people", "erase", str(number_of(home, user)), "--yes").returncode == 0
    eventually(lambda: washings(home) != [], "the worker washes")
    assert found(database_files(home), everything) == set(HIS)
    assert washings(home) == [2]
    assert running.stop() == 0


def test_a_verb_on_an_installation_that_rests_washes_itself(up: Callable[..., Up], stopped_home: Path) -> None:
    home = stopped_home
    running = up("--json").wait_until_ready()
    for person in (HERS, HIS):
        send(running, *events(person))
    assert lianyi(home, "drain").returncode == 0
    person = number_of(home, HERS[4])
    assert running.stop() == 0
    assert lianyi(home, "people", "erase", str(person), "--yes").returncode == 0
    assert found(database_files(home), {*HERS, *HIS}) == set(HIS)


@contextmanager
def reading() -> Iterator[None]:
    """Somebody else, who sees the database as it was when this began."""
    with psycopg.connect(settings.ENVIRONMENT.conninfo(), dbname=connection.settings_dict["NAME"]) as other:
        other.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        other.execute("SELECT count(*) FROM identity")
        yield


def test_nothing_is_taken_for_washed_while_somebody_may_still_see_it(
    shop: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(washing, "_PATIENCE", 0.2)
    shop.send(identify("hers", city="Quzhou"))
    shop.run()
    emptied: list[bool] = []
    with reading():
        shop.erase("user_id", "hers")
        assert washing.wash(lambda: emptied.append(True)) == 0
        assert emptied == []
    assert washing.wash(lambda: emptied.append(True)) == 1
    assert emptied == [True]
    assert washing.wash(lambda: emptied.append(True)) == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_size('identity'), pg_relation_size('trait_fact')")
        assert cursor.fetchone() == (0, 0)


def test_a_table_that_somebody_holds_is_left_for_the_next_time(shop: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tidying, "_PATIENCE", timedelta(milliseconds=200))
    shop.send(identify("hers", city="Quzhou"))
    shop.run()
    shop.erase("user_id", "hers")
    with psycopg.connect(settings.ENVIRONMENT.conninfo(), dbname=connection.settings_dict["NAME"]) as other:
        other.execute("LOCK TABLE person IN ACCESS SHARE MODE")  # and sees nothing yet
        assert washing.wash(lambda: None) == 0
        assert shop.rows("SELECT unwashed FROM erasure WHERE workspace = %s") == [(["person"],)]
        other.rollback()
    assert washing.wash(lambda: None) == 1


def test_when_a_washing_is_due(shop: Brand) -> None:
    now = datetime.now(UTC)
    shop.send(identify("hers"), identify("his"), viewed(user="third"))
    shop.run()
    assert washing.due(to_micros(now + timedelta(days=9))) == 0
    shop.erase("user_id", "hers")
    assert washing.due(to_micros(now + timedelta(seconds=20))) == 0
    assert washing.due(to_micros(now + timedelta(seconds=60))) == AT_ONCE
    assert washing.due(to_micros(now + timedelta(hours=21))) is None
    shop.erase("user_id", "his")
    assert washing.wash(lambda: None) == 2
    assert washing.due(to_micros(now + timedelta(days=9))) == 0


def test_the_log_is_emptied_of_all_that_was_laid_aside(home: Path) -> None:
    """Also of segments that wait, with old content, for later use."""
    with admin(socket_folder(home), DATABASE_NAME) as database:
        database.execute("CREATE TABLE told (it text)")
        for _ in range(6):
            database.execute("INSERT INTO told SELECT 'user-lihua' || n FROM generate_series(1, 200000) n")
            database.execute("CHECKPOINT")
        database.execute("DROP TABLE told")
        (ahead,) = database.execute(
            "SELECT count(*) FROM pg_ls_waldir() WHERE name > pg_walfile_name(pg_current_wal_lsn())"
        ).fetchone() or (0,)
        assert ahead > 0
        assert found(database_files(home), {"user-lihua"}) == {"user-lihua"}
        assert empty_wal(socket_folder(home)) > ahead
        assert found(database_files(home), {"user-lihua"}) == set()
        assert database.execute("SHOW wal_recycle").fetchone() == ("on",)
