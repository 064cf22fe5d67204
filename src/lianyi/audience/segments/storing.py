"""Members and their changes in the database.

The members of now are a stored set with the changes since; what was read is kept by the process, and only changes that
came later are read again. Whoever writes holds the row of the members, so changes have an order.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from django.db import connection, transaction
from pyroaring import BitMap

from lianyi.audience.segments.models import SegmentRow
from lianyi.audience.segments.schemas import Cause, Change
from lianyi.kernel.bitmaps import from_bytes, to_bytes
from lianyi.kernel.ids import digest

FOLD_AFTER = 100  # changes
_KEPT = 1_000  # sets in memory
_AT_ONCE = 100  # rows with their sets, of which each may have a million people


class Held(NamedTuple):
    """The members after the change `last`, and up to when the passing of time was looked at."""

    members: BitMap
    last: int
    asked_at: int


class Moved(NamedTuple):
    """What is to be written of one segment; `silent` enter or leave without an event."""

    segment: int
    entered: BitMap
    left: BitMap
    silent: BitMap
    cause: Cause
    at: int


class _Changing(threading.local):
    """Sets that this thread's transaction has changed: it may still be taken back, and its number given to another."""

    def __init__(self) -> None:
        self.segments: set[tuple[int, int]] = set()


_changing = _Changing()


class Memory:
    """Sets that were read, by workspace and segment. They may not be changed by who gets them. What a transaction has
    not committed is read and not kept.
    """

    def __init__(self) -> None:
        self._sets: dict[tuple[int, int], tuple[int, BitMap]] = {}
        self._epochs: dict[int, int] = {}

    def held(self, workspace: int, segments: Sequence[int] | None = None, *, lock: bool = False) -> dict[int, Held]:
        """The members of these segments now, or of all, by their numbers, ascending; with `lock` nobody else changes
        them until the transaction ends.
        """
        some = "" if segments is None else "AND segment = ANY(%s)"
        if not connection.in_atomic_block:
            _changing.segments.clear()  # whatever became of it
        with connection.cursor() as cursor:
            cursor.execute("SELECT epoch FROM segment_stamp WHERE workspace = %s", [workspace])
            self._begin(workspace, [row[0] for row in cursor.fetchall()])
            cursor.execute(
                f"SELECT segment, last, asked_at FROM segment_members WHERE workspace = %s {some}"
                f" ORDER BY segment{' FOR UPDATE' if lock else ''}",
                [workspace, *([] if segments is None else [list(segments)])],
            )
            rows = cursor.fetchall()
        found = {}
        for segment, last, asked in rows:
            known = self._sets.get((workspace, segment))
            if known is None or known[0] != last:
                known = _read(workspace, segment, known if known is not None and known[0] < last else None)
                if (workspace, segment) not in _changing.segments:
                    self._keep(workspace, segment, known)
            found[segment] = Held(known[1], last, asked)
        return found

    def learn(self, workspace: int, segment: int, last: int, members: BitMap) -> None:
        """What the caller has written; told after the commit."""
        _changing.segments.discard((workspace, segment))
        self._keep(workspace, segment, (last, members))

    def _keep(self, workspace: int, segment: int, known: tuple[int, BitMap]) -> None:
        if len(self._sets) >= _KEPT:
            self._sets.clear()
        self._sets[workspace, segment] = known

    def _begin(self, workspace: int, epoch: list[int]) -> None:
        """Forgets what was read before somebody was erased."""
        if epoch and self._epochs.get(workspace) != epoch[0]:
            self._sets = {key: known for key, known in self._sets.items() if key[0] != workspace}
            self._epochs[workspace] = epoch[0]


def _read(workspace: int, segment: int, known: tuple[int, BitMap] | None) -> tuple[int, BitMap]:
    """The last change of a segment and its members then; `known` is such a pair of before."""
    with connection.cursor() as cursor:
        if known is None:
            cursor.execute(
                "SELECT change, members FROM segment_members WHERE workspace = %s AND segment = %s",
                [workspace, segment],
            )
            after, data = cursor.fetchone()
            members = from_bytes(bytes(data))
        else:
            after, members = known[0], known[1].copy()
        cursor.execute(
            'SELECT change, entered, "left" FROM segment_change'
            " WHERE workspace = %s AND segment = %s AND change > %s ORDER BY change",
            [workspace, segment, after],
        )
        for change, entered, left in cursor.fetchall():
            members |= from_bytes(bytes(entered))
            members -= from_bytes(bytes(left))
            after = change
    return after, members


def begin(workspace: int, segment: int, at: int) -> None:
    """An empty set, of a segment that is new."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO segment_members (workspace, segment, change, last, asked_at, members)"
            " VALUES (%s, %s, 0, 0, %s, %s)",
            [workspace, segment, at, to_bytes(BitMap())],
        )


def write(workspace: int, memory: Memory, held: Mapping[int, Held], moved: Iterable[Moved]) -> dict[int, Change]:
    """Writes changes of segments that the caller holds, in the caller's transaction; those that change nothing are
    left out. By segment what was written.
    """
    written: dict[int, Change] = {}
    for one in moved:
        if not one.entered and not one.left:
            continue
        before = held[one.segment]
        members = (before.members | one.entered) - one.left
        change = Change(before.last + 1, one.at, one.cause, one.entered, one.left, len(members))
        untold = BitMap() if one.cause is Cause.RULE else (one.entered | one.left) - one.silent
        _put(workspace, one.segment, change, untold, members)
        written[one.segment] = change
        _changing.segments.add((workspace, one.segment))
        transaction.on_commit(partial(memory.learn, workspace, one.segment, change.number, members))
    return written


def _put(workspace: int, segment: int, change: Change, untold: BitMap, members: BitMap) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO segment_change (workspace, segment, change, at, size, cause, entered, "left", untold)'
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                workspace,
                segment,
                change.number,
                change.at,
                change.size,
                change.cause,
                to_bytes(change.entered),
                to_bytes(change.left),
                to_bytes(untold) if untold else None,
            ],
        )
        cursor.execute(
            "UPDATE segment_members SET last = %s WHERE workspace = %s AND segment = %s RETURNING change",
            [change.number, workspace, segment],
        )
        folded = cursor.fetchone()[0]
        if change.number - folded >= FOLD_AFTER or change.cause is Cause.RULE:
            cursor.execute(
                "UPDATE segment_members SET change = %s, members = %s WHERE workspace = %s AND segment = %s",
                [change.number, to_bytes(members.copy()), workspace, segment],
            )
        cursor.execute(
            "UPDATE segment SET size = %s WHERE workspace = %s AND number = %s", [change.size, workspace, segment]
        )


def looked_at(workspace: int, segments: Sequence[int], at: int) -> None:
    """The passing of time up to `at` was looked at."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE segment_members SET asked_at = %s WHERE workspace = %s AND segment = ANY(%s)",
            [at, workspace, list(segments)],
        )


def latest_look(workspace: int) -> int:
    """Up to when the passing of time was looked at in any segment (µs); 0 where there is none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(asked_at), 0) FROM segment_members WHERE workspace = %s", [workspace])
        return int(cursor.fetchone()[0])


def asked_about(workspace: int, version: int) -> None:
    """The news of columns up to this version were asked about."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE segment_stamp SET version = %s WHERE workspace = %s", [version, workspace])


def asked_by(workspace: int, likelihood: str) -> None:
    """Rules were asked by the likelihoods of this stamp."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE segment_stamp SET likelihood = %s WHERE workspace = %s", [likelihood, workspace])


def stamp(workspace: int) -> None:
    """A definition has changed: whoever keeps them reads them again."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE segment_stamp SET edition = edition + 1 WHERE workspace = %s", [workspace])


def fold(workspace: int, segments: Sequence[int]) -> None:
    """Makes the stored sets those of now, so that no earlier change is needed for them; whoever keeps sets in memory
    reads them anew.
    """
    held = Memory().held(workspace, segments, lock=True)
    with connection.cursor() as cursor:
        for segment, one in held.items():
            cursor.execute(
                "UPDATE segment_members SET change = last, members = %s WHERE workspace = %s AND segment = %s",
                [to_bytes(one.members.copy()), workspace, segment],
            )
    _forget_kept(workspace)


def _forget_kept(workspace: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE segment_stamp SET epoch = epoch + 1 WHERE workspace = %s", [workspace])


def forget_people(workspace: int, numbers: Sequence[int]) -> dict[str, int]:
    """Takes people out of every set, of now and of history, as if they had never been in any; changed rows by table.
    In the caller's transaction.
    """
    people = BitMap(numbers)
    rows = {
        "segment_members": _take_out(people, workspace, "segment_members", ("segment",), ("members",)),
        "segment_change": _take_out(
            people, workspace, "segment_change", ("segment", "change"), ("entered", "left", "untold")
        ),
    }
    if rows["segment_members"] or rows["segment_change"]:
        for segment, held in Memory().held(workspace).items():
            SegmentRow.objects.filter(workspace=workspace, number=segment).update(size=len(held.members))
    _forget_kept(workspace)
    return rows


def _take_out(people: BitMap, workspace: int, table: str, key: Sequence[str], sets: Sequence[str]) -> int:
    """Rows of a table that have one of these people in one of their sets, and have not any more."""
    put = ", ".join(f'"{name}" = %s' for name in sets)
    there = " AND ".join(f"{name} = %s" for name in key)
    changed = 0
    for row in _sets_of(workspace, table, key, sets):
        before = [None if one is None else from_bytes(bytes(one)) for one in row[len(key) :]]
        if not any(one is not None and one.intersect(people) for one in before):
            continue
        left = [None if one is None else one - people for one in before]
        after = [
            None if one is None or (name == "untold" and not one) else to_bytes(one)
            for name, one in zip(sets, left, strict=True)
        ]
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} SET {put} WHERE workspace = %s AND {there}", [*after, workspace, *row[: len(key)]]
            )
        changed += 1
    return changed


def _sets_of(workspace: int, table: str, key: Sequence[str], sets: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """The rows of a table by key, held; some at a time, since a history of large sets fits in no memory."""
    names = ", ".join(f'"{name}"' for name in (*key, *sets))
    keys, places = ", ".join(key), ", ".join(["%s"] * len(key))
    last: tuple[Any, ...] = (-1,) * len(key)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {names} FROM {table} WHERE workspace = %s AND ({keys}) > ({places})"
                f" ORDER BY {keys} LIMIT {_AT_ONCE} FOR UPDATE",
                [workspace, *last],
            )
            rows = cursor.fetchall()
        yield from rows
        if len(rows) < _AT_ONCE:
            return
        last = rows[-1][: len(key)]


def fingerprint(workspace: int) -> str:
    """A digest of who is in which segment, equal exactly when that is."""
    every = Memory().held(workspace).items()
    return digest(*(part for s, held in every for part in (str(s), np.array(held.members).tobytes()))).hex()
