"""Keeping the lake's files few, large and clustered by identity, while batches keep coming.

Small files are merged into larger ones tier by tier, so a row is rewritten once per tier, not once per merge.
Every file, or the files of one merge together, covers a range of batches that no other covers, so rows can be
read again in the order they came in. One merge is one Delta commit which replaces exactly its inputs.

One session works at a time. It opens by stating its number in the Delta log; whoever states a larger one has
taken over, and commits of the older are refused. So a file that an older session left behind can never be
listed later and may be deleted; the same holds for a writer's fence number.

What was replaced stays for those who read it (`readers`), and for a minute in any case; so beside what the table lists
there is what was merged within that minute, and the merge under way: at the most as much again for the largest one.
"""

import math
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from lianyi.events.lake.merge import Merge
from lianyi.events.lake.place import Place, place_of
from lianyi.events.lake.readers import readers_of
from lianyi.events.lake.schemas import File, Overtaken
from lianyi.events.lake.seen import prepare
from lianyi.events.lake.sheets import make_sheets
from lianyi.events.lake.table import WRITER, Change, Snapshot, Table, epoch_transaction, table_at

SESSION = "upkeep"
HOLD = "hold"  # until when, in seconds since 1970, no merging may begin
FAN = 8  # runs of a tier that are merged into one of the next
_MOST_RUNS = 16  # merged at once; each costs a few MB while it is read
_FIRST_TIER_ROWS = 64
_MERGED = re.compile(r"m-(\d+)-")
_WRITTEN = re.compile(r"w-(\d+)-(\d+)-(\d+)-")
_sessions: dict[Place, "Upkeep"] = {}  # of this process
_LONGEST_HOLD = timedelta(hours=1)
_SWEPT_EVERY = timedelta(seconds=15)
# How long a file that the table no longer lists stays
ANYBODY_NEEDS = timedelta(minutes=1)  # for readers that did not announce themselves, such as other programs
READERS_NEED = timedelta(hours=1)  # at most, while somebody reads who began when it was listed
UNSEEN_READERS_NEED = timedelta(minutes=15)  # on S3, where nobody is seen


@dataclass(frozen=True)
class Run:
    """Files that together cover a range of batches which no other file covers."""

    files: tuple[File, ...]
    rows: int

    @property
    def first_batch(self) -> int:
        """The smallest batch of which the run has a row."""
        return min(file.first_batch for file in self.files)

    @property
    def last_batch(self) -> int:
        """The largest."""
        return max(file.last_batch for file in self.files)

    @property
    def tier(self) -> int:
        """Grows by one when the rows grow FAN times."""
        return max(0, math.ceil(math.log(max(self.rows, 1) / _FIRST_TIER_ROWS, FAN)))


def runs_of(files: Sequence[File]) -> list[Run]:
    """The runs, in order of their batches."""
    found: list[list[File]] = []
    last = 0
    for file in sorted(files, key=lambda file: (file.first_batch, file.path)):
        if found and file.first_batch <= last:
            found[-1].append(file)
        else:
            found.append([file])
        last = max(last, file.last_batch)
    return [Run(tuple(run), sum(file.rows for file in run)) for run in found]


def next_merge(files: Sequence[File], *, fan: int = FAN) -> list[Run]:
    """The neighbouring runs to be merged now, the cheapest first; empty when the lake is in order.

    That is the first stretch of at least `fan` neighbours of which none is above a tier, for the lowest such
    tier.
    """
    runs = runs_of(files)
    for tier in sorted({run.tier for run in runs}):
        for small, stretch in groupby(runs, key=lambda run: run.tier <= tier):
            found = list(stretch)
            if small and len(found) >= fan:
                return found[:_MOST_RUNS]
    return []


@dataclass(frozen=True)
class _Unlisted:
    """Since when a file is known to be unlisted, and who read then."""

    since: float
    readers: frozenset[str]

    def may_go(self, now: float, readers: frozenset[str], *, seen: bool) -> bool:
        """Whether nobody needs it any more. Readers cannot be `seen` everywhere."""
        age = timedelta(seconds=now - self.since)
        if not seen:
            return age >= UNSEEN_READERS_NEED
        return age >= READERS_NEED or (age >= ANYBODY_NEEDS and not self.readers & readers)


class Upkeep:
    """One session of upkeep of one table, worked off in short steps. Raises Overtaken when another has begun."""

    def __init__(
        self, root: str, workspace: int | str, *, keep_free: int = 0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`keep_free` bytes are left on the disk; `clock` counts seconds."""
        self.table = table_at(place_of(root, workspace))
        self._session = 0
        self._keep_free = keep_free
        self._clock = clock
        self._merge: Merge | None = None
        self._steps: Iterator[object] = iter(())
        self._sheets: Iterator[object] | None = None
        self._unlisted: dict[str, _Unlisted] = {}
        self._swept_at = -math.inf

    def step(self) -> bool:
        """Some tens of milliseconds of work on one thread; False when there was nothing to do, or no room to do it."""
        self._sweep_when_due()
        merge = self._merge or self._begin()
        if merge is None:
            return self._make_up_for_sheets()
        if not self._has_room_beside(0):
            return False
        try:
            done = next(self._steps, None) is None
        except FileNotFoundError:  # an erasure deletes what it replaced at once
            refuse_closed(self.table.snapshot(), self._session)
            raise
        if done:
            self._commit(merge)
            self._merge = None
        return True

    def _make_up_for_sheets(self) -> bool:
        """A step of making the sheets that files lack, such as those that an erasure wrote; False when none does."""
        files = self.table.snapshot().files
        if not files or not self._has_room_beside(0):
            return False
        self._sheets = self._sheets or make_sheets(self.table.place, files)
        try:
            if next(self._sheets, None) is not None:
                return True
        except FileNotFoundError:  # merged meanwhile, or erased
            pass
        self._sheets = None
        return False

    def _begin(self) -> Merge | None:
        """The merge that is under way now, if there is anything to merge, and room for it."""
        snapshot = self.table.snapshot()
        inputs = [file for run in next_merge(snapshot.files) for file in run.files]
        if not inputs:  # perhaps nothing was ever written
            return None
        if not self._has_room_beside(sum(file.bytes for file in inputs)):
            return None
        if not self._session:
            if (snapshot.transaction(HOLD) or 0) > time.time():
                return None
            self._session = open_session(self.table)
        self._merge = Merge(self.table.place, inputs, session=self._session)
        self._steps = self._work(self._merge)
        return self._merge

    def _has_room_beside(self, needed: int) -> bool:
        free = self.table.place.free_bytes()
        return free is None or free - needed >= self._keep_free

    def _work(self, merge: Merge) -> Iterator[object]:
        yield from merge.steps()
        yield from prepare(self.table.place, merge.inputs, merge.outputs)
        yield from make_sheets(self.table.place, merge.outputs)

    def close(self) -> None:
        """Drops what is unfinished."""
        if self._merge is not None:
            self._steps = iter(())
            self._merge.drop()
            self._merge = None

    def _commit(self, merge: Merge) -> None:
        def decide(snapshot: Snapshot) -> Change | None:
            refuse_closed(snapshot, self._session)
            if not {file.path for file in merge.inputs} <= snapshot.paths:
                return None
            return Change(
                rows_changed=False,
                added=merge.outputs,
                removed=merge.inputs,
                transactions={SESSION: self._session},
            )

        try:
            self.table.change(decide)
        finally:
            if not merge.paths() <= self.table.snapshot().paths:
                merge.drop()

    def _sweep_when_due(self) -> None:
        """Deletes files that have been unlisted, in the sight of this session, for as long as anybody needs them."""
        now = self._clock()
        if now - self._swept_at < _SWEPT_EVERY.total_seconds():
            return
        snapshot = self.table.snapshot()
        if snapshot.version < 0:
            return
        self._swept_at = now
        unlisted = unlisted_for_good(self.table, snapshot, self._session)
        if self._merge is not None:
            unlisted -= self._merge.paths()
        place = self.table.place
        readers = readers_of(place)
        self._unlisted = {path: self._unlisted.get(path) or _Unlisted(now, readers) for path in unlisted}
        place.delete(path for path, known in self._unlisted.items() if known.may_go(now, readers, seen=place.local))
        place.delete_strays()


def compact(
    root: str,
    workspace: int | str,
    *,
    within: timedelta,
    keep_free: int = 0,
    between: Callable[[], object] = lambda: None,
) -> bool:
    """Works until nothing is left to do or no room to do it (True), or until the time is over or somebody else took
    over (False).

    `between` is called after each step of some tens of milliseconds; it may wait while others need the machine.
    One thread at a time for one table. A merge that runs out of time goes on at the next call in this process.
    """
    place = place_of(root, workspace)
    upkeep = _sessions.setdefault(place, Upkeep(root, workspace, keep_free=keep_free))
    end = time.monotonic() + within.total_seconds()
    try:
        while upkeep.step():
            between()
            if time.monotonic() >= end:
                return False
    except BaseException as error:
        del _sessions[place]
        upkeep.close()
        if isinstance(error, Overtaken):
            return False
        raise
    return True


def open_session(table: Table, *, hold_until: float = 0) -> int:
    """The number of a new session, which ends all those before it and holds the table until then (Unix time)."""
    number = 0

    def decide(snapshot: Snapshot) -> Change:
        nonlocal number
        number = (snapshot.transaction(SESSION) or 0) + 1
        return Change(rows_changed=False, transactions={SESSION: number, HOLD: int(hold_until)})

    table.change(decide)
    return number


@contextmanager
def holding(table: Table) -> Iterator[int]:
    """A session, its number, during which nobody merges. Who was killed inside holds the table for an hour at most."""
    session = open_session(table, hold_until=time.time() + _LONGEST_HOLD.total_seconds())
    try:
        yield session
    finally:
        table.change(
            lambda snapshot: (
                Change(rows_changed=False, transactions={HOLD: 0}) if snapshot.transaction(SESSION) == session else None
            )
        )


def refuse_closed(snapshot: Snapshot, session: int) -> None:
    """Raises Overtaken when another session has begun."""
    newest = snapshot.transaction(SESSION) or 0
    if newest != session:
        raise Overtaken(f"lake: upkeep {session} was ended by {newest}")


def unlisted_for_good(table: Table, snapshot: Snapshot, session: int) -> set[str]:
    """Data files that the table does not list and that no commit can ever list again.

    `session` is the caller's own, whose files count too; those of a merge under way are for the caller to spare.
    """
    found = table.place.data_files() - snapshot.paths
    newest = table.snapshot()  # what was listed meanwhile stays
    return {path for path in found - newest.paths if _is_over(path, newest, session)}


def _is_over(path: str, snapshot: Snapshot, session: int) -> bool:
    if merged := _MERGED.match(path):
        return int(merged[1]) <= max(session, (snapshot.transaction(SESSION) or 0) - 1)
    if written := _WRITTEN.match(path):
        fence, epoch, last = map(int, written.groups())
        held = snapshot.transaction(epoch_transaction(epoch)) or 0
        return fence < (snapshot.transaction(WRITER) or 0) or last <= held
    return False  # no name that the lake gives
