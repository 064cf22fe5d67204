"""The catalogue in the database: a batch's counts are added to what is there, a statement for each table."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from lianyi.events.catalogue.limits import DAYS, may_be_kept
from lianyi.events.catalogue.shapes import KINDS

TABLES = {
    "event_type": ("name", "events", "examined", "first_at", "last_at", "properties", "senders", "left_out"),
    "event_day": ("name", "day", "events"),
    "event_sender": ("name", "form", "origin", "key", "events"),
    "event_property": ("name", "property", *KINDS),
    "event_left_out": ("events",),
}
_SUMS = ", ".join(f"{kind} = t.{kind} + n.{kind}" for kind in KINDS)
_EIGHTS = ", ".join(["%s::int8[]"] * len(KINDS))


class Sender(NamedTuple):
    """By whom an event came; `key` is 0 for what came from inside, whose `origin` says more."""

    form: str
    origin: str
    key: int


class Known(NamedTuple):
    """What the catalogue holds before a batch: how many types, and the events of those that the batch names."""

    types: int
    of: dict[str, int]


class Kept:
    """What a batch adds to one type; `before` is how many events of it there were."""

    __slots__ = (
        "before", "days", "events", "examined", "first_at", "last_at", "properties", "senders",
    )  # fmt: skip

    def __init__(self, before: int) -> None:
        self.before = before
        self.events = 0
        self.examined = 0
        self.first_at = 2**62
        self.last_at = -(2**62)
        self.days: dict[date, int] = {}
        self.senders: dict[Sender, int] = {}
        self.properties: dict[str, list[int]] = {}  # name → counts in the order of KINDS


def known(workspace: int, names: Collection[str]) -> Known:
    """What is there of these types."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT NULL, count(*) FROM event_type WHERE workspace = %(workspace)s
            UNION ALL SELECT name, events FROM event_type WHERE workspace = %(workspace)s AND name = ANY(%(names)s)
            """,
            {"workspace": workspace, "names": [*names]},
        )
        rows = cursor.fetchall()
    return Known(next(count for name, count in rows if name is None), {name: n for name, n in rows if name is not None})


def count_types(workspace: int, news: Mapping[str, Kept]) -> None:
    """Adds the events, widens the time. Days that the newest one leaves too far behind go."""
    if not news:
        return
    _execute(
        """
        INSERT INTO event_type (workspace, name, events, examined, first_at, last_at, properties, senders, left_out)
        SELECT %s, name, events, examined, first_at, last_at, 0, 0, 0
        FROM unnest(%s::text[], %s::int8[], %s::int8[], %s::int8[], %s::int8[])
             AS n (name, events, examined, first_at, last_at)
        ON CONFLICT (workspace, name) DO UPDATE SET
            events = event_type.events + excluded.events, examined = event_type.examined + excluded.examined,
            first_at = least(event_type.first_at, excluded.first_at),
            last_at = greatest(event_type.last_at, excluded.last_at)
        """,
        [
            workspace,
            [*news],
            *(
                [getattr(new, field) for new in news.values()]
                for field in ("events", "examined", "first_at", "last_at")
            ),
        ],
    )


def count_days(workspace: int, news: Mapping[str, Kept]) -> None:
    """Adds to the days, and keeps the newest `DAYS` of each type."""
    rows = [(name, day, count) for name, new in news.items() for day, count in new.days.items()]
    if not rows:
        return
    came = _execute(
        """
        INSERT INTO event_day (workspace, name, day, events)
        SELECT %s, * FROM unnest(%s::text[], %s::date[], %s::int8[])
        ON CONFLICT (workspace, name, day) DO UPDATE SET events = event_day.events + excluded.events
        RETURNING name, xmax = 0
        """,
        [workspace, *_columns(rows)],
    )
    grown = sorted({name for name, new in came if new})
    if grown:
        _execute(
            """
            DELETE FROM event_day d USING (
                SELECT name, max(day) AS newest FROM event_day WHERE workspace = %s AND name = ANY(%s) GROUP BY name) n
            WHERE d.workspace = %s AND d.name = n.name AND d.day <= n.newest - %s
            """,
            [workspace, grown, workspace, DAYS],
        )


def count_senders(workspace: int, news: Mapping[str, Kept], *, most: int) -> None:
    """Adds to the senders of each type, the first `most` of them."""
    counts = {(name, *sender): [count] for name, new in news.items() for sender, count in new.senders.items()}
    if not counts:
        return
    had = _execute(
        """
        UPDATE event_sender t SET events = t.events + n.events
        FROM unnest(%s::text[], %s::text[], %s::text[], %s::int8[], %s::int8[]) AS n (name, form, origin, key, events)
        WHERE t.workspace = %s AND t.name = n.name AND t.form = n.form AND t.origin = n.origin AND t.key = n.key
        RETURNING t.name, t.form, t.origin, t.key
        """,
        [*_columns([(*key, *count) for key, count in counts.items()]), workspace],
    )
    fresh = _with_room(workspace, counts, had, "senders", most)
    if fresh:
        _execute(
            "INSERT INTO event_sender (workspace, name, form, origin, key, events) "
            "SELECT %s, * FROM unnest(%s::text[], %s::text[], %s::text[], %s::int8[], %s::int8[])",
            [workspace, *_columns([(*key, *counts[key]) for key in fresh])],
        )


def count_properties(workspace: int, news: Mapping[str, Kept], *, most: int) -> None:
    """Adds to the properties of each type, the first `most` of them that may be kept; the others are counted as one."""
    every = {(name, one): kinds for name, new in news.items() for one, kinds in new.properties.items()}
    counts = {key: kinds for key, kinds in every.items() if may_be_kept(key[1])}
    had: list[tuple[Any, ...]] = []
    if counts:
        had = _add_to_properties(workspace, counts)
    fresh = _with_room(workspace, counts, had, "properties", most)
    if fresh:
        _execute(
            f"INSERT INTO event_property (workspace, name, property, {', '.join(KINDS)}) "
            f"SELECT %s, * FROM unnest(%s::text[], %s::text[], {_EIGHTS})",
            [workspace, *_columns([(*key, *counts[key]) for key in fresh])],
        )
    _leave_out(workspace, every.keys() - {*had, *fresh}, every)


def _add_to_properties(workspace: int, counts: Mapping[tuple[Any, ...], list[int]]) -> list[tuple[Any, ...]]:
    """Those that have a row, which is larger now."""
    return _execute(
        f"""
        UPDATE event_property t SET {_SUMS}
        FROM unnest(%s::text[], %s::text[], {_EIGHTS}) AS n (name, property, {", ".join(KINDS)})
        WHERE t.workspace = %s AND t.name = n.name AND t.property = n.property
        RETURNING t.name, t.property
        """,
        [*_columns([(*key, *kinds) for key, kinds in counts.items()]), workspace],
    )


def count_left_out(workspace: int, events: int) -> None:
    """Adds events of no type."""
    if events:
        _execute(
            "INSERT INTO event_left_out AS t (workspace, events) VALUES (%s, %s) "
            "ON CONFLICT (workspace) DO UPDATE SET events = t.events + excluded.events",
            [workspace, events],
        )


def _with_room(
    workspace: int, counts: Mapping[tuple[Any, ...], Any], had: Collection[tuple[Any, ...]], column: str, most: int
) -> list[tuple[Any, ...]]:
    """Those that have no row yet and find room beside the others of their type, in order; counted in its `column`."""
    there = set(had)
    fresh = [key for key in counts if key not in there]
    if not fresh:
        return []
    found = _execute(
        f"SELECT name, {column} FROM event_type WHERE workspace = %s AND name = ANY(%s)",
        [workspace, sorted({key[0] for key in fresh})],
    )
    room = {name: most - count for name, count in found}
    taken: dict[str, int] = {}
    kept = []
    for key in fresh:
        if taken.get(key[0], 0) < room[key[0]]:
            taken[key[0]] = taken.get(key[0], 0) + 1
            kept.append(key)
    if taken:
        _execute(
            f"UPDATE event_type t SET {column} = t.{column} + n.more FROM unnest(%s::text[], %s::int4[]) "
            "AS n (name, more) WHERE t.workspace = %s AND t.name = n.name",
            [[*taken], [*taken.values()], workspace],
        )
    return kept


def _leave_out(workspace: int, keys: Collection[tuple[Any, ...]], counts: Mapping[tuple[Any, ...], list[int]]) -> None:
    sums: dict[str, int] = {}
    for key in keys:
        sums[key[0]] = sums.get(key[0], 0) + sum(counts[key])
    if sums:
        _execute(
            "UPDATE event_type t SET left_out = t.left_out + n.more FROM unnest(%s::text[], %s::int8[]) "
            "AS n (name, more) WHERE t.workspace = %s AND t.name = n.name",
            [[*sums], [*sums.values()], workspace],
        )


def _columns(rows: Collection[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _execute(statement: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [] if cursor.description is None else list(cursor.fetchall())
