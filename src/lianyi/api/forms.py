"""Forms: made, published, taken offline; and what was sent by them."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from django.http import FileResponse, StreamingHttpResponse
from ninja import Path, Query
from pydantic import BaseModel, Field

from lianyi.api.cursors import page_of, place_in
from lianyi.api.operations import OCTETS, Request, Section, workspace_of
from lianyi.api.shapes import Body, CameFromShown, Moment, Page, Paging, RowId, came_from_shown, moment
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.media.sniffing import ZIP
from lianyi.growth.forms import actions, queries
from lianyi.growth.forms.definitions import read_object
from lianyi.growth.forms.fields import KEY
from lianyi.growth.forms.lines import LONGEST_NAME, Form, FormLine, State, SubmissionLine, Version
from lianyi.growth.forms.tables import as_file
from lianyi.kernel.clock import from_micros, system_clock, to_micros
from lianyi.kernel.errors import Refused

_section = Section("Forms", "What a brand asks on its pages, and what was sent: /f/ADDRESS is the page of a form.")
_DEFINITION = {
    "title": {"zh": "预约试用", "en": "Book a trial"},
    "fields": [
        {"kind": "text", "key": "name", "label": {"zh": "姓名", "en": "Name"}, "maps_to": "trait:name"},
        {
            "kind": "phone",
            "key": "phone",
            "label": {"zh": "手机号", "en": "Phone"},
            "maps_to": "phone",
            "required": True,
        },
        {
            "kind": "consent",
            "key": "agree",
            "wording": {"zh": "我同意接收活动短信。", "en": "I agree to receive text messages about events."},
            "channel": "sms",
            "purposes": ["marketing"],
        },
    ],
}
_BODY = {"name": "Trial", "definition": _DEFINITION}
_FORM = {
    "id": 3,
    "address": "k3f9m2p7xa",
    "name": "Trial",
    "state": "published",
    "published": 1,
    "changed": False,
    "definition": _DEFINITION,
    "created_at": "2026-01-02T03:04:05Z",
    "changed_at": "2026-01-02T03:04:05Z",
}
_LINE = {
    "id": 3,
    "address": "k3f9m2p7xa",
    "name": "Trial",
    "state": "published",
    "published": 1,
    "submissions": 12,
    "newest_at": "2026-01-03T03:04:05Z",
    "changed_at": "2026-01-02T03:04:05Z",
}
_SENT = {
    "event": "5f2b7c1e0d9a4b638c7d6e5f4a3b2c1d",
    "at": "2026-01-03T03:04:05Z",
    "version": 1,
    "person": 17,
    "answers": {"name": "访客一", "phone": "+8613800138000", "agree": True},
    "language": "zh",
    "source": {"channel": "wechat", "campaign": "spring", "code": "booth-3", "came_at": "2026-01-03T03:01:05Z"},
    "page": "",
    "confirmed": True,
    "confirmed_at": "2026-01-03T03:09:05Z",
}


class FormMade(Body):
    """A form: what members call it, and its definition. docs/how-to/forms.md says what a definition may hold."""

    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    definition: dict[str, Any]


class FormShown(BaseModel):
    """A form. `changed`: its definition is another than what the world sees."""

    id: int
    address: str = Field(description="Its page is /f/ADDRESS.")
    name: str
    state: State
    published: int | None = Field(description="The number of the version that was published last.")
    changed: bool
    definition: dict[str, Any]
    created_at: datetime
    changed_at: datetime


class FormLineShown(BaseModel):
    """A form in the list."""

    id: int
    address: str
    name: str
    state: State
    published: int | None
    submissions: int
    newest_at: datetime | None
    changed_at: datetime


class VersionShown(BaseModel):
    """What was published under a number; consents name it as their proof."""

    number: int
    digest: str
    definition: dict[str, Any]
    published_at: datetime
    published_by: str


class Versions(BaseModel):
    """The newest versions, at most fifty."""

    items: list[VersionShown]


class SubmissionShown(BaseModel):
    """What somebody sent. `person` is whose it is now, null for nobody's."""

    event: str
    at: datetime
    version: int
    person: int | None
    answers: dict[str, Any]
    language: str
    source: CameFromShown
    page: str
    confirmed: bool | None = Field(description="Whether the address was confirmed by mail; null where none is to be.")
    confirmed_at: datetime | None


EventId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="The id of the submission's event.")]
FieldKey = Annotated[str, Path(pattern=KEY, description="The key of the field.")]


class FormFileGiven(BaseModel):
    """What the file is called: visitors see it so."""

    name: str = Field(min_length=1, max_length=200)


class FormsAsked(BaseModel):
    """Which forms."""

    called: str = Field("", max_length=100, description="Part of a name.")
    archived: bool = Field(False, description="Those that were archived instead of the others.")


class SubmissionsAsked(BaseModel):
    """Which submissions."""

    containing: str = Field("", max_length=100, description="Part of an answer.")
    since: Moment | None = None
    until: Moment | None = None


@_section.get("/forms", Ability.SEE_REPORTS, answers=Page[FormLineShown], example={"items": [_LINE], "next": None})
def list_forms(request: Request, asked: Query[FormsAsked], paging: Query[Paging]) -> Page[FormLineShown]:
    """Lists the forms. The newest come first."""
    place = place_in(request, paging.cursor)
    rows = queries.forms(
        workspace_of(request),
        paging.limit + 1,
        place[0] if place else None,
        called=asked.called,
        archived=asked.archived,
    )
    return page_of(request, rows, paging.limit, lambda one: [one.id], _line)


@_section.post("/forms", Ability.EDIT_CAMPAIGNS, answers=FormShown, status=201, body=_BODY, conflicts=True,
               example={**_FORM, "state": "draft", "published": None})  # fmt: skip
def make_form(request: Request, body: FormMade) -> FormShown:
    """Makes a form, a draft at first."""
    return _shown(actions.create_form(workspace_of(request), body.name, read_object(body.definition), system_clock()))


@_section.get("/forms/{form}", Ability.SEE_REPORTS, answers=FormShown, example=_FORM)
def get_form(request: Request, form: RowId) -> FormShown:
    """Shows a form with its draft."""
    return _shown(queries.form_of(workspace_of(request), form))


@_section.put(
    "/forms/{form}", Ability.EDIT_CAMPAIGNS, answers=FormShown, example={**_FORM, "changed": True}, body=_BODY
)
def change_form(request: Request, form: RowId, body: FormMade) -> FormShown:
    """Puts another draft in the place of what was there. What is published stays until it is published anew."""
    definition = read_object(body.definition)
    return _shown(actions.change_form(workspace_of(request), form, body.name, definition, system_clock()))


@_section.post("/forms/{form}/download", Ability.EDIT_CAMPAIGNS, answers=FormShown, example={**_FORM, "changed": True},
               body="%PDF-1.7 …", takes=OCTETS, most=ZIP.most, conflicts=True)  # fmt: skip
def give_form_file(request: Request, form: RowId, given: Query[FormFileGiven]) -> FormShown:
    """Takes a file that whoever fills in the form may download: it stands in the draft, as `download`. A picture, a
    video, a PDF, ZIP, DOCX, XLSX or PPTX; what it is, is told from its content, and archives are looked through.
    """
    queries.form_of(workspace_of(request), form)
    if not request.told.size:
        raise Refused("media.none", "There is no file, or it is empty.", "Choose one.")
    with request.told.path.open("rb") as file:
        return _shown(actions.put_download(workspace_of(request), form, given.name, file, system_clock()))


@_section.post("/forms/{form}/publish", Ability.EDIT_CAMPAIGNS, answers=FormShown, example=_FORM)
def publish_form(request: Request, form: RowId) -> FormShown:
    """Shows the draft to the world. Its page changes within ten seconds."""
    return _shown(actions.publish_form(workspace_of(request), form, system_clock()))


@_section.post("/forms/{form}/unpublish", Ability.EDIT_CAMPAIGNS, answers=FormShown, conflicts=True,
               example={**_FORM, "state": "offline"})  # fmt: skip
def unpublish_form(request: Request, form: RowId) -> FormShown:
    """Takes a form offline. Its page says that it takes no more answers."""
    return _shown(actions.unpublish_form(workspace_of(request), form, system_clock()))


@_section.post("/forms/{form}/archive", Ability.EDIT_CAMPAIGNS, answers=FormShown,
               example={**_FORM, "state": "archived"})  # fmt: skip
def archive_form(request: Request, form: RowId) -> FormShown:
    """Takes a form offline and out of the list. What was sent by it stays."""
    return _shown(actions.archive_form(workspace_of(request), form, system_clock()))


@_section.post("/forms/{form}/restore", Ability.EDIT_CAMPAIGNS, answers=FormShown, conflicts=True,
               example={**_FORM, "state": "offline"})  # fmt: skip
def restore_form(request: Request, form: RowId) -> FormShown:
    """Brings a form back from the archive. Nobody sees it until it is published."""
    return _shown(actions.restore_form(workspace_of(request), form, system_clock()))


@_section.post("/forms/{form}/versions/{number}/restore", Ability.EDIT_CAMPAIGNS, answers=FormShown,
               example={**_FORM, "changed": True})  # fmt: skip
def restore_form_version(request: Request, form: RowId, number: RowId) -> FormShown:
    """Makes what was published under a number the draft. Visitors see it when that is published."""
    return _shown(actions.restore_version(workspace_of(request), form, number, system_clock()))


@_section.get(
    "/forms/{form}/versions",
    Ability.SEE_REPORTS,
    answers=Versions,
    example={
        "items": [
            {
                "number": 1,
                "digest": "0c2f…",
                "definition": _DEFINITION,
                "published_at": "2026-01-02T03:04:05Z",
                "published_by": "member:3",
            }
        ]
    },
)
def list_form_versions(request: Request, form: RowId) -> Versions:
    """Shows what was published of a form. The newest come first."""
    queries.form_of(workspace_of(request), form)
    return Versions(items=[_version(one) for one in queries.versions_of(workspace_of(request), form)])


@_section.get("/forms/{form}/submissions", Ability.SEE_PEOPLE, answers=Page[SubmissionShown],
              example={"items": [_SENT], "next": None})  # fmt: skip
def list_submissions(
    request: Request, form: RowId, asked: Query[SubmissionsAsked], paging: Query[Paging]
) -> Page[SubmissionShown]:
    """Lists what was sent by a form. The newest come first."""
    place = place_in(request, paging.cursor)
    queries.form_of(workspace_of(request), form)
    after = (int(place[0]), bytes.fromhex(place[1])) if place else None
    rows = queries.submissions(workspace_of(request), form, paging.limit + 1, after, **_period(asked))
    return page_of(request, rows, paging.limit, lambda one: [one.at, one.event], _sent)


@_section.get("/forms/{form}/submissions/export", Ability.EXPORT_PEOPLE, gives="text/csv", misses=True,
              example="at,person,version,language,answer:name,channel,campaign,code,page\n")  # fmt: skip
def export_submissions(request: Request, form: RowId, asked: Query[SubmissionsAsked]) -> StreamingHttpResponse:
    """Hands over what was sent by a form as CSV. Cells that a spreadsheet would compute are defused."""
    actions.note_export(workspace_of(request), form)
    lines = as_file(workspace_of(request), form, **_period(asked))
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")


@_section.get("/forms/{form}/submissions/{event}/files/{field}", Ability.SEE_PEOPLE, gives=OCTETS, misses=True,
              example="%PDF-1.7 …")  # fmt: skip
def get_submitted_file(request: Request, form: RowId, event: EventId, field: FieldKey) -> FileResponse:
    """Hands over a file that came with a submission. Open it with care: strangers sent it."""
    found = actions.fetch_file(workspace_of(request), form, event, field)
    answer = FileResponse(found.path.open("rb"), as_attachment=True, filename=found.name, content_type=OCTETS)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _period(asked: SubmissionsAsked) -> dict[str, Any]:
    since, until = (None if one is None else to_micros(one) for one in (asked.since, asked.until))
    return {"containing": asked.containing, "since": since, "until": until}


def _shown(form: Form) -> FormShown:
    return FormShown(
        id=form.id,
        address=form.address,
        name=form.name,
        state=form.state,
        published=form.published,
        changed=form.changed,
        definition=msgspec.to_builtins(form.draft),
        created_at=from_micros(form.created_at),
        changed_at=from_micros(form.changed_at),
    )


def _line(form: FormLine) -> FormLineShown:
    return FormLineShown(
        id=form.id,
        address=form.address,
        name=form.name,
        state=form.state,
        published=form.published,
        submissions=form.submissions,
        newest_at=moment(form.newest_at),
        changed_at=from_micros(form.changed_at),
    )


def _version(one: Version) -> VersionShown:
    return VersionShown(
        number=one.number,
        digest=one.digest,
        definition=msgspec.to_builtins(one.definition),
        published_at=from_micros(one.published_at),
        published_by=one.published_by,
    )


def _sent(row: SubmissionLine) -> SubmissionShown:
    return SubmissionShown(
        event=row.event,
        at=from_micros(row.at),
        version=row.version,
        person=row.person,
        answers=row.answers,
        language=row.language,
        source=came_from_shown(row.source),
        page=row.page,
        confirmed=None if row.confirmed_at is None else bool(row.confirmed_at),
        confirmed_at=moment(row.confirmed_at or None),
    )
