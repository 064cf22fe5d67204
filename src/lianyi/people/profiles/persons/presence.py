"""When each identity was first seen, and on which day it was last seen.

Last seen is the last UTC day on which the identity *did* something: an event that a sender tells, or one of ours that
stands for an act of the person. First seen is the earliest moment at which it did something or was told of. What we
decide about somebody is no sign of them, and neither is a machine.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from django.db import connection

from lianyi.events.projection_tables import fingerprint
from lianyi.events.schemas import Batch
from lianyi.kernel.clock import DAY
from lianyi.people.profiles.arrays import integers
from lianyi.people.profiles.growth import wrote

Ints = npt.NDArray[np.int64]

# Of the names with a dot, those that are the person's own doing.
DOINGS = frozenset(
    {
        "page.viewed",
        "screen.viewed",
        "order.line",
        "order.placed",
        "form.submitted",
        "link.clicked",
        "message.opened",
        "message.clicked",
        "message.received",
    }
)
ENTRIES = 4_000_000
# And those that tell of somebody.
_TELLINGS = frozenset(
    {
        "person.identified",
        "person.grouped",
        "person.aliased",
        "trait.set_once",
        "trait.incremented",
        "trait.appended",
        "trait.cleared",
    }
)
_COLUMNS = ("identity", "first_seen_at", "last_seen_on")


class Seen(NamedTuple):
    """Per identity, ascending: the earliest moment and the last day of doing, 0 for none."""

    numbers: Ints
    first_at: Ints
    last_on: Ints


def seen_in(batch: Batch) -> Seen:
    """What a batch shows of each identity in it."""
    weights: dict[str, int] = {}
    signs: list[int] = []
    for event in batch.events:
        name = event.name
        weight = weights.get(name)
        if weight is None:
            weight = weights[name] = _weight(name)
        signs.append(0 if event.machine else weight)
    sign = np.array(signs, np.int64)
    numbers = np.array(batch.numbers, np.int64)
    at = np.array([event.occurred_at for event in batch.events], np.int64)
    days = np.where(sign == 2, at // DAY, 0)
    shows = (numbers > 0) & (sign > 0)
    return _by_number(numbers[shows], at[shows], days[shows])


def _weight(name: str) -> int:
    """2: the person did this; 1: somebody told of the person; 0: neither."""
    if "." not in name or name in DOINGS:
        return 2
    return 1 if name in _TELLINGS else 0


def _by_number(numbers: Ints, at: Ints, days: Ints) -> Seen:
    order = np.argsort(numbers, kind="stable")
    distinct, starts = np.unique(numbers[order], return_index=True)
    if not len(distinct):
        return Seen(numbers, numbers, numbers)
    return Seen(distinct, np.minimum.reduceat(at[order], starts), np.maximum.reduceat(days[order], starts))


def keep(workspace: int, seen: Seen) -> None:
    """Widens what is stored by `seen`."""
    if not len(seen.numbers):
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            MERGE INTO presence p
            USING unnest(%s::int[], %s::int8[], %s::int[]) AS s (identity, first_at, last_on)
            ON p.workspace = %s AND p.identity = s.identity
            WHEN MATCHED AND (s.first_at < p.first_seen_at OR s.last_on > p.last_seen_on) THEN UPDATE SET
                first_seen_at = least(p.first_seen_at, s.first_at), last_seen_on = greatest(p.last_seen_on, s.last_on)
            WHEN NOT MATCHED THEN INSERT (workspace, identity, first_seen_at, last_seen_on)
                VALUES (%s, s.identity, s.first_at, s.last_on)
            """,
            [*(integers(column) for column in seen), workspace, workspace],
        )
    wrote("presence", workspace, len(seen.numbers))


def presence_of(workspace: int, identities: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Identity → first seen at, and last seen on as a day since 1970, 0 for never."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT identity, first_seen_at, last_seen_on FROM presence "
            "WHERE workspace = %s AND identity = ANY(%s::int[])",
            [workspace, integers(identities)],
        )
        return {row[0]: (row[1], row[2]) for row in cursor.fetchall()}


def presence_fingerprint(workspace: int) -> str:
    """Equal exactly when the rows are."""
    return fingerprint("presence", _COLUMNS, workspace)


class Memory:
    """What this process knows to be stored: most events are of people who were seen today already.

    Two arrays per workspace, indexed by identity number: twelve bytes an identity, ENTRIES of them at most. It holds
    committed facts that only ever widen, so it may be behind the database and does no harm. `stamp` tells that numbers
    were taken back: then it starts anew.
    """

    def __init__(self) -> None:
        self._known: dict[int, tuple[Ints, npt.NDArray[np.int32]]] = {}
        self._stamps: dict[int, int] = {}

    def news(self, workspace: int, stamp: int, seen: Seen) -> Seen:
        """What of `seen` may widen what is stored."""
        if self._stamps.get(workspace) != stamp:
            self.forget(workspace)
        if workspace not in self._known or not len(seen.numbers):
            return seen
        first_at, last_on = self._known[workspace]
        inside = np.minimum(seen.numbers, len(last_on) - 1)
        known = (seen.numbers < len(last_on)) & (seen.last_on <= last_on[inside]) & (seen.first_at >= first_at[inside])
        return Seen(*(column[~known] for column in seen))

    def learn(self, workspace: int, stamp: int, seen: Seen) -> None:
        """Remembers that `seen` is stored, once that is committed."""
        self._stamps[workspace] = stamp
        numbers = seen.numbers[seen.numbers < ENTRIES]
        if not len(numbers):
            return
        if sum(len(last_on) for _, last_on in self._known.values()) > ENTRIES:
            self._known.clear()
        first_at, last_on = self._room(workspace, int(numbers[-1]))
        some = slice(0, len(numbers))
        first_at[numbers] = np.minimum(first_at[numbers], seen.first_at[some])
        last_on[numbers] = np.maximum(last_on[numbers], seen.last_on[some])

    def forget(self, workspace: int) -> None:
        """Remembers nothing of the workspace."""
        self._known.pop(workspace, None)

    def _room(self, workspace: int, highest: int) -> tuple[Ints, npt.NDArray[np.int32]]:
        first_at, last_on = self._known.get(workspace, (np.empty(0, np.int64), np.empty(0, np.int32)))
        missing = highest + 1 - len(last_on)
        if missing > 0:
            missing = max(missing, len(last_on) // 2, 1_000)
            first_at = np.concatenate([first_at, np.full(missing, np.iinfo(np.int64).max)])
            last_on = np.concatenate([last_on, np.full(missing, -1, np.int32)])
            self._known[workspace] = (first_at, last_on)
        return first_at, last_on
