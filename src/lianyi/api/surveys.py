"""Surveys: made, published, taken offline; what was answered, and what that says."""

from typing import Any, Literal

import msgspec
from django.conf import settings
from django.http import StreamingHttpResponse
from ninja import Query

from lianyi.api.cursors import page_of, place_in
from lianyi.api.operations import Request, Section, workspace_of
from lianyi.api.shapes import Page, Paging, RowId, moment
from lianyi.api.survey_shapes import (
    BODY,
    CROSSED,
    FIGURES,
    LINE,
    RESPONSE,
    SURVEY,
    VERSION,
    CrossAsked,
    CrossedCell,
    CrossShown,
    ExportAsked,
    FigureShown,
    Invited,
    InvitedShown,
    LinkOfPerson,
    ResponsesAsked,
    ResponseShown,
    SurveyLineShown,
    SurveyMade,
    SurveyResults,
    SurveysAsked,
    SurveyShown,
    SurveyVersionShown,
)
from lianyi.foundation.access.schemas import Ability
from lianyi.growth.surveys import actions, queries
from lianyi.growth.surveys.definitions import read_object
from lianyi.growth.surveys.lines import ResponseLine, Stage, Survey, SurveyLine, Version
from lianyi.growth.surveys.results import crossed, questions_of, results_of
from lianyi.growth.surveys.tables import answer_rows, codebook_rows
from lianyi.growth.surveys.telling import figures_of
from lianyi.kernel.cells import csv_lines, neutral
from lianyi.kernel.clock import from_micros, system_clock

_section = Section("Surveys", "What a brand wants to know of many people: /s/ADDRESS asks it, page by page.")


@_section.get("/surveys", Ability.SEE_REPORTS, answers=Page[SurveyLineShown], example={"items": [LINE], "next": None})
def list_surveys(request: Request, asked: Query[SurveysAsked], paging: Query[Paging]) -> Page[SurveyLineShown]:
    """Lists the surveys. The newest come first."""
    place = place_in(request, paging.cursor)
    before = place[0] if place else None
    rows = queries.surveys(
        workspace_of(request), paging.limit + 1, before, called=asked.called, archived=asked.archived
    )  # fmt: skip
    return page_of(request, rows, paging.limit, lambda one: [one.id], _line)


@_section.post("/surveys", Ability.EDIT_CAMPAIGNS, answers=SurveyShown, status=201, body=BODY, conflicts=True,
               example={**SURVEY, "state": "draft", "published": None})  # fmt: skip
def make_survey(request: Request, body: SurveyMade) -> SurveyShown:
    """Makes a survey, a draft at first."""
    definition = read_object(body.definition)
    return _shown(actions.create_survey(workspace_of(request), body.name, definition, system_clock()))


@_section.get("/surveys/{survey}", Ability.SEE_REPORTS, answers=SurveyShown, example=SURVEY)
def get_survey(request: Request, survey: RowId) -> SurveyShown:
    """Shows a survey with its draft."""
    return _shown(queries.survey_of(workspace_of(request), survey))


@_section.put("/surveys/{survey}", Ability.EDIT_CAMPAIGNS, answers=SurveyShown, example={**SURVEY, "changed": True},
              body=BODY)  # fmt: skip
def change_survey(request: Request, survey: RowId, body: SurveyMade) -> SurveyShown:
    """Puts another draft in the place of what was there. What is published stays until it is published anew."""
    definition = read_object(body.definition)
    return _shown(actions.change_survey(workspace_of(request), survey, body.name, definition, system_clock()))


@_section.post("/surveys/{survey}/publish", Ability.EDIT_CAMPAIGNS, answers=SurveyShown, example=SURVEY)
def publish_survey(request: Request, survey: RowId) -> SurveyShown:
    """Asks the draft. Its pages change within ten seconds; who has begun goes on with what they began."""
    return _shown(actions.publish_survey(workspace_of(request), survey, system_clock()))


@_section.post("/surveys/{survey}/unpublish", Ability.EDIT_CAMPAIGNS, answers=SurveyShown, conflicts=True,
               example={**SURVEY, "state": "offline"})  # fmt: skip
def unpublish_survey(request: Request, survey: RowId) -> SurveyShown:
    """Takes a survey offline. Its page says that it takes no more answers."""
    return _shown(actions.unpublish_survey(workspace_of(request), survey, system_clock()))


@_section.post("/surveys/{survey}/archive", Ability.EDIT_CAMPAIGNS, answers=SurveyShown,
               example={**SURVEY, "state": "archived"})  # fmt: skip
def archive_survey(request: Request, survey: RowId) -> SurveyShown:
    """Takes a survey offline and out of the list. What was answered stays."""
    return _shown(actions.archive_survey(workspace_of(request), survey, system_clock()))


@_section.post("/surveys/{survey}/restore", Ability.EDIT_CAMPAIGNS, answers=SurveyShown, conflicts=True,
               example={**SURVEY, "state": "offline"})  # fmt: skip
def restore_survey(request: Request, survey: RowId) -> SurveyShown:
    """Brings a survey back from the archive. Nobody sees it until it is published."""
    return _shown(actions.restore_survey(workspace_of(request), survey, system_clock()))


@_section.get("/surveys/{survey}/versions", Ability.SEE_REPORTS, answers=Page[SurveyVersionShown],
              example={"items": [VERSION], "next": None})  # fmt: skip
def list_survey_versions(request: Request, survey: RowId, paging: Query[Paging]) -> Page[SurveyVersionShown]:
    """Lists what was published of a survey. The newest come first."""
    place = place_in(request, paging.cursor)
    before = int(place[0]) if place else None
    queries.survey_of(workspace_of(request), survey)
    rows = queries.versions_of(workspace_of(request), survey, paging.limit + 1, before)
    return page_of(request, rows, paging.limit, lambda one: [one.number], _version)


@_section.post("/surveys/{survey}/versions/{number}/restore", Ability.EDIT_CAMPAIGNS, answers=SurveyShown,
               example={**SURVEY, "changed": True})  # fmt: skip
def restore_survey_version(request: Request, survey: RowId, number: RowId) -> SurveyShown:
    """Makes what was published under a number the draft. People are asked it when that is published."""
    return _shown(actions.restore_version(workspace_of(request), survey, number, system_clock()))


@_section.post("/surveys/{survey}/invite", Ability.EDIT_CAMPAIGNS, answers=InvitedShown, body={"people": [17]},
               example={"items": [{"person": 17, "address": "http://localhost:8620/s/k3f9m2p7xa?t=aa"}]})  # fmt: skip
def invite_to_survey(request: Request, survey: RowId, body: Invited) -> InvitedShown:
    """Makes a link for each of these people, good for thirty days. What is answered by it is theirs."""
    workspace, secret = workspace_of(request), settings.SECRET_KEY.encode()
    place = f"{settings.ENVIRONMENT.url}/s/{queries.survey_of(workspace, survey).address}"
    made = actions.invite(workspace, survey, body.people, secret, system_clock())
    return InvitedShown(items=[LinkOfPerson(person=person, address=f"{place}?t={token}") for person, token in made])


@_section.get("/surveys/{survey}/responses", Ability.SEE_PEOPLE, answers=Page[ResponseShown],
              example={"items": [RESPONSE], "next": None})  # fmt: skip
def list_responses(
    request: Request, survey: RowId, asked: Query[ResponsesAsked], paging: Query[Paging]
) -> Page[ResponseShown]:
    """Lists what was answered. The newest come first."""
    place = place_in(request, paging.cursor)
    queries.survey_of(workspace_of(request), survey)
    after = (int(place[0]), bytes.fromhex(place[1])) if place else None
    rows = queries.responses(
        workspace_of(request), survey, paging.limit + 1, after, containing=asked.containing,
        answering=asked.answering, stage=None if asked.stage is None else Stage[asked.stage.upper()],
    )  # fmt: skip
    return page_of(request, rows, paging.limit, lambda one: [one.at, one.response], _response)


@_section.get("/surveys/{survey}/results", Ability.SEE_REPORTS, answers=SurveyResults, example=FIGURES)
def get_survey_results(request: Request, survey: RowId) -> SurveyResults:
    """Counts what was answered. Each person counts once; intervals are of 95 %."""
    counted = results_of(workspace_of(request), survey)
    figures = figures_of(questions_of(workspace_of(request), survey), counted)
    return SurveyResults(
        size=counted.size, **counted.stages, figures=[FigureShown(**one._asdict()) for one in figures]
    )  # fmt: skip


@_section.get("/surveys/{survey}/cross", Ability.SEE_REPORTS, answers=CrossShown, example=CROSSED, conflicts=True)
def cross_survey(request: Request, survey: RowId, asked: Query[CrossAsked]) -> CrossShown:
    """Crosses a question with another, a trait, a segment or a source. Marks are held to 5 percent for the table."""
    found = crossed(workspace_of(request), survey, asked.rows, asked.columns)
    cells = [[CrossedCell(**cell._asdict()) for cell in row] for row in found.tested.cells]
    judged = found.tested
    return CrossShown(
        rows=found.rows, columns=found.columns, base=found.base, per_column=found.per_column, cells=cells,
        chi_square=judged.chi_square, freedom=judged.freedom, p=judged.p, small=judged.small,
    )  # fmt: skip


@_section.get("/surveys/{survey}/responses/export", Ability.EXPORT_PEOPLE, gives="text/csv", misses=True,
              example="response,at,seconds,stage,person,version,language,nps,channel,campaign,code\n")  # fmt: skip
def export_responses(request: Request, survey: RowId, asked: Query[ExportAsked]) -> StreamingHttpResponse:
    """Hands over what was answered as CSV, or its codebook. Cells that a spreadsheet would compute are defused."""
    workspace = workspace_of(request)
    actions.note_export(workspace, survey)
    rows = codebook_rows(workspace, survey) if asked.codebook else answer_rows(workspace, survey, codes=asked.codes)
    lines = csv_lines([neutral(one) if isinstance(one, str) else one for one in row] for row in rows)
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")


_STAGES: dict[Stage, Literal["under_way", "screened", "completed"]] = {
    Stage.UNDER_WAY: "under_way",
    Stage.SCREENED: "screened",
    Stage.COMPLETED: "completed",
}


def _shown(survey: Survey) -> SurveyShown:
    said: dict[str, Any] = survey._asdict()
    return SurveyShown(
        **{name: said[name] for name in ("id", "address", "name", "state", "published", "changed")},
        definition=msgspec.to_builtins(survey.draft),
        created_at=from_micros(survey.created_at),
        changed_at=from_micros(survey.changed_at),
    )


def _version(one: Version) -> SurveyVersionShown:
    return SurveyVersionShown(
        number=one.number, digest=one.digest, definition=msgspec.to_builtins(one.definition),
        published_at=from_micros(one.published_at), published_by=one.published_by,
    )  # fmt: skip


def _line(survey: SurveyLine) -> SurveyLineShown:
    said: dict[str, Any] = survey._asdict()
    return SurveyLineShown(
        **{name: said[name] for name in ("id", "address", "name", "state", "published", "completed", "begun")},
        newest_at=moment(survey.newest_at),
        changed_at=from_micros(survey.changed_at),
    )


def _response(row: ResponseLine) -> ResponseShown:
    said: dict[str, Any] = row._asdict()
    names = ("response", "version", "person", "page", "answers", "language", "channel", "campaign", "code")
    return ResponseShown(
        **{name: said[name] for name in names},
        at=from_micros(row.at),
        began_at=from_micros(row.began_at),
        stage=_STAGES[row.stage],
    )
