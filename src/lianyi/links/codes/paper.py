"""A PDF that is written page by page: what is done is on its way to the file and takes no memory any more.

Lengths are millimetres from the lower left. The letters of all pages must be known before the first: the font is cut
down to them and embedded once, and so is each picture.
"""

import zlib
from collections.abc import Sequence
from typing import BinaryIO

from lianyi.links.codes.lettering import Lettering
from lianyi.links.codes.look import Pixels

_POINTS = 72 / 25.4  # in a millimetre
_CATALOG, _PAGES, _RESOURCES, _FONT, _KIN, _DESCRIPTOR, _OUTLINES, _NAMES = range(1, 9)
_FIRST_FREE = 9
_FAST = 4  # of zlib's levels: twice as fast as the usual one, a few per cent larger
_AT_ONCE = 100  # lines of a block, as PDF allows


class Paper:
    """A document whose pages are given as operators, in millimetres; pictures are called /P0, /P1, …, the font /F."""

    def __init__(
        self, file: BinaryIO, title: str, lettering: Lettering | None, pictures: Sequence[Pixels] = ()
    ) -> None:
        self._file = file
        self._places: dict[int, int] = {}
        self._at = 0
        self._next = _FIRST_FREE
        self._pages: list[int] = []
        self._title = title
        self._put(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        if lettering:
            self._embed(lettering)
        shown = " ".join(f"/P{place} {self._picture(one)} 0 R" for place, one in enumerate(pictures))
        font = f"/Font << /F {_FONT} 0 R >>" if lettering else ""
        self._object(_RESOURCES, f"<< {font} /XObject << {shown} >> >>")

    def page(self, width: float, height: float, operators: str) -> None:
        """Adds a page."""
        content = self._stream("", f"{_POINTS:.6f} 0 0 {_POINTS:.6f} 0 0 cm\n{operators}".encode("ascii"))
        box = f"[0 0 {width * _POINTS:.3f} {height * _POINTS:.3f}]"
        page = self._object(
            self._free(),
            f"<< /Type /Page /Parent {_PAGES} 0 R /MediaBox {box} /Resources {_RESOURCES} 0 R "
            f"/Contents {content} 0 R >>",
        )
        self._pages.append(page)

    def close(self) -> None:
        """Ends the document; the file stays open."""
        kids = " ".join(f"{one} 0 R" for one in self._pages)
        self._object(_PAGES, f"<< /Type /Pages /Count {len(self._pages)} /Kids [{kids}] >>")
        self._object(_CATALOG, f"<< /Type /Catalog /Pages {_PAGES} 0 R >>")
        title = self._title.encode("utf-16-be", "replace").hex()
        about = self._object(self._free(), f"<< /Title <feff{title}> /Producer (Lianyi) >>")
        start, size = self._at, self._next
        lines = ["0000000000 65535 f \n"]
        lines += [
            f"{self._places[one]:010} 00000 n \n" if one in self._places else "0000000000 00000 f \n"
            for one in range(1, size)
        ]
        self._put(f"xref\n0 {size}\n{''.join(lines)}".encode())
        self._put(f"trailer\n<< /Size {size} /Root {_CATALOG} 0 R /Info {about} 0 R >>\n".encode())
        self._put(f"startxref\n{start}\n%%EOF\n".encode())

    def _embed(self, lettering: Lettering) -> None:
        name, glyphs = lettering.name, lettering.glyphs()
        widths = " ".join(f"{number} [{width}]" for number, width, _ in glyphs)
        self._object(
            _FONT,
            f"<< /Type /Font /Subtype /Type0 /BaseFont /LIANYI+{name} /Encoding /Identity-H "
            f"/DescendantFonts [{_KIN} 0 R] /ToUnicode {_NAMES} 0 R >>",
        )
        self._object(
            _KIN,
            f"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /LIANYI+{name} /FontDescriptor {_DESCRIPTOR} 0 R "
            f"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /DW 1000 /W [{widths}] >>",
        )
        self._object(
            _DESCRIPTOR,
            f"<< /Type /FontDescriptor /FontName /LIANYI+{name} /Flags 4 /FontBBox {lettering.box} /ItalicAngle 0 "
            f"/Ascent 880 /Descent -120 /CapHeight 733 /StemV 80 /FontFile3 {_OUTLINES} 0 R >>".replace(",", ""),
        )
        self._stream("/Subtype /CIDFontType0C", lettering.outlines, _OUTLINES)
        self._stream("", _unicode_of(glyphs).encode("ascii"), _NAMES)

    def _picture(self, pixels: Pixels) -> int:
        height, width, _ = pixels.shape
        said = f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceRGB"
        return self._stream(f"{said} /BitsPerComponent 8", pixels.tobytes())

    def _stream(self, said: str, content: bytes, number: int | None = None) -> int:
        packed = zlib.compress(content, _FAST)
        head = f"<< {said} /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode()
        return self._object(number or self._free(), head + packed + b"\nendstream")

    def _object(self, number: int, content: str | bytes) -> int:
        self._places[number] = self._at
        body = content if isinstance(content, bytes) else content.encode("ascii")
        self._put(f"{number} 0 obj\n".encode() + body + b"\nendobj\n")
        return number

    def _free(self) -> int:
        self._next += 1
        return self._next - 1

    def _put(self, content: bytes) -> None:
        self._file.write(content)
        self._at += len(content)


def _unicode_of(glyphs: list[tuple[int, int, str]]) -> str:
    """What each glyph is as text, for those who search or copy."""
    head = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
    )
    blocks = [glyphs[start : start + _AT_ONCE] for start in range(0, len(glyphs), _AT_ONCE)]
    told = (
        f"{len(block)} beginbfchar\n"
        + "".join(f"<{number:04x}> <{one.encode('utf-16-be').hex()}>\n" for number, _, one in block)
        + "endbfchar\n"
        for block in blocks
    )
    return head + "".join(told) + "endcmap end end"
