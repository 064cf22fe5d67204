"""NDJSON: one object a line. Nested objects become columns with a dotted name; lists stay one cell.

Numbers keep their digits. A line that is no object, names a key twice, or holds what JSON has not (NaN), is refused.
"""

import io
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import IO, Any

from lianyi.kernel.errors import Refused
from lianyi.kernel.sentences import Sentence
from lianyi.kernel.text import clean
from lianyi.people.imports.cells import writable
from lianyi.people.imports.files import Glimpse, open_bytes
from lianyi.people.imports.tables import BLOCK_BYTES, MOST_COLUMNS, Block, Problem, Reading, RefusedRow

_DEPTH = 16


def is_documents(seen: Glimpse) -> bool:
    """Whether a text file holds JSON objects. Refuses one JSON list, which cannot be read row by row."""
    plain, raw = open_bytes(seen)
    with raw, _lines(plain, seen) as lines:
        head = lines.read(4096).lstrip("\ufeff \t\r\n")
    if head.startswith("[") and head[1:].lstrip()[:1] in ("{", "["):
        raise Refused(
            "file.kind", "{file!r} is one JSON list.", "Write one object a line (NDJSON).", file=seen.path.name
        )
    return head.startswith("{")


class DocumentTable:
    """A table of JSON objects; its columns are all keys of all of them, in order of first appearance."""

    def __init__(self, seen: Glimpse) -> None:
        self.seen = seen
        self.reading = Reading("NDJSON", seen.encoding, header=False, packed=seen.folded)
        columns: dict[str, None] = {}
        for _, row, _ in self._objects():
            if isinstance(row, dict):
                columns.update(dict.fromkeys(row))
                if len(columns) > MOST_COLUMNS:
                    break
        self.columns = list(columns)

    def blocks(self) -> Iterator[Block]:
        """The rows, in order of their lines."""
        columns = self.columns
        numbers: list[int] = []
        cells: list[Any] = []
        refused: list[RefusedRow] = []
        size = last = 0
        for number, row, position in self._objects():
            if isinstance(row, RefusedRow):
                refused.append(row)
            elif row:
                numbers.append(number)
                cells.append([row.get(column) for column in columns])
            size += len(columns) * 40 + 200
            last = position
            if size > BLOCK_BYTES:
                yield Block(numbers, cells, refused, position)
                numbers, cells, refused, size = [], [], [], 0
        yield Block(numbers, cells, refused, last)

    def _objects(self) -> "Iterator[tuple[int, dict[str, Any] | RefusedRow, int]]":
        plain, raw = open_bytes(self.seen)
        with raw, _lines(plain, self.seen) as lines:
            try:
                for number, line in enumerate(lines, 1):
                    if line.strip():
                        yield number, _object(number, line), raw.tell()
            except (UnicodeDecodeError, EOFError, OSError) as error:
                raise Refused(
                    "file.damaged", "{file!r} cannot be read.", "Export it again.", file=self.seen.path.name
                ) from error


def _lines(plain: IO[bytes], seen: Glimpse) -> io.TextIOWrapper:
    errors = "surrogatepass" if seen.encoding.startswith("utf-16") else "surrogateescape"
    return io.TextIOWrapper(plain, seen.encoding, errors, newline="\n")


class _Twice(ValueError):
    """A key that one object has two times."""


class _NoNumber(ValueError):
    """A word such as NaN in a number's place."""


def _object(number: int, line: str) -> "dict[str, Any] | RefusedRow":
    try:
        found = json.loads(line, parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_unique)
        if not isinstance(found, dict):
            return _refused(number, line, "row.json", Sentence("The line is no JSON object."))
        return _flat(found)
    except _Twice as twice:
        return _refused(number, line, "row.key_twice", Sentence("The key {key!r} is there twice.", key=twice.args[0]))
    except RecursionError:
        return _refused(number, line, "row.deep", Sentence("The object nests deeper than {most} levels.", most=_DEPTH))
    except json.JSONDecodeError as error:
        return _refused(
            number, line, "row.json", Sentence("The line is no JSON from character {place} on.", place=error.pos + 1)
        )
    except _NoNumber as error:
        return _refused(
            number, line, "row.json", Sentence("The line is no JSON: {word} is no number.", word=str(error))
        )
    except ValueError:  # a number of more digits than Python reads
        return _refused(number, line, "row.json", Sentence("The line is no JSON: a number is too long."))


def _refused(number: int, line: str, code: str, sentence: Sentence) -> RefusedRow:
    return RefusedRow(number, [line.strip()[:16_000]], [Problem("", code, sentence)])


def _no_constant(name: str) -> Any:
    raise _NoNumber(name)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = {writable(name): value for name, value in pairs}
    if len(found) < len(pairs):
        names = [writable(name) for name, _ in pairs]
        raise _Twice(next(name for name in names if names.count(name) > 1))
    return found


def _flat(row: dict[str, Any], front: str = "", depth: int = 0) -> dict[str, Any]:
    if depth > _DEPTH:
        raise RecursionError
    flat: dict[str, Any] = {}
    for name, value in row.items():
        name = front + clean(name)
        if isinstance(value, dict):
            flat.update(_flat(value, f"{name}.", depth + 1))
        elif value is not None:
            flat[name] = value
    return flat
