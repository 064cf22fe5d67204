"""Merging and erasing change where rows lie, and never which rows there are."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.events.lake.making import batch, held_rows, random_batches, rows_of, write

from lianyi.events.lake import queries, readers, removal
from lianyi.events.lake.actions import Upkeep, compact, erase
from lianyi.events.lake.place import place_of
from lianyi.events.lake.schemas import File, Overtaken, rows_within
from lianyi.events.lake.table import table_at
from lianyi.events.lake.upkeep import (
    _SWEPT_EVERY,
    ANYBODY_NEEDS,
    FAN,
    READERS_NEED,
    holding,
    next_merge,
    runs_of,
)

LONG = timedelta(minutes=5)


@pytest.fixture
def root(tmp_path: Path) -> str:
    return str(tmp_path)


def write_each(root: str, batches: list) -> None:
    for one in batches:
        write(root, 1, [one], epoch=1, fence=1)


def data_files(root: str) -> set[str]:
    return {path.name for path in Path(root, "1", "events").glob("*.parquet")}


def files(root: str) -> tuple[File, ...]:
    return table_at(place_of(root, 1)).snapshot().files


def test_merged_rows_are_the_same_rows_in_fewer_files(root: str) -> None:
    batches = random_batches(20, seed=1)
    write_each(root, batches)
    before = len(files(root))
    assert compact(root, 1, within=LONG)
    assert len(files(root)) < before / 2
    assert held_rows(root) == rows_of(batches)
    assert queries.held(root, 1, 1) == 20
    assert compact(root, 1, within=LONG)  # nothing more to do
    write(root, 1, batches, epoch=1, fence=1)
    assert held_rows(root) == rows_of(batches)


def test_a_lake_of_which_nothing_was_written_yet_is_in_order(root: str) -> None:
    assert compact(root, 1, within=LONG)
    assert not Path(root, "1").exists()


def test_files_are_sorted_by_identity_and_time_and_split_between_identities(
    root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lianyi.events.lake.merge.ROWS_IN_GROUP", 16)
    monkeypatch.setattr("lianyi.events.lake.merge.ROWS_IN_FILE", 64)
    monkeypatch.setattr("lianyi.events.lake.merge._ROWS_READ", 8)
    batches = random_batches(30, seed=2, size=40)
    write_each(root, batches)
    compact(root, 1, within=LONG)
    assert held_rows(root) == rows_of(batches)
    import pyarrow.parquet as pq

    [run] = [run for run in runs_of(files(root)) if len(run.files) > 1][:1]
    order = []
    for file in sorted(run.files, key=lambda file: file.path):
        table = pq.read_table(table_at(place_of(root, 1)).place.address(file.path))
        columns = [table.column(name).to_pylist() for name in ("identity", "occurred_at", "batch", "position")]
        rows = list(zip(*columns, strict=True))
        order += rows
        assert len(rows) == file.rows
        assert (rows[0][0], rows[-1][0]) == (file.first_identity, file.last_identity)
        assert (min(columns[2]), max(columns[2])) == (file.first_batch, file.last_batch)
        assert (min(columns[1]), max(columns[1])) == (file.earliest, file.latest)
    assert order == sorted(order)
    # And once more, with inputs of several files.
    more = random_batches(30, seed=3, size=40, after=30)
    write_each(root, more)
    compact(root, 1, within=LONG)
    assert held_rows(root) == rows_of(batches + more)


def finish(upkeep: Upkeep) -> None:
    while upkeep.step():
        pass


def file_of(first: int, last: int, rows: int) -> File:
    return File(f"w-1-1-{last}-{first}.parquet", 100 * rows, rows, first, last, 0, 9, 0, 9)


@st.composite
def lakes(draw: st.DrawFn) -> list[File]:
    sizes = draw(st.lists(st.integers(1, 300_000) | st.integers(1, 500), max_size=60))
    return [file_of(number, number, rows) for number, rows in enumerate(sizes, start=1)]


@given(lakes())
def test_merging_ends_with_few_runs_and_few_rewrites(lake: list[File]) -> None:
    total = sum(file.rows for file in lake)
    rewritten = 0
    while merged := next_merge(lake):
        inputs = {file for run in merged for file in run.files}
        rows = sum(file.rows for file in inputs)
        rewritten += rows
        first, last = merged[0].first_batch, merged[-1].last_batch
        assert {file for file in lake if file.first_batch <= last and file.last_batch >= first} == inputs
        lake = [file for file in lake if file not in inputs] + [file_of(first, last, rows)]
    tiers = [run.tier for run in runs_of(lake)]
    assert all(sum(1 for tier in tiers if tier == one) <= FAN * 8 for one in set(tiers))
    assert rewritten <= total * 12


def test_a_merge_under_way_lets_batches_in(root: str) -> None:
    batches = random_batches(18, seed=4)
    write_each(root, batches[:13])
    upkeep = Upkeep(root, 1)
    more: Iterator = iter(batches[13:])
    while upkeep.step():
        write_each(root, [one for one in [next(more, None)] if one])
    write_each(root, list(more))
    assert held_rows(root) == rows_of(batches)
    assert any(file.path.startswith("m-") for file in files(root))


def test_a_later_session_ends_an_earlier_one(root: str) -> None:
    batches = random_batches(13, seed=5)
    write_each(root, batches)
    slow = Upkeep(root, 1)
    assert slow.step()
    assert slow.step()
    assert compact(root, 1, within=LONG)
    with pytest.raises(Overtaken):
        finish(slow)
    slow.close()
    assert held_rows(root) == rows_of(batches)


def timed(root: str) -> tuple[Upkeep, list[float]]:
    """Upkeep by a clock that `step_at` sets."""
    clock = [0.0]
    return Upkeep(root, 1, clock=lambda: clock[0]), clock


def step_at(upkeep: Upkeep, clock: list[float], after: timedelta) -> None:
    clock[0] = after.total_seconds()
    upkeep.step()


def test_files_that_somebody_may_be_opening_stay_for_a_while(root: str) -> None:
    batches = random_batches(13, seed=6)
    write_each(root, batches)
    upkeep, clock = timed(root)
    finish(upkeep)
    step_at(upkeep, clock, _SWEPT_EVERY)  # seen first
    listed = {file.path for file in files(root)}
    assert data_files(root) > listed
    step_at(upkeep, clock, ANYBODY_NEEDS + _SWEPT_EVERY - timedelta(seconds=1))
    assert data_files(root) > listed
    step_at(upkeep, clock, 2 * ANYBODY_NEEDS)
    assert data_files(root) == listed
    assert held_rows(root) == rows_of(batches)


def test_files_stay_for_who_reads_them_and_no_longer(root: str) -> None:
    batches = random_batches(13, seed=6)
    write_each(root, batches)
    upkeep, clock = timed(root)
    with queries.reading(root, 1):
        listed_then = queries.files_of(root, 1)
        finish(upkeep)
        step_at(upkeep, clock, _SWEPT_EVERY)
        step_at(upkeep, clock, READERS_NEED)
        assert all(Path(root, "1", "events", path).exists() for path in listed_then)
    with queries.reading(root, 1):  # who came later sees other files
        step_at(upkeep, clock, READERS_NEED + _SWEPT_EVERY)
        assert data_files(root) == {file.path for file in files(root)}
    assert list(Path(root, "1").glob("reading-*")) == []


def test_a_reader_that_never_ends_keeps_files_for_an_hour(root: str) -> None:
    write_each(root, random_batches(13, seed=6))
    upkeep, clock = timed(root)
    with queries.reading(root, 1):
        finish(upkeep)
        step_at(upkeep, clock, _SWEPT_EVERY)
        step_at(upkeep, clock, READERS_NEED + _SWEPT_EVERY)
        assert data_files(root) == {file.path for file in files(root)}


def test_a_killed_reader_keeps_nothing(root: str) -> None:
    write_each(root, random_batches(13, seed=6))
    code = (
        "import sys\nfrom lianyi.events.lake.queries import reading\n"
        "with reading(sys.argv[1], 1): print(flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, root], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdout is not None
        reader.stdout.readline()
        [marker] = Path(root, "1").glob("reading-*")
        os.utime(marker, (0, 0))
        place = place_of(root, 1)
        assert readers.readers_of(place) == {marker.name}
        reader.kill()
        reader.wait()
    assert readers.readers_of(place) == frozenset()
    assert not marker.exists()


def test_who_looks_for_readers_turns_none_away_that_begins(root: str, monkeypatch: pytest.MonkeyPatch) -> None:
    write_each(root, random_batches(1, seed=6))
    Path(root, "1", f"{readers.READING}new").touch()  # made, and not locked yet
    tried: list[object] = []
    monkeypatch.setattr(readers.fcntl, "flock", lambda *how: tried.append(how))
    assert readers.readers_of(place_of(root, 1)) == {f"{readers.READING}new"}
    assert tried == []


def test_what_was_replaced_is_deleted_while_the_next_merge_is_under_way(root: str) -> None:
    batches = random_batches(26, seed=6)
    write_each(root, batches[:13])
    upkeep, clock = timed(root)
    finish(upkeep)
    write_each(root, batches[13:])
    replaced = data_files(root) - {file.path for file in files(root)}
    step_at(upkeep, clock, _SWEPT_EVERY)
    while not upkeep._merge or not upkeep._merge.paths():
        upkeep.step()
    step_at(upkeep, clock, 2 * ANYBODY_NEEDS)
    assert not replaced & data_files(root)
    finish(upkeep)
    assert held_rows(root) == rows_of(batches)


def test_a_disk_without_room_is_swept_all_the_same(root: str) -> None:
    batches = random_batches(26, seed=6)
    write_each(root, batches[:13])
    upkeep, clock = timed(root)
    finish(upkeep)
    write_each(root, batches[13:])
    upkeep.step()
    upkeep._keep_free = 2**62
    step_at(upkeep, clock, _SWEPT_EVERY)
    step_at(upkeep, clock, 2 * ANYBODY_NEEDS)
    assert upkeep._merge
    assert data_files(root) - upkeep._merge.paths() == {file.path for file in files(root)}
    assert not upkeep.step()
    upkeep._keep_free = 0
    finish(upkeep)
    assert held_rows(root) == rows_of(batches)


def test_upkeep_leaves_room_on_the_disk(root: str) -> None:
    write_each(root, random_batches(13, seed=7))
    version = queries.version(root, 1)
    assert compact(root, 1, within=LONG, keep_free=2**62)
    assert queries.version(root, 1) == version


def test_a_merge_that_is_dropped_leaves_nothing(root: str) -> None:
    write_each(root, random_batches(13, seed=8))
    before = data_files(root)
    upkeep = Upkeep(root, 1)
    while not upkeep._merge or not upkeep._merge.paths():
        upkeep.step()
    assert data_files(root) > before
    upkeep.close()
    assert data_files(root) == before


def test_a_merge_that_runs_out_of_time_goes_on_at_the_next_call(root: str) -> None:
    batches = random_batches(13, seed=8)
    write_each(root, batches)
    calls = 1
    while not compact(root, 1, within=timedelta(0)):
        calls += 1
    assert calls > 2
    assert any(file.path.startswith("m-1-") for file in files(root))
    assert held_rows(root) == rows_of(batches)


def test_what_a_killed_session_left_is_deleted(root: str) -> None:
    batches = random_batches(13, seed=9)
    write_each(root, batches)
    killed = Upkeep(root, 1)
    while not killed._merge or not killed._merge.paths():
        killed.step()
    left = killed._merge.paths()
    assert left <= data_files(root)
    erase(root, 1, [10**6])
    assert data_files(root) == {file.path for file in files(root)}
    assert held_rows(root) == rows_of(batches)


def test_erased_people_are_gone_from_every_file(root: str) -> None:
    batches = random_batches(24, seed=10)
    write_each(root, batches)
    compact(root, 1, within=LONG)
    gone, left = ([row for row in rows_of(batches) if (row.identity in (3, 5)) is erased] for erased in (True, False))
    needles = [row.raw for row in gone] + [row.id for row in gone]
    assert all(count >= 1 for count in queries.scan(root, 1, needles).values())
    assert erase(root, 1, [3, 5, 999]).rows == len(gone)
    assert held_rows(root) == left
    assert set(queries.scan(root, 1, needles).values()) == {0}
    assert data_files(root) == {file.path for file in files(root)}
    assert erase(root, 1, [3, 5]) == removal.Removed(0, 0, 0)
    write(root, 1, batches, epoch=1, fence=1)  # held already, so nothing comes back
    assert held_rows(root) == left


def test_everybody_can_be_erased(root: str) -> None:
    batches = [batch(1, [1, 2, 1]), batch(2, [2])]
    write_each(root, batches)
    assert erase(root, 1, [1, 2]).rows == 4
    assert (held_rows(root), data_files(root)) == ([], set())
    assert write(root, 1, [batch(3, [1])], epoch=1, fence=1) == 3
    assert held_rows(root) == rows_of([batch(3, [1])])


def test_to_erase_nobody_changes_nothing(root: str) -> None:
    assert erase(root, 1, [1]) == removal.Removed(0, 0, 0)
    write_each(root, [batch(1, [1])])
    version = queries.version(root, 1)
    assert erase(root, 1, []) == removal.Removed(0, 0, 0)
    assert queries.version(root, 1) == version


def test_nobody_merges_while_rows_are_taken_out(root: str) -> None:
    batches = random_batches(13, seed=12)
    write_each(root, batches)
    table = table_at(place_of(root, 1))
    with holding(table):
        version = queries.version(root, 1)
        assert compact(root, 1, within=LONG)
        assert queries.version(root, 1) == version
    assert compact(root, 1, within=LONG)
    assert any(file.path.startswith("m-") for file in files(root))
    assert held_rows(root) == rows_of(batches)


def test_a_session_that_was_ended_begins_anew_at_the_next_call(root: str) -> None:
    batches = random_batches(13, seed=13)
    write_each(root, batches)
    assert not compact(root, 1, within=timedelta(0))
    erase(root, 1, [4])
    while not compact(root, 1, within=LONG):
        pass
    assert any(file.path.startswith("m-") for file in files(root))
    assert held_rows(root) == [row for row in rows_of(batches) if row.identity != 4]


def test_an_erasure_during_a_merge_wins(root: str) -> None:
    batches = random_batches(13, seed=11)
    write_each(root, batches)
    upkeep = Upkeep(root, 1)
    upkeep.step()
    upkeep.step()
    erase(root, 1, [4])
    with pytest.raises(Overtaken):
        finish(upkeep)
    upkeep.close()
    left = [row for row in rows_of(batches) if row.identity != 4]
    assert held_rows(root) == left
    assert compact(root, 1, within=LONG)
    assert held_rows(root) == left


def test_large_events_are_merged_in_smaller_steps(root: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lianyi.events.lake.merge._BYTES_READ", 2_000)
    monkeypatch.setattr("lianyi.events.lake.merge._BYTES_WRITTEN", 20_000)
    monkeypatch.setattr("lianyi.events.lake.replay._BYTES_IN_PACK", 4_000)
    batches = random_batches(20, seed=14, size=40)
    for one in batches:
        for number, event in enumerate(one.events):
            event.raw = b'{"of":"%d"}' % number + b" " * 2_000
    write_each(root, batches)
    compact(root, 1, within=LONG)
    assert held_rows(root) == rows_of(batches)
    import pyarrow.parquet as pq

    [large] = [file for file in files(root) if file.rows > 150]
    assert pq.ParquetFile(Path(root, "1", "events", large.path)).num_row_groups > 5


def test_rows_within_a_bound_of_memory() -> None:
    file = file_of(1, 1, 1_000)  # of 100 bytes a row
    assert rows_within(600_000, [file], 4_096) == 1_000
    assert rows_within(600_000, [file, file], 300) == 300
    assert rows_within(1, [file], 300) == 1
