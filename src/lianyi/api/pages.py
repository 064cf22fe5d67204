"""Landing pages: made, drafted, published, taken back and restored; and the files that they show."""

from datetime import timedelta
from typing import Any

import msgspec
from ninja import Query

from lianyi.api.cursors import page_of, place_in
from lianyi.api.operations import OCTETS, Request, Section, workspace_of
from lianyi.api.page_shapes import (
    Draft,
    FileShown,
    Named,
    PageFile,
    PageFilter,
    PageLine,
    PageMade,
    PageShown,
    PageVersions,
    line,
    shown,
    version,
)
from lianyi.api.shapes import Body, Number, Page, Paging, RowId
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.media.sniffing import MEGABYTE
from lianyi.growth.pages import actions, queries
from lianyi.growth.pages.beginnings import begun
from lianyi.growth.pages.copies import PICTURES, VIDEOS, keep_file
from lianyi.growth.pages.reading import read_object
from lianyi.kernel.clock import system_clock

_section = Section("Pages", "Landing pages: what whoever follows a link sees, at /p/SLUG.")
_DRAFT: dict[str, Any] = {
    "blocks": [
        {
            "kind": "hero",
            "key": "top",
            "title": {"zh": "换季上新", "en": "The new season"},
            "options": [
                {"key": "free", "label": {"zh": "免费下载"}, "target": "https://shop.example/file", "segment": 3},
                {"key": "try", "label": {"zh": "立即试用"}, "target": "https://shop.example/trial"},
            ],
        },
        {"kind": "footer", "key": "foot", "name": {"zh": "品牌名称"}},
    ],
    "languages": ["zh", "en"],
}
_LINE = {
    "id": 3,
    "address": "https://lianyi.example.com/p/season",
    "slug": "season",
    "host": "",
    "name": "Season",
    "edition": 4,
    "version": 2,
    "changed": True,
    "created_at": "2026-01-02T03:04:05Z",
    "changed_at": "2026-01-03T03:04:05Z",
    "archived_at": None,
}
_ONE = {**_LINE, "draft": _DRAFT}
_VERSION = {"number": 2, "at": "2026-01-02T03:04:05Z", "by": "member:3", "definition": _DRAFT}
_FILE = {"id": 12, "name": "shop.jpg", "type": "image/jpeg", "size": 240_311, "width": 2_000, "height": 1_500}


class Restored(Body):
    """Which version."""

    version: Number


@_section.get("/pages", Ability.SEE_REPORTS, answers=Page[PageLine], example={"items": [_LINE], "next": None})
def list_pages(request: Request, asked: Query[PageFilter]) -> Page[PageLine]:
    """Lists landing pages. The newest come first."""
    place = place_in(request, asked.cursor)
    rows = queries.pages(
        workspace_of(request),
        asked.limit + 1,
        before=place[0] if place else None,
        text=asked.words.replace("\x00", ""),
        archived=asked.archived,
    )
    return page_of(request, rows, asked.limit, lambda one: [one.id], line)


@_section.post("/pages", Ability.EDIT_CAMPAIGNS, answers=PageShown, status=201, conflicts=True,
               body={"slug": "season", "name": "Season", "draft": _DRAFT},
               example={**_ONE, "edition": 1, "version": None})  # fmt: skip
def make_page(request: Request, body: PageMade) -> PageShown:
    """Makes a landing page, by a draft of its own or from a beginning. Nobody sees it until it is published."""
    now = system_clock()
    if body.draft is None:
        draft = begun(body.template, f"{now + timedelta(days=30):%Y-%m-%d}")
    else:
        draft = read_object(body.draft)
    return shown(actions.create_page(workspace_of(request), body.slug, body.name, draft, now, host=body.host))


@_section.get("/pages/{page}", Ability.SEE_REPORTS, answers=PageShown, example=_ONE)
def get_page(request: Request, page: RowId) -> PageShown:
    """Shows a landing page with its draft."""
    return shown(queries.page(workspace_of(request), page))


@_section.put("/pages/{page}/draft", Ability.EDIT_CAMPAIGNS, answers=PageShown, example=_ONE, conflicts=True,
              body={"edition": 3, "draft": _DRAFT})  # fmt: skip
def save_page_draft(request: Request, page: RowId, body: Draft) -> PageShown:
    """Puts another draft in the place of edition `edition`. Refused when somebody has saved the page since."""
    draft = read_object(body.draft)
    return shown(actions.save_draft(workspace_of(request), page, draft, body.edition, system_clock()))


@_section.put("/pages/{page}/name", Ability.EDIT_CAMPAIGNS, answers=PageShown, example=_ONE, conflicts=True,
              body={"slug": "season", "name": "Season", "host": ""})  # fmt: skip
def rename_page(request: Request, page: RowId, body: Named) -> PageShown:
    """Gives a landing page another name and another address. Its former address leads nowhere any more."""
    named = actions.rename_page(workspace_of(request), page, body.name, body.slug, system_clock(), host=body.host)
    return shown(named)


@_section.post("/pages/{page}/publish", Ability.EDIT_CAMPAIGNS, answers=PageShown, conflicts=True,
               example={**_ONE, "version": 3, "changed": False})  # fmt: skip
def publish_page(request: Request, page: RowId) -> PageShown:
    """Publishes the draft. Visitors see it within seconds."""
    return shown(actions.publish_page(workspace_of(request), page, system_clock()))


@_section.post("/pages/{page}/unpublish", Ability.EDIT_CAMPAIGNS, answers=PageShown,
               example={**_ONE, "version": None})  # fmt: skip
def unpublish_page(request: Request, page: RowId) -> PageShown:
    """Takes a landing page back. Its draft and its versions stay."""
    return shown(actions.unpublish_page(workspace_of(request), page))


@_section.post("/pages/{page}/archive", Ability.EDIT_CAMPAIGNS, answers=PageShown,
               example={**_ONE, "version": None, "archived_at": "2026-04-01T08:00:00Z"})  # fmt: skip
def archive_page(request: Request, page: RowId) -> PageShown:
    """Archives a landing page. Nobody sees it any more, and its address stays its own."""
    return shown(actions.archive_page(workspace_of(request), page, system_clock()))


@_section.post("/pages/{page}/bring-back", Ability.EDIT_CAMPAIGNS, answers=PageShown,
               example={**_ONE, "version": None})  # fmt: skip
def bring_page_back(request: Request, page: RowId) -> PageShown:
    """Brings a landing page back from the archive, as a draft."""
    return shown(actions.bring_back(workspace_of(request), page))


@_section.get("/pages/{page}/versions", Ability.SEE_REPORTS, answers=PageVersions,
              example={"items": [_VERSION], "next": None})  # fmt: skip
def list_page_versions(request: Request, page: RowId, paging: Query[Paging]) -> Page[Any]:
    """Lists what was published of a landing page. The newest come first."""
    place = place_in(request, paging.cursor)
    before = place[0] if place else None
    rows = queries.versions(workspace_of(request), page, paging.limit + 1, before=before)
    return page_of(request, rows, paging.limit, lambda one: [one.number], version)


@_section.post("/pages/{page}/restore", Ability.EDIT_CAMPAIGNS, answers=PageShown, example=_ONE, conflicts=True,
               body={"version": 1})  # fmt: skip
def restore_page_version(request: Request, page: RowId, body: Restored) -> PageShown:
    """Makes a version of before the draft. Visitors see it when that is published."""
    return shown(actions.restore_version(workspace_of(request), page, body.version, system_clock()))


@_section.post(
    "/page-files",
    Ability.EDIT_CAMPAIGNS,
    answers=FileShown,
    example=_FILE,
    body="(the bytes of a file)",
    status=201,
    takes=OCTETS,
    most=20 * MEGABYTE,
)
def put_page_file(request: Request, called: Query[PageFile]) -> FileShown:
    """Keeps a picture or a video for pages, whose blocks name it by its number. The same content is kept once."""
    with request.told.path.open("rb") as file:
        kept = keep_file(workspace_of(request), called.name, file, (*PICTURES, *VIDEOS))
    return FileShown.model_validate(msgspec.to_builtins(kept))
