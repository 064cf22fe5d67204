"""The worker's part: takes a model that is to be learned, sees that through, and goes on where somebody died."""

import msgspec
import structlog
from django.db import transaction

from lianyi.audience.learned.models import LearnedModel, LearnedScores
from lianyi.audience.learned.schemas import Learned
from lianyi.audience.learned.scores import keep_scores
from lianyi.audience.learned.training import learn
from lianyi.events.log.actions import lock
from lianyi.foundation.audit.actions import record_audit
from lianyi.foundation.pieces import MOST_DEATHS, Pieces
from lianyi.kernel.clock import Clock, to_micros
from lianyi.kernel.errors import Refused
from lianyi.kernel.sentences import Sentence
from lianyi.people.identity.projector import IdentityProjector
from lianyi.people.identity.queries import epoch_of
from lianyi.rules.reading import read

IDENTITY = IdentityProjector.name
_DIED = Sentence("The learning was ended from outside {times} times.", times=MOST_DEATHS)
PIECES = Pieces(LearnedModel, "learned", _DIED)

release_claims, claim, asked_to_stop = PIECES.release_claims, PIECES.claim, PIECES.asked_to_stop
give_back, settle = PIECES.give_back, PIECES.settle

log = structlog.get_logger()


def run(model: int, holder: str, clock: Clock) -> None:
    """Learns the claimed model, for whoever asked for it."""

    def teach(row: LearnedModel) -> None:
        workspace, epoch, now = row.workspace, epoch_of(row.workspace), to_micros(clock())
        log.info("learned.learning", workspace=workspace, model=model)
        learned = learn(workspace, read(row.outcome), row.days, now, lambda: PIECES.step(model, holder))
        with transaction.atomic():
            PIECES.hold(model, holder)
            _keep(workspace, model, learned, now, epoch)
            PIECES.finish(model, holder, clock)

    PIECES.see_through(model, holder, clock, teach)


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
