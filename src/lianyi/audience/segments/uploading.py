"""A list of people from a file of identities: CSV or whatever else tables come in, each row somebody.

A column is told by its name, in English and Chinese; a file of one column without a name may say what it holds. Rows
are looked up many at once, and the caller learns of each that meant nobody.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from pyroaring import BitMap

from lianyi.kernel.errors import Refused
from lianyi.people.imports.cells import Bad, tidy
from lianyi.people.imports.headers import identity_named
from lianyi.people.imports.opening import open_table
from lianyi.people.imports.tables import FileSpec, Table
from lianyi.people.profiles.queries import people_named

MOST_ROWS = 1_000_000
AT_ONCE = 10_000  # rows that are looked up while their giver waits, up to 100 µs each
SMALL = 1_000_000  # bytes of a file that may have no more
_LIKE = {"crm_id": ("crm_id", "member")}  # a column of members' numbers may mean either
SHOWN = 200  # rows that meant nobody, told in full


class Missed(NamedTuple):
    """A row that meant nobody."""

    row: int
    said: str


class Resolved(NamedTuple):
    """Whom a file means. `missed` are the first rows that meant nobody, `left_out` the numbers of the others."""

    people: BitMap
    rows: int
    missed: list[Missed]
    left_out: list[tuple[int, int]]  # from row, to row
    missing: int

    @property
    def spans(self) -> list[tuple[int, int]]:
        """The numbers of all rows that meant nobody."""
        told = _spans([one.row for one in self.missed])
        if told and self.left_out and told[-1][1] + 1 == self.left_out[0][0]:
            return [*told[:-1], (told[-1][0], self.left_out[0][1]), *self.left_out[1:]]
        return told + self.left_out

    @property
    def found(self) -> int:
        """How many rows meant somebody."""
        return self.rows - self.missing


class _Row(NamedTuple):
    number: int
    said: list[tuple[str, str]]  # kind, value


class TooLong(Refused):
    """The file has more rows."""

    def __init__(self, most: int) -> None:
        super().__init__("segment.rows", "A list has at most {most:,} rows.", "Split the file.", most=most)


def resolve(
    workspace: int,
    path: Path,
    kind: str = "",
    *,
    most: int = MOST_ROWS,
    passed: Callable[[int], object] = int,
) -> Resolved:
    """Whom the rows mean; `kind` says what the first column holds, where its name does not. A row means the person of
    its first identity that anybody has. `passed` hears how many rows were looked up. Refuses a file that names no
    identity or means nobody, and one that has more than `most` rows.
    """
    table, places = _opened(path, kind)
    people, rows = BitMap(), 0
    missed: list[Missed] = []
    others: list[int] = []
    for block in table.blocks():
        some = list(_rows(block.numbers, block.cells, places))
        rows += len(some) + len(block.refused)
        if rows > most:
            raise TooLong(most)
        found, strange = _looked_up(workspace, some)
        people |= found
        for one in sorted([*strange, *(Missed(refused.number, "") for refused in block.refused)]):
            if len(missed) < SHOWN:
                missed.append(one)
            else:
                others.append(one.row)
        passed(rows)
    if not people:
        raise Refused("segment.nobody", "None of the {rows:,} rows means anybody here.",
                      "Look at what the first column holds, or import the people first.", rows=rows)  # fmt: skip
    return Resolved(people, rows, missed, _spans(others), len(missed) + len(others))


def _looked_up(workspace: int, rows: list[_Row]) -> tuple[BitMap, list[Missed]]:
    values: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for kind, value in row.said:
            values[kind].add(value)
    named, people, strange = people_named(workspace, values), BitMap(), []
    for row in rows:
        person = next((named[said] for said in row.said if said in named), None)
        if person is None:
            strange.append(Missed(row.number, ", ".join(dict.fromkeys(value for _, value in row.said))))
        else:
            people.add(person)
    return people, strange


def _opened(path: Path, kind: str) -> tuple[Table, list[tuple[int, str]]]:
    """The table, and the columns that hold identities, with their kinds."""
    table = open_table(path, FileSpec(), lambda name: identity_named(name) is not None)
    found = [(place, identity_named(name)) for place, name in enumerate(table.columns)]
    places = [(place, named) for place, named in found if named is not None]
    if places:
        return table, places
    if kind:  # the first row may be somebody; where it is a head, it means nobody, and is told as such
        return open_table(path, FileSpec(header=False), lambda _name: False), [(0, kind)]
    raise Refused(
        "segment.columns",
        "No column of the file says what it holds.",
        "Write phone, email, user_id or another kind of identity above the column, or choose what the first column "
        "holds.",
    )


def _rows(numbers: Sequence[int], cells: Sequence[Sequence[object]], places: list[tuple[int, str]]) -> Iterator[_Row]:
    for number, row in zip(numbers, cells, strict=True):
        said = [(kind, tidy(row[place])) for place, kind in places]
        known = [(kind, text) for kind, text in said if text and not isinstance(text, Bad)]
        yield _Row(number, [(one, text) for kind, text in known for one in _LIKE.get(kind, (kind,))])


def _spans(numbers: list[int]) -> list[tuple[int, int]]:
    """Numbers that follow one another, put together."""
    spans: list[tuple[int, int]] = []
    for number in numbers:
        if spans and spans[-1][1] == number - 1:
            spans[-1] = (spans[-1][0], number)
        else:
            spans.append((number, number))
    return spans
