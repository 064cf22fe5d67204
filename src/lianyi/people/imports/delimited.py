"""Text with delimiters: CSV and its relatives.

Quoting is read strictly, so that a stray quote cannot glue rows together: a record whose quotes do not close, or close
in the middle of a cell, is refused by its first line, and reading goes on with the next line.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import IO, Any, cast

from lianyi.kernel.cells import restored
from lianyi.kernel.errors import Refused
from lianyi.kernel.sentences import Sentence
from lianyi.kernel.text import clean
from lianyi.people.imports.files import Glimpse, open_bytes
from lianyi.people.imports.tables import (
    BLOCK_BYTES,
    REFUSAL_COLUMNS,
    Block,
    FileSpec,
    Problem,
    Reading,
    RefusedRow,
    fitted,
    is_blank,
    ragged,
)

DELIMITERS = ("\t", ";", "|", ",")  # of two that fit equally well, the rarer one in text comes first
_SAMPLE_BYTES = 1 << 18
_OPEN_BYTES = 1 << 19  # a record longer than this has a quote that nobody closed
_DATA = re.compile(r"[-+(]?[¥$€£]?\s*\d[\d.,:/\s年月日时分秒()T+-]*%?|\S+@\S+\.\S+|true|false", re.IGNORECASE)


class DelimitedTable:
    """A table in a text file; its delimiter and header are detected where `spec` does not name them."""

    def __init__(self, seen: Glimpse, spec: FileSpec, is_known: Callable[[str], bool]) -> None:
        self.seen = seen
        sample = self._sample()
        self._delimiter = _delimiter(spec.delimiter) if spec.delimiter else likely_delimiter(sample)
        records = list(_leniently(sample, self._delimiter))
        if not records:
            raise Refused("file.empty", "{file!r} holds no rows.", file=seen.path.name)
        first = [clean(cell) for cell in records[0]]
        while len(first) > 1 and not first[-1]:
            first.pop()
        if spec.columns is not None:
            header = spec.header if spec.header is not None else first == [clean(name) for name in spec.columns]
            self.columns = [clean(name) for name in spec.columns]
        else:
            header = spec.header if spec.header is not None else is_header(first, records[1:], is_known)
            self.columns = first if header else [str(place) for place in range(1, len(first) + 1)]
        self._again = tuple(self.columns[-len(REFUSAL_COLUMNS) :]) == REFUSAL_COLUMNS
        self.reading = Reading("CSV", seen.encoding, self._delimiter, header, packed=seen.folded)

    def blocks(self) -> Iterator[Block]:
        """The rows below the header."""
        plain, raw = open_bytes(self.seen)
        with raw, self._lines(plain) as lines:
            carried: list[str] = []
            number, header = 0, self.reading.header
            while True:
                fresh = _read(lines, self.seen)
                records, carried = _records(carried + fresh, self._delimiter, at_end=not fresh)
                if header:
                    above = _header_of(records)
                    header = above == len(records)
                    records, number = records[above + 1 :], number + min(above + 1, len(records))
                block = self._block(number + 1, records, raw.tell())
                yield _restored(block) if self._again else block
                number += len(records)
                if not fresh:
                    return

    def _block(self, first: int, records: "list[list[str] | RefusedRow]", position: int) -> Block:
        width = len(self.columns)
        if set(map(len, records)) == {width} and RefusedRow not in set(map(type, records)) and all(map(any, records)):
            whole = cast("list[Sequence[Any]]", records)
            return Block(range(first, first + len(records)), whole, [], position)
        numbers: list[int] = []
        rows: list[Sequence[Any]] = []
        refused: list[RefusedRow] = []
        for number, record in enumerate(records, first):
            if type(record) is RefusedRow:
                refused.append(record._replace(number=number))
            elif len(record) == width and any(record):
                numbers.append(number)
                rows.append(record)
            elif not is_blank(record):
                row = fitted(list(record), width)
                if row is None:
                    refused.append(ragged(number, record, width))
                else:
                    numbers.append(number)
                    rows.append(row)
        return Block(numbers, rows, refused, position)

    def _sample(self) -> list[str]:
        plain, raw = open_bytes(self.seen)
        with raw, self._lines(plain) as lines:
            return _read(lines, self.seen, _SAMPLE_BYTES)

    def _lines(self, plain: IO[bytes]) -> io.TextIOWrapper:
        errors = "surrogatepass" if self.seen.encoding.startswith("utf-16") else "surrogateescape"
        return io.TextIOWrapper(plain, self.seen.encoding, errors, newline="")


def _read(lines: io.TextIOWrapper, seen: Glimpse, size: int = BLOCK_BYTES) -> list[str]:
    try:
        return lines.readlines(size)
    except UnicodeDecodeError:
        raise Refused(
            "file.encoding",
            "{file!r} is not written in {encoding} throughout.",
            "Save it again as UTF-8.",
            file=seen.path.name,
            encoding=seen.encoding,
        ) from None
    except (EOFError, OSError) as error:
        raise Refused(
            "file.changed", "{file!r} changed while it was read.", "Import it again.", file=seen.path.name
        ) from error


def _header_of(records: "list[list[str] | RefusedRow]") -> int:
    """The place of the first record that is not blank."""
    return next((place for place, record in enumerate(records) if record and any(record)), len(records))


def _reader(lines: Iterator[str], delimiter: str, *, strict: bool) -> "Iterator[list[str]]":
    return csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=strict)


def _leniently(lines: list[str], delimiter: str) -> Iterator[list[str]]:
    """Records of a sample that are not blank, up to the first that cannot be read at all."""
    try:
        for record in _reader(iter(lines), delimiter, strict=False):
            if any(cell.strip() for cell in record):
                yield record
    except csv.Error:
        return


def _records(lines: list[str], delimiter: str, *, at_end: bool) -> "tuple[list[list[str] | RefusedRow], list[str]]":
    """The records in `lines`, and the lines of a last one that goes on behind them."""
    found: list[list[str] | RefusedRow] = []
    try:
        found.extend(_reader(iter(lines), delimiter, strict=True))
    except csv.Error:
        return _one_by_one(lines, delimiter, at_end=at_end)
    return found, []


class _Lines:
    """An iterator over lines that knows its place and can be set back."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.place = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if self.place == len(self.lines):
            raise StopIteration
        self.place += 1
        return self.lines[self.place - 1]


def _one_by_one(lines: list[str], delimiter: str, *, at_end: bool) -> "tuple[list[list[str] | RefusedRow], list[str]]":
    found: list[list[str] | RefusedRow] = []
    source = _Lines(lines)
    reader = _reader(source, delimiter, strict=True)
    while source.place < len(lines):
        start = source.place
        try:
            found.append(next(reader))
        except csv.Error as error:
            is_open = source.place == len(lines) and "end of data" in str(error)
            if is_open and not at_end and sum(map(len, lines[start:])) < _OPEN_BYTES:
                return found, lines[start:]
            found.append(_unreadable(lines[start], str(error), source.place - start))
            source.place = start + 1
            reader = _reader(source, delimiter, strict=True)
    return found, []


def _unreadable(line: str, error: str, lines: int) -> RefusedRow:
    if "field limit" in error and lines == 1:
        problem = Problem(
            "", "cell.long", Sentence("A cell has more than {most:,} characters.", most=csv.field_size_limit())
        )
    elif "field limit" in error or "end of data" in error:
        problem = Problem("", "row.quote", Sentence("A quote opens in this row and is never closed."))
    else:
        problem = Problem("", "row.quote", Sentence("A quoted cell goes on after its closing quote."))
    return RefusedRow(0, [line.rstrip("\r\n")[:16_000]], [problem])


def likely_delimiter(lines: list[str]) -> str:
    """The delimiter that cuts most records into as many cells as the first one; a comma where none cuts anything."""
    best, best_fit = ",", (0, 0)
    for delimiter in DELIMITERS:
        records = list(_leniently(lines, delimiter))
        if not records or len(records[0]) < 2:
            continue
        widths = Counter(map(len, records))
        fit = (round(10 * widths[len(records[0])] / len(records)), len(records[0]))
        if fit > best_fit:
            best, best_fit = delimiter, fit
    return best


def is_header(first: list[str], rest: list[list[str]], is_known: Callable[[str], bool]) -> bool:
    """Whether the first record names the columns: it has a name that headers have, or nothing that looks like data."""
    if any(is_known(cell) for cell in first):
        return True
    return not any(_DATA.fullmatch(cell) for cell in first) and (len(first) > 1 or bool(rest))


def _restored(block: Block) -> Block:
    """Rows of a file of refused rows, without the apostrophes that it was written with."""
    return block._replace(cells=[[restored(cell) for cell in row] for row in block.cells])


def _delimiter(named: str) -> str:
    found = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}.get(named.lower(), named)
    if len(found) != 1 or found in '"\r\n':
        raise Refused("file.delimiter", "{named!r} is no delimiter.", "Write one character, or tab.", named=named)
    return found
