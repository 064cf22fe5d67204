"""Sheets of channel codes to print: asked for, watched, fetched as a PDF."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.conf import settings
from django.http import FileResponse
from django.utils.translation import gettext
from ninja import Query
from pydantic import BaseModel, Field

from lianyi.api.code_looks import LookOf
from lianyi.api.cursors import page_of, place_in
from lianyi.api.link_shapes import HolderKind
from lianyi.api.operations import Request, Section, workspace_of
from lianyi.api.shapes import LARGEST_ID, Body, Page, Paging, RowId, Whole, moment
from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import from_micros, system_clock
from lianyi.links.checking import LONGEST
from lianyi.links.looks.queries import chosen_look
from lianyi.links.printing import Chosen
from lianyi.links.sheets import actions, queries
from lianyi.links.sheets.schemas import SheetLine

_section = Section("Sheets of codes", "Channel codes on paper: many codes as one PDF, made by the worker.")
_BODY: dict[str, Any] = {"campaign": "spring-2026", "holder_kind": "stand"}
_ONE = {
    "id": 9,
    "title": "Brand",
    "state": "running",
    "done": 42,
    "codes": 10000,
    "pages": 0,
    "bytes": 0,
    "there": False,
    "asked_at": "2026-01-31T08:00:00Z",
    "finished_at": None,
    "problem": None,
}
_Link = Annotated[int, Field(ge=1, le=LARGEST_ID), Whole]


class SheetAsked(Body):
    """Which codes, and how they look: a saved look, one that is told here, or the usual one."""

    campaign: str = Field("", max_length=LONGEST, description="The key of a campaign.")
    holder_kind: HolderKind = ""
    holder: str = Field("", max_length=LONGEST)
    links: list[_Link] = Field([], max_length=10_000, description="Numbers of links; empty: all codes.")
    saved: Annotated[
        int | None, Field(ge=0, le=LARGEST_ID, description="The number of a saved look; 0 is black on white."), Whole
    ] = None
    look: LookOf | None = Field(None, description="A look that is not saved.")


class SheetShown(BaseModel):
    """A sheet, and how far it is."""

    id: int
    title: str
    state: Literal["running", "done", "stopped", "failed"]
    done: int = Field(description="Per cent of its codes, while it runs.")
    codes: int
    pages: int
    bytes: int
    there: bool = Field(description="Whether its file can be fetched.")
    asked_at: datetime
    finished_at: datetime | None
    problem: str | None = Field(description="Why it was not printed.")


@_section.get("/codes/sheets", Ability.SEE_REPORTS, answers=Page[SheetShown], example={"items": [_ONE], "next": None})
def list_code_sheets(request: Request, asked: Query[Paging]) -> Page[SheetShown]:
    """Lists the sheets that were asked for. The newest come first."""
    place = place_in(request, asked.cursor)
    rows = queries.sheets(workspace_of(request), asked.limit + 1, place[0] if place else None)
    return page_of(request, rows, asked.limit, lambda one: [one.id], _shown)


@_section.post("/codes/sheets", Ability.EDIT_CAMPAIGNS, answers=SheetShown, status=201, example=_ONE, body=_BODY,
               conflicts=True, misses=True)  # fmt: skip
def print_codes(request: Request, body: SheetAsked) -> SheetShown:
    """Prints channel codes onto a sheet. A few are printed at once, many by the worker: watch `state`."""
    workspace = workspace_of(request)
    look = body.look.draft() if body.look else chosen_look(workspace, body.saved)
    made = actions.ask_sheet(
        workspace,
        Chosen(body.campaign, body.holder_kind, body.holder, tuple(body.links)),
        look,
        system_clock(),
        installation=settings.ENVIRONMENT.url,
        title=request.bearer.workspace.name,
    )
    return _shown(made)


@_section.get("/codes/sheets/{sheet}", Ability.SEE_REPORTS, answers=SheetShown, example=_ONE)
def get_code_sheet(request: Request, sheet: RowId) -> SheetShown:
    """Shows a sheet, and how far it is."""
    return _shown(queries.sheet_of(workspace_of(request), sheet))


@_section.get("/codes/sheets/{sheet}/file", Ability.SEE_REPORTS, gives="application/pdf", example="%PDF-1.7 …")
def get_code_sheet_file(request: Request, sheet: RowId) -> FileResponse:
    """Hands over the document. It is kept for seven days after it was printed."""
    path = queries.file_of(workspace_of(request), sheet)
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=f"codes-{sheet}.pdf", content_type="application/pdf"
    )


@_section.post("/codes/sheets/{sheet}/stop", Ability.EDIT_CAMPAIGNS, answers=SheetShown,
               example={**_ONE, "state": "stopped"})  # fmt: skip
def stop_code_sheet(request: Request, sheet: RowId) -> SheetShown:
    """Stops the printing of a sheet within seconds. Nothing of it stays."""
    return _shown(actions.stop_sheet(workspace_of(request), sheet, system_clock()))


@_section.delete("/codes/sheets/{sheet}", Ability.EDIT_CAMPAIGNS, status=204, conflicts=True)
def delete_code_sheet(request: Request, sheet: RowId) -> None:
    """Removes a sheet with its file. One that is being printed stays."""
    actions.delete_sheet(workspace_of(request), sheet)


def _shown(line: SheetLine) -> SheetShown:
    said = {name: getattr(line, name) for name in ("id", "title", "state", "codes", "pages", "there")}
    return SheetShown(
        **said,
        done=line.step,
        bytes=line.size,
        asked_at=from_micros(line.asked_at),
        finished_at=moment(line.finished_at),
        problem=None if line.problem is None else line.problem.whole.told(gettext),
    )
