"""How people are scored: rules of fit, what counts as engagement, half-life, grades, and what two grades mean."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lianyi.audience.scoring import actions, queries
from lianyi.audience.scoring.checking import checked, read_document
from lianyi.audience.scoring.schemas import GRADES, MOST_RULES, MOST_WEIGHTS, STATES, FitRule, Settings
from lianyi.audience.segments.previewing import names
from lianyi.events.catalogue.queries import types_by_volume
from lianyi.events.catalogue.words import EVENTS
from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused
from lianyi.kernel.sentences import Sentence
from lianyi.rules.describing import Names, describe
from lianyi.rules.nodes import ANYTHING
from lianyi.rules.reading import BadRule, Problem, read
from lianyi.web.access import Seat, seated
from lianyi.web.asked import number_in
from lianyi.web.saving import saved
from lianyi.web.scores.form import Typed, changed_by, typed_in, typed_of
from lianyi.web.segments.builder_words import WORDS
from lianyi.web.segments.seen import moment_now, spoken
from lianyi.web.segments.vocabulary import vocabulary_of

_EVENTS = 500  # that the fields of events offer


@require_safe
@seated(Ability.EDIT_SETTINGS)
def scoring(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The settings as they are, or those that are offered."""
    found = queries.scoring(seat.workspace.pk)
    return _page(request, seat, typed_of(found.settings, found.edition))


@require_POST
@seated(Ability.EDIT_SETTINGS)
def change(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Saves them; or, with another button, a row more or less in the form, and nothing is saved."""
    typed, button, workspace = typed_in(request.POST), request.POST.get("do", "save"), seat.workspace.pk
    if button != "save":
        return _page(request, seat, changed_by(typed, button), pressed=button)
    seen = 0 if typed.seen == "0" else number_in(typed.seen)
    refused = saved(
        request,
        lambda: actions.change_settings(
            workspace, read_document(typed.document), system_clock(), seen=-1 if seen is None else seen
        ),
        _("Saved. Everybody is being scored by the new settings."),
    )
    return _page(request, seat, typed, refused) if refused else redirect("scores")


@require_POST
@seated(Ability.EDIT_SETTINGS)
def rule(request: HttpRequest, seat: Seat) -> HttpResponse:
    """What a rule of fit comes to: a part of the page."""
    workspace = seat.workspace.pk
    try:
        found = read(request.POST.get("rule", ""))
        checked(workspace, Settings(fit=(FitRule(rule=found, points=0),), weights=()))
    except BadRule as bad:
        inside = [one._replace(place=one.place.removeprefix("fit[0].rule").removeprefix(".")) for one in bad.problems]
        return render(request, "web/scores/rule.html", {"problems": inside})
    context = {
        "said": describe(found, names(workspace, spoken())),
        "count": queries.fitting(workspace, found, moment_now()),
    }
    return render(request, "web/scores/rule.html", context)


def _page(
    request: HttpRequest, seat: Seat, typed: Typed, refused: Refused | None = None, *, pressed: str = ""
) -> HttpResponse:
    workspace = seat.workspace.pk
    problems = list(refused.problems) if isinstance(refused, BadRule) else []
    called = names(workspace, spoken())
    matrix = [*typed.matrix, *[STATES[-1]] * (len(GRADES) ** 2 - len(typed.matrix))]
    events = [one.name for one in types_by_volume(workspace, _EVENTS)]
    context: dict[str, Any] = {
        "typed": typed,
        "fit": [
            (number, one, _sentence(one.rule, called), _at(problems, f"fit[{number}]"))
            for number, one in enumerate(typed.fit)
        ],
        "acts": [
            (number, one, EVENTS.get(one.event, ""), _at(problems, f"weights[{number}]"))
            for number, one in enumerate(typed.acts)
        ],
        "axes": [
            ("fit_grade", WORDS["score"], _bounds(typed.fit_grades), _at(problems, "fit_grades")),
            ("engagement_grade", WORDS["score"], _bounds(typed.engagement_grades), _at(problems, "engagement_grades")),
        ],
        "matrix": [
            (fit, [(engagement, matrix[row * len(GRADES) + column]) for column, engagement in enumerate(GRADES)])
            for row, fit in enumerate(GRADES)
        ],
        "errors": _at(problems, ""),
        "grades": GRADES,
        "states": STATES,
        "events": [(ANYTHING, WORDS["anything"]), *((name, EVENTS.get(name, "")) for name in events)],
        "vocabulary": vocabulary_of(workspace, spoken()),
        "taken": queries.scoring(workspace).taken,
        "refused": refused,
        "problems": problems,
        "pressed": pressed,
        "most_rules": MOST_RULES,
        "most_weights": MOST_WEIGHTS,
    }
    return render(request, "web/settings/scoring.html", context, status=422 if refused else 200)


def _bounds(texts: list[str]) -> list[tuple[str, str]]:
    return list(zip(GRADES, [*texts, "", "", ""][: len(GRADES) - 1], strict=False))


def _at(problems: list[Problem], place: str) -> dict[str, list[Problem]]:
    """What is wrong there, by the step that comes next in the place: `points`, `rule`."""
    found: dict[str, list[Problem]] = {}
    for one in problems:
        if one.place == place or one.place.startswith((f"{place}.", f"{place}[") if place else ""):
            rest = one.place[len(place) :].lstrip(".")
            step = rest.partition(".")[0].partition("[")[0] or "whole"
            found.setdefault(step, []).append(one)
    return found


def _sentence(rule: str, called: Names) -> Sentence | None:
    try:
        return describe(read(rule), called) if rule else None
    except BadRule:
        return None
