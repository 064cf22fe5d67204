"""What is done from time to time beside the pipeline, by the worker that holds its lease.

Short work is done in the pipeline's pauses (`_tasks`): the log's partitions are made and dropped, moves that all have
passed too, people fall dormant, and what need not be kept is forgotten: media and uploads that nobody names, what the
outboxes sent, what webhooks told, and the answers that the API keeps for a day.

What takes long or waits for others has a thread of its own (`_threads`): the lake's upkeep with its daily pass for
the erased, which gives way while much comes in, but not for ever; the outboxes; the washing of the database's files;
the reader that enqueues events for webhooks, and the sender that calls them; the search for duplicates, the learning
of models, the fits to orders and the printing of sheets; tags for many people; segments, which are asked about new
rules and about whom time has moved, and told of as events; imports.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.conf import settings

from lianyi.assembly.repeating import Repeating
from lianyi.assembly.room import has_room
from lianyi.events.log.rows import drop_passed_days, ensure_partitions
from lianyi.kernel.clock import system_clock, to_micros

UPKEEP_WITHIN = timedelta(seconds=60)
ERASURES_EVERY = 1800.0  # seconds between looks whether a pass is due
UPKEEP_GIVES_WAY_FOR = 300.0  # seconds
FORGETS_AT_ONCE = 5  # batches
MUCH = 2_000  # events in one step

log = structlog.get_logger()


@dataclass
class _Task:
    name: str
    every: float  # seconds
    run: Callable[[], object]
    due_at: float = 0.0


class Schedule:
    """The periodic work of whoever holds the pipeline's lease."""

    def __init__(self) -> None:
        from lianyi.assembly.apart import repeating
        from lianyi.assembly.forming import former
        from lianyi.assembly.gatherings import gatherer
        from lianyi.assembly.handing import hander
        from lianyi.assembly.importing import importers
        from lianyi.assembly.outboxes import outboxes
        from lianyi.assembly.segments import segmenters
        from lianyi.assembly.tagging import tagger
        from lianyi.assembly.washing import washer
        from lianyi.assembly.webhooks import webhooks_in, webhooks_out
        from lianyi.audience.learned.running import PIECES as LEARNING
        from lianyi.audience.worth.running import PIECES as FITTING
        from lianyi.links.sheets.running import PIECES as PRINTING
        from lianyi.people.duplicates.searches.running import PIECES as SEARCHING

        upkeep = Repeating("lake-upkeep", self._keep_lake, every=5.0, failure="lake.upkeep_failed")
        self._threads = (
            upkeep,
            outboxes(),
            washer(),
            webhooks_in(),
            webhooks_out(),
            repeating("duplicates", "search", SEARCHING),
            repeating("learned", "learn", LEARNING),
            repeating("worth", "fit", FITTING),
            repeating("sheets", "print", PRINTING),
            tagger(),
            *segmenters(),
            hander(),
            former(),
            gatherer(),
            *importers(),
        )
        self._quiet = threading.Event()
        self._busy_since = 0.0
        self._erasures_due_at = 0.0
        self._tasks = [
            _Task("log.partitions", 3600.0, lambda: ensure_partitions(system_clock())),
            _Task("log.drop_passed", 3600.0, lambda: drop_passed_days(system_clock())),
            _Task("identity.drop_passed_moves", 3600.0, _drop_passed_moves),
            _Task("columns.renew", 2.0, _renew_columns),
            _Task("lifecycle.dormancy", 600.0, _fall_asleep),
            _Task("media.sweep", 3600.0, _sweep_media),
            _Task("outbox.forget", 60.0, _forget_sent),
            _Task("webhooks.forget", 60.0, _forget_told),
            _Task("tokens.forget_given", 60.0, _forget_given),
            _Task("forms.forget_told", 600.0, _forget_letters),
            _Task("forms.sweep", 3600.0, _sweep_form_files),
            _Task("segments.thin_out", 3600.0, _thin_segments),
            _Task("imports.sweep", 3600.0, _sweep_imports),
            _Task("sheets.sweep", 3600.0, _sweep_sheets),
        ]

    def start(self) -> None:
        """Begins what has threads of its own."""
        for one in self._threads:
            one.start()

    def stop(self) -> None:
        """Ends them, at the next safe place."""
        for one in self._threads:
            one.stop()
        self._quiet.set()
        for one in self._threads:
            one.join()

    def step(self, moved: int) -> bool:
        """Does what is due; always True, so that it can stand in a condition. `moved` events went through of late."""
        if moved < MUCH:
            self._quiet.set()
        elif self._quiet.is_set():
            self._busy_since = time.monotonic()
            self._quiet.clear()
        now = time.monotonic()
        for task in self._tasks:
            if now >= task.due_at:
                task.due_at = now + task.every
                task.run()
        return True

    def _erase_in_lake(self) -> None:
        """Once a day, when somebody waits: whoever was erased goes from the lake's files, before upkeep goes on."""
        from lianyi.assembly.erasures import pass_when_due

        if time.monotonic() >= self._erasures_due_at:
            self._erasures_due_at = time.monotonic() + ERASURES_EVERY
            pass_when_due(system_clock())

    def _keep_lake(self, stopping: Callable[[], bool]) -> None:
        from lianyi.events.lake import upkeep
        from lianyi.foundation.workspaces.queries import workspace_ids

        del stopping  # it may die anywhere
        self._give_way()
        if has_room():
            self._erase_in_lake()
        for workspace in workspace_ids():
            upkeep.compact(
                settings.ENVIRONMENT.lake,
                workspace,
                within=UPKEEP_WITHIN,
                keep_free=settings.ENVIRONMENT.min_free,
                between=self._give_way,
            )

    def _give_way(self) -> None:
        """Waits while much comes in, unless that has lasted for long."""
        if not self._quiet.is_set():
            self._quiet.wait(max(0.0, self._busy_since + UPKEEP_GIVES_WAY_FOR - time.monotonic()))


def _fall_asleep() -> None:
    from lianyi.events.log.actions import record_own
    from lianyi.foundation.workspaces.queries import workspace_ids
    from lianyi.people.profiles.actions import record_dormancy

    for workspace in workspace_ids():
        record_dormancy(workspace, system_clock(), record_own)


def _renew_columns() -> None:
    from lianyi.assembly.filling import renew_columns

    renew_columns()


def _drop_passed_moves() -> None:
    from lianyi.foundation.workspaces.queries import workspace_ids
    from lianyi.people.identity.passed import drop_passed_moves

    for workspace in workspace_ids():
        drop_passed_moves(workspace)


def _sweep_media() -> None:
    from lianyi.foundation.media.actions import sweep
    from lianyi.foundation.workspaces.queries import workspace_ids
    from lianyi.growth.pages.copies import sweep_copies

    for workspace in workspace_ids():
        try:
            sweep(workspace, system_clock())
            sweep_copies(workspace)
        except OSError as error:  # a folder that cannot be read is no reason to stop the pipeline
            log.warning("media.sweep_failed", workspace=workspace, error=type(error).__name__)


def _sweep_imports() -> None:
    from lianyi.people.imports.uploads.forgetting import sweep

    try:
        sweep(system_clock())
    except OSError as error:
        log.warning("imports.sweep_failed", error=type(error).__name__)


def _sweep_sheets() -> None:
    from lianyi.links.sheets.forgetting import sweep

    try:
        sweep(system_clock())
    except OSError as error:
        log.warning("sheets.sweep_failed", error=type(error).__name__)


def _thin_segments() -> None:
    from lianyi.audience.segments.history import thin_out
    from lianyi.foundation.workspaces.queries import workspace_ids

    for workspace in workspace_ids():
        thin_out(workspace, to_micros(system_clock()))


def _forget_sent() -> None:
    from lianyi.foundation.outbox.forgetting import A_BATCH, forget

    for _ in range(FORGETS_AT_ONCE):
        if forget(system_clock()) < A_BATCH:
            break


def _forget_told() -> None:
    from lianyi.foundation.webhooks.enqueuing import A_BATCH, forget_old

    for _ in range(FORGETS_AT_ONCE):
        if forget_old(system_clock()) < A_BATCH:
            break


def _sweep_form_files() -> None:
    from lianyi.foundation.workspaces.queries import workspace_ids
    from lianyi.growth.forms.files import sweep

    for workspace in workspace_ids():
        try:
            sweep(workspace, time.time())
        except OSError as error:
            log.warning("forms.sweep_failed", workspace=workspace, error=type(error).__name__)


def _forget_letters() -> None:
    from lianyi.growth.forms.letters import forget_old

    forget_old(to_micros(system_clock()))


def _forget_given() -> None:
    from lianyi.foundation.tokens.answers import forget_given

    forget_given(system_clock())
