"""Files to import: given, looked at, counted, imported by the worker, stopped and discarded."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from django.http import FileResponse
from django.utils import translation
from django.utils.translation import gettext
from ninja import Query
from pydantic import BaseModel, Field

from lianyi.api.cursors import page_of, place_in
from lianyi.api.operations import OCTETS, Request, Section, workspace_of
from lianyi.api.problems import Unserved
from lianyi.api.shapes import Body, Page, Paging, RowId, moment
from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import from_micros, system_clock, to_micros
from lianyi.kernel.errors import Refused
from lianyi.people.imports.mapping import write_mapping
from lianyi.people.imports.targets import settled
from lianyi.people.imports.uploads import actions, keeping, queries
from lianyi.people.imports.uploads.previewing import preview
from lianyi.people.imports.uploads.remapping import Wish
from lianyi.people.imports.uploads.schemas import Counted, Preview, Row, Upload

_section = Section("Imports", "Files of people, orders or events: given, looked at, counted, and imported.")
_COUNTS = {"rows": 3, "new": 2, "updated": 0, "same": 0, "refused": 1, "codes": {"identity.invalid": 1}, "ignored": {},
           "left_out": {"生日": 1}}  # fmt: skip
_UPLOAD = {
    "id": 5,
    "state": "done",
    "dry": False,
    "waits": False,
    "stopping": False,
    "kind": "people",
    "file_name": "customers.csv",
    "bytes": 20_480,
    "read": 20_480,
    "kept": False,
    "by": "token:5",
    "created_at": "2026-02-03T10:00:00Z",
    "started_at": "2026-02-03T10:01:00Z",
    "finished_at": "2026-02-03T10:01:02Z",
    "tried": None,
    "so_far": None,
    "result": _COUNTS,
    "problem": None,
}
_OPEN = {**_UPLOAD, "state": "previewed", "read": 0, "kept": True, "started_at": None, "finished_at": None,
         "result": None}  # fmt: skip
_RUNNING = {**_OPEN, "state": "running", "waits": True, "started_at": "2026-02-03T10:01:00Z"}
_MAPPING = {"mapping": "kind: people\nphone: 手机\ntraits:\n  name: 姓名\n"}
KindName = Literal["people", "orders", "events"]


class CountedShown(BaseModel):
    """What became of rows, or would."""

    rows: int
    new: int
    updated: int
    same: int
    refused: int
    codes: dict[str, int] = Field(description="Refused rows by code.")
    ignored: dict[str, int] = Field(description="Cells that identify nobody and were passed over, by column.")
    left_out: dict[str, int] = Field(description="Cells without which their rows were taken, by column: no such day.")


class ProblemShown(BaseModel):
    """Why it stands still."""

    code: str
    detail: str
    next_step: str


class UploadShown(BaseModel):
    """A file that somebody gave, and how far it came."""

    id: int
    state: Literal["uploaded", "previewed", "running", "done", "failed", "stopped"]
    dry: bool = Field(description="Whether what runs or ran last is a dry run.")
    waits: bool = Field(description="It is to run, and nobody has taken it yet.")
    stopping: bool
    kind: KindName
    file_name: str
    bytes: int
    read: int = Field(description="How many bytes were dealt with.")
    kept: bool = Field(description="Whether the file is there still.")
    by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    tried: CountedShown | None = Field(description="Of the last dry run with this mapping.")
    so_far: CountedShown | None = Field(description="While it runs.")
    result: CountedShown | None
    problem: ProblemShown | None


class CellShown(BaseModel):
    """A cell of a preview."""

    text: str = Field(description="As it stands.")
    taken: str = Field(description="As it would be taken.")
    reason: str = Field(description="Why it cannot be; in the language of the answer.")
    used: bool


class RowShown(BaseModel):
    """A row of a preview."""

    number: int
    refused: bool
    reasons: list[str] = Field(description="Of the row as a whole.")
    cells: list[CellShown]


class ColumnShown(BaseModel):
    """A column of the file."""

    place: int = Field(description="Counted from 1.")
    name: str
    taken_as: str = Field(description="A word such as phone, trait:city, source:channel; empty: left out.")
    form: str = Field(description="How its dates are read.")


class PreviewShown(BaseModel):
    """The first twenty rows as they would be taken."""

    kind: KindName
    columns: list[ColumnShown]
    rows: list[RowShown]
    problem: ProblemShown | None = Field(description="Why none would be taken.")


class FileGiven(BaseModel):
    """What the file is called. The ending is kept; what the file is, is told from its content."""

    name: str = Field(min_length=1, max_length=255)


class Changes(Body):
    """What is to be changed; what is not named stays."""

    kind: KindName | None = None
    columns: dict[Annotated[str, Field(pattern=r"^[1-9][0-9]{0,3}$")], Annotated[str, Field(max_length=250)]] = Field(
        {},
        max_length=4_096,
        description="Place of a column, counted from 1 → what it is taken as; empty: left out.",
        json_schema_extra={"additionalProperties": False},
    )
    encoding: Literal["", "utf-8", "gb18030", "big5", "utf-16"] | None = Field(None, description="Empty: detected.")
    delimiter: Literal["", ",", ";", "\t", "|"] | None = None
    decimal: Literal["", ".", ","] | None = None
    dates: Literal["", "Y/M/D", "D/M/Y", "M/D/Y", "YY/M/D"] | None = None


class MappingText(BaseModel):
    """A mapping in YAML, as `lianyi import` takes it."""

    mapping: str


class MappingTold(Body):
    """The same, to be taken."""

    mapping: str = Field(min_length=1, max_length=256_000)


class Run(Body):
    """How it is to run."""

    dry: bool = Field(False, description="Only count what would happen.")


@_section.get("/imports", Ability.RUN_IMPORTS, answers=Page[UploadShown], example={"items": [_UPLOAD], "next": None})
def list_imports(request: Request, paging: Query[Paging]) -> Page[UploadShown]:
    """Lists the imports. The newest come first."""
    place = place_in(request, paging.cursor)
    rows = queries.uploads_of(workspace_of(request), paging.limit + 1, place[0] if place else None)
    return page_of(request, rows, paging.limit, lambda one: [one.id], _shown)


@_section.post(
    "/imports",
    Ability.RUN_IMPORTS,
    answers=UploadShown,
    status=201,
    example={**_OPEN, "state": "uploaded"},
    body="手机,姓名\n13912345678,王小明\n",
    takes=OCTETS,
    most=keeping.LARGEST,
)
def give_file(request: Request, given: Query[FileGiven]) -> UploadShown:
    """Takes a file and proposes what its columns mean. CSV, XLSX, NDJSON or Parquet, plain or gzipped, of 4 GiB at
    most; one that nobody imports is kept for a week.
    """
    file = request.told
    if not file.size:
        raise Refused("upload.none", "There is no file, or it is empty.", "Choose one.")
    language = translation.get_language() or "zh-hans"
    return _shown(actions.take_upload(request.bearer.workspace, file.path, given.name, language, system_clock()))


@_section.get("/imports/{upload}", Ability.RUN_IMPORTS, answers=UploadShown, example=_UPLOAD)
def get_import(request: Request, upload: RowId) -> UploadShown:
    """Shows an import, and how far it is."""
    workspace = workspace_of(request)
    found = queries.upload_of(workspace, upload)
    running = found.state == "running" and not found.dry
    return _shown(found, queries.running_counts(workspace, upload) if running else None)


@_section.patch(
    "/imports/{upload}",
    Ability.RUN_IMPORTS,
    answers=UploadShown,
    example=_OPEN,
    body={"kind": "people", "columns": {"1": "phone", "2": "trait:name"}},
    conflicts=True,
)
def change_import(request: Request, upload: RowId, body: Changes) -> UploadShown:
    """Changes what a row is, how the file is read, or what columns mean. Another kind begins anew."""
    options = {name: getattr(body, name) for name in ("encoding", "delimiter", "decimal")}
    wish = Wish(
        kind=body.kind or "",
        options={name: said for name, said in options.items() if said is not None},
        targets={int(place) - 1: word for place, word in body.columns.items()},
        form=body.dates,
    )
    return _shown(actions.change_mapping(request.bearer.workspace, upload, wish))


@_section.delete("/imports/{upload}", Ability.RUN_IMPORTS, status=204, conflicts=True)
def discard_import(request: Request, upload: RowId) -> None:
    """Removes a file that nothing was imported of, or no more shall be."""
    actions.discard(request.bearer.workspace, upload)


@_section.get(
    "/imports/{upload}/preview",
    Ability.RUN_IMPORTS,
    answers=PreviewShown,
    example={
        "kind": "people",
        "columns": [{"place": 1, "name": "手机", "taken_as": "phone", "form": ""}],
        "rows": [
            {"number": 2, "refused": False, "reasons": [],
             "cells": [{"text": "13912345678", "taken": "+8613912345678", "reason": "", "used": True}]}
        ],
        "problem": None,
    },
    conflicts=True,
)  # fmt: skip
def preview_import(request: Request, upload: RowId) -> PreviewShown:
    """Shows the columns of a file and its first twenty rows as they would be taken. Nothing is written."""
    found = queries.upload_of(workspace_of(request), upload)
    path = keeping.file_in(found.folder)
    now = to_micros(system_clock())
    return _preview(found, preview(request.bearer.workspace, path, found.seen, found.kind, found.fields, now))


@_section.get("/imports/{upload}/mapping", Ability.RUN_IMPORTS, answers=MappingText, example=_MAPPING)
def get_mapping(request: Request, upload: RowId) -> MappingText:
    """Shows the mapping of an import as YAML. One that is not complete is refused."""
    found = queries.upload_of(workspace_of(request), upload)
    return MappingText(mapping=found.mapping or write_mapping(settled(found.fields, found.kind)))


@_section.put(
    "/imports/{upload}/mapping",
    Ability.RUN_IMPORTS,
    answers=UploadShown,
    example=_OPEN,
    body=_MAPPING,
    conflicts=True,
)
def put_mapping(request: Request, upload: RowId, body: MappingTold) -> UploadShown:
    """Takes the mapping that YAML says. It has all that `lianyi import --map` knows."""
    return _shown(actions.load_mapping(request.bearer.workspace, upload, body.mapping, "mapping"))


@_section.post(
    "/imports/{upload}/start",
    Ability.RUN_IMPORTS,
    answers=UploadShown,
    status=202,
    example=_RUNNING,
    body={"dry": True},
)
def start_import(request: Request, upload: RowId, body: Run) -> UploadShown:
    """Has the worker count the file, or import it. One that stood still goes on."""
    return _shown(actions.start(request.bearer.workspace, upload, system_clock(), dry=body.dry))


@_section.post(
    "/imports/{upload}/stop",
    Ability.RUN_IMPORTS,
    answers=UploadShown,
    status=202,
    example={**_OPEN, "state": "stopped"},
)
def stop_import(request: Request, upload: RowId) -> UploadShown:
    """Has what runs stand still. What is in stays in, and starting again goes on."""
    return _shown(actions.stop(request.bearer.workspace, upload))


@_section.get(
    "/imports/{upload}/refused",
    Ability.RUN_IMPORTS,
    gives="text/csv",
    example='手机,姓名,row,column,code,reason\nx,李娜,3,手机,identity.invalid,"x" identifies nobody.\n',
)
def get_refused_rows(request: Request, upload: RowId) -> FileResponse:
    """Hands over the rows that were not taken, as CSV. They are kept for thirty days."""
    path = queries.refused_path(workspace_of(request), upload)
    if path is None:
        raise Unserved(404, "upload.none_refused", "No rows were refused, or they are not kept any more.")
    return FileResponse(Path(path).open("rb"), content_type="text/csv; charset=utf-8")


@_section.get(
    "/imports/{upload}/left-out",
    Ability.RUN_IMPORTS,
    gives="text/csv",
    example="手机,生日,row,column,code,reason\n13912345678,1992-02-30,3,生日,date.unreadable,No date.\n",
)
def get_rows_left_out(request: Request, upload: RowId) -> FileResponse:
    """Hands over the rows that were taken without a cell, as CSV. Corrected, they can be imported again."""
    path = queries.left_out_path(workspace_of(request), upload)
    if path is None:
        raise Unserved(404, "upload.none_left_out", "No cell was left out, or the rows are not kept any more.")
    return FileResponse(Path(path).open("rb"), content_type="text/csv; charset=utf-8")


def _shown(one: Upload, so_far: Counted | None = None) -> UploadShown:
    return UploadShown(
        id=one.id,
        state=one.state,  # type: ignore[arg-type]
        dry=one.dry,
        waits=one.waits,
        stopping=one.stopping,
        kind=one.kind,  # type: ignore[arg-type]
        file_name=one.file_name,
        bytes=one.size,
        read=one.position,
        kept=one.there,
        by=one.actor,
        created_at=from_micros(one.created_at),
        started_at=moment(one.started_at),
        finished_at=moment(one.finished_at),
        tried=_counted(one.tried),
        so_far=_counted(so_far),
        result=_counted(one.result),
        problem=_problem(one.problem),
    )


def _counted(counted: Counted | None) -> CountedShown | None:
    return None if counted is None else CountedShown.model_validate(counted._asdict())


def _problem(refused: Refused | None) -> ProblemShown | None:
    if refused is None:
        return None
    told: dict[str, Any] = {"detail": refused.sentence.told(gettext), "next_step": refused.next_step.told(gettext)}
    return ProblemShown(code=refused.code, **told)


def _preview(upload: Upload, seen: Preview) -> PreviewShown:
    columns = [
        ColumnShown(place=place, name=name, taken_as=taken, form=seen.forms.get(name, ""))
        for place, (name, taken) in enumerate(zip(seen.columns, seen.targets, strict=True), 1)
    ]
    kind: Any = upload.kind
    return PreviewShown(
        kind=kind, columns=columns, rows=[_row(one) for one in seen.rows], problem=_problem(seen.problem)
    )


def _row(one: Row) -> RowShown:
    cells = [
        CellShown(
            text=cell.text, taken=cell.taken, reason=cell.reason.told(gettext) if cell.reason else "", used=cell.used
        )
        for cell in one.cells
    ]
    return RowShown(
        number=one.number, refused=one.refused, reasons=[why.told(gettext) for why in one.reasons], cells=cells
    )
