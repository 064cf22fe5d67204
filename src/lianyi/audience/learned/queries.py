"""Reads of models, of what they say of people, and of what they can learn."""

import msgspec
import numpy as np

from lianyi.audience.learned.answering import likelihood_of
from lianyi.audience.learned.models import LearnedModel
from lianyi.audience.learned.schemas import Model, Report
from lianyi.audience.learned.scores import Scores, scores_of
from lianyi.audience.learned.training import STEPS
from lianyi.events.catalogue.queries import types_by_volume
from lianyi.kernel.errors import Refused
from lianyi.people.identity.queries import moved_map
from lianyi.rules.reading import read

__all__ = ["Scores", "chosen", "likelihood_of", "likelihoods", "model_of", "newest_models", "offered", "scores_by"]

# What is recorded about people, not done by them; that somebody was won by sales is an outcome like any other.
_RECORDED = ("tag.", "consent.", "trait.", "person.", "stage.", "score.", "segment.", "arm.")
_MOST = 500  # events


def newest_models(workspace: int, limit: int = 50, *, before: int | None = None) -> list[Model]:
    """The models of the workspace, the newest first; those before the id `before`."""
    rows = LearnedModel.objects.filter(workspace=workspace).order_by("-id")
    return [shown(row) for row in (rows if before is None else rows.filter(id__lt=before))[:limit]]


def model_of(workspace: int, model: int) -> Model:
    """The model of this id. Refuses one that is not there."""
    row = LearnedModel.objects.filter(workspace=workspace, pk=model).first() if 0 < model < 2**31 else None
    if row is None:
        raise unknown(model)
    return shown(row)


def scores_by(workspace: int, model: int) -> Scores | None:
    """The scores that this model gave last, of those who are still persons; None where it gives none."""
    found = scores_of(workspace, model)
    if found is None:
        return None
    moved, _ = moved_map(workspace)
    kept = ~np.isin(found.persons, moved)
    return Scores(found.persons[kept], found.scores[kept], found.made_at)


def likelihoods(workspace: int) -> Scores | None:
    """The scores of the model that the workspace has chosen; None without one, or while it gives none."""
    row = LearnedModel.objects.filter(workspace=workspace, chosen=True).first()
    return None if row is None else scores_by(workspace, row.pk)


def chosen(workspace: int) -> Model | None:
    """The model by which people have a likelihood."""
    row = LearnedModel.objects.filter(workspace=workspace, chosen=True).first()
    return None if row is None else shown(row)


def offered(workspace: int) -> list[str]:
    """The names of the events that can be an outcome, those with most events first."""
    return [one.name for one in types_by_volume(workspace, _MOST) if not one.name.startswith(_RECORDED)]


def shown(row: LearnedModel) -> Model:
    """The row as others see it."""
    return Model(
        id=row.pk,
        name=row.name,
        outcome=read(row.outcome),
        days=row.days,
        state=row.state,  # type: ignore[arg-type]
        stopping=row.stop,
        waits=row.waits,
        step=row.step,
        steps=STEPS,
        asked_at=row.asked_at,
        finished_at=row.finished_at,
        actor=row.actor,
        chosen=row.chosen,
        report=None if row.report is None else msgspec.convert(row.report, Report),
        problem=row.refusal,
    )


def unknown(model: int) -> Refused:
    """For who names a model that is not there."""
    return Refused("learned.unknown", "There is no model {model}.", model=model)
