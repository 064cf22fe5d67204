"""Where the demo's files come from, and what is generated where they are nowhere."""

import csv
import gzip
from pathlib import Path

import pytest

from lianyi.assembly.demo.data import demo_files
from lianyi.kernel.errors import Refused


def test_files_of_the_folder_come_first(tmp_path: Path) -> None:
    (tmp_path / "febrl").mkdir()
    (tmp_path / "febrl" / "dataset1.csv").write_text("rec_id\n")
    people, events, orders = demo_files(tmp_path, tmp_path / "made")
    assert (people.path, people.origin) == (tmp_path / "febrl" / "dataset1.csv", "LIANYI_DATA")
    assert [one.kind for one in (people, events, orders)] == ["people", "events", "orders"]
    assert (orders.path, str(orders.origin)) == (tmp_path / "made" / "online_retail.csv.gz", "generated")


def test_what_is_generated_is_the_same_each_time(tmp_path: Path) -> None:
    first, again = (demo_files(None, tmp_path / name)[2].path for name in ("one", "two"))
    with gzip.open(first, "rt", newline="") as file:
        text = file.read()
    with gzip.open(again, "rt", newline="") as file:
        assert file.read() == text
    rows = list(csv.DictReader(text.splitlines()))
    assert len({row["InvoiceNo"] for row in rows}) == 2_000
    assert {row["InvoiceNo"][0] for row in rows if int(row["Quantity"]) < 0} == {"C"}
    assert sum(not row["CustomerID"] for row in rows) > 0


def test_a_folder_that_is_none_is_refused_and_nothing_is_generated(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="which is no folder"):
        demo_files(tmp_path / "nowhere", tmp_path / "made")
    assert not (tmp_path / "made").exists()
