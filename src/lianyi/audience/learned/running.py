"""The worker's part: takes a model that is to be learned, sees that through, and goes on where somebody died.

As with searches for duplicates: a claim lasts until whoever is the only worker next frees it, and what was learned is
written in one transaction with the end, by whoever holds the claim.
"""

import msgspec
import structlog
from django.db import connection, transaction
from django.db.models import F, QuerySet

from lianyi.audience.learned.models import LearnedModel, LearnedScores
from lianyi.audience.learned.schemas import Learned
from lianyi.audience.learned.scores import keep_scores
from lianyi.audience.learned.training import learn
from lianyi.events.log.actions import lock
from lianyi.foundation.access.acting import acting_as
from lianyi.foundation.access.schemas import Ability, Actor
from lianyi.foundation.audit.actions import record_audit
from lianyi.kernel.clock import Clock, to_micros
from lianyi.kernel.errors import Refused
from lianyi.people.identity.projector import IdentityProjector
from lianyi.people.identity.queries import epoch_of
from lianyi.rules.reading import read

IDENTITY = IdentityProjector.name
MOST_DEATHS = 3
_State = LearnedModel.State

log = structlog.get_logger()


class _Lost(Exception):
    """Somebody else has the model by now, or stopped it."""


def release_claims() -> None:
    """Frees what a worker left behind that is gone; called by who has just become the only one."""
    LearnedModel.objects.filter(state=_State.RUNNING).exclude(claimed_by="").update(claimed_by="")


def claim(holder: str) -> int | None:
    """The model that was asked for first and that nobody learns; None when none waits."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE learned_model SET claimed_by = %(holder)s, step = 0 WHERE id = (
                SELECT id FROM learned_model WHERE state = 'running' AND claimed_by IN ('', %(holder)s)
                ORDER BY asked_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING id
            """,
            {"holder": holder},
        )
        row = cursor.fetchone()
    return None if row is None else int(row[0])


def run(model: int, holder: str, clock: Clock) -> None:
    """Learns the claimed model, for whoever asked for it."""
    row = LearnedModel.objects.get(pk=model)
    workspace, epoch = row.workspace, epoch_of(row.workspace)
    log.info("learned.learning", workspace=workspace, model=model)
    with acting_as(Actor(row.actor, workspace, frozenset({Ability.EDIT_PEOPLE}))):
        try:
            now = to_micros(clock())
            learned = learn(workspace, read(row.outcome), row.days, now, lambda: _note(model, holder))
            with transaction.atomic():
                _keep(workspace, model, holder, learned, now, epoch)
                _end(model, holder, clock, _State.DONE)
        except _Lost:
            log.info("learned.lost", workspace=workspace, model=model)
        except Refused as refused:
            _end(model, holder, clock, _State.FAILED, refused)


def _keep(workspace: int, model: int, holder: str, learned: Learned, now: int, epoch: int) -> None:
    if not _mine(model, holder).filter(stop=False).select_for_update().exists():
        raise _Lost
    lock(workspace, IDENTITY)  # as whoever erases does: nobody who is erased from here on is missed
    if epoch_of(workspace) != epoch:
        raise Refused(
            "learned.erased", "People were erased while the model was being learned.", "Have it learned once more."
        )
    LearnedModel.objects.filter(pk=model).update(report=msgspec.to_builtins(learned.report))
    if learned.report.useful:
        keep_scores(workspace, model, learned.persons, learned.likely, now)
    else:
        LearnedScores.objects.filter(model_id=model).delete()
        LearnedModel.objects.filter(pk=model).update(chosen=False)
    record_audit(workspace, "learned.learned", {"model": model, "auc": round(learned.report.auc, 4)})


def asked_to_stop(model: int, holder: str) -> bool:
    """Whether there is no use in going on: somebody stopped it, deleted it, or it is another one's."""
    return not _mine(model, holder).filter(stop=False).exists()


def give_back(model: int, holder: str) -> None:
    """The worker stops: the next one begins anew."""
    _mine(model, holder).update(claimed_by="")


@transaction.atomic
def settle(model: int, holder: str, clock: Clock) -> None:
    """The process that learned has ended. Where the learning has not, it was stopped, or died: then it is begun anew,
    unless it died too often.
    """
    row = _mine(model, holder).select_for_update().first()
    if row is None:
        return
    if row.stop:
        _end(model, holder, clock, _State.STOPPED)
    elif row.deaths + 1 >= MOST_DEATHS:
        died = Refused(
            "learned.died",
            "The learning was ended from outside {times} times.",
            "It may lack memory: start it again when the machine has more to spare.",
            times=MOST_DEATHS,
        )
        _end(model, holder, clock, _State.FAILED, died)
    else:
        row.deaths, row.claimed_by = row.deaths + 1, ""
        row.save(update_fields=["deaths", "claimed_by"])
        log.warning("learned.died", model=model, deaths=row.deaths)


def _mine(model: int, holder: str) -> QuerySet[LearnedModel]:
    return LearnedModel.objects.filter(pk=model, claimed_by=holder, state=_State.RUNNING)


def _note(model: int, holder: str) -> None:
    if not _mine(model, holder).filter(stop=False).update(step=F("step") + 1):
        raise _Lost


def _end(model: int, holder: str, clock: Clock, state: str, problem: Refused | None = None) -> None:
    _mine(model, holder).update(
        state=state,
        finished_at=to_micros(clock()),
        claimed_by="",
        problem=None if problem is None else problem.packed(),
    )
