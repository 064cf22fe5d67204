"""What a file is, by its content: the name is only asked whether it says something else.

The list is short: what the platforms take, and no type that runs code in a browser (no SVG, no HTML).
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from lianyi.kernel.errors import Refused

MEGABYTE = 1_000_000
HEAD = 32  # bytes that tell the type
MOST_PIXELS = 40_000_000  # of a picture: opening it takes 160 MB; below Pillow's own limit, which holds too
_MP4_BRANDS = (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"dash")


@dataclass(frozen=True)
class Type:
    """A type that is kept, how its names end, and how large it may be."""

    name: str
    endings: tuple[str, ...]
    most: int  # bytes

    @property
    def is_picture(self) -> bool:
        """Whether it has a width and a height that are measured."""
        return self.name.startswith("image/")


PNG = Type("image/png", (".png",), 20 * MEGABYTE)
JPEG = Type("image/jpeg", (".jpg", ".jpeg", ".jpe", ".jfif"), 20 * MEGABYTE)
GIF = Type("image/gif", (".gif",), 20 * MEGABYTE)
WEBP = Type("image/webp", (".webp",), 20 * MEGABYTE)
MP4 = Type("video/mp4", (".mp4", ".m4v"), 1000 * MEGABYTE)
MOV = Type("video/quicktime", (".mov", ".qt"), 1000 * MEGABYTE)
PDF = Type("application/pdf", (".pdf",), 50 * MEGABYTE)
ZIP = Type("application/zip", (".zip", ".docx", ".xlsx", ".pptx"), 100 * MEGABYTE)
TYPES = (PNG, JPEG, GIF, WEBP, MP4, MOV, PDF)
WITH_ARCHIVES = (*TYPES, ZIP)


def sniff(head: bytes, name: str, types: Sequence[Type] = TYPES) -> Type:
    """The type of a file that begins with `head`. Refuses one outside the list, and a name that says another."""
    found = type_of(head)
    if found is None or found not in types:
        raise Refused(
            "media.type",
            "{name} is of no type that is kept.",
            "Give PNG, JPEG, GIF, WebP, MP4, MOV or PDF."
            if ZIP not in types
            else "Give PNG, JPEG, GIF, WebP, MP4, MOV, PDF, ZIP, DOCX, XLSX or PPTX.",
            name=name,
        )
    ending = Path(name).suffix.lower()
    if ending and ending not in found.endings:
        raise Refused(
            "media.misnamed",
            "{name} is {type}, which its name does not say.",
            "Give it its own ending.",
            name=name,
            type=found.name,
        )
    return found


def type_of(head: bytes) -> Type | None:
    """The type of a file that begins so."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"PK\x03\x04"):
        return ZIP
    if head[4:8] == b"ftyp":
        return MP4 if head[8:12] in _MP4_BRANDS else MOV if head[8:12] == b"qt  " else None
    return None


def measure(path: Path, kind: Type, name: str) -> tuple[int, int]:
    """Width and height of a picture. Refuses one that cannot be read to its end, or that would fill the memory of who
    opens it.
    """
    bomb = Refused(
        "media.bomb",
        "{name} has more than {most:,} pixels.",
        "Make it smaller.",
        name=name,
        most=MOST_PIXELS,
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=[kind.name.removeprefix("image/").upper()]) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise bomb
                picture.load()
                return picture.size
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise bomb from None
    except Refused:
        raise
    except Exception as error:  # readers of pictures fail in many ways
        raise Refused(
            "media.harmed", "{name} cannot be read: {why}.", "Export it again.", name=name, why=type(error).__name__
        ) from None
