"""Archives: looked through whole before they are kept, since a small one can open to more than any disk holds.

Promises that what an archive opens to was read to its end, within a bound, and that nothing in it lies outside of it,
hides behind another part, or is an archive again.
"""

import zipfile
import zlib
from pathlib import Path

from lianyi.kernel.errors import Refused

MEGABYTE = 1_000_000
MOST_PARTS = 2_000
MOST_OPENED = 500 * MEGABYTE
MOST_RATIO = 100  # of what a part opens to, once that is much
_MUCH = 10 * MEGABYTE
_PIECE = 1 << 20
_NESTED = (".zip", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".zst", ".jar", ".cab", ".iso")
_PARTS = {".docx": "word/document.xml", ".xlsx": "xl/workbook.xml", ".pptx": "ppt/presentation.xml"}
_MACROS = "vbaproject.bin"


def look_through(path: Path, name: str) -> None:
    """Refuses an archive that opens to too much, cannot be read, or is not what its name says."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            _bound(parts, name)
            _said(parts, name)
            _opened(archive, parts, name)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise Refused(
            "media.harmed", "{name} cannot be read: {why}.", "Export it again.", name=name, why=type(error).__name__
        ) from None


def _bound(parts: list[zipfile.ZipInfo], name: str) -> None:
    opened = sum(one.file_size for one in parts)
    packed = sum(one.compress_size for one in parts)
    ends = 0
    overlaps = False
    for one in sorted(parts, key=lambda part: part.header_offset):
        overlaps = overlaps or one.header_offset < ends
        ends = one.header_offset + one.compress_size
    much = opened > _MUCH and opened > MOST_RATIO * max(packed, 1)
    if len(parts) > MOST_PARTS or opened > MOST_OPENED or much or overlaps:
        raise _bomb(name)


def _said(parts: list[zipfile.ZipInfo], name: str) -> None:
    names = [one.filename for one in parts]
    plain = [one.replace("\\", "/") for one in names]
    outside = any(one.startswith("/") or ":" in one or ".." in one.split("/") for one in plain)
    locked = any(one.flag_bits & 1 for one in parts)
    nested = any(one.lower().endswith(_NESTED) for one in plain)
    macros = any(one.lower().endswith(_MACROS) for one in plain)
    if outside or locked or nested or macros or not parts or parts[0].header_offset:
        raise Refused(
            "media.archive",
            "{name} holds what nobody can look through: other archives, macros, a password, or names of other folders.",
            "Pack the files themselves.",
            name=name,
        )
    wanted = _PARTS.get(Path(name).suffix.lower())
    if wanted and not {wanted, "[Content_Types].xml"} <= set(names):
        raise Refused(
            "media.misnamed",
            "{name} is {type}, which its name does not say.",
            "Give it its own ending.",
            name=name,
            type="application/zip",
        )


def _opened(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], name: str) -> None:
    """Reads all of it: what a part says of its size need not be true."""
    left = MOST_OPENED
    for one in parts:
        with archive.open(one) as part:
            while piece := part.read(_PIECE):
                left -= len(piece)
                if left < 0:
                    raise _bomb(name)


def _bomb(name: str) -> Refused:
    return Refused(
        "media.archive_bomb",
        "{name} opens to more than {most} MB, or to far more than it is.",
        "Leave something out, or give several files.",
        name=name,
        most=MOST_OPENED // MEGABYTE,
    )
