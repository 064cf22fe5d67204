"""CSV and its relatives: delimiters, headers, quotes, and rows that are none."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.people.imports.builders import file, refused, rows, table

from lianyi.kernel.errors import Refused
from lianyi.people.imports import delimited
from lianyi.people.imports.delimited import likely_delimiter
from lianyi.people.imports.tables import BLOCK_BYTES


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b,c\n1,2,3\n", ","),
        ("a;b;c\n1;2;3\n", ";"),
        ("a\tb\tc\n1\t2,5\t3\n", "\t"),
        ("a|b|c\n1|2|3\n", "|"),
        ("name;price\nAnna;1,5\nBob;2,5\n", ";"),
        ("name,note\nAnna,x;y\nBob,z;w\n", ","),
        ('a,b\n"1;2;3",4\n', ","),
        ("only\none\ncolumn\n", ","),
        ("", ","),
    ],
)
def test_delimiters(text: str, delimiter: str) -> None:
    assert likely_delimiter(text.splitlines(keepends=True)) == delimiter


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    opened = table(file(tmp_path, "\n\nname, city\nAnna,Bonn\n\n,\nBob,Ulm\n"))
    assert opened.columns == ["name", "city"]
    assert rows(opened) == [(4, ["Anna", "Bonn"]), (7, ["Bob", "Ulm"])]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(tmp_path: Path, end: str) -> None:
    opened = table(file(tmp_path, f"name,city{end}Anna,Bonn{end}Bob,Ulm"))
    assert rows(opened) == [(2, ["Anna", "Bonn"]), (3, ["Bob", "Ulm"])]


def test_quotes(tmp_path: Path) -> None:
    opened = table(file(tmp_path, 'name,note\n"Anna ""the"" A","x,\ny"\nBob, "z, w"\n5" pipe,x\n'))
    assert rows(opened) == [
        (2, ['Anna "the" A', "x,\ny"]),
        (3, ["Bob", "z, w"]),
        (4, ['5" pipe', "x"]),
    ]


@pytest.mark.parametrize(
    ("text", "header", "columns"),
    [
        ("姓名,手机\n张三,13800138000\n", True, ["姓名", "手机"]),
        ("张三,13800138000\n李四,13900139000\n", False, ["1", "2"]),
        ("colour,shape\nred,round\n", True, ["colour", "shape"]),
        ("1,2\n3,4\n", False, ["1", "2"]),
        ("a@b.cn,x\nc@d.cn,y\n", False, ["1", "2"]),
        ("2010-12-01,x\n", False, ["1", "2"]),
        ("phone\n13800138000\n", True, ["phone"]),
        ("name,,\nAnna,,\n", True, ["name"]),
    ],
)
def test_headers(tmp_path: Path, text: str, header: bool, columns: list[str]) -> None:
    opened = table(file(tmp_path, text))
    assert opened.reading.header is header
    assert opened.columns == columns


def test_a_file_without_a_header_may_be_given_one(tmp_path: Path) -> None:
    opened = table(file(tmp_path, "Anna,Bonn\nBob,Ulm\n"), columns=["name", "city"])
    assert opened.columns == ["name", "city"]
    assert rows(opened) == [(1, ["Anna", "Bonn"]), (2, ["Bob", "Ulm"])]


def test_ragged_rows_are_refused_by_themselves(tmp_path: Path) -> None:
    opened = table(file(tmp_path, "a,name,c\n1,2,3\n1,2\n1,2,3,4\n1,2,3,,\n7,8,9\n"))
    assert refused(opened) == [(3, "row.ragged"), (4, "row.ragged")]
    assert [row for block in opened.blocks() for row in block.numbers] == [2, 5, 6]


def test_a_quote_that_is_never_closed_costs_one_row(tmp_path: Path) -> None:
    lines = [f"{n},x{n}" for n in range(100_000)]
    lines[500] = '500,"x500'
    opened = table(file(tmp_path, "id,name\n" + "\n".join(lines) + "\n"))
    assert refused(opened) == [(502, "row.quote")]
    assert sum(len(block.cells) for block in opened.blocks()) == 99_999


def test_a_quote_that_is_closed_too_early_costs_one_row(tmp_path: Path) -> None:
    opened = table(file(tmp_path, 'id,name\n1,"LETTER "D" RING"\n2,plain\n3,"multi\nline"\n4,"bad"x\n5,end\n'))
    assert refused(opened) == [(2, "row.quote"), (5, "row.quote")]
    assert [row for block in opened.blocks() for row in block.numbers] == [3, 4, 6]


def test_a_record_may_go_on_in_the_next_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "id,name\n" + "".join(f'{n},"line\nand line {n}"\n' for n in range(200))
    whole = rows(table(file(tmp_path, text)))
    monkeypatch.setattr(delimited, "BLOCK_BYTES", 100)
    for size in (1, 33, 64, 100):
        monkeypatch.setattr(delimited._read, "__defaults__", (size,))
        assert rows(table(file(tmp_path, text))) == whole
    assert whole[199] == (201, ["199", "line\nand line 199"])


def test_a_cell_of_a_megabyte_costs_one_row(tmp_path: Path) -> None:
    opened = table(file(tmp_path, f"id,name\n1,{'x' * 1_000_000}\n2,y\n"))
    assert refused(opened) == [(2, "cell.long")]
    assert [row for block in opened.blocks() for row in block.numbers] == [3]


def test_five_hundred_columns(tmp_path: Path) -> None:
    names = ",".join(f"c{n}" for n in range(500))
    opened = table(file(tmp_path, names + "\n" + (",".join("x" * 500) + "\n") * 20_000))
    assert len(opened.columns) == 500
    blocks = [len(block.cells) for block in opened.blocks()]
    assert sum(blocks) == 20_000
    assert max(blocks) <= BLOCK_BYTES // 1_000 + 1  # blocks are bounded by their bytes; a row has 1,000 of them


def test_too_many_columns_are_no_table(tmp_path: Path) -> None:
    with pytest.raises(Refused) as found:
        table(file(tmp_path, ",".join(f"c{n}" for n in range(5_000)) + "\n"))
    assert found.value.code == "file.columns"


@pytest.mark.parametrize("delimiter", ["ab", '"', "\n", ""])
def test_what_is_no_delimiter(tmp_path: Path, delimiter: str) -> None:
    if delimiter:
        with pytest.raises(Refused) as found:
            table(file(tmp_path, "a,b\n1,2\n"), delimiter=delimiter)
        assert found.value.code == "file.delimiter"


def test_a_delimiter_by_name(tmp_path: Path) -> None:
    assert rows(table(file(tmp_path, "name\tb\nx\ty\n"), delimiter="tab")) == [(2, ["x", "y"])]


CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufeff"), max_size=12)


@settings(deadline=None)
@given(
    st.lists(st.lists(CELL, min_size=2, max_size=2), min_size=1, max_size=20),
    st.sampled_from([",", ";", "\t", "|"]),
)
def test_what_a_writer_wrote_is_what_is_read(
    tmp_path_factory: pytest.TempPathFactory, cells: list[list[str]], mark: str
) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=mark, quoting=csv.QUOTE_ALL).writerows([["name", "note"], *cells])
    opened = table(file(tmp_path_factory.mktemp("csv"), text.getvalue()), delimiter=mark)
    found = [row for _, row in rows(opened)]
    assert found == [row for row in cells if any(row)]
