"""The list of models, a new one, and one with all that it says of itself."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianyi.audience.learned import actions, queries
from lianyi.audience.learned.actions import LONGEST
from lianyi.audience.learned.describing import leak, rating
from lianyi.audience.learned.enough import refuse_too_rare
from lianyi.audience.learned.schemas import MOST_DAYS, Model, Report
from lianyi.events.catalogue.words import EVENTS
from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused
from lianyi.rules.describing import Names
from lianyi.rules.nodes import Did
from lianyi.web.access import Seat, seated
from lianyi.web.asked import number_in
from lianyi.web.learned.words import METHODS, MODEL_STATES, MODEL_STEPS, RATINGS, causes, names_here, outcome
from lianyi.web.refusals import told
from lianyi.web.saving import found

_DAYS = (7, 14, 30, 60, 90)
_USUAL = 30
_MOST_TIMES = 1_000
_PLACES = {
    "learned.event": "event",
    "learned.few": "event",
    "learned.few_tested": "event",
    "learned.times": "times",
    "learned.days": "days",
    "learned.name": "name",
    "learned.there": "name",
}


@require_safe
@seated(Ability.SEE_REPORTS)
def models(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The newest first; there are a few at the most."""
    names = names_here(seat.workspace.pk)
    rows = queries.newest_models(seat.workspace.pk)
    context = {
        "models": [(one, outcome(one, names), MODEL_STATES[one.state]) for one in rows],
        "can_learn": bool(rows) or bool(queries.offered(seat.workspace.pk)),
    }
    return render(request, "web/learned/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@seated(Ability.EDIT_SEGMENTS)
def new(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A new model of an outcome that people had often enough."""
    workspace = seat.workspace.pk
    typed = {name: request.POST.get(name, "").strip() for name in ("name", "event", "times", "days")}
    if request.method != "POST":
        return _form(request, seat, {**typed, "times": "1", "days": str(_USUAL)})
    try:
        rule = Did(event=_event(workspace, typed["event"]), at_least=_times(typed["times"]))
        name = typed["name"] or _("{event} in {days} days").format(event=_label(rule.event), days=typed["days"])
        days = number_in(typed["days"]) or 0
        refuse_too_rare(workspace, rule, days, system_clock())
        made = actions.create_model(workspace, name[:LONGEST], rule, days, system_clock())
    except Refused as refused:
        return _form(request, seat, typed, refused)
    messages.success(request, _("The model is being learned; that takes some seconds to minutes."))
    return redirect("model", made.id)


@require_safe
@seated(Ability.SEE_REPORTS)
def model(request: HttpRequest, seat: Seat, model: int) -> HttpResponse:
    """What it learned and from whom, how good it is, what it rests on, and what was dropped."""
    one = found(lambda: queries.model_of(seat.workspace.pk, model))
    if request.headers.get("HX-Target") == "standing":
        if one.state != "running":
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "web/learned/standing.html", _around(one))
    names = names_here(seat.workspace.pk)
    context = {**_around(one), "said": outcome(one, names)}
    if one.report is not None:
        context |= _reported(one.report, names)
    return render(request, "web/learned/one.html", context)


def _around(one: Model) -> dict[str, Any]:
    steps = MODEL_STEPS
    return {"model": one, "state": MODEL_STATES[one.state], "step": steps[min(one.step, len(steps) - 1)]}


def _reported(report: Report, names: Names) -> dict[str, Any]:
    tone, verdict = RATINGS[rating(report)]
    return {
        "report": report,
        "tone": tone,
        "verdict": verdict,
        "method": METHODS[report.method],
        "causes": causes(report, names),
        "leaks": [leak(one, names) for one in report.leaks],
        "chart": _chart(report),
    }


def _chart(report: Report) -> dict[str, Any]:
    """Ten groups of people, from whom it says least to whom it says most of."""
    shown = [(round(100 * one.said, 2), round(100 * one.happened, 2), one.people) for one in report.curve]
    return {
        "labels": [str(place) for place in range(1, len(shown) + 1)],
        "series": [
            {"name": _("What the model said, %"), "values": [said for said, _happened, _people in shown]},
            {"name": _("What came true, %"), "values": [happened for _said, happened, _people in shown]},
            {"name": _("People"), "values": [people for _said, _happened, people in shown]},
        ],
    }


def _form(request: HttpRequest, seat: Seat, typed: dict[str, str], refused: Refused | None = None) -> HttpResponse:
    context = {
        "typed": typed,
        "events": [(name, _label(name)) for name in queries.offered(seat.workspace.pk)],
        "days": _DAYS,
        "most_days": MOST_DAYS,
        "longest": LONGEST,
        "wrong": {_PLACES.get(refused.code, "whole"): told(refused)} if refused else {},
    }
    return render(request, "web/learned/new.html", context, status=422 if refused else 200)


def _event(workspace: int, name: str) -> str:
    if name not in queries.offered(workspace):
        raise Refused("learned.event", "No outcome is chosen.", "Choose what people are to do.")
    return name


def _times(text: str) -> int:
    times = number_in(text, _MOST_TIMES + 1)
    if times is None:
        raise Refused("learned.times", "How often is no whole number from 1 to {most}.", "Write one.", most=_MOST_TIMES)
    return times


def _label(name: str) -> str:
    return str(EVENTS.get(name, name))
