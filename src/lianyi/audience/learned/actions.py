"""What members do with models: ask for one, have it learn anew, stop it, choose it, delete it."""

from datetime import datetime

from django.db import transaction

from lianyi.audience.learned.models import LearnedModel
from lianyi.audience.learned.outcomes import check_outcome
from lianyi.audience.learned.queries import shown, unknown
from lianyi.audience.learned.schemas import MOST_DAYS, Model
from lianyi.foundation.access.acting import needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.foundation.pieces import ask, stop
from lianyi.kernel.errors import Refused
from lianyi.kernel.text import is_name
from lianyi.rules.nodes import Did, Rule
from lianyi.rules.reading import stored

LONGEST = 120  # characters of a name
MOST_MODELS = 20


@needs(Ability.EDIT_SEGMENTS)
@transaction.atomic
def create_model(workspace: int, name: str, outcome: Rule | str, days: int, now: datetime) -> Model:
    """Has the worker learn how likely people are to have the outcome, a rule about what they do or the name of an
    event, within `days` (1 to MOST_DAYS). Refuses what is no outcome, and a name that another model has.
    """
    rule = Did(event=outcome) if isinstance(outcome, str) else outcome
    check_outcome(rule)
    _check(name, days)
    rows = LearnedModel.objects.filter(workspace=workspace)
    if rows.filter(name__iexact=name).exists():
        raise Refused("learned.there", "There is a model named {name!r} already.", "Choose another name.", name=name)
    if rows.count() >= MOST_MODELS:
        raise Refused("learned.many", "There are {most} models already.", "Delete one.", most=MOST_MODELS)
    row = LearnedModel(workspace=workspace, name=name, outcome=stored(rule), days=days)
    ask(row, now)
    record_audit(workspace, "learned.created", {"model": row.pk, "name": name})
    return shown(row)


@needs(Ability.EDIT_SEGMENTS)
@transaction.atomic
def learn_anew(workspace: int, model: int, now: datetime) -> Model:
    """Has the worker learn the model again from what has happened since. Refuses while it is being learned."""
    row = _held(workspace, model)
    if row.state == LearnedModel.State.RUNNING:
        raise Refused("learned.runs", "The model is being learned already.", "Wait until that is done, or stop it.")
    ask(row, now)
    record_audit(workspace, "learned.asked", {"model": model})
    return shown(row)


@needs(Ability.EDIT_SEGMENTS)
@transaction.atomic
def stop_learning(workspace: int, model: int, now: datetime) -> Model:
    """Has the learning end within seconds; what the model said before stays as it is."""
    row = _held(workspace, model)
    if stop(row, now):
        record_audit(workspace, "learned.stopped", {"model": model})
    return shown(row)


@needs(Ability.EDIT_SEGMENTS)
@transaction.atomic
def choose_model(workspace: int, model: int) -> Model:
    """From now on this model's scores are the people's likelihood. Refuses one that gives no scores."""
    row = _held(workspace, model)
    if row.report is None or not shown(row).report.useful:  # type: ignore[union-attr]
        raise Refused("learned.no_scores", "The model gives no scores.", "Choose one that does.")
    LearnedModel.objects.filter(workspace=workspace, chosen=True).update(chosen=False)
    row.chosen = True
    row.save(update_fields=["chosen"])
    record_audit(workspace, "learned.chosen", {"model": model})
    return shown(row)


@needs(Ability.EDIT_SEGMENTS)
@transaction.atomic
def delete_model(workspace: int, model: int) -> None:
    """Forgets the model and its scores; who learns it right now writes nothing."""
    row = _held(workspace, model)
    row.delete()
    record_audit(workspace, "learned.deleted", {"model": model, "name": row.name})


@needs(Ability.EXPORT_PEOPLE)
@transaction.atomic
def note_export(workspace: int, model: int) -> None:
    """Writes down that a file of all people with their likelihood leaves."""
    record_audit(workspace, "learned.exported", {"model": model})


def _check(name: str, days: int) -> None:
    if not is_name(name, LONGEST):
        raise Refused(
            "learned.name",
            "A name is missing, too long, or has blanks around it.",
            "Write 1 to {most} characters.",
            most=LONGEST,
        )
    if not 1 <= days <= MOST_DAYS:
        raise Refused("learned.days", "{days} days are no window.", "Say 1 to {most}.", days=days, most=MOST_DAYS)


def _held(workspace: int, model: int) -> LearnedModel:
    rows = LearnedModel.objects.select_for_update().filter(workspace=workspace, pk=model)
    row = rows.first() if 0 < model < 2**31 else None
    if row is None:
        raise unknown(model)
    return row
