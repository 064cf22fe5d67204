"""Batches come into the lake once, whole, and by one writer."""

from pathlib import Path

import pytest
from tests.events.lake.making import batch, event, held_rows, random_batches, rows_of, write

from lianyi.events.lake import queries
from lianyi.events.lake.actions import rewind
from lianyi.events.lake.schemas import Overtaken
from lianyi.events.schemas import Batch
from lianyi.kernel.errors import Refused


@pytest.fixture
def root(tmp_path: Path) -> str:
    return str(tmp_path)


def test_every_column_comes_back_as_it_went_in(root: str) -> None:
    batches = random_batches(30, seed=1)
    assert write(root, 1, batches, epoch=1, fence=1) == 30
    assert held_rows(root) == rows_of(batches)
    assert queries.count(root, 1) == len(rows_of(batches))


def test_text_of_any_kind_comes_back(root: str) -> None:
    texts = ["涟漪 'quoted' \"twice\"", "\x00 and \U0001f300", "", "x" * 40_000]
    events = [event(n, text, name=text[:100]) for n, text in enumerate(texts)]
    made = Batch(1, 1, events, [1] * len(texts))
    write(root, 1, [made], epoch=1, fence=1)
    assert held_rows(root) == rows_of([made])


def test_bytes_that_are_no_text_are_replaced_and_spoil_nothing_else(root: str) -> None:
    events = [event(0, "good"), event(1, "bad"), event(2, "also \u597d")]
    events[1].raw, events[1].name = b'{"a":"\xff\xfe"}', "half \ud800 a pair"
    write(root, 1, [Batch(1, 1, events, [1, 1, 1])], epoch=1, fence=1)
    good, bad, also = held_rows(root)
    assert (bad.raw.decode(), bad.name) == ('{"a":"\ufffd\ufffd"}', "half ? a pair")
    assert [good.raw, also.raw] == [events[0].raw, events[2].raw]


def test_a_batch_written_twice_is_there_once(root: str) -> None:
    batches = random_batches(9, seed=2, size=5)
    assert write(root, 1, batches[:6], epoch=1, fence=1) == 6
    assert write(root, 1, batches[:6], epoch=1, fence=1) == 6
    assert write(root, 1, batches[3:5], epoch=1, fence=1) == 6
    assert write(root, 1, batches[4:], epoch=1, fence=1) == 9
    assert held_rows(root) == rows_of(batches)


def test_a_batch_without_events_moves_what_is_held(root: str) -> None:
    assert write(root, 1, [batch(5, [])], epoch=1, fence=1) == 5
    assert (queries.held(root, 1, 1), queries.max_batch(root, 1), queries.count(root, 1)) == (5, 0, 0)
    assert write(root, 1, [batch(5, []), batch(8, [3])], epoch=1, fence=1) == 8
    assert (queries.held(root, 1, 1), queries.max_batch(root, 1), queries.count(root, 1)) == (8, 8, 1)


def test_events_too_large_for_one_file_take_several(root: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lianyi.events.lake.actions._BYTES_IN_FILE", 300)
    batches = random_batches(12, seed=6)
    write(root, 1, batches, epoch=1, fence=1)
    assert len(list(Path(root, "1", "events").glob("*.parquet"))) > 5
    assert held_rows(root) == rows_of(batches)
    events = [event(n, "x" * 1_000 * n) for n in range(4)]
    write(root, 1, [*batches, Batch(1, 13, events, [1] * 4)], epoch=1, fence=1)
    assert held_rows(root) == rows_of([*batches, Batch(1, 13, events, [1] * 4)])


def test_no_batches_change_nothing(root: str) -> None:
    write(root, 1, [batch(5, [1])], epoch=1, fence=1)
    version = queries.version(root, 1)
    assert write(root, 1, [], epoch=1, fence=1) == 5
    assert queries.version(root, 1) == version


def test_an_overtaken_writer_is_refused_and_writes_nothing(root: str) -> None:
    write(root, 1, [batch(1, [1])], epoch=1, fence=4)
    with pytest.raises(Overtaken):
        write(root, 1, [batch(2, [1])], epoch=1, fence=3)
    assert held_rows(root) == rows_of([batch(1, [1])])
    assert len(list(Path(root, "1", "events").glob("*.parquet"))) == 1
    assert write(root, 1, [batch(2, [1])], epoch=1, fence=5) == 2


def test_workspaces_are_apart(root: str) -> None:
    write(root, 1, [batch(1, [1])], epoch=1, fence=1)
    write(root, 2, [batch(2, [1, 2])], epoch=1, fence=1)
    assert (queries.count(root, 1), queries.count(root, 2)) == (1, 2)
    assert (queries.held(root, 1, 1), queries.held(root, 2, 1)) == (1, 2)


@pytest.mark.parametrize("name", ["", "../other", ".hidden"])
def test_a_workspace_that_names_no_folder_is_refused(root: str, name: str) -> None:
    with pytest.raises(Refused):
        write(root, name, [batch(1, [1])], epoch=1, fence=1)
    assert list(Path(root).iterdir()) == []


def test_a_lake_that_is_not_there_yet_is_empty(root: str) -> None:
    assert (queries.count(root, 1), queries.max_batch(root, 1), queries.held(root, 1, 1)) == (0, 0, 0)
    assert queries.version(root, 1) == -1
    assert queries.newest(root, 1, [1], limit=5) == []
    assert queries.seen(root, 1, [b"0" * 16]) == set()
    assert held_rows(root) == []


def test_a_restored_database_cuts_back_what_it_does_not_know(root: str) -> None:
    old, lost = random_batches(6, seed=3), random_batches(6, seed=4, after=6)
    write(root, 1, old + lost[:1], epoch=1, fence=1)  # one file on both sides of the cut
    write(root, 1, lost[1:], epoch=1, fence=1)
    assert rewind(root, 1, 6, epoch=2, fence=2).rows == len(rows_of(lost))
    assert held_rows(root) == rows_of(old)
    assert queries.held(root, 1, 2) == 6
    # The database gives the numbers again, to other events.
    fresh = random_batches(4, seed=5, after=6)
    assert write(root, 1, old + fresh, epoch=2, fence=2) == 10
    assert held_rows(root) == rows_of(old + fresh)
    with pytest.raises(Overtaken):
        write(root, 1, lost, epoch=1, fence=1)


def test_to_cut_back_twice_is_to_cut_back_once(root: str) -> None:
    batches = random_batches(6, seed=3)
    write(root, 1, batches, epoch=1, fence=1)
    rewind(root, 1, 4, epoch=2, fence=2)
    assert rewind(root, 1, 4, epoch=2, fence=2).rows == 0
    assert held_rows(root) == rows_of(batches[:4])


def test_a_lake_older_than_the_database_says_what_it_lacks(root: str) -> None:
    write(root, 1, [batch(3, [1])], epoch=1, fence=1)
    rewind(root, 1, 9, epoch=2, fence=2)
    assert queries.held(root, 1, 2) == 3
    assert write(root, 1, [batch(4, [1])], epoch=2, fence=2) == 4
