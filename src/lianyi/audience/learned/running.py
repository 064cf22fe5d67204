"""The learning of models, as pieces of work."""

from collections.abc import Callable

import msgspec
import structlog

from lianyi.audience.learned.models import LearnedModel, LearnedScores
from lianyi.audience.learned.schemas import Learned
from lianyi.audience.learned.scores import keep_scores
from lianyi.audience.learned.training import learn
from lianyi.events.log.actions import lock
from lianyi.foundation.audit.actions import record_audit
from lianyi.foundation.pieces import MOST_DEATHS, Pieces, Step
from lianyi.kernel.clock import Clock, to_micros
from lianyi.kernel.errors import Refused
from lianyi.kernel.sentences import Sentence
from lianyi.people.identity.projector import IdentityProjector
from lianyi.people.identity.queries import epoch_of
from lianyi.rules.reading import read

IDENTITY = IdentityProjector.name

log = structlog.get_logger()


def _learn(row: LearnedModel, clock: Clock, step: Step) -> Callable[[], None]:
    workspace, epoch, now = row.workspace, epoch_of(row.workspace), to_micros(clock())
    log.info("learned.learning", workspace=workspace, model=row.pk)
    learned = learn(workspace, read(row.outcome), row.days, now, step)
    return lambda: _keep(workspace, row.pk, learned, now, epoch)


def _keep(workspace: int, model: int, learned: Learned, now: int, epoch: int) -> None:
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


PIECES = Pieces(
    LearnedModel, "learned", Sentence("The learning was ended from outside {times} times.", times=MOST_DEATHS), _learn
)
