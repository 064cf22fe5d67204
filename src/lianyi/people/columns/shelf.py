"""The columns that a process has in memory, brought up to date by the runs that it does not have.

What was read while this process has changes of its own that are not committed may never have been: it is looked at
again before anything is built on it. A bounded number of bytes; the column that was used longest ago goes first.
"""

import threading
from collections import OrderedDict, deque
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

from django.db import connection, transaction
from pyroaring import BitMap

from lianyi.people.columns import storing
from lianyi.people.columns.column import Column
from lianyi.people.columns.parts import Part

MOST_BYTES = 384 << 20
_TOLD = 64  # changes whose people are remembered


class Told(NamedTuple):
    """A change that this process wrote: who is told of, by column."""

    before: int
    version: int
    people: dict[str, BitMap]


class _Held:
    """Columns of one workspace; None for one that is not there. All are as of `version`, or newer."""

    def __init__(self, version: int, *, sure: bool) -> None:
        self.version, self.sure = version, sure
        self.columns: dict[str, Column | None] = {}
        self.told: deque[Told] = deque(maxlen=_TOLD)


class Shelf:
    """One per process."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._lock = threading.RLock()
        self._held: dict[int, _Held] = {}
        # Workspaces with changes of ours that are not committed, or never will be: the newest, and whose it is.
        self._dirty: dict[int, tuple[int, int]] = {}
        self._used: OrderedDict[tuple[int, str], int] = OrderedDict()

    def columns(self, workspace: int, names: Iterable[str], version: int) -> dict[str, Column | None]:
        """These columns, as of this version of the workspace, which was read just now, or newer."""
        with self._lock:
            held = self._up_to_date(workspace, version)
            missing = [name for name in names if name not in held.columns]
            if missing:
                held.columns.update(_loaded(workspace, missing))
            found = {name: held.columns[name] for name in names}
            self._use(workspace, found)
        return found

    def note(self, workspace: int, before: int, version: int, parts: Mapping[str, Part]) -> None:
        """Takes over what is being written by this transaction."""
        with self._lock:
            held = self._up_to_date(workspace, before)
            for name, part in parts.items():
                if name in held.columns:
                    column = held.columns[name]
                    held.columns[name] = Column.of([part]) if column is None else column.with_run(part)
            held.version, held.sure = version, False
            held.told.append(Told(before, version, {name: part.told for name, part in parts.items()}))
            self._dirty[workspace] = (version, threading.get_ident())
        transaction.on_commit(lambda: self._settle(workspace, version))

    def begin_anew(self, workspace: int, version: int) -> None:
        """Everything is being written anew by this transaction."""
        with self._lock:
            self._drop(workspace)
            self._dirty[workspace] = (version, threading.get_ident())
        transaction.on_commit(lambda: self._settle(workspace, version))

    def told_since(self, workspace: int, version: int) -> list[Told] | None:
        """The changes after this version, oldest first, if this process wrote them all."""
        with self._lock:
            held = self._held.get(workspace)
            told = [one for one in held.told if one.version > version] if held is not None else []
        chained = [version, *(one.version for one in told)]
        return told if [one.before for one in told] == chained[:-1] and told else None

    def folded(self, workspace: int, name: str, runs: int) -> None:
        """Says in how many runs a column is now, which says the same as before."""
        with self._lock:
            held = self._held.get(workspace)
            column = held.columns.get(name) if held is not None else None
            if held is not None and column is not None:
                held.columns[name] = replace(column, runs=runs)

    def forget(self, workspace: int) -> None:
        """Drops what is in memory of the workspace."""
        with self._lock:
            self._drop(workspace)

    def _up_to_date(self, workspace: int, version: int) -> _Held:
        _, whose = self._dirty.get(workspace, (0, 0))
        if whose == threading.get_ident() and not connection.in_atomic_block:
            del self._dirty[workspace]  # it was rolled back
        held = self._held.get(workspace)
        if held is not None and held.version == version:
            return held
        lost = held is not None and storing.era_of(version) != storing.era_of(held.version)
        if held is None or not held.sure or lost or version < held.version:
            self._drop(workspace)
            held = self._held[workspace] = _Held(version, sure=workspace not in self._dirty)
            return held
        there = [name for name, column in held.columns.items()]
        _bring(workspace, held.columns, there, held.version)
        held.version, held.sure = version, workspace not in self._dirty
        return held

    def _settle(self, workspace: int, version: int) -> None:
        with self._lock:
            if self._dirty.get(workspace, (0, 0))[0] == version:
                del self._dirty[workspace]
            held = self._held.get(workspace)
            if held is not None and held.version == version:
                held.sure = True

    def _drop(self, workspace: int) -> None:
        held = self._held.pop(workspace, None)
        for name in held.columns if held is not None else ():
            self._used.pop((workspace, name), None)

    def _use(self, workspace: int, found: Mapping[str, Column | None]) -> None:
        for name, column in found.items():
            self._used[workspace, name] = column.bytes if column is not None else 100
            self._used.move_to_end((workspace, name))
        total = sum(self._used.values())
        while total > self._most and len(self._used) > 1:
            (owner, name), size = self._used.popitem(last=False)
            del self._held[owner].columns[name]
            total -= size


def _loaded(workspace: int, names: list[str]) -> dict[str, Column | None]:
    columns: dict[str, Column | None] = dict.fromkeys(names)
    _bring(workspace, columns, names, 0)
    return columns


def _bring(workspace: int, columns: dict[str, Column | None], names: list[str], version: int) -> None:
    """Brings columns up to date that are as of this version."""
    for (name, _), rows in groupby(storing.runs(workspace, names, after=version), key=lambda run: run[:2]):
        some = list(rows)
        column = columns[name]
        if column is None or some[0].since == 0:  # all of it was written anew
            columns[name] = Column.of([run.part for run in some])
            continue
        for place, run in enumerate(some):
            column = column.with_run(run.part, runs=0 if place else 1)
        columns[name] = column


SHELF = Shelf()
