"""Tables of facts, read and written a set of keys at a time.

A fact table holds, per workspace and key, one row that merges with its like; a span table holds, per workspace and key,
spans of time. The merging itself is the caller's, a pure function: what is here only fetches what is stored for the
keys of a batch and puts back what came out.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypeVar

from django.db import connection

from lianyi.events.projection_tables import fingerprint, forget
from lianyi.people.profiles.arrays import integers, literal
from lianyi.people.profiles.growth import wrote
from lianyi.people.profiles.spans import Span, merge

Key = tuple[Any, ...]
Row = tuple[Any, ...]
F = TypeVar("F", bound=tuple[Any, ...])


class Merge(Protocol[F]):
    """How two facts of one key become one."""

    def __call__(self, key: Any, a: F, b: F, /) -> F: ...


@dataclass(frozen=True)
class FactTable:
    """`key` and `facts` map column names to PostgreSQL types, in the order in which keys and rows state them."""

    name: str
    key: Mapping[str, str]
    facts: Mapping[str, str]

    def read(self, workspace: int, keys: Sequence[Key]) -> dict[Key, Row]:
        """The stored rows of these keys."""
        if not keys:
            return {}
        columns = ", ".join(f"t.{column}" for column in (*self.key, *self.facts))
        same = " AND ".join(f"t.{column} = k.{column}" for column in self.key)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {columns} FROM unnest({_places(self.key)}) AS k ({', '.join(self.key)}) "
                f"JOIN {self.name} t ON t.workspace = %s AND {same}",
                [*_columns(keys, self.key), workspace],
            )
            return self._by_key(cursor.fetchall())

    def read_under(self, workspace: int, column: str, values: Sequence[Any]) -> dict[Key, Row]:
        """The stored rows whose key column `column` is one of `values`."""
        if not values:
            return {}
        columns = ", ".join((*self.key, *self.facts))
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {columns} FROM {self.name} WHERE workspace = %s AND {column} = ANY(%s::{self.key[column]}[])",
                [workspace, literal(values, self.key[column])],
            )
            return self._by_key(cursor.fetchall())

    def write(self, workspace: int, rows: Mapping[Key, Row]) -> None:
        """Puts these rows in the place of what is stored under their keys."""
        if not rows:
            return
        every = {**self.key, **self.facts}
        update = ", ".join(f"{column} = excluded.{column}" for column in self.facts)
        whole = [(*key, *row) for key, row in rows.items()]
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {self.name} (workspace, {', '.join(every)}) "
                f"SELECT %s, * FROM unnest({_places(every)}) "
                f"ON CONFLICT (workspace, {', '.join(self.key)}) DO "
                + (f"UPDATE SET {update}" if update else "NOTHING"),
                [workspace, *_columns(whole, every)],
            )
        wrote(self.name, workspace, len(whole))

    def fold(self, workspace: int, news: Mapping[Any, F], read: Callable[[Row], F], merge: Merge[F]) -> None:
        """Merges `news` into what is stored under the same keys, and writes what changed."""
        stored = self.read(workspace, list(news))
        changed: dict[Key, Row] = {}
        for key, new in news.items():
            old = stored.get(key)
            fact = tuple(new if old is None else merge(key, read(old), new))
            if fact != old:
                changed[key] = fact
        self.write(workspace, changed)

    def forget(self, workspace: int) -> None:
        """Drops every row of the workspace."""
        forget(self.name, workspace)

    def fingerprint(self, workspace: int) -> str:
        """Equal exactly when the rows are."""
        return fingerprint(self.name, (*self.key, *self.facts), workspace)

    def _by_key(self, rows: Iterable[Row]) -> dict[Key, Row]:
        width = len(self.key)
        return {tuple(row[:width]): tuple(row[width:]) for row in rows}


class Changed(NamedTuple):
    """What became of the spans of one key: those that are no more, and those in their place."""

    gone: set[Span]
    came: set[Span]


@dataclass(frozen=True)
class SpanTable:
    """Spans per key, no two of one key within `gap` µs of each other."""

    name: str
    key: Mapping[str, str]
    gap: int

    def fold(self, workspace: int, news: Mapping[Key, Sequence[Span]]) -> dict[Key, Changed]:
        """Merges `news` into what is stored; the keys whose spans changed, and how."""
        stored = self._near(workspace, news)
        gone: list[Row] = []
        came: list[Row] = []
        changed: dict[Key, Changed] = {}
        for key, spans in news.items():
            before = set(stored.get(key, ()))
            after = set(merge((*before, *spans), self.gap))
            if before != after:
                how = changed[key] = Changed(before - after, after - before)
                gone += [(*key, *span) for span in how.gone]
                came += [(*key, *span) for span in how.came]
        self._replace(workspace, gone, came)
        return changed

    def read_under(self, workspace: int, identities: Sequence[int]) -> list[Row]:
        """The rows (key…, started_at, until_at) of these identities."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {', '.join(self.key)}, started_at, until_at FROM {self.name} "
                "WHERE workspace = %s AND identity = ANY(%s::int[])",
                [workspace, integers(identities)],
            )
            return list(cursor.fetchall())

    def forget(self, workspace: int) -> None:
        """Drops every row of the workspace."""
        forget(self.name, workspace)

    def fingerprint(self, workspace: int) -> str:
        """Equal exactly when the rows are."""
        return fingerprint(self.name, (*self.key, "started_at", "until_at"), workspace)

    def _near(self, workspace: int, news: Mapping[Key, Sequence[Span]]) -> dict[Key, list[Span]]:
        """The stored spans that new ones may touch."""
        if not news:
            return {}
        keys = {**self.key, "low": "int8", "high": "int8"}
        rows = [
            (*key, min(s.started_at for s in spans) - self.gap, max(s.until_at for s in spans) + self.gap)
            for key, spans in news.items()
        ]
        same = " AND ".join(f"t.{column} = k.{column}" for column in self.key)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {', '.join(f't.{column}' for column in self.key)}, t.started_at, t.until_at "
                f"FROM unnest({_places(keys)}) AS k ({', '.join(keys)}) JOIN {self.name} t "
                f"ON t.workspace = %s AND {same} AND t.started_at <= k.high AND t.until_at >= k.low",
                [*_columns(rows, keys), workspace],
            )
            found: dict[Key, list[Span]] = {}
            for row in cursor.fetchall():
                found.setdefault(tuple(row[:-2]), []).append(Span(row[-2], row[-1]))
        return found

    def _replace(self, workspace: int, gone: list[Row], came: list[Row]) -> None:
        every = {**self.key, "started_at": "int8", "until_at": "int8"}
        same = " AND ".join(f"t.{column} = k.{column}" for column in every)
        with connection.cursor() as cursor:
            if gone:
                cursor.execute(
                    f"DELETE FROM {self.name} t USING unnest({_places(every)}) AS k ({', '.join(every)}) "
                    f"WHERE t.workspace = %s AND {same}",
                    [*_columns(gone, every), workspace],
                )
            if came:
                cursor.execute(
                    f"INSERT INTO {self.name} (workspace, {', '.join(every)}) "
                    f"SELECT %s, * FROM unnest({_places(every)})",
                    [workspace, *_columns(came, every)],
                )
        wrote(self.name, workspace, len(came))


def _places(columns: Mapping[str, str]) -> str:
    return ", ".join(f"%s::{kind}[]" for kind in columns.values())


def _columns(rows: Iterable[Row], kinds: Mapping[str, str]) -> list[str]:
    return [literal(column, kind) for column, kind in zip(zip(*rows, strict=True), kinds.values(), strict=True)]
