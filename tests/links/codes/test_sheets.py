"""Sheets: each code is there once, decodes, and has its name beside it."""

import subprocess
import sys
from collections import Counter
from io import BytesIO
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from tests.links.codes.reading import logo, pages, parts, read, words

from lianyi.kernel.errors import Refused
from lianyi.links.codes.layouts import Format, Layout, Sheet
from lianyi.links.codes.lettering import Lettering
from lianyi.links.codes.look import Correction, Look, Shape
from lianyi.links.codes.sheets import Item, Printed, print_sheets

COLOURED = Look(dark="#1a3a8f", light="#fff8e8", shape=Shape.ROUNDED, logo=logo(), correction=Correction.HIGH)


def items(count: int) -> list[Item]:
    return [
        Item(f"https://go.brand-example.cn/k{n:05d}", f"春季展会 展位 {n}", "店员一", f"go.brand-example.cn/k{n:05d}")
        for n in range(count)
    ]


def printed(some: list[Item], look: Look, sheet: Layout | str) -> tuple[bytes, Printed]:
    file = BytesIO()
    layout = sheet if isinstance(sheet, Layout) else Layout(sheet)
    done = print_sheets(file, some, look, layout, title="春季展会")
    return file.getvalue(), done


@pytest.mark.needs("zbar-tools", "poppler-utils")
@pytest.mark.parametrize(
    ("sheet", "count", "on_pages", "grid", "times", "look"),
    [
        (Sheet.LABELS_24, 30, 2, (3, 8), 1, Look()),
        (Sheet.LABELS_24, 5, 1, (3, 8), 1, COLOURED),
        (Sheet.LABELS_8, 9, 2, (2, 4), 1, Look(shape=Shape.DOTS)),
        (Sheet.POSTER, 2, 2, (1, 1), 1, COLOURED),
        (Sheet.TENT, 2, 2, (1, 2), 2, Look()),
    ],
)
def test_every_code_is_printed_and_read_by_two_readers(
    sheet: Sheet, count: int, on_pages: int, grid: tuple[int, int], times: int, look: Look, tmp_path: Path
) -> None:
    document, done = printed(items(count), look, sheet)
    assert done == Printed(count, on_pages)
    pictures = pages(document, tmp_path, dots=200)
    assert len(pictures) == on_pages
    expected = [one.address for one in items(count)]
    by_zbar = [text for page in pictures for part in parts(page, *grid, tmp_path) for text in read(part, tmp_path)]
    assert by_zbar == [one for one in expected for _ in range(times)]
    by_zxing = Counter(one.text for page in pictures for one in zxingcpp.read_barcodes(Image.open(page).convert("L")))
    assert by_zxing == dict.fromkeys(expected, times)


@pytest.mark.needs("poppler-utils")
def test_captions_are_text_and_letters_are_embedded_once(tmp_path: Path) -> None:
    document, _ = printed(items(50), Look(), Sheet.LABELS_24)
    told = words(document, tmp_path)
    for n in (0, 24, 49):
        assert f"春季展会 展位 {n}" in told
    assert told.count("店员一") == 50
    fonts = subprocess.run(["pdffonts", str(tmp_path / "document.pdf")], capture_output=True, text=True, check=True)
    assert [line.split()[:6] for line in fonts.stdout.splitlines()[2:]] == [
        ["LIANYI+NotoSansSC-Regular", "CID", "Type", "0C", "Identity-H", "yes"]
    ]
    about = subprocess.run(["pdfinfo", str(tmp_path / "document.pdf")], capture_output=True, text=True, check=True)
    assert "春季展会" in about.stdout
    assert "A4" in about.stdout


@pytest.mark.needs("poppler-utils", "zbar-tools")
def test_whatever_stands_in_a_caption_stays_text_and_in_its_place(tmp_path: Path) -> None:
    hostile = [") Tj ET (", "<script>", "\x00\x1b[2J\u202e", "名" * 300, "W" * 300, "=1+1", "😀" * 30, ""]
    some = [Item(f"https://go.brand-example.cn/{n}", one, one, one) for n, one in enumerate(hostile)]
    for sheet in Sheet:
        document, _ = printed(some, Look(), sheet)
        pictures = pages(document, tmp_path, dots=150)
        columns, rows = {Sheet.LABELS_24: (3, 8), Sheet.LABELS_8: (2, 4)}.get(sheet, (1, 1))
        found = [
            text for page in pictures for part in parts(page, columns, rows, tmp_path) for text in read(part, tmp_path)
        ]
        assert set(found) == {one.address for one in some}
        for page in pictures:
            page.unlink()
    assert ") Tj ET (" in words(document, tmp_path)


def test_lines_are_broken_where_they_fit_and_cut_short() -> None:
    lettering = Lettering("abcdefghijklmnopqrstuvwxyz./0123456789 春季展会")
    assert lettering.lines("go.brand.cn/k00017", 1, 8, 2) == ["go.brand.cn/", "k00017"]
    assert lettering.lines("春季展会春季展会", 1, 3.5, 2) == ["春季展", "会春…"]
    assert lettering.lines("", 1, 3, 2) == []
    assert lettering.lines("spring", 1, 30, 3) == ["spring"]


def test_none_and_too_many_are_refused_and_progress_is_told() -> None:
    for some in ([], [Item("x")] * 50_001):
        with pytest.raises(Refused) as refused:
            printed(some, Look(), Sheet.LABELS_24)
        assert refused.value.code == "sheet.many"
    steps: list[int] = []
    print_sheets(BytesIO(), items(50), Look(), Layout(), title="", step=steps.append)
    assert steps == [24, 24, 2]


def test_a_thousand_more_codes_take_no_more_memory() -> None:
    program = """
import io, resource
from tests.links.codes.test_sheets import items, print_sheets, Layout, Look, Shape
def megabytes(count):
    with open("/dev/null", "wb") as file:
        print_sheets(file, items(count), Look(shape=Shape.ROUNDED), Layout(), title="")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
first = megabytes(240)
print(megabytes(1200) - first)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 12


@pytest.mark.needs("poppler-utils")
@pytest.mark.parametrize(
    ("layout", "count", "on_pages", "points"),
    [
        (Layout("4x10"), 41, 2, "595.276 x 841.89"),
        (Layout("1x1", Format.A5, 40), 2, 2, "419.528 x 595.276"),
        (Layout("poster", Format.A3, 200), 1, 1, "841.89 x 1190.55"),
        (Layout("tent", Format.LETTER), 1, 1, "612 x 792"),
    ],
)
def test_papers_grids_and_sizes_are_chosen(
    layout: Layout, count: int, on_pages: int, points: str, tmp_path: Path
) -> None:
    document, done = printed(items(count), Look(), layout)
    assert done == Printed(count, on_pages)
    pictures = pages(document, tmp_path, dots=300 if layout.grid else 100)
    found = {one.text for page in pictures for one in zxingcpp.read_barcodes(Image.open(page).convert("L"))}
    assert found == {one.address for one in items(count)}
    about = subprocess.run(["pdfinfo", str(tmp_path / "document.pdf")], capture_output=True, text=True, check=True)
    assert points in about.stdout


@pytest.mark.parametrize(
    ("layout", "code"),
    [
        (Layout("0x8"), "sheet.form"),
        (Layout("11x2"), "sheet.form"),
        (Layout("2x21"), "sheet.form"),
        (Layout("3 x 8"), "sheet.form"),
        (Layout("٣x٨"), "sheet.form"),
        (Layout(""), "sheet.form"),
        (Layout("10x20"), "sheet.size"),
        (Layout("3x8", size=200), "sheet.size"),
        (Layout("poster", size=11.9), "sheet.size"),
        (Layout("3x8", size=-5), "sheet.size"),
        (Layout("3x8", size=float("nan")), "sheet.size"),
    ],
)
def test_a_layout_that_nobody_could_scan_is_refused(layout: Layout, code: str) -> None:
    with pytest.raises(Refused) as refused:
        printed(items(1), Look(), layout)
    assert refused.value.code == code


def test_a_code_that_printers_would_blur_is_refused() -> None:
    long = Item("https://go.brand-example.cn/" + "k" * 400)
    with pytest.raises(Refused) as refused:
        printed([long], Look(), Layout("3x8", size=15))
    assert refused.value.code == "sheet.blurred"
    assert printed([long], Look(), Layout("poster"))[1] == Printed(1, 1)
