"""Replay: a projector rebuilt from zero, from the lake and then the log's tail, in one transaction.

Promises that nobody sees it half done, and that nothing leaves: what a projector would record again is dropped here.
With `check` everything is taken back and only the difference is told: *rebuilt == kept up to date*.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from lianyi.assembly.pipeline import LAKE, project, projectors
from lianyi.events.catalogue import erasing as catalogue
from lianyi.events.catalogue.projector import CatalogueProjector
from lianyi.events.intake.own import OwnEvent
from lianyi.events.lake import queries as lake
from lianyi.events.log.actions import lock
from lianyi.events.log.queries import cursor_of, lake_cursor, tail_events
from lianyi.events.schemas import Batch, Numbering, Rebuilding
from lianyi.kernel.errors import Refused
from lianyi.people.erasing.sieve import Sieve, event_of


@dataclass(frozen=True)
class Replayed:
    """What a replay did: how much it read, what failed again, and which tables came out other than they were; those
    `of_erased` for no other reason than that events of people who were erased are in them no more.
    """

    projector: str
    batches: int
    events: int
    failed: int
    different: list[str]
    of_erased: list[str]


def replay(workspace: int, name: str, *, check: bool, advance: Callable[[int], object] = bool) -> Replayed:
    """Rebuilds what the projector derived in this workspace. The pipeline waits meanwhile; `advance` hears how many
    events each batch had.
    """
    chain = projectors(record=_nothing)
    by_name = {projector.name: projector for projector in chain.all}
    if name == LAKE:
        raise Refused("replay.lake", "The lake is the record and is not rebuilt.", "Restore it from a backup.")
    if name not in by_name:
        raise Refused(
            "replay.unknown", "There is no projector {name!r}.", "There are {names}.", name=name, names=list(by_name)
        )
    projector = by_name[name]
    batches = events = failed = 0
    with transaction.atomic():
        lock(workspace, chain.numbering.name)
        until = cursor_of(workspace, name)
        before, counted = projector.fingerprint(workspace), _counted(workspace, name)
        projector.forget(workspace)
        if isinstance(projector, Rebuilding):
            projector.rebuild(workspace)
        for batch in () if isinstance(projector, Rebuilding) else _batches(workspace, until, chain.numbering):
            if projector is chain.numbering:
                batch.numbers = []
            failed += len(project(projector, batch))
            batches += 1
            events += len(batch.events)
            advance(len(batch.events))
        after = projector.fingerprint(workspace)
        explained = counted is not None and catalogue.within(catalogue.counts(workspace), counted)
        for other in chain.all[chain.all.index(projector) + 1 :]:
            if isinstance(other, Rebuilding) and not check:  # it stands on what was made anew
                other.rebuild(workspace)
        if check:
            transaction.set_rollback(True)
    tables = sorted(table for table in before.keys() | after.keys() if before.get(table) != after.get(table))
    different, of_erased = ([], tables) if explained else (tables, [])
    return Replayed(name, batches, events, failed, different, of_erased)


def _counted(workspace: int, name: str) -> catalogue.Counts | None:
    """What the catalogue counts while people were erased since it began to."""
    if name != CatalogueProjector.name or not catalogue.erased_since(workspace):
        return None
    return catalogue.counts(workspace)


def _nothing(workspace: int, events: list[OwnEvent]) -> None:
    """What was recorded the first time is in the log already."""
    del workspace, events


def _batches(workspace: int, until: int, identity: Numbering) -> Iterator[Batch]:
    """Every batch up to number `until`, in order, with its identity numbers."""
    held = lake_cursor(workspace)
    sieve = Sieve.of(workspace)  # the lake's files may still hold people who were erased
    for number, rows in lake.batches_after(settings.ENVIRONMENT.lake, workspace, 0):
        if number <= min(until, held):
            kept = rows if not sieve else [row for row in map(sieve.keep, rows) if row is not None]
            yield Batch(workspace, number, [event_of(row) for row in kept], [row.identity for row in kept])
    for batch in tail_events(workspace, held):
        if batch.number <= until:
            identity.attach(batch)
            yield batch
