"""Files before they are believed: cut short, locked, absurd, or no table at all."""

import gzip
import io
import os
import zipfile
from pathlib import Path

import pytest
from tests.people.imports.builders import file, rows, table

from lianyi.kernel.errors import Refused
from lianyi.people.imports import files
from lianyi.people.imports.files import glimpse


def _code(path: Path) -> str:
    with pytest.raises(Refused) as refused:
        glimpse(path)
    assert str(refused.value.sentence)
    return refused.value.code


def test_a_gzip_is_read_as_what_it_holds(tmp_path: Path) -> None:
    opened = table(file(tmp_path, "name,city\nAnna,Bonn\n", "a.csv", packed=True))
    assert opened.reading.packed
    assert rows(opened) == [(2, ["Anna", "Bonn"])]


def test_several_gzips_in_one_are_one_file(tmp_path: Path) -> None:
    data = gzip.compress(b"name,city\nAnna,Bonn\n") + gzip.compress(b"Bob,Ulm\n")
    assert rows(table(file(tmp_path, data))) == [(2, ["Anna", "Bonn"]), (3, ["Bob", "Ulm"])]


@pytest.mark.parametrize("cut", [3, 12, 40, -1, -9])
def test_a_gzip_that_is_cut_short(tmp_path: Path, cut: int) -> None:
    data = gzip.compress(os.urandom(1_000).hex().encode())
    assert _code(file(tmp_path, data[:cut])) in ("file.truncated", "file.encoding" if cut == 3 else "file.truncated")


def test_a_damaged_gzip(tmp_path: Path) -> None:
    data = bytearray(gzip.compress(os.urandom(10_000).hex().encode()))
    data[500:600] = bytes(100)
    assert _code(file(tmp_path, bytes(data))) == "file.damaged"


def test_a_bomb_is_refused_before_it_unfolds(tmp_path: Path) -> None:
    bomb = gzip.compress(b"a,b\n" * (20 << 20), 9)
    assert len(bomb) < 200_000
    assert _code(file(tmp_path, bomb)) == "file.bomb"


def test_an_endless_line(tmp_path: Path) -> None:
    assert _code(file(tmp_path, b"a,b\n" + b"x" * (9 << 20))) == "file.line"


def test_lines_that_end_with_a_carriage_return_have_ends(tmp_path: Path) -> None:
    assert glimpse(file(tmp_path, b"a,b\r" * (3 << 20))).encoding == "utf-8"


@pytest.mark.parametrize("content", [b"", gzip.compress(b"", mtime=0)])
def test_an_empty_file(tmp_path: Path, content: bytes) -> None:
    assert _code(file(tmp_path, content)) == "file.empty"


@pytest.mark.parametrize("content", ["\n\n\n", ",,\n,,\n", "\ufeff"])
def test_a_file_of_blank_rows(tmp_path: Path, content: str) -> None:
    with pytest.raises(Refused) as refused:
        table(file(tmp_path, content))
    assert refused.value.code == "file.empty"


def test_a_header_and_nothing_else(tmp_path: Path) -> None:
    assert rows(table(file(tmp_path, "name,city\n"))) == []


def test_there_is_no_file(tmp_path: Path) -> None:
    assert _code(tmp_path / "nothing.csv") == "file.missing"
    assert _code(tmp_path) == "file.unreadable"


def test_what_is_no_table(tmp_path: Path) -> None:
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    assert _code(file(tmp_path, old)) == "file.old_excel"
    assert _code(file(tmp_path, old + "EncryptedPackage".encode("utf-16-le"))) == "file.encrypted"
    assert _code(file(tmp_path, b"BZh91AY&SY")) == "file.packed"
    assert _code(file(tmp_path, b"%PDF-1.7\n")) == "file.kind"
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("a.csv", "name\nAnna\n")
    assert _code(file(tmp_path, archive.getvalue())) == "file.kind"
    assert _code(file(tmp_path, archive.getvalue()[:40])) == "file.damaged"


def test_one_json_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        table(file(tmp_path, '[{"a": 1}, {"a": 2}]'))
    assert refused.value.code == "file.kind"


def test_the_digest_is_that_of_the_bytes_on_disk(tmp_path: Path) -> None:
    plain, again = file(tmp_path, "a,b\n1,2\n", "a.csv"), file(tmp_path, "a,b\n1,2\n", "renamed.txt")
    assert glimpse(plain).digest == glimpse(again).digest
    assert glimpse(file(tmp_path, "a,b\n1,3\n")).digest != glimpse(plain).digest


def test_bytes_that_are_no_text_spoil_only_their_cells(tmp_path: Path) -> None:
    opened = table(file(tmp_path, "姓名,城市\n张三,北京\n".encode() + b"\xff\xfe,x\n" + "李四,上海\n".encode()))
    assert opened.reading.encoding == "utf-8"
    assert [cells[0] for _, cells in rows(opened)] == ["张三", "\udcff\udcfe", "李四"]


def test_a_file_that_shrinks_while_it_is_read(tmp_path: Path) -> None:
    path = file(tmp_path, os.urandom(400_000).hex(), packed=True)
    path = file(tmp_path, "name,b\n" + "".join(f"{os.urandom(20).hex()},1\n" for _ in range(100_000)), packed=True)
    opened = table(path)
    path.write_bytes(path.read_bytes()[:100_000])
    with pytest.raises(Refused) as refused:
        list(opened.blocks())
    assert refused.value.code == "file.changed"


def test_limits_are_what_the_documents_say() -> None:
    assert (files.UNFOLDED, files.RATIO, files.LONGEST_LINE) == (16 << 30, 250, 8 << 20)
