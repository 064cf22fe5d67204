"""Experiments: their arms and weights, who saw which, and what is done with them."""

import secrets
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianyi.audience.arms import actions, queries
from lianyi.audience.arms.judging import SURELY, chance_of
from lianyi.audience.arms.schemas import FEWEST, HEAVIEST, LONGEST, MOST, Arm, Draft, Exposures, Test
from lianyi.foundation.access.schemas import Ability
from lianyi.insight.kept.keeping import kept
from lianyi.kernel.clock import from_micros, system_clock
from lianyi.kernel.errors import Refused
from lianyi.people.profiles.queries import people
from lianyi.web.access import Seat, seated
from lianyi.web.asked import PERSONS, number_in
from lianyi.web.refusals import told
from lianyi.web.saving import found, saved, tell
from lianyi.web.tables_out import csv_file

_AT_ONCE = 50
STATES: dict[str, tuple[str, Promise]] = {
    "draft": ("plain", pgettext_lazy("state of an experiment", "Draft")),
    "running": ("good", pgettext_lazy("state of an experiment", "Runs")),
    "ended": ("info", pgettext_lazy("state of an experiment", "Ended")),
}


class Seen(NamedTuple):
    """An arm as the page shows it; shares of one."""

    name: str
    weight: int
    due: float
    people: int
    share: float | None
    first_at: int | None
    last_at: int | None


@require_safe
@seated(Ability.SEE_REPORTS)
def experiments(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The newest first. A page names the one that the one before ended with."""
    before = number_in(request.GET.get("before", ""), PERSONS)
    rows = queries.newest_tests(seat.workspace.pk, _AT_ONCE + 1, before=before)
    context = {
        "experiments": [(one, STATES[one.state], _shares(one)) for one in rows[:_AT_ONCE]],
        "further": rows[_AT_ONCE - 1].id if len(rows) > _AT_ONCE else None,
    }
    part = request.headers.get("HX-Target") == "more"
    return render(request, "web/experiments/rows.html" if part else "web/experiments/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@seated(Ability.EDIT_SEGMENTS)
def new(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A new one, a draft at first."""
    if request.method != "POST":
        draft = Draft("", secrets.token_hex(8), (Arm("A"), Arm("B")))
        return _form(request, draft)
    draft, rows = _typed(request), _rows(request)
    if request.POST.get("do") == "more":
        return _form(request, draft, rows=min(rows + 2, MOST))
    try:
        made = actions.create_test(seat.workspace.pk, draft, system_clock())
    except Refused as refused:
        return _form(request, draft, rows=rows, refused=refused)
    messages.success(request, _("The experiment is made. It shows its arms once it is started."))
    return redirect("experiment", made.id)


@require_http_methods(["GET", "HEAD", "POST"])
@seated(Ability.EDIT_SEGMENTS)
def edit(request: HttpRequest, seat: Seat, experiment: int) -> HttpResponse:
    """A draft, to be changed."""
    one = found(lambda: queries.test_of(seat.workspace.pk, experiment))
    if request.method != "POST":
        return _form(request, Draft(one.name, one.seed, one.arms), one, rows=max(len(one.arms), FEWEST))
    draft, rows = _typed(request), _rows(request)
    if request.POST.get("do") == "more":
        return _form(request, draft, one, rows=min(rows + 2, MOST))
    refused = saved(request, lambda: actions.change_test(seat.workspace.pk, experiment, draft), _("Changed."))
    return _form(request, draft, one, rows=rows, refused=refused) if refused else redirect("experiment", experiment)


@require_safe
@seated(Ability.SEE_REPORTS)
def experiment(request: HttpRequest, seat: Seat, experiment: int) -> HttpResponse:
    """Its arms, who saw which, and whose arm somebody's is."""
    one = found(lambda: queries.test_of(seat.workspace.pk, experiment))
    context = {"experiment": one, "state": STATES[one.state], **_exposed(seat.workspace.pk, one)}
    if request.headers.get("HX-Target") == "exposures":
        return render(request, "web/experiments/exposures.html", context)
    text = request.GET.get("person", "").strip().removeprefix("#")
    number = number_in(text, PERSONS)
    if text and "people_see" in seat.may:
        given = queries.arm_of(seat.workspace.pk, experiment, number) if number else None
        context |= {"asked": text, "given": given, "row": next(iter(people(seat.workspace.pk, [number or 0])), None)}
    return render(request, "web/experiments/one.html", context)


@require_POST
@seated(Ability.EXPORT_PEOPLE)
def export(_request: HttpRequest, seat: Seat, experiment: int) -> HttpResponseBase:
    """The result as CSV: a line for each arm, counted now. It leaves a line in the audit log."""
    workspace = seat.workspace.pk
    one = found(lambda: queries.test_of(workspace, experiment))
    rows = (
        queries.exposures(workspace, experiment)
        if one.started_at
        else [Exposures(arm, 0, None, None) for arm in one.arms]
    )
    actions.note_export(workspace, experiment)
    head = [
        _("Experiment"),
        _("Arm"),
        _("Weight"),
        _("Share by weight, %"),
        _("People who saw it"),
        _("Share of those, %"),
    ]
    lines = [
        [
            *(one.name, row.name, row.weight, round(100 * row.due, 2), row.people),
            None if row.share is None else round(100 * row.share, 2),
            *(None if at is None else from_micros(at).astimezone(timezone.get_current_timezone()) for at in row[-2:]),
        ]
        for row in _seen(rows)
    ]
    return csv_file(f"experiment-{experiment}", [[*head, _("First seen"), _("Newest first look")], *lines])


@require_POST
@seated(Ability.EDIT_SEGMENTS)
def act(request: HttpRequest, seat: Seat, experiment: int, act: str) -> HttpResponse:
    """Starts, ends or deletes it."""
    workspace, now = seat.workspace.pk, system_clock()
    match act:
        case "start":
            done = _("The experiment runs; its arms and weights are fixed from now on.")
            tell(request, saved(request, lambda: actions.start_test(workspace, experiment, now), done))
        case "end":
            done = _("The experiment has ended; nobody is shown an arm for the first time any more.")
            tell(request, saved(request, lambda: actions.end_test(workspace, experiment, now), done))
        case "delete":
            refused = saved(request, lambda: actions.delete_test(workspace, experiment), _("Deleted."))
            if refused is None:
                return redirect("experiments")
            tell(request, refused)
        case _:
            raise Http404(act)
    return redirect("experiment", experiment)


def _exposed(workspace: int, one: Test) -> dict[str, Any]:
    """Who saw which arm, as far as it is counted."""
    if one.started_at is None:
        return {"seen": _seen([Exposures(arm, 0, None, None) for arm in one.arms]), "counted": True}
    known = kept(workspace, f"arms:{one.id}", lambda: [tuple(row) for row in queries.exposures(workspace, one.id)])
    if known.answer is None:
        return {"seen": None, "counted": False}
    rows = [Exposures(Arm(*arm), *rest) for arm, *rest in known.answer]
    chance = chance_of(rows)
    return {
        "seen": _seen(rows),
        "counted": True,
        "kept": known,
        "all": sum(row.people for row in rows),
        "off": chance is not None and chance < SURELY,
    }


def _seen(rows: list[Exposures]) -> list[Seen]:
    people_seen, weights = sum(row.people for row in rows), sum(row.arm.weight for row in rows)
    return [
        Seen(
            row.arm.name,
            row.arm.weight,
            row.arm.weight / weights,
            row.people,
            row.people / people_seen if people_seen else None,
            row.first_at,
            row.last_at,
        )
        for row in rows
    ]


def _shares(one: Test) -> list[tuple[str, float]]:
    weights = sum(arm.weight for arm in one.arms)
    return [(arm.name, arm.weight / weights) for arm in one.arms]


def _rows(request: HttpRequest) -> int:
    return max(FEWEST, min(len(request.POST.getlist("arm")), MOST))


def _typed(request: HttpRequest) -> Draft:
    """What was typed; a line without a name is no arm, and a weight that is no number is none that can be drawn by."""
    lines = zip(request.POST.getlist("arm"), request.POST.getlist("weight"), strict=False)
    arms = tuple(Arm(name.strip(), number_in(weight.strip(), 2**31) or 0) for name, weight in lines if name.strip())
    return Draft(request.POST.get("name", "").strip(), request.POST.get("seed", "").strip(), arms)


def _form(
    request: HttpRequest, draft: Draft, one: Test | None = None, *, rows: int = FEWEST, refused: Refused | None = None
) -> HttpResponse:
    empty = [Arm("")] * max(0, rows - len(draft.arms))
    context = {
        "experiment": one,
        "draft": draft,
        "arms": [*draft.arms, *empty],
        "most": MOST,
        "longest": LONGEST,
        "heaviest": HEAVIEST,
        "wrong": told(refused) if refused else "",
    }
    return render(request, "web/experiments/form.html", context, status=422 if refused else 200)
