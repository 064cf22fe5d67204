"""The sequencer numbers what is committed, once, and leaves out what was taken before."""

import random
from datetime import UTC, datetime

import pytest
from django.db import connection
from tests.emptying import empty_log

from lianyi.events.intake.packing import pack
from lianyi.events.log import reading
from lianyi.events.log.actions import append_row
from lianyi.events.log.appending import NewRow, day_of
from lianyi.events.log.rows import drop_passed_days, ensure_partitions
from lianyi.events.log.sequencer import Numbered, Sequencer
from lianyi.foundation.workspaces.actions import create_workspace
from lianyi.kernel.clock import DAY, from_micros, to_micros

pytestmark = pytest.mark.django_db(transaction=True)

NOW = to_micros(datetime(2026, 11, 22, 12, tzinfo=UTC))


def some_ids(count: int, seed: int) -> list[bytes]:
    rnd = random.Random(seed)
    return [rnd.randbytes(16) for _ in range(count)]


def append(workspace: int, ids: list[bytes], *, at: int = NOW - 1, received_at: int = NOW) -> None:
    body = b"[" + b",".join(b"{}" for _ in ids) + b"]"
    append_row(
        NewRow(day_of(received_at), workspace, 0, "own", received_at, len(ids), pack(ids, [at] * len(ids)), body)
    )


def nothing_seen(workspace: int, ids: list[bytes]) -> set[bytes]:
    return set()


@pytest.fixture
def workspace(db: None) -> int:
    empty_log()
    return create_workspace(f"w{random.randrange(10**9)}", "W").pk


def summary(batches: list[Numbered]) -> list[tuple[int, list[int], list[int]]]:
    return [(batch.number, [row.offset for row in batch.rows], list(batch.left_out)) for batch in batches]


def test_rows_become_one_batch_with_consecutive_positions(workspace: int) -> None:
    append(workspace, some_ids(3, 1))
    append(workspace, some_ids(2, 2))
    sequencer = Sequencer(nothing_seen)
    assert summary(sequencer.number_rows()) == [(1, [0, 3], [])]
    assert sequencer.number_rows() == []
    again = reading.read(1)
    assert ([row.offset for row in again.rows], list(again.left_out)) == ([0, 3], [])


def test_repeats_are_left_out_within_a_batch_across_batches_and_after_a_restart(workspace: int) -> None:
    ids = some_ids(4, 1)
    append(workspace, [ids[0], ids[1], ids[0]])
    sequencer = Sequencer(nothing_seen)
    assert summary(sequencer.number_rows()) == [(1, [0], [2])]
    append(workspace, [ids[2], ids[1]])
    assert summary(sequencer.number_rows()) == [(2, [0], [1])]
    append(workspace, [ids[3], ids[0], ids[2]])
    restarted = Sequencer(nothing_seen)
    restarted.load_window(from_micros(NOW))
    assert summary(restarted.number_rows()) == [(3, [0], [1, 2])]


def test_refused_events_keep_their_position_and_count_as_no_repeat(workspace: int) -> None:
    ids = some_ids(2, 1)
    append(workspace, [ids[0], bytes(16), bytes(16), ids[1]])
    assert summary(Sequencer(nothing_seen).number_rows()) == [(1, [0], [1, 2])]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count, repeats FROM batch")
        assert cursor.fetchall() == [(4, 0)]


def test_only_old_events_are_looked_up_in_the_lake(workspace: int) -> None:
    asked: list[list[bytes]] = []
    ids = some_ids(4, 1)

    def seen(of: int, wanted: list[bytes]) -> set[bytes]:
        assert of == workspace
        asked.append(wanted)
        return {ids[1]}

    append(workspace, [ids[0]], at=NOW - 6 * DAY)
    append(workspace, [ids[1], ids[2]], at=NOW - 8 * DAY)
    assert summary(Sequencer(seen).number_rows()) == [(1, [0, 1], [1])]
    assert asked == [[ids[1], ids[2]]]


def test_each_workspace_has_batches_of_its_own(workspace: int) -> None:
    other = create_workspace(f"o{random.randrange(10**9)}", "O").pk
    ids = some_ids(1, 1)
    append(workspace, ids)
    append(other, some_ids(1, 2))
    append(workspace, some_ids(1, 3))
    batches = Sequencer(nothing_seen).number_rows()
    assert [(batch.workspace, len(batch.rows)) for batch in batches] == [(workspace, 2), (other, 1)]


def test_a_row_that_commits_late_is_numbered_late_and_not_lost(workspace: int) -> None:
    import psycopg

    append(workspace, some_ids(1, 1))
    settings = connection.get_connection_params()
    settings.pop("cursor_factory", None)
    settings.pop("context", None)
    with psycopg.connect(**settings) as late:
        late.execute("BEGIN")
        late.execute(
            "INSERT INTO log (day, workspace, key, form, received_at, count, ids, body)"
            " VALUES (%s, %s, 0, 'own', %s, 1, %s, %s)",
            [day_of(NOW), workspace, NOW, pack(some_ids(1, 2), [NOW]), b"[{}]"],
        )
        append(workspace, some_ids(1, 3))
        sequencer = Sequencer(nothing_seen)
        assert len(sequencer.number_rows()[0].rows) == 2
        late.commit()
    assert len(sequencer.number_rows()[0].rows) == 1


def test_a_day_is_dropped_when_it_is_a_week_old_and_every_cursor_has_passed(workspace: int) -> None:
    then = NOW - 20 * DAY
    ensure_partitions(from_micros(then))
    append(workspace, some_ids(1, 1), received_at=then, at=then)
    assert f"log_{day_of(then):%Y%m%d}" not in drop_passed_days(from_micros(NOW))
    Sequencer(nothing_seen).number_rows()
    assert f"log_{day_of(then):%Y%m%d}" not in drop_passed_days(from_micros(NOW))
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO cursor (workspace_id, projector, batch) VALUES (%s, 'identity', 1)", [workspace])
    assert f"log_{day_of(then):%Y%m%d}" in drop_passed_days(from_micros(NOW))
    with pytest.raises(LookupError):
        reading.read(1)
