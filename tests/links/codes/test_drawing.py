"""What is drawn decodes, by two readers; what scanners cannot read is refused."""

import re
from io import BytesIO
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from tests.links.codes.reading import logo, pages, read, words

from lianyi.kernel.errors import Refused
from lianyi.links.codes.drawing import checked, pdf, png, svg
from lianyi.links.codes.look import LOGO_SHARE, Correction, Look, Shape, contrast

ADDRESS = "https://go.brand-example.cn/k00017"
LONG = f"https://www.brand-example.cn/spring?{'utm_campaign=spring-fair&' * 12}"
COLOURS = [("#000000", "#ffffff"), ("#1a3a8f", "#fff8e8"), ("#c00000", "#ffffff")]
LOOKS = {
    f"{shape}-{name}": Look(*COLOURS[(row + column) % 3], quiet=4, shape=shape, logo=picture, correction=correction)
    for row, shape in enumerate(Shape)
    for column, (name, picture, correction) in enumerate(
        [
            ("plain", b"", Correction.MEDIUM),
            ("logo", logo(), Correction.QUARTER),
            ("wide", logo(600, 200), Correction.HIGH),
        ]
    )
}


@pytest.mark.needs("zbar-tools", "poppler-utils")
@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS.keys())
def test_another_reader_reads_pictures_and_prints(look: Look, tmp_path: Path) -> None:
    text = LONG if look.shape is Shape.ROUNDED else ADDRESS
    side = checked(text, look).side + 2 * look.quiet
    for pixels in (3, 8):
        assert read(png(text, look, side * pixels + 5), tmp_path) == [text]
    size = side * 0.4
    (page,) = pages(pdf(text, look, ["展位三 Booth 3"], size), tmp_path, dots=300)
    assert read(page, tmp_path) == [text]


@pytest.mark.parametrize("shape", Shape)
@pytest.mark.parametrize("correction", [Correction.QUARTER, Correction.HIGH])
def test_a_logo_leaves_enough_at_every_length(shape: Shape, correction: Correction) -> None:
    for length in (1, 30, 150, 400):
        for picture in (logo(), logo(900, 100), logo(100, 900)):
            made = checked("x" * length, Look(shape=shape, logo=picture, correction=correction))
            assert made.box is not None
            assert 100 * made.box.width * made.box.height <= LOGO_SHARE[correction] * made.side**2
            assert min(made.box.x, made.box.y) >= 9  # the eyes are whole


@pytest.mark.parametrize("size", [74, 100, 512, 1000, 4096])
def test_a_png_is_as_large_as_asked_and_sharp(size: int) -> None:
    with Image.open(BytesIO(png(ADDRESS, Look(dark="#123456"), size))) as picture:
        assert picture.size == (size, size)
        colours = picture.convert("RGB").getcolors()
    assert {one for _, one in colours or []} == {(0x12, 0x34, 0x56), (255, 255, 255)}


def test_an_svg_is_paths_that_say_what_the_png_shows() -> None:
    """The whole squares of the path are the dark modules of the code."""
    look = Look(dark="#123456", light="#fefefe", quiet=5)
    made, drawn = checked(ADDRESS, look), svg(ADDRESS, look)
    side = made.side + 10
    assert drawn.startswith(f'<svg xmlns="http://www.w3.org/2000/svg" width="{side * 10}"')
    assert f'<path fill="#fefefe" d="M0 0h{side}v{side}H0z"/>' in drawn
    shown = Image.new("L", (side, side), 255)
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", drawn):
        for place in range(int(length)):
            shown.putpixel((int(x) + place, int(y)), 0)
    found = zxingcpp.read_barcode(shown.resize((side * 4, side * 4), Image.Resampling.NEAREST))
    assert found is not None
    assert found.text == ADDRESS
    assert "<image" not in drawn
    assert 'href="data:image/png;base64,' in svg(ADDRESS, Look(logo=logo(), correction=Correction.HIGH))


@pytest.mark.needs("poppler-utils")
def test_a_pdf_has_its_caption_as_text_in_any_script(tmp_path: Path) -> None:
    drawn = pdf(ADDRESS, Look(), ["展位三 Booth 3", "", "店员一 😀", "go.brand-example.cn/k00017"], 40)
    assert words(drawn, tmp_path).split("\n")[:3] == ["展位三 Booth 3", "店员一 □", "go.brand-example.cn/k00017"]
    assert drawn.count(b"/FontFile3") == 1
    assert len(drawn) < 30_000  # the font is cut down
    assert b"/FontFile3" not in pdf(ADDRESS, Look(), [], 40)


@pytest.mark.parametrize(
    ("look", "code"),
    [
        (Look(dark="#ffffff", light="#000000"), "code.contrast"),
        (Look(dark="#ffd400"), "code.contrast"),
        (Look(dark="#000000", light="#808080"), "code.contrast"),
        (Look(dark="#123456", light="#123456"), "code.contrast"),
        (Look(dark="black"), "code.colour"),
        (Look(dark='#000"/>'), "code.colour"),
        (Look(light="#fff"), "code.colour"),
        (Look(quiet=3), "code.quiet"),
        (Look(quiet=21), "code.quiet"),
        (Look(logo=logo()), "code.logo_correction"),
        (Look(logo=b"<svg/>", correction=Correction.HIGH), "code.logo"),
        (Look(logo=logo()[:100], correction=Correction.HIGH), "code.logo"),
        (Look(logo=b"\x89PNG" + bytes(6_000_000), correction=Correction.HIGH), "code.logo"),
    ],
)
def test_a_look_that_cannot_be_read_is_refused(look: Look, code: str) -> None:
    for draw in (lambda: svg(ADDRESS, look), lambda: png(ADDRESS, look, 500), lambda: pdf(ADDRESS, look, [], 50)):
        with pytest.raises(Refused) as refused:
            draw()
        assert refused.value.code == code


def test_contrast_is_the_difference_of_reflectances() -> None:
    assert contrast("#000000", "#ffffff") == 100
    assert contrast("#ffffff", "#000000") == -100
    assert contrast("#808080", "#ffffff") == 78


def test_a_text_no_code_can_hold_and_sizes_at_which_modules_are_lost_are_refused() -> None:
    for text in ("", "x" * 3000, "\ud800"):
        with pytest.raises(Refused, match=r"No code can hold"):
            svg(text, Look())
    with pytest.raises(Refused) as small:
        png(ADDRESS, Look(), 73)
    assert str(small.value) == "This code takes 74 to 4,096 pixels a side. Take another size."
    with pytest.raises(Refused) as huge:
        png(ADDRESS, Look(), 5000)
    assert huge.value.code == "code.size"
    with pytest.raises(Refused) as print_:
        pdf(ADDRESS, Look(), [], 11)
    assert str(print_.value) == "This code takes 12 to 2,000 millimetres a side. Take another size."


def test_what_does_not_decode_is_refused() -> None:
    """A logo that is a code itself: a scanner would read that one, or none."""
    other = png("https://other-example.cn/", Look(), 370)
    with pytest.raises(Refused) as refused:
        svg("https://go.brand-example.cn/" + "x" * 90, Look(logo=other, correction=Correction.HIGH))
    assert refused.value.code == "code.unreadable"


def test_addresses_in_any_script_decode() -> None:
    for text in ("https://例子.cn/春季", "é", "WIFI:S:展会;;", "😀"):
        assert checked(text, Look(shape=Shape.DOTS)).side >= 21
