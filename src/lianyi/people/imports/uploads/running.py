"""The worker's part: takes an upload that is to run, runs it for whoever asked, and goes on where another one died.

A claim is a lease on the row, kept with every block of rows. Should a worker that was thought dead wake up, the engine
counts each row once all the same, and what it says of the row afterwards is not heard.
"""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils import translation

from lianyi.foundation.access.acting import acting_as
from lianyi.foundation.access.schemas import Ability, Actor
from lianyi.foundation.workspaces.queries import workspace_of_id
from lianyi.foundation.workspaces.schemas import Workspace
from lianyi.kernel.clock import Clock, to_micros
from lianyi.kernel.errors import Refused
from lianyi.kernel.sentences import Sentence
from lianyi.people.imports.actions import import_file, prepare, try_file
from lianyi.people.imports.mapping import parse_mapping, write_mapping
from lianyi.people.imports.models import ImportUpload
from lianyi.people.imports.schemas import Result
from lianyi.people.imports.uploads import keeping

CLAIM_LIVES_FOR = 60.0  # seconds
_NOTED_EVERY = 0.5  # seconds between two notes of progress
_ONE_CLAIMS = 0x6C69616E79690031
_State = ImportUpload.State

log = structlog.get_logger()


class _Stopped(Exception):
    """Somebody asked it to stop, or the worker stops, or another one has taken it over."""


class _Job(NamedTuple):
    """An upload that this worker has claimed."""

    id: int
    holder: str
    workspace: Workspace
    row: ImportUpload


def release_claims() -> None:
    """Frees what a worker left behind that is gone; called by who has just become the only one."""
    ImportUpload.objects.filter(state=_State.RUNNING).exclude(claimed_by="").update(claimed_by="", claimed_until=0)


def run_next(holder: str, clock: Clock, stopping: Callable[[], bool]) -> bool:
    """Runs one upload to its end; False when none waits."""
    job = _claim(holder)
    if job is None:
        return False
    actor = Actor(job.row.actor, job.workspace.pk, frozenset({Ability.RUN_IMPORTS}))
    with acting_as(actor), translation.override(job.row.language):
        try:
            _run(job, clock, stopping)
        except _Stopped:
            _leave(job, clock())
        except Refused as refused:
            _end(job, clock(), state=_State.FAILED, problem=refused.packed())
    return True


def _claim(holder: str) -> _Job | None:
    """The one that was asked for first, of a workspace in which nothing runs."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_CLAIMS])
        cursor.execute(
            """
            UPDATE import_upload SET claimed_by = %(holder)s,
                claimed_until = (extract(epoch FROM clock_timestamp()) + %(life)s) * 1000000
            WHERE id = (
                SELECT u.id FROM import_upload u WHERE u.state = 'running'
                AND u.claimed_until < extract(epoch FROM clock_timestamp()) * 1000000
                AND NOT EXISTS (
                    SELECT FROM import_upload o WHERE o.state = 'running' AND o.workspace_id = u.workspace_id
                    AND o.id <> u.id AND o.claimed_until >= extract(epoch FROM clock_timestamp()) * 1000000)
                ORDER BY u.started_at, u.id LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING id
            """,
            {"holder": holder, "life": CLAIM_LIVES_FOR},
        )
        found = cursor.fetchone()
    if found is None:
        return None
    row = ImportUpload.objects.get(pk=found[0])
    return _Job(row.pk, holder, workspace_of_id(row.workspace_id), row)


def _run(job: _Job, clock: Clock, stopping: Callable[[], bool]) -> None:
    row = job.row
    path = keeping.file_in(row.stored)
    progress = _Progress(job, stopping)
    progress(0)
    prepared = prepare(job.workspace, path, row.kind, parse_mapping(row.mapping, row.kind))
    log.info("import.running", upload=row.pk, dry=row.dry)
    if row.dry:
        tried = try_file(job.workspace, prepared, clock(), progress)
        _end(job, clock(), state=_State.PREVIEWED, tried=_counts(tried))
        return

    def settle(result: Result) -> None:
        whole = write_mapping(prepared.plan.mapping)
        _end(job, clock(), state=_State.DONE, result=_counts(result), mapping=whole, stored="")

    import_file(
        job.workspace,
        prepared,
        clock,
        progress,
        folder=keeping.imports_folder(),
        min_free=settings.ENVIRONMENT.min_free,
        tell=_tell,
        settle=settle,
    )
    keeping.drop(row.stored)


class _Progress:
    """Notes how far it came, which keeps the claim, and stops it when it shall."""

    def __init__(self, job: _Job, stopping: Callable[[], bool]) -> None:
        self._job, self._stopping = job, stopping
        self._noted_at = 0.0

    def __call__(self, position: int) -> None:
        if self._stopping():
            raise _Stopped
        if time.monotonic() - self._noted_at < _NOTED_EVERY:
            return
        with connection.cursor() as cursor:
            cursor.execute(
                """
                UPDATE import_upload SET position = %s,
                    claimed_until = (extract(epoch FROM clock_timestamp()) + %s) * 1000000
                WHERE id = %s AND claimed_by = %s AND state = 'running' RETURNING stop
                """,
                [position, CLAIM_LIVES_FOR, self._job.id, self._job.holder],
            )
            found = cursor.fetchone()
        if found is None or found[0]:
            raise _Stopped
        self._noted_at = time.monotonic()


def _leave(job: _Job, now: datetime) -> None:
    """It stands still: for good when somebody asked for that, else until the next worker goes on."""
    mine = ImportUpload.objects.filter(pk=job.id, claimed_by=job.holder, state=_State.RUNNING)
    asked = mine.filter(stop=True).update(
        state=_State.PREVIEWED if job.row.dry else _State.STOPPED, finished_at=to_micros(now), claimed_by=""
    )
    if not asked:
        mine.update(claimed_by="", claimed_until=0)


def _end(job: _Job, now: datetime, **changes: Any) -> None:
    ImportUpload.objects.filter(pk=job.id, claimed_by=job.holder, state=_State.RUNNING).update(
        finished_at=to_micros(now), position=job.row.seen["size"], claimed_by="", claimed_until=0, **changes
    )


def _counts(result: Result) -> dict[str, Any]:
    return {
        "rows": result.rows,
        "new": result.new,
        "updated": result.updated,
        "same": result.same,
        "refused": result.refused,
        "codes": result.codes,
        "ignored": result.ignored,
        "refused_file": "" if result.refused_file is None else result.refused_file.name,
        "left_out": result.left_out,
        "left_out_file": "" if result.left_out_file is None else result.left_out_file.name,
    }


def _tell(sentence: Sentence) -> str:
    return sentence.told(translation.gettext)
