"""The encoding of a text file is told by its bytes."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.people.imports.builders import file, rows, table

from lianyi.kernel.errors import Refused
from lianyi.people.imports.encodings import TextEvidence, known

CHINESE = "姓名,手机,城市\n张三,13800138000,北京\n李四,13900139000,上海\n王小明,无,广州\n"
WESTERN = "Name,Stadt,Preis\nMüller,Zürich,12\nCafé Noël,Besançon,5\nJosé Nuñez,Málaga,€5\n"


def _told(data: bytes, size: int = 1 << 20) -> str:
    evidence = TextEvidence()
    for start in range(0, len(data), size):
        evidence.add(data[start : start + size])
    return evidence.encoding(None)


@pytest.mark.parametrize(
    ("text", "encoding", "told"),
    [
        (CHINESE, "utf-8", "utf-8"),
        (CHINESE, "utf-8-sig", "utf-8-sig"),
        (CHINESE, "utf-16", "utf-16"),
        ("\ufeff" + CHINESE, "utf-16-be", "utf-16"),
        (CHINESE, "gb18030", "gb18030"),
        (CHINESE, "gbk", "gb18030"),
        (CHINESE * 2000, "gbk", "gb18030"),
        ("姓名\n张伟\n", "gb18030", "gb18030"),
        ("id,city\n1,北京\n", "gbk", "gb18030"),
        (WESTERN, "utf-8", "utf-8"),
        (WESTERN, "cp1252", "cp1252"),
        (WESTERN * 2000, "cp1252", "cp1252"),
        ("name,city\nBjörk,Reykjavík\n", "cp1252", "cp1252"),
        ("Price,Name\n€5,René’s\n", "cp1252", "cp1252"),
        ("café\n", "cp1252", "cp1252"),
        ("id,name\n" + "1,plain\n" * 50_000 + "2,张伟\n", "gbk", "gb18030"),
        ("id,name\n1,plain\n", "ascii", "utf-8"),
    ],
)
def test_encodings(text: str, encoding: str, told: str) -> None:
    assert _told(text.encode(encoding)) == told
    assert _told(text.encode(encoding), 7) == told


def test_a_file_that_is_mostly_utf8_is_utf8() -> None:
    assert _told(CHINESE.encode() * 5 + b"caf\xe9,1,2\n") == "utf-8"


def test_utf8_that_ends_in_the_middle_of_a_character() -> None:
    assert _told(CHINESE.encode()[:-2] + "州".encode()[:2]) == "utf-8"


@pytest.mark.parametrize("data", [CHINESE.encode("utf-16-le"), bytes(range(256)) * 4, b"\x00\x01\x02" * 500])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        _told(data)
    assert refused.value.code == "file.encoding"


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", CHINESE.encode("utf-16")[:-1], CHINESE.encode("utf-16")[:-3]])
def test_half_a_character_of_utf16_is_refused(data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        _told(data)
    assert refused.value.code == "file.cut"


def test_names_of_encodings() -> None:
    assert known("UTF8") == "utf-8"
    assert known("gb2312") == "gb18030"
    assert known("latin-1") == "cp1252"
    for name in ("klingon", "base64", ""):
        with pytest.raises(Refused) as refused:
            known(name)
        assert refused.value.code == "file.encoding"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_the_same_rows_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    opened = table(file(tmp_path, CHINESE.encode(encoding)))
    assert opened.columns == ["姓名", "手机", "城市"]
    assert rows(opened)[2] == (4, ["王小明", "无", "广州"])


def test_the_mapping_may_name_the_encoding(tmp_path: Path) -> None:
    opened = table(file(tmp_path, "name,city\nŁódź,1\n".encode("cp1250")), encoding="cp1250")
    assert rows(opened) == [(2, ["Łódź", "1"])]


@settings(deadline=None)
@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=4, max_size=200))
def test_chinese_is_told_from_western(text: str) -> None:
    common = "的一是在不了有和人这中大为上个国我以要他"
    assert _told((common + text).encode("gb18030")) in ("gb18030", "utf-8")
    assert _told((text + "\n").encode()) == "utf-8"


@settings(deadline=None)
@given(st.binary(max_size=500))
def test_no_bytes_break_it(data: bytes) -> None:
    with contextlib.suppress(Refused):
        assert _told(data) in ("utf-8", "utf-8-sig", "utf-16", "gb18030", "cp1252")
