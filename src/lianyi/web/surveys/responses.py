"""What was answered to a survey: the list, a file of it, and links for known people."""

from typing import Any

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lianyi.audience.segments.queries import members, segment_names
from lianyi.foundation.access.schemas import Ability
from lianyi.growth.surveys import actions, queries
from lianyi.growth.surveys.lines import ResponseLine, Stage
from lianyi.growth.surveys.questions import Question
from lianyi.growth.surveys.results import questions_of
from lianyi.growth.surveys.tables import answer_rows, codebook_rows
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused
from lianyi.people.profiles.queries import people
from lianyi.web.access import Seat, seated
from lianyi.web.asked import ROWS, number_in
from lianyi.web.refusals import told
from lianyi.web.saving import found
from lianyi.web.surveys.heading import head_of
from lianyi.web.surveys.labels import labels_in, said
from lianyi.web.surveys.words import STAGES
from lianyi.web.tables_out import csv_file, xlsx_file

_AT_ONCE = 50
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@seated(Ability.SEE_PEOPLE)
def responses(request: HttpRequest, seat: Seat, survey: int) -> HttpResponse:
    """The newest first, as the filter asks; a page names the row that the one before ended with."""
    return _list(request, seat, survey)


def _list(request: HttpRequest, seat: Seat, survey: int, wrong: str = "") -> HttpResponse:
    workspace = seat.workspace.pk
    one = found(lambda: queries.survey_of(workspace, survey))
    words, stage = request.GET.get("q", "").strip()[:100], request.GET.get("stage", "")
    answering = request.GET.get("answering", "")[:50]
    rows = queries.responses(
        workspace, survey, _AT_ONCE + 1, _after(request.GET.get("after", "")), containing=words, answering=answering,
        stage=Stage[stage.upper()] if stage in STAGES else None,
    )  # fmt: skip
    questions = questions_of(workspace, survey)
    named = _names(workspace, [row.person for row in rows if row.person])
    asked = request.GET.copy()
    asked.pop("after", None)
    last = rows[_AT_ONCE - 1] if len(rows) > _AT_ONCE else None
    context = {
        **head_of(one),
        "rows": [_row(row, questions, named) for row in rows[:_AT_ONCE]],
        "further": f"{last.at}-{last.response}" if last else None,
        "asked": asked.urlencode(),
        "words": words,
        "stage": stage,
        "answering": answering,
        "questions": [(question.key, said(question.label)) for question in questions],
        "stages": STAGES,
        "segments": segment_names(workspace),
        "filtered": bool(words or stage or answering),
        "wrong": wrong,
    }
    part = {"more": "responses_rows", "responses": "found"}.get(request.headers.get("HX-Target", ""), "responses")
    return render(request, f"web/surveys/{part}.html", context, status=422 if wrong else 200)


@require_POST
@seated(Ability.EXPORT_PEOPLE)
def export(request: HttpRequest, seat: Seat, survey: int) -> HttpResponseBase:
    """All that was answered, as CSV or XLSX, with values or codes; or the codebook."""
    workspace, form = seat.workspace.pk, request.POST.get("form", "csv")
    one = found(lambda: queries.survey_of(workspace, survey))
    actions.note_export(workspace, survey)
    if form == "codebook":
        return csv_file(f"survey-{one.id}-codebook", codebook_rows(workspace, survey))
    rows = answer_rows(workspace, survey, codes=form == "codes")
    if form != "xlsx":
        return csv_file(f"survey-{one.id}", rows)
    try:
        file = xlsx_file(_("Answers"), rows)
    except Refused as refused:
        return _list(request, seat, survey, told(refused))
    return FileResponse(file, as_attachment=True, filename=f"survey-{one.id}.xlsx", content_type=_XLSX)


@require_POST
@seated(Ability.EDIT_CAMPAIGNS)
def invite(request: HttpRequest, seat: Seat, survey: int) -> HttpResponseBase:
    """A link for each person of a segment, as a file."""
    workspace = seat.workspace.pk
    one = found(lambda: queries.survey_of(workspace, survey))
    try:
        persons = list(members(workspace, number_in(request.POST.get("segment", "")) or 0))
        made = actions.invite(workspace, survey, persons, settings.SECRET_KEY.encode(), system_clock())
    except Refused as refused:
        return _list(request, seat, survey, told(refused))
    place = f"{settings.ENVIRONMENT.url}/s/{one.address}?t="
    named = _names(workspace, [person for person, _token in made])
    head: list[Any] = [_("Person"), _("Name"), _("Link")]
    rows = ([person, named.get(person, ""), place + token] for person, token in made)
    return csv_file(f"survey-{one.id}-links", [head, *rows])


def _names(workspace: int, persons: list[int]) -> dict[int, str]:
    return {person.number: person.name or "" for person in people(workspace, persons)}


def _row(row: ResponseLine, questions: list[Question], named: dict[int, str]) -> dict[str, Any]:
    answers = []
    for question in questions:
        if question.key in row.answers:
            typed = row.answers.get(f"{question.key}.other", "")
            answers.append((said(question.label), _told(question, row.answers[question.key], typed)))
    return {
        "row": row,
        "stage": STAGES[row.stage.name.lower()],
        "name": named.get(row.person or 0, ""),
        "answers": answers,
    }


def _told(question: Question, answer: Any, typed: str) -> str:
    between = "、" if (get_language() or "").startswith("zh") else ", "
    words = labels_in(question)
    if typed:
        words["other"] = typed
    match answer:
        case list():
            return between.join(words.get(str(one), str(one)) for one in answer)
        case dict():
            return between.join(f"{words.get(row, row)}: {words.get(value, value)}" for row, value in answer.items())
        case _:
            return words.get(str(answer), str(answer))


def _after(text: str) -> tuple[int, bytes] | None:
    at, _, response = text.partition("-")
    try:
        key = bytes.fromhex(response)
    except ValueError:
        return None
    moment = number_in(at, ROWS)
    return (moment, key) if moment is not None and len(key) == 16 else None
