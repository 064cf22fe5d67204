"""Files of links: read whole or not at all, and written so that they are read again."""

import pytest
from tests.links.test_routing import of

from lianyi.kernel.errors import Refused
from lianyi.links.drafts import Draft, LinkFile, LinkLine
from lianyi.links.reading import HEADER, as_file, read_links


def test_columns_are_told_in_chinese_and_english() -> None:
    row = "一号展位,https://a.example/,offline,poster,{},Booth 1,B1,{}\n"
    chinese = "名称,目标地址,渠道,媒介,持有人类型,持有人,渠道码,种类\n" + row.format("展位", "")
    english = "name,url,utm_source,utm_medium,holder kind,holder,code,kind\n" + row.format("stand", "code")
    wanted = Draft(
        target="https://a.example/", kind="code", name="一号展位", channel="offline", medium="poster",
        holder_kind="stand", holder="Booth 1", code="B1",
    )  # fmt: skip
    assert read_links("a.csv", chinese.encode("gb18030")) == LinkFile([2], [wanted], [])
    assert read_links("a.csv", english.encode()).drafts == [wanted]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "link.file"),
        (b"x" * 10_000_001, "link.file"),
        (b"name,holder\na,b\n", "link.columns"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_links("a.csv", content)
    assert refused.value.code == code


def test_rows_are_numbered_as_a_spreadsheet_shows_them() -> None:
    content = (
        '\n"name","target"\n"two\nlines","https://a.example/1"\n\nragged,https://a.example/,more,cells\n'
        'six,https://a.example/6\n"open,https://a.example/7\n'
    )
    read = read_links("a.csv", content.encode())
    assert list(zip(read.rows, (one.name for one in read.drafts), strict=True)) == [(3, "two\nlines"), (6, "six")]
    assert [number for number, _ in read.faults] == [5, 7]
    assert [str(why) for _, why in read.faults] == [
        "The row has 4 cells where there are 2 columns.", "A quote opens in this row and is never closed.",
    ]  # fmt: skip


def test_what_goes_out_comes_in_again_and_computes_nothing() -> None:
    link = of(domain="go.brand.example", holder="=HYPERLINK(1)", holder_kind="stand", kind="code", campaign="spring")
    content = b"".join(as_file([LinkLine(link, "+1", 0, None, "Spring")], "https://lianyi.example"))
    head, row = content.decode().splitlines()
    assert head == ",".join(HEADER)
    assert "'+1" in row
    assert "'=HYPERLINK(1)" in row
    assert row.endswith("https://go.brand.example/abc2345")
    (read,) = read_links("links.csv", content).drafts
    assert (read.name, read.holder, read.slug, read.target) == ("+1", "=HYPERLINK(1)", link.slug, link.target)
    assert (read.kind, read.campaign, read.holder_kind) == ("code", "spring", "stand")


def test_of_a_file_with_too_many_links_no_more_is_read_than_is_taken() -> None:
    good, bad = "https://example.com/\n", "https://example.com/" + "x" * 50_000 + "\n"
    assert len(read_links("a.csv", f"target\n{good * 10_000}".encode()).drafts) == 10_000
    for rows in (good * 10_001, good * 40_000 + bad):
        with pytest.raises(Refused) as refused:
            read_links("a.csv", f"target\n{rows}".encode())
        assert refused.value.code == "link.many"
