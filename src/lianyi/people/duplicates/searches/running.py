"""The worker's part: takes a search that was asked for, sees it through, and goes on where somebody died.

A claim lasts until whoever is the only worker next frees it. What is found is written in one transaction with the end
of the search, by whoever holds the claim: nobody writes twice, and one who was thought dead writes nothing.
"""

import structlog
from django.db import connection, transaction
from django.db.models import QuerySet

from lianyi.foundation.access.acting import acting_as
from lianyi.foundation.access.schemas import Ability, Actor
from lianyi.kernel.clock import Clock, to_micros
from lianyi.kernel.errors import Refused
from lianyi.people.duplicates.actions import keep_found
from lianyi.people.duplicates.comparing import compare_all
from lianyi.people.duplicates.models import DuplicateRun
from lianyi.people.duplicates.suggesting import THRESHOLD

MOST_DEATHS = 3
_State = DuplicateRun.State

log = structlog.get_logger()


class _Lost(Exception):
    """Somebody else has the search by now, or stopped it."""


def release_claims() -> None:
    """Frees what a worker left behind that is gone; called by who has just become the only one."""
    DuplicateRun.objects.filter(state=_State.RUNNING).exclude(claimed_by="").update(claimed_by="")


def claim(holder: str) -> int | None:
    """The workspace of the search that was asked for first and that nobody runs; None when none waits."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE duplicate_run SET claimed_by = %(holder)s, step = 0 WHERE workspace = (
                SELECT workspace FROM duplicate_run WHERE state = 'running' AND claimed_by IN ('', %(holder)s)
                ORDER BY asked_at, workspace LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING workspace
            """,
            {"holder": holder},
        )
        row = cursor.fetchone()
    return None if row is None else int(row[0])


def run(workspace: int, holder: str, clock: Clock) -> None:
    """Sees the claimed search through, for whoever asked for it."""
    row = DuplicateRun.objects.get(workspace=workspace)
    log.info("duplicates.searching", workspace=workspace)
    with acting_as(Actor(row.actor, workspace, frozenset({Ability.EDIT_PEOPLE}))):
        try:
            found = compare_all(workspace, THRESHOLD, lambda steps: _note(workspace, holder, steps))
            with transaction.atomic():
                if not _held(workspace, holder):
                    raise _Lost
                keep_found(workspace, found, clock())
                _end(workspace, holder, clock, _State.DONE)
        except _Lost:
            log.info("duplicates.lost", workspace=workspace)
        except Refused as refused:
            _end(workspace, holder, clock, _State.FAILED, refused)


def asked_to_stop(workspace: int, holder: str) -> bool:
    """Whether there is no use in going on: somebody stopped it, or it is another one's."""
    return not _mine(workspace, holder).filter(stop=False).exists()


def give_back(workspace: int, holder: str) -> None:
    """The worker stops: the next one begins the search anew."""
    _mine(workspace, holder).update(claimed_by="")


@transaction.atomic
def settle(workspace: int, holder: str, clock: Clock) -> None:
    """The process that ran the search has ended. Where the search has not, it was stopped, or died: then it is begun
    anew, unless it died too often.
    """
    row = _mine(workspace, holder).select_for_update().first()
    if row is None:
        return
    if row.stop:
        _end(workspace, holder, clock, _State.STOPPED)
    elif row.deaths + 1 >= MOST_DEATHS:
        died = Refused(
            "duplicates.died",
            "The search was ended from outside {times} times.",
            "It may lack memory: start it again when the machine has more to spare.",
            times=MOST_DEATHS,
        )
        _end(workspace, holder, clock, _State.FAILED, died)
    else:
        row.deaths, row.claimed_by = row.deaths + 1, ""
        row.save(update_fields=["deaths", "claimed_by"])
        log.warning("duplicates.died", workspace=workspace, deaths=row.deaths)


def _mine(workspace: int, holder: str) -> QuerySet[DuplicateRun]:
    return DuplicateRun.objects.filter(workspace=workspace, claimed_by=holder, state=_State.RUNNING)


def _held(workspace: int, holder: str) -> bool:
    return _mine(workspace, holder).filter(stop=False).select_for_update().exists()


def _note(workspace: int, holder: str, steps: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE duplicate_run SET step = step + %s
            WHERE workspace = %s AND claimed_by = %s AND state = 'running' AND NOT stop
            """,
            [steps, workspace, holder],
        )
        if not cursor.rowcount:
            raise _Lost


def _end(workspace: int, holder: str, clock: Clock, state: str, problem: Refused | None = None) -> None:
    _mine(workspace, holder).update(
        state=state,
        finished_at=to_micros(clock()),
        claimed_by="",
        problem=None if problem is None else problem.packed(),
    )
