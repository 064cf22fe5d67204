"""Parquet: columns with types."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.people.imports.builders import file, rows, table

from lianyi.kernel.errors import Refused
from lianyi.people.imports.cells import Bad


def _file(folder: Path, **columns: object) -> Path:
    pq.write_table(pa.table(columns), folder / "file.parquet")
    return folder / "file.parquet"


def test_types(tmp_path: Path) -> None:
    opened = table(
        _file(
            tmp_path,
            name=pa.array(["Anna", None]),
            kind=pa.array(["a", "b"]).dictionary_encode(),
            price=pa.array([2.55, float("nan")], pa.float32()),
            weight=pa.array([0.1, float("nan")]),
            paid=pa.array([Decimal("1.10"), None], pa.decimal128(10, 2)),
            day=pa.array([date(2010, 12, 1), None]),
            at=pa.array([1291191960000000123, None], pa.timestamp("ns")),
            zoned=pa.array([1291191960000000, None], pa.timestamp("us", "Asia/Shanghai")),
            place=pa.array([{"city": "Bonn", "geo": {"lat": 1}}, None]),
            tags=pa.array([["a", "b"], None]),
        )
    )
    assert opened.columns == [
        "name",
        "kind",
        "price",
        "weight",
        "paid",
        "day",
        "at",
        "zoned",
        "place.city",
        "place.geo.lat",
        "tags",
    ]
    (_, first), (_, second) = rows(opened)
    assert first[:6] == ["Anna", "a", "2.55", 0.1, Decimal("1.10"), date(2010, 12, 1)]
    assert first[6] == datetime(2010, 12, 1, 8, 26)
    assert first[7] == datetime(2010, 12, 1, 8, 26, tzinfo=UTC)
    assert first[8:] == ["Bonn", 1, ["a", "b"]]
    assert second == [None, "b", "", None, None, None, None, None, None, None, None]


def test_values_that_python_cannot_hold(tmp_path: Path) -> None:
    opened = table(_file(tmp_path, at=pa.array([2**62, 0], pa.timestamp("us"))))
    (_, first), (_, second) = rows(opened)
    assert isinstance(first[0], Bad)
    assert first[0].code == "cell.range"
    assert second == [datetime(1970, 1, 1)]


def test_many_rows_come_in_blocks(tmp_path: Path) -> None:
    opened = table(_file(tmp_path, n=pa.array(range(20_000))))
    blocks = list(opened.blocks())
    assert [number for block in blocks for number in block.numbers] == list(range(1, 20_001))
    assert len(blocks) > 2
    assert blocks[-1].position == opened.seen.size


@pytest.mark.parametrize("cut", [10, 200, -5])
def test_a_file_that_is_cut_short(tmp_path: Path, cut: int) -> None:
    data = _file(tmp_path, n=pa.array(range(1_000))).read_bytes()
    with pytest.raises(Refused) as refused:
        table(file(tmp_path, data[:cut], "cut.parquet"))
    assert refused.value.code == "file.damaged"


def test_a_page_that_is_damaged(tmp_path: Path) -> None:
    data = bytearray(_file(tmp_path, n=pa.array([f"{n * 7919 % 10007}" for n in range(50_000)])).read_bytes())
    data[5_000:6_000] = b"\xff" * 1_000
    with pytest.raises(Refused) as refused:
        list(table(file(tmp_path, bytes(data), "bad.parquet")).blocks())
    assert refused.value.code == "file.damaged"
