"""Learned models: how likely people are to do something, and how well a model knows that."""

from typing import Any

from django.utils.translation import get_language, gettext
from ninja import Query
from pydantic import Field

from lianyi.api.cursors import page_of, page_to, place_in
from lianyi.api.model_shapes import (
    CurvePoint,
    LeftOut,
    Likelihood,
    ModelLine,
    ModelMade,
    ModelShown,
    Reason,
    ReportShown,
)
from lianyi.api.operations import Request, Section, workspace_of
from lianyi.api.shapes import Page, Paging, RowId, moment
from lianyi.audience.learned import actions, describing, queries
from lianyi.audience.learned.enough import refuse_too_rare
from lianyi.audience.learned.schemas import Model, Report
from lianyi.audience.segments.previewing import names
from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import from_micros, system_clock
from lianyi.kernel.errors import Refused
from lianyi.rules.describing import Names, describe
from lianyi.rules.nodes import Did, Rule
from lianyi.rules.reading import read, write

_section = Section("Models", "How likely people are to do something, learned from what people did before.")
_OUTCOME = {"kind": "did", "event": "Trial Started", "at_least": 1}
_LINE: dict[str, Any] = {
    "id": 4,
    "name": "Starts a trial",
    "outcome": _OUTCOME,
    "days": 30,
    "sentence": "did 'Trial Started'",
    "state": "done",
    "step": 6,
    "steps": 6,
    "chosen": True,
    "asked_at": "2026-11-01T12:00:00Z",
    "finished_at": "2026-11-01T12:00:09Z",
    "auc": 0.781,
    "problem": None,
}
_REPORT = {
    "method": "boosting",
    "trained_at": "2026-09-02T12:00:00Z",
    "tested_at": "2026-10-02T12:00:00Z",
    "learned": 2400,
    "learned_outcomes": 512,
    "tested": 2600,
    "tested_outcomes": 498,
    "features": 23,
    "auc": 0.781,
    "auc_from": 0.756,
    "auc_to": 0.806,
    "useful": True,
    "curve": [{"said": 0.02, "happened": 0.024, "people": 120}],
    "reasons": [
        {"kind": "event", "name": "Pricing Viewed", "detail": "30", "lost": 0.08, "more": True,
         "sentence": "how often 'Pricing Viewed' happened in the last 30 days"}
    ],
    "left_out": [
        {"kind": "trait", "name": "contract", "why": "later", "measure": 0.98,
         "sentence": "For 98 in 100 of those who had the outcome, the trait 'contract' became known only with it or "
                     "after it: it would give the outcome away."}
    ],
}  # fmt: skip
_WHOLE = {**_LINE, "report": _REPORT}


class Scored(Paging):
    """Which page of the people, and how likely they are at least."""

    at_least: float = Field(0, ge=0, le=100, description="In percent.")


@_section.get("/models", Ability.SEE_REPORTS, answers=Page[ModelLine], example={"items": [_LINE], "next": None})
def list_models(request: Request, paging: Query[Paging]) -> Page[ModelLine]:
    """Lists the models. The newest come first."""
    place, workspace = place_in(request, paging.cursor), workspace_of(request)
    rows = queries.newest_models(workspace, paging.limit + 1, before=place[0] if place else None)
    words = names(workspace, get_language() or "")
    return page_of(request, rows, paging.limit, lambda one: [one.id], lambda one: ModelLine(**_line(one, words)))


@_section.get("/models/outcomes", Ability.SEE_REPORTS, answers=Page[str],
              example={"items": ["Trial Started", "Order Completed"], "next": None})  # fmt: skip
def list_outcomes(request: Request) -> Page[str]:
    """Lists the events that a model can foretell. Those that happened most often come first."""
    return Page(items=queries.offered(workspace_of(request)), next=None)


@_section.post("/models", Ability.EDIT_SEGMENTS, answers=ModelShown, status=201, conflicts=True,
               example={**_WHOLE, "state": "running", "step": 0, "chosen": False, "finished_at": None, "auc": None,
                        "report": None},
               body={"name": "Starts a trial", "event": "Trial Started", "days": 30})  # fmt: skip
def make_model(request: Request, body: ModelMade) -> ModelShown:
    """Has a model learned. Its state says whether that is done; too few people who had the outcome are its problem,
    where they are not refused at once.
    """
    workspace, now, outcome = workspace_of(request), system_clock(), _outcome(body)
    refuse_too_rare(workspace, outcome, body.days, now)
    made = actions.create_model(workspace, body.name, outcome, body.days, now)
    return get_learned_model(request, made.id)


@_section.get("/models/{model}", Ability.SEE_REPORTS, answers=ModelShown, example=_WHOLE)
def get_learned_model(request: Request, model: RowId) -> ModelShown:
    """Shows a model with all that it says of itself."""
    workspace = workspace_of(request)
    one, words = queries.model_of(workspace, model), names(workspace, get_language() or "")
    return ModelShown(**_line(one, words), report=None if one.report is None else _report(one.report, words))


@_section.post("/models/{model}/learn", Ability.EDIT_SEGMENTS, answers=ModelShown, conflicts=True,
               example={**_WHOLE, "state": "running", "step": 0, "finished_at": None})  # fmt: skip
def learn_model(request: Request, model: RowId) -> ModelShown:
    """Has a model learn anew from what has happened since."""
    workspace, now = workspace_of(request), system_clock()
    known = queries.model_of(workspace, model)
    refuse_too_rare(workspace, known.outcome, known.days, now)
    actions.learn_anew(workspace, model, now)
    return get_learned_model(request, model)


@_section.post("/models/{model}/stop", Ability.EDIT_SEGMENTS, answers=ModelShown,
               example={**_WHOLE, "state": "stopped"})  # fmt: skip
def stop_model(request: Request, model: RowId) -> ModelShown:
    """Stops the learning of a model. What it said before stays."""
    actions.stop_learning(workspace_of(request), model, system_clock())
    return get_learned_model(request, model)


@_section.post("/models/{model}/choose", Ability.EDIT_SEGMENTS, answers=ModelShown, conflicts=True, example=_WHOLE)
def choose_model(request: Request, model: RowId) -> ModelShown:
    """Makes what a model says the likelihood that rules ask for."""
    actions.choose_model(workspace_of(request), model)
    return get_learned_model(request, model)


@_section.delete("/models/{model}", Ability.EDIT_SEGMENTS, status=204)
def delete_model(request: Request, model: RowId) -> None:
    """Deletes a model with its scores."""
    actions.delete_model(workspace_of(request), model)


@_section.get("/models/{model}/people", Ability.SEE_PEOPLE, answers=Page[Likelihood],
              example={"items": [{"person": 88, "likelihood": 62.5}], "next": None})  # fmt: skip
def list_model_scores(request: Request, model: RowId, paging: Query[Scored]) -> Page[Likelihood]:
    """Lists how likely a model says people are, in percent, by their numbers. Where it gives no scores, nobody."""
    place, workspace = place_in(request, paging.cursor), workspace_of(request)
    queries.model_of(workspace, model)
    scores = queries.scores_by(workspace, model)
    if scores is None:
        return Page(items=[], next=None)
    kept = (scores.scores >= paging.at_least) & (scores.persons > (place[0] if place else 0))
    some = kept.nonzero()[0][: paging.limit + 1]
    items = [
        Likelihood(person=int(scores.persons[at]), likelihood=float(scores.scores[at])) for at in some[: paging.limit]
    ]
    return page_to(request, items, [items[-1].person] if len(some) > paging.limit else None)


def _outcome(body: ModelMade) -> Rule:
    if (body.event is None) == (body.outcome is None):
        raise Refused("learned.which", "An outcome is either an event or a rule.", "Name one of them.")
    return Did(event=body.event, at_least=body.times) if body.event is not None else read(body.outcome or {})


def _line(one: Model, words: Names) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "outcome": write(one.outcome),
        "days": one.days,
        "sentence": describe(one.outcome, words).told(gettext),
        "state": one.state,
        "step": one.step,
        "steps": one.steps,
        "chosen": one.chosen,
        "asked_at": from_micros(one.asked_at),
        "finished_at": moment(one.finished_at),
        "auc": None if one.report is None else one.report.auc,
        "problem": None if one.problem is None else one.problem.whole.told(gettext),
    }


def _report(one: Report, words: Names) -> ReportShown:
    plain = {name: value for name, value in one._asdict().items() if name not in ("curve", "reasons", "leaks")}
    return ReportShown(
        **{**plain, "trained_at": from_micros(one.trained_at), "tested_at": from_micros(one.tested_at)},
        curve=[CurvePoint(**point._asdict()) for point in one.curve],
        reasons=[
            Reason(
                kind=reason.feature.kind,
                name=reason.feature.name,
                detail=reason.detail,
                lost=reason.lost,
                more=reason.more,
                sentence=describing.reason(reason, words).told(gettext),
            )
            for reason in one.reasons
        ],
        left_out=[
            LeftOut(
                kind=leak.feature.kind,
                name=leak.feature.name,
                why=leak.why,
                measure=leak.measure,
                sentence=describing.leak(leak, words).told(gettext),
            )
            for leak in one.leaks
        ],
    )
