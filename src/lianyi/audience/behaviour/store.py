"""This process's occurrences of one workspace: made when first asked for, kept up to date, dropped when numbers or
people were taken back. Correct after a crash because nothing of them outlives the process.

What a transaction has not committed is laid over what is kept, and kept when it commits, since numbers that are taken
back may be given to others.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from lianyi.audience.behaviour.building import build
from lianyi.audience.behaviour.matching import rows_in
from lianyi.audience.behaviour.runs import Run, levelled
from lianyi.audience.behaviour.schemas import Spec
from lianyi.events.log.queries import cursor_of, lake_cursor
from lianyi.events.schemas import Batch
from lianyi.people.identity.projector import IdentityProjector
from lianyi.people.identity.queries import epoch_of
from lianyi.people.identity.tail import numbered_tail

MOST_BYTES = 4 << 30  # of a workspace's arrays, nearly all of them mapped
_AT_ONCE = 50  # batches of the tail
Runs = tuple[Run, ...]


@dataclass
class Occurrences:
    """All that happened of one pattern up to a batch."""

    runs: Runs
    up_to: int

    @property
    def bytes(self) -> int:
        """What its arrays take."""
        return sum(run.bytes for run in self.runs)


class Reach(NamedTuple):
    """How far a question sees: the last batch whose events have numbers, and the last of them that the lake has."""

    up_to: int
    laked: int


def reach(workspace: int, fresh: Sequence[Batch] = ()) -> Reach:
    """As far as this transaction sees; before `fresh`, batches that it is about to commit."""
    up_to = fresh[0].number - 1 if fresh else cursor_of(workspace, IdentityProjector.name)
    return Reach(up_to, min(lake_cursor(workspace), up_to))


class Store:
    """One per process and workspace."""

    def __init__(self, workspace: int) -> None:
        self._workspace = workspace
        self._lock = threading.RLock()
        self._kept: OrderedDict[Spec, Occurrences] = OrderedDict()
        self._epoch = -1

    def has(self, specs: Sequence[Spec]) -> bool:
        """Whether all of these are there, of this epoch; they may have to be brought up to date."""
        return not self.missing(specs)

    def missing(self, specs: Sequence[Spec]) -> list[Spec]:
        """Those of them that are not there."""
        if not specs:
            return []
        with self._lock:
            self._look_for_erasures()
            return [spec for spec in dict.fromkeys(specs) if spec not in self._kept]

    def prepare(self, specs: Sequence[Spec]) -> None:
        """Makes what is not there of what the lake has, while others go on asking for what is."""
        missing = self.missing(specs)
        if not missing:
            return
        epoch, to = self._epoch, reach(self._workspace)
        made = build(self._workspace, missing, 0, to.laked, _folder())
        with self._lock:
            self._look_for_erasures()
            if self._epoch == epoch:
                for spec, run in zip(missing, made, strict=True):
                    self._kept.setdefault(spec, Occurrences(levelled([run], _folder()), to.laked))

    def runs(self, specs: Sequence[Spec], fresh: Sequence[Batch] = ()) -> dict[Spec, Runs]:
        """All occurrences of each pattern up to now. `fresh` are batches with numbers that this transaction is about to
        commit, consecutive ones: they are seen too, and kept when it does.
        """
        specs = list(dict.fromkeys(specs))
        with self._lock:
            self._look_for_erasures()
            self._bring_up(specs, reach(self._workspace, fresh))
            found = {spec: self._kept[spec].runs for spec in specs}
            if fresh:
                found = self._with_fresh(found, fresh)
            self._forget_oldest(specs)
            return found

    def follow(self, specs: Sequence[Spec], fresh: Sequence[Batch]) -> None:
        """Has these take in batches that nothing is asked about, if all of them are kept: they are at hand now, and
        would have to be read again for the next question.
        """
        if specs and self.has(specs):
            self.runs(specs, fresh)

    def drop(self) -> None:
        """Forgets everything."""
        with self._lock:
            self._kept.clear()

    def _look_for_erasures(self) -> None:
        epoch = epoch_of(self._workspace)
        if epoch != self._epoch:
            self._kept.clear()
            self._epoch = epoch

    def _bring_up(self, specs: Sequence[Spec], to: Reach) -> None:
        for spec in specs:
            self._kept.setdefault(spec, Occurrences((), 0))
            self._kept.move_to_end(spec)
        behind: dict[int, list[Spec]] = {}
        for spec in specs:
            if self._kept[spec].up_to < to.laked:
                behind.setdefault(self._kept[spec].up_to, []).append(spec)
        for after, some in behind.items():
            for spec, run in zip(some, build(self._workspace, some, after, to.laked, _folder()), strict=True):
                self._add(spec, run, to.laked)
        self._bring_up_by_tail(specs, to.up_to)

    def _bring_up_by_tail(self, specs: Sequence[Spec], up_to: int) -> None:
        after = min((self._kept[spec].up_to for spec in specs), default=up_to)
        if after >= up_to:
            return
        waiting: list[Batch] = []
        for batch in numbered_tail(self._workspace, after, up_to=up_to):
            waiting.append(batch)
            if len(waiting) == _AT_ONCE:
                self._append(specs, waiting, batch.number)
                waiting = []
        self._append(specs, waiting, up_to)

    def _append(self, specs: Sequence[Spec], batches: Sequence[Batch], up_to: int) -> None:
        for after in {self._kept[spec].up_to for spec in specs}:
            some = [spec for spec in specs if self._kept[spec].up_to == after and after < up_to]
            news = [batch for batch in batches if batch.number > after]
            for spec, rows in rows_in(news, some).items():
                self._add(spec, Run.of(rows, _folder()), up_to)

    def _add(self, spec: Spec, run: Run, up_to: int) -> None:
        self._kept[spec] = Occurrences(levelled([*self._kept[spec].runs, run], _folder()), up_to)

    def _with_fresh(self, found: dict[Spec, Runs], fresh: Sequence[Batch]) -> dict[Spec, Runs]:
        epoch, before, last = self._epoch, fresh[0].number - 1, fresh[-1].number
        news = {spec: Run.of(rows, _folder()) for spec, rows in rows_in(fresh, list(found)).items()}

        def keep() -> None:
            with self._lock:
                for spec, run in news.items():
                    kept = self._kept.get(spec)
                    if self._epoch == epoch and kept is not None and kept.up_to == before:
                        self._add(spec, run, last)

        transaction.on_commit(keep)
        return {spec: (*runs, news[spec]) if len(news[spec]) else runs for spec, runs in found.items()}

    def _forget_oldest(self, asked: Sequence[Spec]) -> None:
        size = sum(one.bytes for one in self._kept.values())
        for spec in [spec for spec in self._kept if spec not in set(asked)]:
            if size <= MOST_BYTES:
                return
            size -= self._kept.pop(spec).bytes


@cache
def store_of(workspace: int) -> Store:
    """The process's occurrences of the workspace."""
    return Store(workspace)


def _folder() -> Path:
    """Where mapped files lie: they have no name, and are gone with the process."""
    home: Path = settings.ENVIRONMENT.home
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    return home
