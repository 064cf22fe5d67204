"""The lake on S3: what it does on a disk, it does there."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests.buckets import new_bucket, s3
from tests.events.lake.making import batch, random_batches, rows_of, write

from lianyi.events.lake import actions, queries
from lianyi.events.lake.beside import read_beside, write_beside
from lianyi.events.lake.database import connect
from lianyi.events.lake.place import place_of
from lianyi.events.lake.reading import Listed
from lianyi.events.lake.schemas import Row

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def variables() -> Iterator[dict[str, str]]:
    with s3() as found:
        yield found


@pytest.fixture
def root(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return new_bucket(variables)


def held(root: str) -> list[Row]:
    return [row for _, rows in queries.batches_after(root, 1, 0) for row in rows]


def test_what_is_written_is_read_merged_and_read_again(root: str) -> None:
    batches = random_batches(20, seed=1)
    for one in batches:
        write(root, 1, [one], epoch=1, fence=1)
    assert write(root, 1, batches[:3], epoch=1, fence=1) == 20
    expected = rows_of(batches)
    assert held(root) == expected
    assert actions.compact(root, 1, within=timedelta(minutes=2))
    assert held(root) == expected
    assert len(place_of(root, 1).data_files()) > 3  # those that were merged stay for a while
    assert queries.count(root, 1) == len(expected)
    assert queries.seen(root, 1, [expected[0].id, b"?" * 16]) == {expected[0].id}
    theirs = sorted((row for row in expected if row.identity == 3), key=lambda row: (row.batch, row.position))
    found = sorted(queries.rows_of(root, 1, [3]), key=lambda row: (row.batch, row.position))
    assert (found, len(found) > 0) == (theirs, True)
    assert queries.files_of(root, 2) == []


def test_erased_rows_leave_the_files_there(root: str) -> None:
    batches = random_batches(12, seed=2)
    for one in batches:
        write(root, 1, [one], epoch=1, fence=1)
    gone = [row for row in rows_of(batches) if row.identity == 5]
    amended = next(row for row in rows_of(batches) if row.identity == 4)
    removed = actions.erase(root, 1, [5], {(amended.batch, amended.position): b'{"messageId":"(erased)"}'})
    assert (removed.rows, removed.rows_amended) == (len(gone), 1)
    left = [row for row in rows_of(batches) if row.identity != 5]
    assert [row.raw for row in held(root)] == [
        b'{"messageId":"(erased)"}' if row == amended else row.raw for row in left
    ]
    needles = [row.raw for row in [*gone, amended]]
    assert queries.scan(root, 1, needles) == dict.fromkeys(needles, 0)
    assert actions.erase(root, 1, [5]).rows == 0


def test_a_restored_database_cuts_it_back(root: str) -> None:
    batches = random_batches(9, seed=3)
    for one in batches:
        write(root, 1, [one], epoch=1, fence=1)
    removed = actions.rewind(root, 1, 5, epoch=2, fence=9)
    assert removed.rows == len(rows_of(batches[5:]))
    assert held(root) == rows_of(batches[:5])
    assert queries.held(root, 1, 2) == 5
    anew = [batch(6, [1, 2])]
    assert write(root, 1, anew, epoch=2, fence=9) == 6
    assert held(root) == rows_of([*batches[:5], *anew])


def test_a_file_that_is_gone_is_looked_for_again(root: str) -> None:
    write(root, 1, [batch(1, [1, 2, 3])], epoch=1, fence=1)
    asked: list[int] = []

    def question(listed: Listed, connection: object) -> int:
        asked.append(1)
        if len(asked) == 1:
            missing = listed.files[0]._replace(path="missing.parquet")
            listed = Listed(listed.place, (missing,))
        return int(connect().execute(f"SELECT count(*) FROM {listed.relation()}").fetchone()[0])

    assert queries.ask(root, 1, question) == 3
    assert len(asked) == 2


def test_small_files_beside_the_tables(root: str) -> None:
    assert list(read_beside(root, "erased")) == []
    for data in (b"{}", b'{"again": 1}'):
        write_beside(root, "erased/1-2-3.json", data)
    write_beside(root, "erased/1-2-4.json", b"")
    assert list(read_beside(root, "erased")) == [("1-2-3.json", b'{"again": 1}'), ("1-2-4.json", b"")]
