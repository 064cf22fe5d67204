"""XLSX: sheets, types, formulas, and archives that mean harm."""

import io
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from tests.people.imports.builders import file, refused, rows, table

from lianyi.kernel.errors import Refused
from lianyi.kernel.sentences import Sentence
from lianyi.people.imports.cells import Bad


def _book(folder: Path, *sheets: tuple[str, list[list[Any]]]) -> Path:
    book = Workbook()
    book.remove(book.active)
    for name, cells in sheets:
        sheet = book.create_sheet(name)
        for row in cells:
            sheet.append(row)
    book.save(folder / "book.xlsx")
    return folder / "book.xlsx"


def _changed(path: Path, part: str, old: bytes, new: bytes) -> Path:
    """The workbook with other bytes in one part."""
    result = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            data = source.read(info)
            if info.filename == part:
                assert old in data
                data = data.replace(old, new)
            target.writestr(info.filename, data)
    path.write_bytes(result.getvalue())
    return path


SHEET = "xl/worksheets/sheet1.xml"
PEOPLE = [["姓名", "手机", "生日", "分"], ["张三", 13800138000, datetime(1990, 1, 2), 2.5], ["李四", "无", None, True]]


def test_values_keep_their_types(tmp_path: Path) -> None:
    opened = table(_book(tmp_path, ("Sheet", PEOPLE)))
    assert opened.reading.kind == "XLSX"
    assert opened.columns == ["姓名", "手机", "生日", "分"]
    assert rows(opened) == [
        (2, ["张三", 13800138000, datetime(1990, 1, 2), 2.5]),
        (3, ["李四", "无", None, True]),
    ]


def test_the_first_sheet_unless_another_is_named(tmp_path: Path) -> None:
    path = _book(tmp_path, ("A", [["name"], ["Anna"]]), ("B", [["name"], ["Bob"]]))
    assert rows(table(path)) == [(2, ["Anna"])]
    assert table(path).reading.sheet == "A"
    assert rows(table(path, sheet="B")) == [(2, ["Bob"])]
    with pytest.raises(Refused) as found:
        table(path, sheet="C")
    assert found.value.code == "file.sheet"
    assert "'A', 'B'" in str(found.value)


def test_blank_and_ragged_rows(tmp_path: Path) -> None:
    path = _book(
        tmp_path, ("S", [[], ["name", "city"], ["Anna"], [None, None], ["Bob", "Ulm", "x"], ["Eve", "Bonn", ""]])
    )
    opened = table(path)
    assert refused(opened) == [(5, "row.ragged")]
    blocks = list(opened.blocks())
    assert [n for block in blocks for n in block.numbers] == [3, 6]
    assert blocks[0].cells[0] == ["Anna", None]


def test_a_formula_without_its_result_is_no_value(tmp_path: Path) -> None:
    path = _book(tmp_path, ("S", [["name", "sum"], ["Anna", "=1+1"], ["Bob", 2], ["#N/A", 3]]))
    cells = [row for _, row in rows(table(path))]
    assert cells[0][1] == Bad("cell.formula", Sentence("The cell holds a formula without its result."), "=1+1")
    assert cells[1] == ["Bob", 2]
    assert cells[2][0] == Bad("cell.error", Sentence("The cell holds the error {error}.", error="#N/A"), "#N/A")


def test_a_formula_with_its_result_is_its_result(tmp_path: Path) -> None:
    path = _book(tmp_path, ("S", [["name", "sum"], ["Anna", "=1+1"]]))
    _changed(
        path,
        SHEET,
        b"<f>1+1</f><v></v>" if _has(path, b"<f>1+1</f><v></v>") else b"<f>1+1</f><v />",
        b"<f>1+1</f><v>2</v>",
    )
    assert rows(table(path)) == [(2, ["Anna", 2])]


def _has(path: Path, data: bytes) -> bool:
    with zipfile.ZipFile(path) as archive:
        return data in archive.read(SHEET)


def test_an_archive_that_unfolds_too_far(tmp_path: Path) -> None:
    path = _book(tmp_path, ("S", PEOPLE))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image.bin", bytes(200 << 20))
    assert path.stat().st_size < 500_000
    assert _code(path) == "file.bomb"


def test_entities(tmp_path: Path) -> None:
    path = _book(tmp_path, ("S", PEOPLE))
    _changed(path, "xl/workbook.xml", b"<workbook", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><workbook')
    assert _code(path) == "file.entities"


def test_a_sheet_that_lies_about_its_size(tmp_path: Path) -> None:
    path = _book(tmp_path, ("S", PEOPLE))
    _changed(path, SHEET, b'<dimension ref="A1:D3"', b'<dimension ref="A1:XFD1048576"')
    assert len(rows(table(path))) == 2


@pytest.mark.parametrize("cut", [100, 1_000, -30])
def test_a_workbook_that_is_cut_short(tmp_path: Path, cut: int) -> None:
    path = _book(tmp_path, ("S", PEOPLE))
    assert _code(file(tmp_path, path.read_bytes()[:cut], "cut.xlsx")) == "file.damaged"


def test_a_workbook_of_nonsense(tmp_path: Path) -> None:
    path = _book(tmp_path, ("S", PEOPLE))
    _changed(path, SHEET, b"<sheetData>", b"<sheetData><<<")
    assert _code(path) == "file.damaged"


def test_a_workbook_without_rows(tmp_path: Path) -> None:
    assert _code(_book(tmp_path, ("S", []))) == "file.empty"


def test_an_encrypted_part(tmp_path: Path) -> None:
    path = _book(tmp_path, ("S", PEOPLE))
    data = bytearray(path.read_bytes())
    for place in range(len(data) - 4):
        if data[place : place + 4] == b"PK\x03\x04":
            data[place + 6] |= 1
        elif data[place : place + 4] == b"PK\x01\x02":
            data[place + 8] |= 1
    assert _code(file(tmp_path, bytes(data), "locked.xlsx")) == "file.encrypted"


def _code(path: Path) -> str:
    with pytest.raises(Refused) as found:
        list(table(path).blocks())
    return found.value.code
