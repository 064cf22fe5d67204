"""The Delta log of one table: a snapshot of its files, and commits that hold only on the snapshot they came
from.

Every commit names the version it was made from and fails when another has landed since (`Conflict`): the
caller looks at the new snapshot and decides again. Nothing is merged behind its back, so what a commit was
conditional on, such as "no batch beyond 17 is held", is true at the moment it lands.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from lianyi.events.lake.place import Place
from lianyi.events.lake.schemas import COLUMNS, File, Overtaken
from lianyi.kernel.durable import make_durable
from lianyi.kernel.errors import Broken

WRITER = "writer"  # the transaction in which a writer states its fence number
_SETTINGS = {
    # Statistics that readers skip files by.
    "delta.dataSkippingStatsColumns": "identity,occurred_at,batch",
    "delta.checkpointInterval": "100",
    "delta.logRetentionDuration": "interval 1 days",
    "delta.deletedFileRetentionDuration": "interval 1 hours",
    "delta.enableExpiredLogCleanup": "true",
}
_STATED = {
    "path": "path",
    "bytes": "size_bytes",
    "rows": "num_records",
    "first_batch": "min.batch",
    "last_batch": "max.batch",
    "first_identity": "min.identity",
    "last_identity": "max.identity",
    "earliest": "min.occurred_at",
    "latest": "max.occurred_at",
}


class Conflict(Exception):
    """Another commit landed first: look again."""


@dataclass(frozen=True)
class Change:
    """What one commit does. `rows_changed` is false for a rewrite that leaves the content as it was."""

    rows_changed: bool
    added: Sequence[File] = ()
    removed: Sequence[File] = ()
    transactions: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Snapshot:
    """One version of the table. Version -1: the table does not exist yet."""

    version: int
    files: tuple[File, ...]
    delta: Any  # the DeltaTable standing at this version, None for -1
    _transactions: dict[str, int | None] = field(default_factory=dict)

    def transaction(self, name: str) -> int | None:
        """The number that the last commit of this application transaction stated."""
        if self.delta is None:
            return None
        if name not in self._transactions:  # to look it up takes a millisecond
            self._transactions[name] = self.delta.transaction_version(name)
        return self._transactions[name]

    @cached_property
    def paths(self) -> frozenset[str]:
        """What the files are called."""
        return frozenset(file.path for file in self.files)


class Table:
    """One process's view of one table. Safe to use from several threads."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._lock = threading.Lock()
        self._delta: Any = None
        self._seen = Snapshot(-1, (), None)

    def snapshot(self) -> Snapshot:
        """The newest version there is."""
        from deltalake import DeltaTable
        from deltalake.exceptions import TableNotFoundError

        with self._lock:
            if self._delta is None:
                try:
                    self._delta = DeltaTable(self.place.uri)
                except TableNotFoundError:
                    return Snapshot(-1, (), None)
            else:
                self._delta.update_incremental()
            if self._delta.version() != self._seen.version:
                self._seen = Snapshot(self._delta.version(), _files(self._delta), self._delta)
            return self._seen

    def _create(self) -> None:
        from deltalake import DeltaTable

        if self.place.local:
            Path(self.place.uri).mkdir(parents=True, exist_ok=True)
        DeltaTable.create(self.place.uri, schema=_schema(), mode="ignore", configuration=_SETTINGS)

    def change(self, decide: Callable[[Snapshot], Change | None]) -> Snapshot:
        """Commits what `decide` makes of the newest snapshot, asking again when another commit came between. Makes
        the table where there is none.

        Nothing is committed once it answers None. The commit is on disk when this returns the snapshot it
        decided on.
        """
        while True:
            snapshot = self.snapshot()
            if snapshot.version < 0:
                self._create()
                continue
            change = decide(snapshot)
            if change is None:
                return snapshot
            try:
                self._commit(snapshot, change)
            except Conflict as conflict:
                if self.snapshot().version == snapshot.version:
                    raise Broken(
                        "Version {version} of the lake could not be written: {words}",
                        version=snapshot.version + 1,
                        words=conflict.__cause__,
                    ) from conflict
            else:
                return snapshot

    def _commit(self, snapshot: Snapshot, change: Change) -> None:
        from deltalake import CommitProperties, Transaction
        from deltalake.exceptions import CommitFailedError
        from deltalake.transaction import RemoveAction

        now = int(time.time() * 1000)
        actions = [_add(file, now, change) for file in change.added]
        actions += [RemoveAction(file.path, change.rows_changed, now, file.bytes, {}) for file in change.removed]
        transactions = [Transaction(name, number) for name, number in change.transactions.items()]
        properties = CommitProperties(max_commit_retries=0, app_transactions=transactions)
        with self._lock:
            if snapshot.delta is not self._delta or self._delta.version() != snapshot.version:
                raise Conflict
            try:
                self._delta.create_write_transaction(actions, "append", _schema(), commit_properties=properties)
            except CommitFailedError as failed:
                raise Conflict from failed
        if self.place.local:
            make_durable(Path(self.place.uri) / "_delta_log" / f"{snapshot.version + 1:020}.json")


def refuse_overtaken(snapshot: Snapshot, fence: int) -> None:
    """Raises Overtaken when a writer with a larger fence number has committed."""
    newest = snapshot.transaction(WRITER) or 0
    if newest > fence:
        raise Overtaken(f"lake: writer {fence} was overtaken by {newest}")


def epoch_transaction(epoch: int) -> str:
    """The name under which a commit states the last batch it holds. A restored database opens a new epoch."""
    return f"lake/{epoch}"


def held_in(snapshot: Snapshot, epoch: int) -> int:
    """The last batch of `epoch` that the snapshot holds; 0 for none."""
    return snapshot.transaction(epoch_transaction(epoch)) or 0


@cache
def _schema() -> Any:
    from deltalake import Field, Schema
    from deltalake.schema import PrimitiveType

    return Schema([Field(name, PrimitiveType(kind), nullable=True) for name, kind in COLUMNS.items()])


def _files(delta: Any) -> tuple[File, ...]:
    actions = delta.get_add_actions(flatten=True)
    if not actions.num_rows:
        return ()
    columns = [actions.column(stated).to_pylist() for stated in _STATED.values()]
    return tuple(
        sorted((File(*row) for row in zip(*columns, strict=True)), key=lambda file: (file.first_batch, file.path))
    )


def _add(file: File, now: int, change: Change) -> Any:
    import msgspec
    from deltalake.transaction import AddAction

    stats = {
        "numRecords": file.rows,
        "minValues": {
            "identity": file.first_identity,
            "occurred_at": file.earliest,
            "batch": file.first_batch,
        },
        "maxValues": {"identity": file.last_identity, "occurred_at": file.latest, "batch": file.last_batch},
        "nullCount": {"identity": 0, "occurred_at": 0, "batch": 0},
    }
    return AddAction(file.path, file.bytes, {}, now, change.rows_changed, msgspec.json.encode(stats).decode())


@cache
def table_at(place: Place) -> Table:
    """The process's one view of the table at `place`."""
    return Table(place)
