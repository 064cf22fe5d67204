"""`lianyi model`: how likely people are to do something, learned from what people did before."""

import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lianyi.cli.frame import Call, verb, verbs
from lianyi.cli.language import _, language, tell

if TYPE_CHECKING:
    from lianyi.audience.learned.schemas import Model, Report
    from lianyi.rules.describing import Names

app = verbs(_("Learned models: how likely people are to do something."))

Number = Annotated[int, typer.Argument(min=1, help=_("The number of the model, as `model list` says."))]
_LOOKS_EVERY = 0.5  # seconds


@verb(app, "train")
def train(
    call: Call,
    event: Annotated[str, typer.Argument(help=_("What people are to do: the name of an event."))],
    *,
    days: Annotated[int, typer.Option(min=1, max=365, help=_("Within how many days."))] = 30,
    times: Annotated[int, typer.Option(min=1, help=_("How often, at least."))] = 1,
    name: Annotated[str, typer.Option(help=_("What the model is called."))] = "",
    wait: Annotated[bool, typer.Option("--wait", help=_("Return when it is learned."))] = False,
) -> None:
    """Has a model learned while `lianyi up` runs; one of this name learns anew."""
    with call.installation():
        from lianyi.audience.learned import actions, queries
        from lianyi.audience.learned.enough import refuse_too_rare
        from lianyi.kernel.clock import system_clock
        from lianyi.rules.nodes import Did

        workspace, now = call.workspace().pk, system_clock()
        called = name or f"{event} {days}d"
        outcome = Did(event=event, at_least=times)
        refuse_too_rare(workspace, outcome, days, now)
        known = next(
            (one for one in queries.newest_models(workspace) if one.name.casefold() == called.casefold()), None
        )
        if known is not None and (known.outcome, known.days) == (outcome, days):
            made = actions.learn_anew(workspace, known.id, now)
        else:
            made = actions.create_model(workspace, called, outcome, days, now)
        while wait and made.state == "running":
            time.sleep(_LOOKS_EVERY)
            made = queries.model_of(workspace, made.id)
        if wait and made.problem is not None:
            raise made.problem
        call.show(_line(made), None if wait else _("Model {number} is being learned.").format(number=made.id))


@verb(app, "list")
def list_models(call: Call) -> None:
    """Lists the models, the newest first."""
    with call.installation():
        from lianyi.audience.learned.queries import newest_models

        rows = (_line(one) for one in newest_models(call.workspace().pk))
        call.rows(rows, ("id", "name", "state", "auc", "chosen"), _("No models."))


@verb(app, "show")
def show(call: Call, model: Number) -> None:
    """Shows how good a model is, what it rests on, and what was left out since it gives the outcome away."""
    with call.installation():
        from lianyi.audience.learned.queries import model_of
        from lianyi.audience.segments.previewing import names

        workspace = call.workspace().pk
        one = model_of(workspace, model)
        told = _line(one)
        if one.report is not None:
            told |= _report(one.report, names(workspace, language()))
        call.show(told, None if call.json or one.report is None else "\n".join(_lines(one, told)))


@verb(app, "choose")
def choose(call: Call, model: Number) -> None:
    """Makes what the model says the likelihood that rules ask for."""
    with call.installation():
        from lianyi.audience.learned.actions import choose_model

        call.show(_line(choose_model(call.workspace().pk, model)), _("Rules go by it from now on."))


@verb(app, "people")
def people(
    call: Call,
    model: Number,
    *,
    at_least: Annotated[float, typer.Option(min=0, max=100, help=_("How likely they are at least, in percent."))] = 0,
) -> None:
    """Lists how likely the model says people are, in percent, by their numbers."""
    with call.installation():
        from lianyi.audience.learned.queries import model_of, scores_by

        workspace = call.workspace().pk
        model_of(workspace, model)
        scores = scores_by(workspace, model)
        rows: list[dict[str, Any]] = []
        if scores is not None:
            pairs = zip(scores.persons.tolist(), scores.scores.tolist(), strict=True)
            rows = [{"person": person, "likelihood": score} for person, score in pairs if score >= at_least]
        call.rows(rows, ("person", "likelihood"), _("It says nothing of anybody."))


@verb(app, "delete")
def delete(call: Call, model: Number) -> None:
    """Deletes a model with its scores."""
    with call.installation():
        from lianyi.audience.learned.actions import delete_model

        workspace = call.workspace()
        delete_model(workspace.pk, model)
        call.show({"id": model, "workspace": workspace.slug, "deleted": True}, _("Deleted."))


def _line(one: "Model") -> dict[str, Any]:
    from lianyi.rules.reading import write

    return {
        "id": one.id,
        "name": one.name,
        "state": one.state,
        "outcome": write(one.outcome),
        "days": one.days,
        "chosen": one.chosen,
        "auc": None if one.report is None else round(one.report.auc, 4),
        "problem": None if one.problem is None else tell(one.problem.whole),
    }


def _report(report: "Report", words: "Names") -> dict[str, Any]:
    from lianyi.audience.learned import describing

    return {
        "learned": report.learned,
        "learned_outcomes": report.learned_outcomes,
        "tested": report.tested,
        "tested_outcomes": report.tested_outcomes,
        "auc_from": round(report.auc_from, 4),
        "auc_to": round(report.auc_to, 4),
        "useful": report.useful,
        "curve": [
            {"said": round(one.said, 4), "happened": round(one.happened, 4), "people": one.people}
            for one in report.curve
        ],
        "reasons": [
            {"reason": tell(describing.reason(one, words)), "more": one.more, "lost": round(one.lost, 4)}
            for one in report.reasons
        ],
        "left_out": [tell(describing.leak(one, words)) for one in report.leaks],
    }


def _lines(model: "Model", told: dict[str, Any]) -> list[str]:
    measured = _("AUC {auc:.3f}, in 95 of 100 cases {low:.3f} to {high:.3f}").format(
        auc=told["auc"], low=told["auc_from"], high=told["auc_to"]
    )
    tested = _("Learned from {learned:,} people, tested on {tested:,}").format(
        learned=told["learned"], tested=told["tested"]
    )
    curve = [
        _("  said {said:.1%}, came true {happened:.1%} ({people:,} people)").format(**point) for point in told["curve"]
    ]
    reasons = [
        f"  {'↑' if cause['more'] else '↓'} {cause['reason']} (−{cause['lost']:.3f})" for cause in told["reasons"]
    ]
    left_out = [f"  ! {said}" for said in told["left_out"]]
    return [model.name, measured, tested, *curve, *reasons, *left_out]
