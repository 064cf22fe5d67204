"""A channel code as SVG, PNG or PDF: the same drawing in three forms, each decoded back before anybody gets it.

svg("https://go.example.com/k7", Look(dark="#1a2b3c", shape=Shape.DOTS))
"""

import base64
from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from math import ceil

import zxingcpp
from PIL import Image

from lianyi.kernel.errors import Refused
from lianyi.kernel.text import clean
from lianyi.links.codes.lettering import Lettering
from lianyi.links.codes.look import Look, logo_of
from lianyi.links.codes.marks import area, code, fitted
from lianyi.links.codes.outlines import svg_path
from lianyi.links.codes.painting import grey, logo_box, png_of
from lianyi.links.codes.paper import Paper
from lianyi.links.codes.symbol import Symbol, Tiles, covered, symbol

LEAST_PIXELS = 2  # a module: below it, cameras lose them
MOST_SIZE = 4096  # pixels a side
LEAST_MODULE_MM = 0.3  # below it, printers at 300 dots an inch blur them
MOST_SIZE_MM = 2000
_LEAST_LETTERS_MM = 2.5
_KIND = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_SEEN_PIXELS = 4  # a module, where it is decoded back
_SVG_MODULE = 10  # the size of a module where nobody says another


def checked(text: str, look: Look) -> Symbol:
    """The code, when what is drawn of it decodes to the text; with a logo, also when it covered a module more on each
    side. Refuses any other, and a look that scanners cannot read.
    """
    look.check()
    made = symbol(text, look)
    found = _decoded(made, look)
    if found == text and made.box is not None:
        found = _decoded(made, look, covered(made.tiles, made.box, by=1))
    if found != text:
        raise Refused(
            "code.unreadable",
            "The code that was drawn does not decode to {text!r}.",
            "Take square modules, other colours, a higher correction, or no logo.",
            text=text[:200],
        )
    return made


def svg(text: str, look: Look) -> str:
    """A picture of paths. Refuses what `checked` refuses."""
    made = checked(text, look)
    side = made.side + 2 * look.quiet
    edges = ' shape-rendering="crispEdges"' if look.shape == "square" else ""
    size = side * _SVG_MODULE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="0 0 {side} {side}">'
        f'<path fill="{look.light}" d="M0 0h{side}v{side}H0z"/>'
        f'<path fill="{look.dark}"{edges} d="{svg_path(made.tiles, look.quiet)}"/>{_svg_logo(made, look)}</svg>\n'
    )


def png(text: str, look: Look, size_px: int) -> bytes:
    """A picture of `size_px` pixels a side. Refuses what `checked` refuses, and a size at which modules are lost."""
    made = checked(text, look)
    side = made.side + 2 * look.quiet
    if not side * LEAST_PIXELS <= size_px <= MOST_SIZE:
        raise Refused(
            "code.size",
            "This code takes {least} to {most:,} pixels a side.",
            "Take another size.",
            least=side * LEAST_PIXELS,
            most=MOST_SIZE,
        )
    return png_of(made, look, size_px // side, size_px)


def pdf(text: str, look: Look, caption: Sequence[str], size_mm: float) -> bytes:
    """A page of one code of `size_mm` a side, with lines of a caption below it. Refuses what `checked` refuses, and a
    size at which modules are lost in print.
    """
    made = checked(text, look)
    least = ceil((made.side + 2 * look.quiet) * LEAST_MODULE_MM)
    if not least <= size_mm <= MOST_SIZE_MM:
        raise Refused(
            "code.size_mm",
            "This code takes {least} to {most:,} millimetres a side.",
            "Take another size.",
            least=least,
            most=MOST_SIZE_MM,
        )
    lines = [line for line in map(clean, caption) if line]
    lettering = Lettering(set("".join(lines))) if lines else None
    size = max(_LEAST_LETTERS_MM, size_mm / 14)
    foot = (len(lines) * 1.5 + 0.5) * size if lines else 0.0
    kept = BytesIO()
    paper = Paper(kept, lines[0] if lines else text, lettering, [logo_of(look.logo, look.light)] if look.logo else ())
    drawn = area(look.light, size_mm, size_mm + foot) + code(made, look, 0, foot, size_mm)
    for place, line in enumerate(lines):
        assert lettering is not None
        drawn += fitted(lettering, line, size_mm, foot - (place + 1) * 1.5 * size + size * 0.5, size)
    paper.page(size_mm, size_mm + foot, drawn)
    paper.close()
    return kept.getvalue()


def _decoded(made: Symbol, look: Look, tiles: Tiles | None = None) -> str:
    """What a scanner reads; empty where it reads nothing."""
    found = zxingcpp.read_barcode(
        grey(made, look, _SEEN_PIXELS, tiles),
        formats=_KIND,
        try_rotate=False,
        try_downscale=False,
        try_invert=False,
        text_mode=zxingcpp.TextMode.Plain,
    )
    return "" if found is None else str(found.text)


def _svg_logo(made: Symbol, look: Look) -> str:
    if made.box is None:
        return ""
    x, y, width, height = (f"{one:g}" for one in logo_box(made, look))
    return f'<image x="{x}" y="{y}" width="{width}" height="{height}" href="{_logo_address(look.logo, look.light)}"/>'


@lru_cache(maxsize=16)
def _logo_address(logo: bytes, light: str) -> str:
    kept = BytesIO()
    Image.fromarray(logo_of(logo, light)).save(kept, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(kept.getvalue()).decode()}"
