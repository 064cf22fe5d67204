"""Small numbers for names that facts repeat: sources, origins and tags, per workspace.

A number is given at first use, in the order in which the log states the names, and stands for its name for ever: a
replay finds the same numbers. A dictionary is bounded; past its limit a name is nobody's and the caller is told so.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import connection

from lianyi.kernel.ids import digest
from lianyi.people.profiles.arrays import literal

Name = tuple[str, ...]


@dataclass(frozen=True)
class Dictionary:
    """The table `table` with a column for each part of a name."""

    table: str
    parts: tuple[str, ...]
    limit: int

    def numbers(self, workspace: int, names: Iterable[Name]) -> dict[Name, int]:
        """The number of each name, new ones numbered in this order. Names beyond the limit are left out."""
        wanted = list(dict.fromkeys(names))
        if not wanted:
            return {}
        known = self._known(workspace, wanted)
        fresh = [name for name in wanted if name not in known]
        return known | self._add(workspace, fresh) if fresh else known

    def names(self, workspace: int, numbers: list[int] | None = None) -> dict[int, Name]:
        """The names of these numbers, or of all there are."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT id, {', '.join(self.parts)} FROM {self.table} "
                "WHERE workspace = %s AND (%s::int[] IS NULL OR id = ANY(%s::int[])) ORDER BY id",
                [workspace, numbers, numbers],
            )
            return {row[0]: tuple(row[1:]) for row in cursor.fetchall()}

    def find(self, workspace: int, names: Iterable[Name]) -> dict[Name, int]:
        """The numbers of those names that have one."""
        return self._known(workspace, list(dict.fromkeys(names)))

    def _known(self, workspace: int, names: list[Name]) -> dict[Name, int]:
        hashes = {digest(*name): name for name in names}
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT hash, id FROM {self.table} WHERE workspace = %s AND hash = ANY(%s::bytea[])",
                [workspace, literal(hashes, "bytea")],
            )
            return {hashes[bytes(found)]: number for found, number in cursor.fetchall()}

    def _add(self, workspace: int, names: list[Name]) -> dict[Name, int]:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT coalesce(max(id), 0) FROM {self.table} WHERE workspace = %s", [workspace])
            last = int(cursor.fetchone()[0])
            added = {name: last + place for place, name in enumerate(names, 1) if last + place <= self.limit}
            cursor.executemany(
                f"INSERT INTO {self.table} (workspace, id, hash, {', '.join(self.parts)}) "
                f"VALUES (%s, %s, %s{', %s' * len(self.parts)})",
                [(workspace, number, digest(*name), *name) for name, number in added.items()],
            )
        return added


SOURCES = Dictionary("source", ("channel", "medium", "campaign", "code"), 100_000)
ORIGINS = Dictionary("origin", ("name",), 30_000)
TAGS = Dictionary("tag", ("dimension", "name"), 5_000)

# What sources beyond the limit are counted as.
OTHER_SOURCE = 0
OTHER: Name = ("other", "", "", "")


def source_numbers(workspace: int, sources: Iterable[Name]) -> Callable[[Name], int]:
    """A function from a source to its number; sources beyond the limit share one."""
    numbers = SOURCES.numbers(workspace, sources)
    return lambda name: numbers.get(name, OTHER_SOURCE)


def source_names(workspace: int, numbers: list[int] | None = None) -> dict[int, Name]:
    """The sources that these numbers stand for, or all there are."""
    return {OTHER_SOURCE: OTHER} | SOURCES.names(workspace, numbers)
