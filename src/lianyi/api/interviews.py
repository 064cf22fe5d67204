"""Interview notes: what people said when somebody talked with them."""

from datetime import date, datetime
from typing import Annotated, Any

from django.http import StreamingHttpResponse
from ninja import Query
from pydantic import BaseModel, Field

from lianyi.api.cursors import page_of, place_in
from lianyi.api.operations import Request, Section, workspace_of
from lianyi.api.shapes import Body, Page, Paging, RowId, Whole
from lianyi.foundation.access.schemas import Ability
from lianyi.growth.interviews import actions, queries
from lianyi.growth.interviews.schemas import LONGEST, LONGEST_LINE, MOST, Draft, Interview, Said
from lianyi.growth.interviews.tables import rows_of
from lianyi.kernel.cells import csv_lines, neutral
from lianyi.kernel.clock import from_micros, system_clock

_section = Section("Interviews", "Notes of what people said when somebody talked with them, tied to the person.")
_NOTE = {
    "held_on": "2026-01-02",
    "place": "Booth 3",
    "said": [{"question": "How do you choose?", "answer": "By the smell."}],
    "text": "",
    "quotes": ["I would pay more for it."],
    "tags": ["packaging"],
}
_SHOWN = {
    "id": 3,
    "person": 17,
    "held_by": "member:3",
    **_NOTE,
    "created_at": "2026-01-02T03:04:05Z",
    "changed_at": "2026-01-02T03:04:05Z",
}


class QuestionSaid(BaseModel):
    """A question and what was answered."""

    question: str = Field("", max_length=LONGEST)
    answer: str = Field("", max_length=LONGEST)


class NoteMade(Body):
    """A note: questions with answers, a free text, or both."""

    held_on: date = Field(strict=False)
    place: str = Field("", max_length=LONGEST_LINE)
    said: list[QuestionSaid] = Field([], max_length=MOST)
    text: str = Field("", max_length=LONGEST)
    quotes: list[str] = Field([], max_length=MOST)
    tags: list[str] = Field([], max_length=MOST)


class NoteOfPerson(NoteMade):
    """A note about a person."""

    person: Annotated[int, Field(ge=1, lt=2**31), Whole]


class NoteShown(BaseModel):
    """A note. `held_by` is who talked with the person, as audit lines call them."""

    id: int
    person: int | None
    held_by: str
    held_on: date
    place: str
    said: list[QuestionSaid]
    text: str
    quotes: list[str]
    tags: list[str]
    created_at: datetime
    changed_at: datetime


class NotesAsked(BaseModel):
    """Which notes."""

    containing: str = Field("", max_length=100, description="Part of any of its words.")
    tag: str = Field("", max_length=100)
    person: int | None = Field(None, ge=1, lt=2**31)


class NotesExported(BaseModel):
    """Which notes leave as a file."""

    containing: str = Field("", max_length=100, description="Part of any of its words.")
    tag: str = Field("", max_length=100)


@_section.get("/interviews", Ability.SEE_PEOPLE, answers=Page[NoteShown], example={"items": [_SHOWN], "next": None})
def list_interviews(request: Request, asked: Query[NotesAsked], paging: Query[Paging]) -> Page[NoteShown]:
    """Lists interview notes. The newest come first."""
    place = place_in(request, paging.cursor)
    rows = queries.interviews(
        workspace_of(request), paging.limit + 1, place[0] if place else None, containing=asked.containing,
        tag=asked.tag, person=asked.person,
    )  # fmt: skip
    return page_of(request, rows, paging.limit, lambda one: [one.id], _shown)


@_section.post("/interviews", Ability.EDIT_PEOPLE, answers=NoteShown, status=201, body={"person": 17, **_NOTE},
               example=_SHOWN)  # fmt: skip
def record_interview(request: Request, body: NoteOfPerson) -> NoteShown:
    """Keeps a note about a person."""
    return _shown(actions.record_interview(workspace_of(request), body.person, _draft(body), system_clock()))


@_section.get("/interviews/export", Ability.EXPORT_PEOPLE, gives="text/csv",
              example="id,person,held_on,held_by,place,question,answer,text,quotes,tags\n")  # fmt: skip
def export_interviews(request: Request, asked: Query[NotesExported]) -> StreamingHttpResponse:
    """Hands over notes as CSV, a row for each question. Cells that a spreadsheet would compute are defused."""
    actions.note_export(workspace_of(request))
    rows = rows_of(workspace_of(request), containing=asked.containing, tag=asked.tag)
    lines = csv_lines([neutral(one) if isinstance(one, str) else one for one in row] for row in rows)
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")


@_section.get("/interviews/{note}", Ability.SEE_PEOPLE, answers=NoteShown, example=_SHOWN)
def get_interview(request: Request, note: RowId) -> NoteShown:
    """Shows a note."""
    return _shown(queries.interview_of(workspace_of(request), note))


@_section.put("/interviews/{note}", Ability.EDIT_PEOPLE, answers=NoteShown, example=_SHOWN, body=_NOTE)
def change_interview(request: Request, note: RowId, body: NoteMade) -> NoteShown:
    """Puts another text in the place of what was there."""
    return _shown(actions.change_interview(workspace_of(request), note, _draft(body), system_clock()))


@_section.delete("/interviews/{note}", Ability.EDIT_PEOPLE, status=204)
def delete_interview(request: Request, note: RowId) -> None:
    """Deletes a note for ever."""
    actions.delete_interview(workspace_of(request), note)


def _draft(body: NoteMade) -> Draft:
    said = tuple(Said(one.question, one.answer) for one in body.said)
    return Draft(body.held_on, body.place, said, body.text, tuple(body.quotes), tuple(body.tags))


def _shown(note: Interview) -> NoteShown:
    draft: dict[str, Any] = note.draft._asdict()
    draft["said"] = [QuestionSaid(question=one.question, answer=one.answer) for one in note.draft.said]
    return NoteShown(
        id=note.id,
        person=note.person,
        held_by=note.held_by,
        **draft,
        created_at=from_micros(note.created_at),
        changed_at=from_micros(note.changed_at),
    )
