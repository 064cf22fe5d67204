"""NDJSON: one object a line."""

from decimal import Decimal
from pathlib import Path

import pytest
from tests.people.imports.builders import file, refused, rows, table


def test_objects_become_rows(tmp_path: Path) -> None:
    opened = table(
        file(
            tmp_path,
            '{"name": "张三", "price": 2.50, "n": 3, "vip": true}\n'
            "\n"
            '{"name": null, "address": {"city": "北京", "geo": {"lat": 1}}, "tags": ["a", "b"]}\r\n',
        )
    )
    assert opened.reading.kind == "NDJSON"
    assert opened.columns == ["name", "price", "n", "vip", "address.city", "address.geo.lat", "tags"]
    assert rows(opened) == [
        (1, ["张三", Decimal("2.50"), 3, True, None, None, None]),
        (3, [None, None, None, None, "北京", 1, ["a", "b"]]),
    ]


def test_numbers_keep_their_digits(tmp_path: Path) -> None:
    opened = table(file(tmp_path, '{"price": 0.1000000000000000055}\n'))
    assert rows(opened) == [(1, [Decimal("0.1000000000000000055")])]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("[1, 2]", "row.json"),
        ('"text"', "row.json"),
        ('{"a": NaN}', "row.json"),
        ('{"a": Infinity}', "row.json"),
        ('{"a": 1', "row.json"),
        ('{"a": 1} {"a": 2}', "row.json"),
        ('{"a": 1, "a": 2}', "row.key_twice"),
        ('{"a": ' + '{"b": ' * 20 + "1" + "}" * 21, "row.deep"),
        ('{"a": ' + "[" * 100_000 + "]" * 100_000 + "}", "row.deep"),
        ('{"a": ' + "9" * 5_000 + "}", "row.json"),
    ],
)
def test_lines_that_are_no_rows(tmp_path: Path, line: str, code: str) -> None:
    opened = table(file(tmp_path, '{"a": 0}\n' + line + '\n{"a": 3}\n'))
    assert refused(opened) == [(2, code)]
    assert [number for block in opened.blocks() for number in block.numbers] == [1, 3]


def test_many_objects_come_in_blocks(tmp_path: Path) -> None:
    opened = table(file(tmp_path, "".join(f'{{"n": {n}}}\n' for n in range(20_000)), packed=True))
    sizes = [len(block.cells) for block in opened.blocks()]
    assert sum(sizes) == 20_000
    assert len(sizes) > 1


def test_other_encodings(tmp_path: Path) -> None:
    for encoding in ("utf-8-sig", "utf-16", "gb18030"):
        opened = table(file(tmp_path, '{"姓名": "张三"}\n{"姓名": "李四"}\n'.encode(encoding)))
        assert rows(opened) == [(1, ["张三"]), (2, ["李四"])]
