"""Runs in the database. Whoever writes holds the row of the workspace's state: versions are in the order of commits.

The upper bits of a version are its era. One ends when the database lost commits: their versions are not given again.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import connection
from pyroaring import BitMap

from lianyi.events.log.fetching import fetch
from lianyi.people.columns.names import SCORES
from lianyi.people.columns.packing import pack, unpack
from lianyi.people.columns.parts import Kind, Part, numbers, split

Recipe = dict[str, Any]
_ERA_BITS = 32


class State(NamedTuple):
    """How far the columns of a workspace are."""

    version: int
    filled: int | None
    recipe: Recipe


class Run(NamedTuple):
    """One row."""

    column: str
    version: int
    since: int
    part: Part


class Size(NamedTuple):
    """How large the run of one version is."""

    version: int
    since: int
    people: int


def state_of(workspace: int) -> State | None:
    """None before anything was ever made."""
    rows = fetch("SELECT version, filled, recipe::text FROM column_state WHERE workspace = %s", [workspace])
    return State(rows[0][0], rows[0][1], json.loads(rows[0][2])) if rows else None


def recipes_kept() -> dict[int, Recipe]:
    """By what the columns of each workspace that has any were made."""
    rows = fetch("SELECT workspace, recipe::text FROM column_state WHERE filled IS NOT NULL", [])
    return {workspace: json.loads(recipe) for workspace, recipe in rows}


def version_of(workspace: int) -> tuple[int, bool]:
    """The version of the newest change, and whether the columns were ever made as a whole."""
    rows = fetch("SELECT version, filled IS NOT NULL FROM column_state WHERE workspace = %s", [workspace])
    return rows[0] if rows else (0, False)


def era_of(version: int) -> int:
    """What a process holds of another era may never have been written."""
    return version >> _ERA_BITS


def begin_era() -> None:
    """Versions from now on are of an era of their own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval('column_version', ((last_value >> %s) + 1) << %s) FROM column_version",
            [_ERA_BITS, _ERA_BITS],
        )


def begin(workspace: int) -> tuple[int, int]:
    """The version before, and that of what is written now."""
    rows = fetch(
        """
        WITH old AS (SELECT version FROM column_state WHERE workspace = %s FOR UPDATE)
        UPDATE column_state s SET version = nextval('column_version') FROM old WHERE s.workspace = %s
        RETURNING old.version, s.version
        """,
        [workspace, workspace],
    )
    return rows[0]


def put_state(workspace: int, filled: int | None, recipe: Recipe) -> int:
    """Says how far the columns are; the version of that."""
    rows = fetch(
        """
        INSERT INTO column_state (workspace, version, filled, recipe) VALUES (%s, nextval('column_version'), %s, %s)
        ON CONFLICT (workspace) DO UPDATE
        SET version = excluded.version, filled = excluded.filled, recipe = excluded.recipe RETURNING version
        """,
        [workspace, filled, json.dumps(recipe)],
    )
    return int(rows[0][0])


def drop_state(workspace: int) -> None:
    """Forgets how far the columns are."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM column_state WHERE workspace = %s", [workspace])


def put_recipe(workspace: int, recipe: Recipe) -> None:
    """Says by what values are picked from now on."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE column_state SET recipe = %s WHERE workspace = %s", [json.dumps(recipe), workspace])


def write(
    workspace: int, batch: int, since: int, version: int, parts: Mapping[str, Sequence[Part]], *, place: int = 0
) -> None:
    """One run for each column, or what stands from `place` on in it; its parts are of different people, and are split
    where they are large.
    """
    rows = [
        (version, since, batch, workspace, *_span(some), len(some), number, column, pack(some))
        for column, of_column in parts.items()
        for number, some in enumerate((piece for part in of_column for piece in split(part)), place)
    ]
    if rows:
        with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            copy.set_types(_COPY_TYPES)
            for row in rows:
                copy.write_row(row)


_COPY = (
    'COPY column_run (version, since, batch, workspace, low, high, size, place, "column", data) '
    "FROM STDIN (FORMAT BINARY)"
)
_COPY_TYPES = ("int8", "int8", "int8", "int4", "int4", "int4", "int4", "int2", "text", "bytea")


def runs(workspace: int, columns: Iterable[str], *, after: int = 0) -> list[Run]:
    """The runs of these columns that are newer than a version, oldest first."""
    return _runs(workspace, '"column" = ANY(%s) AND version > %s', list(columns), after)


def runs_since(workspace: int, version: int) -> list[Run]:
    """Every run that is newer than a version, oldest first."""
    return _runs(workspace, "version > %s", version)


def runs_of_batch(workspace: int, column: str, batch: int) -> list[Run]:
    """The runs of a column that a batch made."""
    return _runs(workspace, '"column" = %s AND batch = %s', column, batch)


def _runs(workspace: int, condition: str, *values: object) -> list[Run]:
    rows = fetch(
        f"""
        SELECT "column", version, since, data FROM column_run WHERE workspace = %s AND {condition}
        ORDER BY version, "column", place
        """,
        [workspace, *values],
    )
    return [Run(column, version, since, unpack(data)) for column, version, since, data in rows]


def names(workspace: int, beginning: str = "") -> list[str]:
    """The columns that there are."""
    rows = fetch(
        'SELECT DISTINCT "column" FROM column_run WHERE workspace = %s AND starts_with("column", %s) ORDER BY 1',
        [workspace, beginning],
    )
    return [name for (name,) in rows]


def sizes(workspace: int, columns: Iterable[str]) -> dict[str, list[Size]]:
    """The runs of these columns, newest first."""
    rows = fetch(
        """
        SELECT "column", version, min(since), sum(size)::bigint FROM column_run
        WHERE workspace = %s AND "column" = ANY(%s) GROUP BY "column", version ORDER BY version DESC
        """,
        [workspace, list(columns)],
    )
    found: dict[str, list[Size]] = {}
    for column, *size in rows:
        found.setdefault(column, []).append(Size(*size))
    return found


def replace(workspace: int, column: str, newest: Size, oldest: Size, parts: Sequence[Part]) -> None:
    """Puts one run in the place of those from `oldest` to `newest`, which say the same together."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH gone AS (
                DELETE FROM column_run WHERE workspace = %s AND "column" = %s AND version BETWEEN %s AND %s
                RETURNING batch)
            SELECT max(batch) FROM gone
            """,
            [workspace, column, oldest.version, newest.version],
        )
        (batch,) = cursor.fetchone()
    write(workspace, batch, oldest.since, newest.version, {column: parts})


def take_out(workspace: int, persons: BitMap) -> dict[str, Kind]:
    """Takes these people out of every run; the columns that told of them, and their kinds."""
    asked = numbers(persons).tolist()
    rows = fetch(
        """
        SELECT "column", version, place FROM column_run r WHERE workspace = %s
        AND EXISTS (SELECT FROM unnest(%s::int[]) AS p (number) WHERE p.number BETWEEN r.low AND r.high)
        """,
        [workspace, asked],
    )
    told: dict[str, Kind] = {}
    for row in rows:
        this = [workspace, *row]
        (data,) = fetch(f"SELECT data FROM column_run WHERE {_THIS}", this)[0]
        part = unpack(data)
        if not part.told.intersect(persons):
            continue
        told[row[0]] = part.kind
        rest = part.without(persons)
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE column_run SET data = %s, low = %s, high = %s, size = %s WHERE {_THIS}",
                [pack(rest), *_span(rest), len(rest), *this],
            )
    return told


_THIS = 'workspace = %s AND "column" = %s AND version = %s AND place = %s'


def drop(workspace: int, columns: Iterable[str] | None = None) -> None:
    """Drops these columns, or all but those of rooms above."""
    with connection.cursor() as cursor:
        if columns is None:
            cursor.execute(
                'DELETE FROM column_run WHERE workspace = %s AND NOT starts_with("column", %s)', [workspace, SCORES]
            )
        else:
            cursor.execute(
                'DELETE FROM column_run WHERE workspace = %s AND "column" = ANY(%s)', [workspace, list(columns)]
            )


def _span(part: Part) -> tuple[int, int]:
    told = part.told
    return (told.min(), told.max()) if told else (0, -1)


def has_people(workspace: int) -> bool:
    """Whether anybody is there."""
    rows = fetch("SELECT EXISTS (SELECT FROM identity WHERE workspace = %s AND person > 0)", [workspace])
    return bool(rows[0][0])
