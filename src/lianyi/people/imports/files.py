"""A file before it is believed: what it is, whether it is whole, and how much it unfolds to.

One pass over the bytes, in bounded memory, takes the digest by which an import is resumed, finds archives that are cut
short or unfold to absurd sizes, and keeps lines that tell the encoding. What a file is, its bytes say, not its name.
"""

import gzip
import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import IO, Literal, cast

from lianyi.kernel.errors import Refused, why
from lianyi.people.imports.encodings import TextEvidence

Kind = Literal["text", "xlsx", "parquet"]

UNFOLDED = 16 << 30  # bytes of text in one file
RATIO = 250  # an honest table folds to a hundredth at most; deflate itself reaches a thousandth
RATIO_FROM = 64 << 20
LONGEST_LINE = 8 << 20
WORKBOOK = 4 << 30
STRINGS = 512 << 20  # a workbook's shared texts are held in memory
_BLOCK = 1 << 20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class Glimpse:
    """What one pass over a file showed."""

    path: Path
    kind: Kind
    folded: bool  # gzip
    size: int  # bytes on disk
    digest: bytes  # 16 bytes, of the bytes on disk
    encoding: str = ""  # of text
    formulas: bool = False  # of workbooks


def glimpse(path: Path, *, encoding: str | None = None) -> Glimpse:
    """Looks at the whole file once. Refuses what is missing, empty, cut short, locked, or no table at all."""
    try:
        with path.open("rb") as file:
            head = file.read(8)
            size = path.stat().st_size
    except FileNotFoundError:
        raise Refused("file.missing", "There is no file {file!r}.", file=path.name) from None
    except OSError as error:
        raise Refused("file.unreadable", "{file!r} cannot be read: {why}.", file=path.name, why=why(error)) from None
    if not size:
        raise Refused("file.empty", "{file!r} is empty.", file=path.name)
    if head.startswith(b"PK\x03\x04"):
        return Glimpse(path, "xlsx", False, size, _digest(path), formulas=_workbook(path))
    if head.startswith(b"PAR1"):
        return Glimpse(path, "parquet", False, size, _digest(path))
    if head.startswith(_OLE):
        raise _ole(path)
    if head.startswith((b"BZh", b"\xfd7zXZ", b"(\xb5/\xfd", b"Rar!", b"7z\xbc\xaf")):
        raise Refused(
            "file.packed",
            "{file!r} is packed in a way that is not read here.",
            "Unpack it, or use gzip.",
            file=path.name,
        )
    if head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x7fELF")):
        raise Refused("file.kind", "{file!r} is no table.", "Give CSV, XLSX, NDJSON or Parquet.", file=path.name)
    return _text(path, head, size, encoding)


def _text(path: Path, head: bytes, size: int, encoding: str | None) -> Glimpse:
    folded = head.startswith(b"\x1f\x8b")
    hasher = blake2b(digest_size=16)
    evidence = TextEvidence()
    bound = _Bound(path.name, size)
    with path.open("rb") as raw:
        tee = _Tee(raw, hasher)
        plain = cast(IO[bytes], gzip.GzipFile(fileobj=tee)) if folded else io.BufferedReader(tee, _BLOCK)
        try:
            while block := plain.read(_BLOCK):
                bound.take(block)
                evidence.add(block)
        except EOFError:
            raise Refused(
                "file.truncated", "{file!r} is cut short.", "Copy or export it again.", file=path.name
            ) from None
        except (zlib.error, gzip.BadGzipFile):
            raise Refused(
                "file.damaged", "{file!r} is damaged: it does not unpack.", "Export it again.", file=path.name
            ) from None
    if not evidence.size:
        raise Refused("file.empty", "{file!r} is empty.", file=path.name)
    return Glimpse(path, "text", folded, size, hasher.digest(), evidence.encoding(encoding))


def open_bytes(seen: Glimpse) -> tuple[IO[bytes], IO[bytes]]:
    """The plain bytes of a text file, and the raw file whose position is the progress."""
    raw = seen.path.open("rb")
    return (cast(IO[bytes], gzip.GzipFile(fileobj=raw)) if seen.folded else raw), raw


class _Tee(io.RawIOBase):
    """Reads a file, and hashes what it reads."""

    def __init__(self, file: IO[bytes], hasher: "blake2b") -> None:
        self._file = file
        self._hasher = hasher

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer))
        data = self._file.read(len(view))
        view[: len(data)] = data
        self._hasher.update(data)
        return len(data)


class _Bound:
    """Counts what a file unfolds to, and refuses the absurd."""

    def __init__(self, name: str, size: int) -> None:
        self._name = name
        self._limit = min(UNFOLDED, max(RATIO_FROM, size * RATIO))
        self._total = 0
        self._line = 0  # bytes since the last line end
        self._lines = 0

    def take(self, block: bytes) -> None:
        self._total += len(block)
        if self._total > self._limit:
            raise Refused(
                "file.bomb",
                "{file!r} unfolds to more than {size:,} MiB.",
                "Split it.",
                file=self._name,
                size=self._limit >> 20,
            )
        first = block.find(b"\n")
        if first < 0:
            first = block.find(b"\r")
        if self._line + (len(block) if first < 0 else first) > LONGEST_LINE:
            line = self._lines + 1
            raise Refused(
                "file.line",
                "Line {line:,} of {file!r} is longer than {most} MiB.",
                "Is it a table?",
                line=line,
                file=self._name,
                most=LONGEST_LINE >> 20,
            )
        if first < 0:
            self._line += len(block)
            return
        self._lines += block.count(b"\n")
        self._line = len(block) - 1 - max(block.rfind(b"\n"), block.rfind(b"\r"))


def _digest(path: Path) -> bytes:
    hasher = blake2b(digest_size=16)
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            hasher.update(block)
    return hasher.digest()


def _ole(path: Path) -> Refused:
    with path.open("rb") as file:
        head = file.read(_BLOCK)
    if "EncryptedPackage".encode("utf-16-le") in head:
        return Refused(
            "file.encrypted", "{file!r} is locked with a password.", "Save it without a password.", file=path.name
        )
    return Refused("file.old_excel", "{file!r} is an old Excel file (.xls).", "Save it as .xlsx.", file=path.name)


_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")


def _workbook(path: Path) -> bool:
    """Whether a workbook has formulas. Refuses archives that unfold too far, are damaged, or carry XML entities."""
    formulas = False
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if "xl/workbook.xml" not in names:
                raise Refused(
                    "file.kind", "{file!r} is an archive, but no workbook.", "Unpack it first.", file=path.name
                )
            _check_sizes(path, parts)
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    formulas |= _scan(archive, part, path.name)
    except (zipfile.BadZipFile, zlib.error, EOFError):
        raise Refused(
            "file.damaged", "{file!r} is damaged: it does not unpack.", "Save it again.", file=path.name
        ) from None
    except (RuntimeError, NotImplementedError):  # a password, or a method that nobody's spreadsheet uses
        raise Refused(
            "file.encrypted", "{file!r} is locked or packed unusually.", "Save it again as .xlsx.", file=path.name
        ) from None
    return formulas


def _check_sizes(path: Path, parts: list[zipfile.ZipInfo]) -> None:
    size = path.stat().st_size
    total = sum(part.file_size for part in parts)
    strings = sum(part.file_size for part in parts if part.filename.endswith("sharedStrings.xml"))
    if total > WORKBOOK or total > max(RATIO_FROM, RATIO * size) or strings > STRINGS or len(parts) > 10_000:
        raise Refused(
            "file.bomb",
            "{file!r} unfolds to {size:,} MiB.",
            "Save the table as CSV.",
            file=path.name,
            size=total >> 20,
        )


def _scan(archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str) -> bool:
    formulas = False
    is_sheet = part.filename.startswith("xl/worksheets/")
    with archive.open(part) as file:
        rest = b""
        while block := file.read(_BLOCK):  # never more than the size that was checked
            block = rest + block
            if b"<!DOCTYPE" in block or b"<!ENTITY" in block:
                raise Refused(
                    "file.entities",
                    "{file!r} defines XML entities, as no spreadsheet does.",
                    "Save it again.",
                    file=name,
                )
            formulas = formulas or (is_sheet and _FORMULA.search(block) is not None)
            rest = block[-16:]
    return formulas
