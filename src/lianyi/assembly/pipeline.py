"""The pipeline: this ordered list of projectors is the product.

Each batch goes through all of them in this order; each has its own cursor, moved in the transaction of its effect, and
none passes the one before it. The lake comes last and takes many batches at once. A batch that a projector cannot take
is tried again event by event; what still fails becomes a dead letter, and the others go on.

Durability: numbers, and what projectors write, can be made anew from the log's rows, so these transactions do not wait
for the disk; a number is lost only with all that was done under it. Before the lake is written all is forced down. What
a process that outlives its database remembers of lost commits it forgets (`forget_what_was_lost`).
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction

from lianyi.events.lake import actions as lake_writes
from lianyi.events.lake import queries as lake_reads
from lianyi.events.log import dead, reading
from lianyi.events.log.actions import Record, lock, note_crash, record_own
from lianyi.events.log.decoding import Undecodable
from lianyi.events.log.queries import cursor_of, signed
from lianyi.events.log.scrubbing import scrub_batch
from lianyi.events.log.sequencer import Numbered, Sequencer
from lianyi.events.schemas import Batch, Numbering, Projector
from lianyi.kernel.clock import Clock
from lianyi.kernel.errors import Broken
from lianyi.people.columns.storing import begin_era
from lianyi.people.erasing.sieve import Sieve
from lianyi.people.identity.projector import raise_epochs
from lianyi.people.identity.queries import epoch_of

log = structlog.get_logger()

LEASE = "pipeline"
LAKE = "lake"
LAKE_EVENTS = 100_000
LAKE_WAITS = 10.0  # seconds that a batch waits for company before it goes into the lake


@dataclass(frozen=True)
class Chain:
    """The projectors in the order in which they see each batch."""

    numbering: Numbering
    others: Sequence[Projector]

    @property
    def all(self) -> list[Projector]:
        """Every one, the numbering first."""
        return [self.numbering, *self.others]


def projectors(*, record: Record = record_own) -> Chain:
    """Those of the product; `record` is how they record events of their own."""
    from lianyi.audience.arms.projector import ArmsProjector
    from lianyi.audience.handover.projector import HandoverProjector
    from lianyi.audience.scoring.projector import ScoringProjector
    from lianyi.audience.segments.projector import SegmentsProjector
    from lianyi.events.catalogue.projector import CatalogueProjector
    from lianyi.growth.forms.projector import FormsProjector
    from lianyi.growth.gatherings.projector import GatheringsProjector
    from lianyi.growth.surveys.projector import SurveysProjector
    from lianyi.people.columns.projector import ColumnsProjector
    from lianyi.people.identity.news import News
    from lianyi.people.identity.projector import IdentityProjector
    from lianyi.people.profiles.projector import LifecycleProjector, ProfilesProjector

    news = News()
    return Chain(
        IdentityProjector(news=news),
        [
            ProfilesProjector(news),
            LifecycleProjector(record=record, news=news),
            ColumnsProjector(news),
            ScoringProjector(),
            SegmentsProjector(),
            HandoverProjector(record),
            ArmsProjector(),
            FormsProjector(),
            SurveysProjector(),
            GatheringsProjector(),
            CatalogueProjector(),
        ],
    )


def names() -> list[str]:
    """The projectors' names in order, the lake last."""
    return [*(projector.name for projector in projectors().all), LAKE]


@dataclass
class _Unlaked:
    """Batches of one workspace on their way to the lake."""

    batches: dict[int, lake_writes.Columns] = field(default_factory=dict)  # by number, in order
    events: int = 0
    since: float = 0.0
    epoch: int = 0  # of the workspace's identities, when the first of them was read


class _Read(NamedTuple):
    """A batch as it was read, and the epoch that the workspace's identities were known to have then."""

    numbered: Numbered
    batch: Batch
    failed: list[Undecodable]
    epoch: int | None


class Pipeline:
    """One per installation, under a lease; `fence` is the lease's number: nothing is written once another has a larger.

    With a `lake_thread` (an executor of one) the lake is written beside the projecting, else by whoever calls `flush`.
    """

    def __init__(
        self,
        fence: int,
        clock: Clock,
        chain: Chain | None = None,
        *,
        lake_thread: Executor | None = None,
    ) -> None:
        self._fence = fence
        self._clock = clock
        self._chain = chain or projectors()
        self._sequencer = Sequencer(self._seen_in_lake)
        self._signed = signed()
        self._unlaked: dict[int, _Unlaked] = {}
        self._lake_thread = lake_thread
        self._writing: Future[None] | None = None
        self._epoch = 0
        self._sieves: dict[int, tuple[int, Sieve]] = {}  # by workspace, with the epoch of its identities

    def start(self) -> None:
        """Picks up where the last holder stopped: the window, the lake's epoch, and batches not yet passed by all."""
        forget_what_was_lost()
        with connection.cursor() as cursor:
            cursor.execute("SELECT number FROM lake_epoch")
            self._epoch = int(cursor.fetchone()[0])
            cursor.execute("SELECT DISTINCT workspace_id FROM batch")
            workspaces = [row[0] for row in cursor.fetchall()]
        self._sequencer.load_window(self._clock())
        for workspace in workspaces:
            self._catch_up(workspace)

    def step(self) -> int:
        """Numbers and projects what waits; the number of events that went through."""
        # All in one thread: another that numbers and decodes ahead fights this one for the interpreter, and every event
        # waits for one batch more.
        return sum(map(self._take, self._read_next()))

    def flush(self, *, all_of_it: bool = False) -> None:
        """Writes to the lake what is due: much, old, or all of it. Only the last returns after it is written; what
        went wrong in a write beside is raised by a later call.
        """
        for workspace, unlaked in list(self._unlaked.items()):
            due = unlaked.events >= LAKE_EVENTS or time.monotonic() - unlaked.since >= LAKE_WAITS
            # What gathers while one write is under way is bounded too.
            can_wait = self._is_writing() and unlaked.events < 2 * LAKE_EVENTS
            if not unlaked.batches or not (all_of_it or (due and not can_wait)):
                continue
            self.wait()
            if self._lake_thread is None:
                self._to_lake(workspace, unlaked)
            else:
                self._writing = self._lake_thread.submit(self._to_lake, workspace, unlaked)
            del self._unlaked[workspace]
        if all_of_it:
            self.wait()

    def wait(self) -> None:
        """Returns when nothing is being written beside; raises what went wrong there."""
        writing, self._writing = self._writing, None
        if writing is not None:
            writing.result()

    def _is_writing(self) -> bool:
        return self._writing is not None and not self._writing.done()

    def _seen_in_lake(self, workspace: int, ids: list[bytes]) -> set[bytes]:
        return set(lake_reads.seen(settings.ENVIRONMENT.lake, workspace, ids))

    def _catch_up(self, workspace: int) -> None:
        held = lake_reads.held(settings.ENVIRONMENT.lake, workspace, self._epoch)
        if cursor_of(workspace, LAKE) != held:
            # Behind: killed between the lake's commit and the cursor's. Ahead: the lake lost its end with the power.
            move_cursor(workspace, LAKE, held)
        while True:
            done = min(cursor_of(workspace, name) for name in [*(p.name for p in self._chain.all), LAKE])
            already = self._unlaked.get(workspace)
            after = max(done, max(already.batches, default=0) if already else 0)
            found = reading.batch_numbers(workspace, after, 100)
            if not found:
                return
            for number in found:
                self._take(self._decoded(reading.read(number)))
            self.flush()

    def _read_next(self) -> list[_Read]:
        """Numbers what waits, and decodes it."""
        with transaction.atomic():
            _hurry()
            refuse_overtaken(self._fence)
            numbered = self._sequencer.number_rows()
        return [self._decoded(one) for one in numbered]

    def _decoded(self, numbered: Numbered) -> _Read:
        known = self._sieves.get(numbered.workspace)
        return _Read(numbered, *reading.decode(numbered, self._signed), known and known[0])

    def _take(self, read: _Read) -> int:
        workspace = read.numbered.workspace
        with transaction.atomic():
            _hurry()
            refuse_overtaken(self._fence)
            lock(workspace, self._chain.numbering.name)
            epoch = self._look_for_erasures(workspace)
            if epoch != read.epoch:
                read = self._decoded(reading.read(read.numbered.number))
            numbered, batch, failed, _ = self._without_erased(read)
            if cursor_of(batch.workspace, self._chain.numbering.name) < batch.number:  # for the first time
                dead.bury(numbered, "", dead.undecodable(failed))
                dead.bury_refused(numbered)
            for projector in self._chain.all:
                if cursor_of(batch.workspace, projector.name) < batch.number:
                    self._project(projector, batch, numbered)
                elif projector is self._chain.numbering:
                    self._chain.numbering.attach(batch)
        unlaked = self._unlaked.setdefault(batch.workspace, _Unlaked())
        if not unlaked.batches:
            unlaked.since = time.monotonic()
            unlaked.epoch = epoch
        unlaked.batches[batch.number] = lake_writes.columns_of(batch)
        unlaked.events += len(batch.events)
        return len(batch.events)

    def _look_for_erasures(self, workspace: int) -> int:
        """The epoch of the workspace's identities, and the sieve of it. Whoever erases has the same locks."""
        epoch = epoch_of(workspace)
        if workspace not in self._sieves or self._sieves[workspace][0] != epoch:
            self._sieves[workspace] = (epoch, Sieve.of(workspace))
        return epoch

    def _without_erased(self, read: _Read) -> _Read:
        """The batch without what must not come back; that leaves the stored bodies too."""
        sieve = self._sieves[read.batch.workspace][1]
        if sieve and any(sieve.judge(event) is not event.raw for event in read.batch.events):
            scrub_batch(read.batch.number, sieve, self._signed)
            read = self._decoded(reading.read(read.batch.number))
        return read

    def _project(self, projector: Projector, batch: Batch, numbered: Numbered) -> None:
        dead.bury(numbered, projector.name, project(projector, batch))
        move_cursor(batch.workspace, projector.name, batch.number)

    def _to_lake(self, workspace: int, unlaked: _Unlaked) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            # One commit that waits for the disk takes all earlier ones down with it.
            cursor.execute("UPDATE lake_epoch SET number = number")
        with transaction.atomic():
            lock(workspace, LAKE)
            batches = unlaked.batches
            if epoch_of(workspace) != unlaked.epoch:  # somebody was erased since they were read
                batches = {number: lake_writes.columns_of(self._read_again(number)) for number in batches}
            held = lake_writes.write(
                settings.ENVIRONMENT.lake, workspace, batches, epoch=self._epoch, fence=self._fence
            )
            move_cursor(workspace, LAKE, held)

    def _read_again(self, number: int) -> Batch:
        batch = reading.decode(reading.read(number), self._signed)[0]
        projectors().numbering.attach(batch)  # one of its own: the chain's is not for several threads
        return batch


def project(projector: Projector, batch: Batch) -> list[dead.Rejected]:
    """Applies the batch; what is wrong with one event stops neither its siblings nor later batches. The rejected."""
    try:
        with transaction.atomic():
            projector.project(batch)
    except (OperationalError, InterfaceError):  # the database went away: nobody's event is to blame
        raise
    except Exception as error:
        log.warning("projector.failed", projector=projector.name, batch=batch.number, error=type(error).__name__)
        return _project_singly(projector, batch)
    return list(getattr(projector, "refused", ()))


def _project_singly(projector: Projector, batch: Batch) -> list[dead.Rejected]:
    failed: list[dead.Rejected] = []
    numbers: list[int] = []
    for index, event in enumerate(batch.events):
        one = Batch(batch.workspace, batch.number, [event], batch.numbers[index : index + 1], part_of=batch)
        try:
            with transaction.atomic():
                projector.project(one)
            numbers += one.numbers
            failed += getattr(projector, "refused", ())
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            failed.append((event.position, "projector.failed", f"{type(error).__name__}: {error}"))
            numbers.append(batch.numbers[index] if batch.numbers else 0)
    batch.numbers = numbers
    return failed


@transaction.atomic
def forget_what_was_lost() -> None:
    """After a crash of the database alone no process goes by commits of before that it remembers: their numbers and
    versions are given to others now. This waits for the disk.
    """
    if note_crash():
        raise_epochs()
        begin_era()


def _hurry() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")


def refuse_overtaken(fence: int) -> None:
    """Raises Broken when another holder has the pipeline, or had it since; nobody takes it until the transaction ends.
    A process that stood still for longer than its lease goes on where it stopped, and must not write then.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT fence FROM lease WHERE name = %s FOR SHARE", [LEASE])
        row = cursor.fetchone()
    if row is not None and row[0] > fence:
        raise Broken("The pipeline's holder {fence} was overtaken by {other}.", fence=fence, other=row[0])


def move_cursor(workspace: int, projector: str, batch: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO cursor (workspace_id, projector, batch) VALUES (%s, %s, %s)
            ON CONFLICT (workspace_id, projector) DO UPDATE SET batch = excluded.batch
            """,
            [workspace, projector, batch],
        )


def run(clock: Clock, fence: int, stopping: Callable[[], bool], between: Callable[[int], bool]) -> None:
    """Runs until `stopping`, or until `between` says no. That is called between two steps, with the number of events
    of the last one.
    """
    moved = 0
    with _lake_thread() as lake_thread:
        pipeline = Pipeline(fence, clock, lake_thread=lake_thread)
        pipeline.start()
        while not stopping() and between(moved):
            moved = pipeline.step()
            pipeline.flush(all_of_it=not moved and _drain_wanted())
            if not moved:
                time.sleep(0.05)
        pipeline.flush(all_of_it=True)


@contextmanager
def _lake_thread() -> Iterator[Executor]:
    """It leaves no connection to the database behind."""
    with ThreadPoolExecutor(1, "lake-writer") as executor:
        try:
            yield executor
        finally:
            executor.submit(_close)


def _close() -> None:
    connection.close()  # that of the thread which calls it


def _drain_wanted() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM lease WHERE name LIKE 'drain:%%' AND until > clock_timestamp())")
        return bool(cursor.fetchone()[0])
