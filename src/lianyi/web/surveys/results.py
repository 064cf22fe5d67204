"""The results of a survey: each question as a chart with its numbers and intervals, and cross-tabs."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianyi.audience.segments.queries import segment_names
from lianyi.foundation.access.schemas import Ability
from lianyi.growth.surveys import queries
from lianyi.growth.surveys.questions import Matrix, Question, Text
from lianyi.growth.surveys.results import INSIDE, OUTSIDE, Counted, crossed, questions_of, results_of
from lianyi.growth.surveys.statistics import FEW, share
from lianyi.growth.surveys.telling import average_of, ranks_of, score_of
from lianyi.insight.kept.keeping import kept
from lianyi.kernel.errors import Refused
from lianyi.people.profiles.queries import trait_catalogue
from lianyi.web.access import Seat, seated
from lianyi.web.refusals import told
from lianyi.web.saving import found
from lianyi.web.surveys.charts import charts_of
from lianyi.web.surveys.heading import head_of
from lianyi.web.surveys.labels import labels_in, said
from lianyi.web.surveys.words import KINDS


@require_safe
@seated(Ability.SEE_REPORTS)
def results(request: HttpRequest, seat: Seat, survey: int) -> HttpResponse:
    """The page; a kept answer, since all responses are counted."""
    workspace = seat.workspace.pk
    one = found(lambda: queries.survey_of(workspace, survey))
    known = kept(workspace, f"survey:{survey}:{one.changed_at}", lambda: results_of(workspace, survey)._asdict())
    context: dict[str, Any] = {**head_of(one), "kept": known, "again": request.get_full_path()}
    if known.answer is not None:
        counts = {key: [Counted(*rest) for rest in rows] for key, rows in known.answer["questions"].items()}
        context |= {"size": known.answer["size"], "stages": known.answer["stages"]}
        context["questions"] = [
            _question(question, counts[question.key])
            for question in questions_of(workspace, survey)
            if question.key in counts
        ]
    part = request.headers.get("HX-Target") == "results"
    return render(request, f"web/surveys/{'results_told' if part else 'results'}.html", context)


@require_safe
@seated(Ability.SEE_REPORTS)
def cross(request: HttpRequest, seat: Seat, survey: int) -> HttpResponse:
    """Two sides against each other."""
    workspace = seat.workspace.pk
    one = found(lambda: queries.survey_of(workspace, survey))
    questions = questions_of(workspace, survey)
    sides = _sides(questions)
    rows, columns = request.GET.get("rows", ""), request.GET.get("columns", "")
    context: dict[str, Any] = {**head_of(one), "rows": rows, "columns": columns, "sides": sides, "few": FEW}
    context["groups"] = _groups(workspace)
    if rows and columns:
        try:
            told_of = crossed(workspace, survey, rows, columns)
        except Refused as refused:
            return render(request, "web/surveys/cross.html", {**context, "wrong": told(refused)}, status=422)
        down, across = _labels(questions, rows), _labels(questions, columns)
        context |= {
            "crossed": told_of,
            "heads": [
                (across.get(one, one or "–"), count)
                for one, count in zip(told_of.columns, told_of.per_column, strict=True)
            ],
            "lines": [
                (down.get(one, one), [(cell, f"{cell.share * 100:.0f}%") for cell in cells])
                for one, cells in zip(told_of.rows, told_of.tested.cells, strict=True)
            ],
            "few_answered": told_of.base < FEW,
            "chi_square": None if told_of.tested.chi_square is None else f"{told_of.tested.chi_square:.2f}",
            "p": None if told_of.tested.p is None else f"{told_of.tested.p:.4f}",
        }
    return render(request, "web/surveys/cross.html", context)


def _question(question: Question, counted: list[Counted]) -> dict[str, Any]:
    return {
        "key": question.key,
        "label": said(question.label) or question.key,
        "kind": KINDS[str(question.__struct_config__.tag)],
        "text": isinstance(question, Text),
        "charts": charts_of(question, counted),
        "parts": [_part(question, one) for one in counted],
    }


def _part(question: Question, counted: Counted) -> dict[str, Any]:
    labels = labels_in(question)
    lines = []
    for value, often in counted.counts:
        interval = share(often, counted.answered)
        lines.append((labels.get(value, value), often, *(f"{one * 100:.1f}" for one in interval)))
    average, score = average_of(question, counted), score_of(question, counted)
    return {
        "label": labels.get(counted.row, counted.row) if isinstance(question, Matrix) else "",
        "answered": counted.answered,
        "few": counted.answered < FEW,
        "lines": [] if counted.places else lines,
        "mean": None if average is None else [f"{one:.2f}" for one in average],
        "nps": None if score is None else [f"{one:+.0f}" for one in score],
        "ranks": [
            (labels.get(option, option), often, None if mean is None else [f"{one:.2f}" for one in mean])
            for option, often, mean in ranks_of(counted)
        ],
    }


def _sides(questions: list[Question]) -> list[tuple[str, str]]:
    """Name and words of each question that can be a side, of a matrix each row."""
    sides = []
    for question in questions:
        label = said(question.label) or question.key
        if isinstance(question, Matrix):
            words = labels_in(question)
            sides += [
                (f"{question.key}.{row.value}", f"{label}: {words.get(row.value, row.value)}") for row in question.rows
            ]
        elif not isinstance(question, Text):
            sides.append((question.key, label))
    return sides


def _groups(workspace: int) -> list[tuple[str, list[tuple[str, str]]]]:
    """What else a question is compared by, in groups."""
    traits = [(f"trait:{one.name}", one.name) for one in trait_catalogue(workspace) if not one.sensitive]
    segments = [(f"segment:{number}", name) for number, name in segment_names(workspace).items()]
    sources = [("channel", _("Channel")), ("campaign", _("Campaign")), ("code", _("Channel code"))]
    return [(_("Source"), sources), (_("Segments"), segments), (_("Traits"), traits)]


def _labels(questions: list[Question], side: str) -> dict[str, str]:
    key = side.partition(".")[0]
    question = next((one for one in questions if one.key == key), None)
    if side.startswith("segment:"):
        return {INSIDE: _("In the segment"), OUTSIDE: _("Not in it")}
    return labels_in(question) if question else {}
