"""What is read of the lake is what a list of its rows would say."""

import random
from datetime import timedelta
from pathlib import Path

import pytest
from tests.events.lake.making import batch, held_rows, random_batches, rows_of, write

from lianyi.events.lake import queries
from lianyi.events.lake.actions import compact, erase
from lianyi.events.lake.place import place_of
from lianyi.events.lake.replay import in_order
from lianyi.events.lake.table import table_at
from lianyi.kernel.ids import digest


@pytest.fixture
def root(tmp_path: Path) -> str:
    return str(tmp_path)


def fill(root: str, *, count: int = 20, seed: int = 1) -> list:
    """A lake with a merged run and fresh files."""
    batches = random_batches(count, seed=seed)
    for number, one in enumerate(batches):
        write(root, 1, [one], epoch=1, fence=1)
        if number == count * 2 // 3:
            compact(root, 1, within=timedelta(minutes=5))
    return rows_of(batches)


def by_time(row) -> tuple[int, int, int]:
    return (row.occurred_at, row.batch, row.position)


def test_newest_is_by_time_then_by_seq_and_pages_do_not_overlap(root: str) -> None:
    rows = fill(root)
    for wanted in ([3], [1, 7, 11], [0], [500], []):
        expected = sorted((row for row in rows if row.identity in wanted), key=by_time, reverse=True)
        assert queries.newest(root, 1, wanted, limit=1_000) == expected
        assert queries.newest(root, 1, wanted, limit=4) == expected[:4]
        paged, before = [], None
        while page := queries.newest(root, 1, wanted, limit=3, before=before):
            paged += page
            before = by_time(page[-1])
        assert paged == expected


def test_seen_finds_ids_in_merged_and_in_fresh_files(root: str) -> None:
    rows = fill(root)
    ids = [row.id for row in rows]
    strangers = [digest(f"stranger {n}") for n in range(50)]
    some = random.Random(1).sample(ids, 40)
    assert queries.seen(root, 1, some + strangers + some) == set(some)
    assert queries.seen(root, 1, strangers) == set()
    assert queries.seen(root, 1, []) == set()


def test_seen_tells_ids_apart_that_begin_alike(root: str) -> None:
    made = batch(1, [1] * 5)
    alike = [b"12345678" + bytes([n]) * 8 for n in (1, 1, 2, 3, 4)]
    for event, id_ in zip(made.events, alike, strict=True):
        event.id = id_
    write(root, 1, [made], epoch=1, fence=1)
    strangers = [b"12345678" + bytes([9]) * 8, b"1234567", b"\xff" * 16, b"\x00" * 16]
    assert queries.seen(root, 1, alike + strangers) == set(alike)


def test_seen_makes_what_it_needs_again(root: str) -> None:
    rows = fill(root)
    folder = Path(root, "1", "events")
    ids = [row.id for row in rows]
    assert queries.seen(root, 1, ids) == set(ids)
    made = sorted(folder.glob("*.ids"))
    assert [path.stem for path in made] == sorted(file.path for file in table_at(place_of(root, 1)).snapshot().files)
    made[0].unlink()
    made[1].write_bytes(b"")  # as after a loss of power
    (folder / "w-gone.parquet.ids").touch()
    (folder / f"{made[2].name}.999999999").touch()
    assert queries.seen(root, 1, ids) == set(ids)
    erase(root, 1, [2])
    assert queries.seen(root, 1, ids) == {row.id for row in rows if row.identity != 2}
    names = {path.name for path in folder.iterdir() if path.is_file()}
    assert names == {name for path in folder.glob("*.parquet") for name in (path.name, f"{path.name}.ids")}


def test_a_merge_prepares_what_look_ups_used(root: str) -> None:
    batches = random_batches(26, seed=2)
    for one in batches[:13]:
        write(root, 1, [one], epoch=1, fence=1)
    compact(root, 1, within=timedelta(minutes=5))
    folder = Path(root, "1", "events")
    assert list(folder.glob("*.ids")) == []
    for one in batches[13:]:
        write(root, 1, [one], epoch=1, fence=1)
    ids = [row.id for row in rows_of(batches)]
    assert queries.seen(root, 1, ids) == set(ids)
    compact(root, 1, within=timedelta(minutes=5))
    listed = {file.path for file in table_at(place_of(root, 1)).snapshot().files}
    assert {path.stem for path in folder.glob("*.ids")} >= listed
    assert queries.seen(root, 1, ids) == set(ids)


def test_batches_come_again_in_order_from_any_number(root: str) -> None:
    rows = fill(root)
    for after in (0, 1, 7, 13, 19, 20, 99):
        found = list(queries.batches_after(root, 1, after))
        assert [number for number, _ in found] == sorted({row.batch for row in rows if row.batch > after})
        assert [row for _, some in found for row in some] == [row for row in rows if row.batch > after]


def test_a_run_too_large_for_memory_is_dealt_into_packs(root: str) -> None:
    rows = fill(root, count=60)
    table = table_at(place_of(root, 1))
    for pack in (1, 7, 50):
        assert [row for _, some in in_order(table, 11, rows_in_pack=pack) for row in some] == [
            row for row in rows if row.batch > 11
        ]
    assert list(Path(root, "1").glob("spill-*")) == []


def test_a_replay_goes_on_while_its_files_are_replaced(root: str) -> None:
    rows = fill(root, count=40)
    found, erased = [], False
    for number, some in queries.batches_after(root, 1, 0):
        found += some
        if number >= 5 and not erased:
            erase(root, 1, [2])
            compact(root, 1, within=timedelta(minutes=5))
            erased = True
    assert [row for row in found if row.identity != 2] == [row for row in rows if row.identity != 2]
    assert len({(row.batch, row.position) for row in found}) == len(found)


def test_a_reader_whose_files_vanish_reads_again(root: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = fill(root)
    table = table_at(place_of(root, 1))
    stale = table.snapshot()
    erase(root, 1, [2])
    fresh = table.snapshot()
    answers = iter([stale, stale, fresh])
    monkeypatch.setattr(table, "snapshot", lambda: next(answers, fresh))
    expected = sorted((row for row in rows if row.identity == 3), key=by_time, reverse=True)
    assert queries.newest(root, 1, [3], limit=100) == expected


def test_counts_follow_the_rows(root: str) -> None:
    rows = fill(root)
    assert queries.count(root, 1) == len(rows) == len(held_rows(root))
    assert queries.max_batch(root, 1) == max(row.batch for row in rows)
