"""The file of refused rows."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.people.imports.builders import rows, table

from lianyi.kernel.cells import neutral, restored
from lianyi.kernel.sentences import Sentence
from lianyi.people.imports.refusals import RefusedFile
from lianyi.people.imports.tables import Problem, RefusedRow


def _lines(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.reader(lines))


def test_rows_with_their_reasons(tmp_path: Path) -> None:
    file = RefusedFile(tmp_path / "new" / "refused.csv", ["姓名", "price"], str)
    file.write(
        [
            RefusedRow(
                7, ["=1+1", "-5"], [Problem("姓名", "a.b", Sentence("One.")), Problem("price", "c.d", Sentence("Two."))]
            )
        ]
    )
    file.write([RefusedRow(9, ["x", "y", "z"], [Problem("", "row.ragged", Sentence("Three cells."))])])
    file.write([RefusedRow(11, [None, 2.50], [Problem("姓名", "e.f", Sentence("Blank."))])])
    assert not (tmp_path / "new" / "refused.csv").exists()
    path = file.finish()
    assert path == tmp_path / "new" / "refused.csv"
    assert path.stat().st_mode & 0o777 == 0o600
    assert _lines(path) == [
        ["姓名", "price", "row", "column", "code", "reason"],
        ["'=1+1", "'-5", "7", "姓名 | price", "a.b | c.d", "One. | Two."],
        ["x", "y", "9", "", "row.ragged", "Three cells.", "z"],
        ["", "2.5", "11", "姓名", "e.f", "Blank."],
    ]
    assert list(path.parent.iterdir()) == [path]


def test_without_refused_rows_there_is_no_file(tmp_path: Path) -> None:
    path = tmp_path / "refused.csv"
    path.write_text("of an earlier run")
    assert RefusedFile(path, ["a"], str).finish() is None
    assert not path.exists()


def test_an_import_that_fails_leaves_no_half_file(tmp_path: Path) -> None:
    file = RefusedFile(tmp_path / "refused.csv", ["a"], str)
    file.write([RefusedRow(2, ["x"], [Problem("a", "b", Sentence("c"))])])
    file.drop()
    assert list(tmp_path.iterdir()) == []


def test_bytes_that_are_no_text_are_written_as_what_they_are(tmp_path: Path) -> None:
    file = RefusedFile(tmp_path / "refused.csv", ["a"], str)
    file.write([RefusedRow(2, ["caf\udce9\x00"], [Problem("a", "cell.encoding", Sentence("c"))])])
    path = file.finish()
    assert path is not None
    assert _lines(path)[1][0] == "caf\\udce9\x00"


@pytest.mark.parametrize("text", ["=a", "+1", "-1", "@x", "\tx", "\rx"])
def test_what_begins_like_a_formula(text: str) -> None:
    assert neutral(text) == f"'{text}"


@given(st.text(max_size=10))
def test_what_is_neutralised_comes_back(text: str) -> None:
    if not text.startswith("'"):
        assert restored(neutral(text)) == text
    assert not neutral(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_refused_rows_are_read_again_as_they_were(tmp_path: Path) -> None:
    file = RefusedFile(tmp_path / "refused.csv", ["name", "quantity"], str)
    file.write([RefusedRow(7, ["=SUM", "-5"], [Problem("name", "a", Sentence("b"))])])
    path = file.finish()
    assert path is not None
    opened = table(path)
    assert opened.columns == ["name", "quantity", "row", "column", "code", "reason"]
    assert rows(opened) == [(2, ["=SUM", "-5", "7", "name", "a", "b"])]
