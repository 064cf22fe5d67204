"""Links and channel codes, one by one and by file, and templates of what they say of their source."""

from typing import Any

from django.conf import settings
from django.http import StreamingHttpResponse
from ninja import Query
from pydantic import BaseModel, Field

from lianyi.api.cursors import page_of, place_in
from lianyi.api.link_shapes import (
    LinkFilter,
    LinkShown,
    LinkTold,
    Made,
    Templates,
    TemplateShown,
    TemplateTold,
    shown,
)
from lianyi.api.operations import OCTETS, Request, Section, workspace_of
from lianyi.api.shapes import Page, RowId
from lianyi.channels.accounts.queries import externals
from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import system_clock
from lianyi.links import actions, queries
from lianyi.links.checking import Ours
from lianyi.links.drafts import Template
from lianyi.links.reading import LARGEST_FILE, as_file, read_links

_section = Section("Links", "Short links and channel codes: addresses that say where whoever follows them came from.")
_BODY: dict[str, Any] = {
    "target": "https://shop.example/spring",
    "kind": "code",
    "name": "Poster at the fair",
    "slug": "fair",
    "channel": "offline",
    "medium": "poster",
    "campaign": "spring-2026",
    "holder_kind": "stand",
    "holder": "Booth 3",
    "routes": [{"target": "https://shop.example/en", "weight": 1, "languages": ["en"]}],
}
_ROUTE = {
    "target": "https://shop.example/en",
    "weight": 1,
    "countries": [],
    "regions": [],
    "devices": [],
    "systems": [],
    "languages": ["en"],
}
_ONE = {
    "id": 7,
    "address": "https://lianyi.example.com/l/fair",
    **_BODY,
    "domain": "",
    "code": "fair",
    "term": "",
    "content": "",
    "routes": [_ROUTE],
    "ios": "",
    "android": "",
    "expires_at": None,
    "expired_target": "",
    "password": False,
    "account": "",
    "scene": "",
    "picture": "",
    "created_at": "2026-01-31T08:00:00Z",
    "archived_at": None,
}
_SAID = {"channel": "wechat", "medium": "social", "campaign": "", "term": "", "content": ""}
_TEMPLATE = {"id": 4, "name": "Official account", **_SAID}


class LinkFileName(BaseModel):
    """What the file is called; its ending may say what it is."""

    name: str = Field("links.csv", min_length=1, max_length=255)


@_section.get("/links", Ability.SEE_REPORTS, answers=Page[LinkShown], example={"items": [_ONE], "next": None})
def list_links(request: Request, asked: Query[LinkFilter]) -> Page[LinkShown]:
    """Lists links and channel codes. The newest come first."""
    place = place_in(request, asked.cursor)
    rows = queries.links(
        workspace_of(request), asked.limit + 1, wanted=_wanted(asked), before=place[0] if place else None
    )
    return page_of(request, rows, asked.limit, lambda one: [one.id], shown)


@_section.post("/links", Ability.EDIT_CAMPAIGNS, answers=LinkShown, status=201, example=_ONE, body=_BODY,
               conflicts=True)  # fmt: skip
def make_link(request: Request, body: LinkTold) -> LinkShown:
    """Makes a short link or a channel code. A slug is made where none is given."""
    return shown(actions.create_link(workspace_of(request), body.draft(), system_clock(), _ours(request)))


@_section.get(
    "/links/export",
    Ability.SEE_REPORTS,
    gives="text/csv",
    example="name,target,kind,…,address\nPoster,https://shop.example/,code,…,https://lianyi.example.com/l/fair\n",
)
def export_links(request: Request) -> StreamingHttpResponse:
    """Hands over all links as CSV, archived ones included. Cells that a spreadsheet would compute are defused."""
    rows = queries.every_link(workspace_of(request))
    return StreamingHttpResponse(as_file(rows, settings.ENVIRONMENT.url), content_type="text/csv; charset=utf-8")


@_section.post(
    "/links/file",
    Ability.EDIT_CAMPAIGNS,
    answers=Made,
    example={"made": 2},
    body="name,target,holder\nBooth 1,https://shop.example/,Booth 1\n",
    status=201,
    takes=OCTETS,
    most=LARGEST_FILE,
    conflicts=True,
)
def make_links_by_file(request: Request, called: Query[LinkFileName]) -> Made:
    """Makes the links of a file: CSV, XLSX, NDJSON or Parquet. All of them or, when one is refused, none."""
    drafts = read_links(called.name, request.told.path.read_bytes())
    return Made(made=len(actions.make_links(workspace_of(request), drafts, system_clock(), _ours(request))))


@_section.get("/links/templates", Ability.SEE_REPORTS, answers=Templates, example={"items": [_TEMPLATE]})
def list_link_templates(request: Request) -> Templates:
    """Lists the templates of links."""
    found = queries.templates(workspace_of(request))
    return Templates(items=[TemplateShown.model_validate(one._asdict()) for one in found])


@_section.post("/links/templates", Ability.EDIT_CAMPAIGNS, answers=TemplateShown, status=201, example=_TEMPLATE,
               body={"name": "Official account", **_SAID})  # fmt: skip
def keep_link_template(request: Request, body: TemplateTold) -> TemplateShown:
    """Keeps a template by its name. One that is there is replaced."""
    made = actions.save_template(workspace_of(request), Template(id=0, **body.model_dump()))
    return TemplateShown.model_validate(made._asdict())


@_section.delete("/links/templates/{template}", Ability.EDIT_CAMPAIGNS, status=204)
def delete_link_template(request: Request, template: RowId) -> None:
    """Forgets a template. Links made by it stay as they are."""
    actions.delete_template(workspace_of(request), template)


@_section.get("/links/{link}", Ability.SEE_REPORTS, answers=LinkShown, example=_ONE)
def get_link(request: Request, link: RowId) -> LinkShown:
    """Shows a link."""
    return shown(queries.link_of(workspace_of(request), link))


@_section.put("/links/{link}", Ability.EDIT_CAMPAIGNS, answers=LinkShown, example=_ONE, body=_BODY, conflicts=True)
def put_link(request: Request, link: RowId, body: LinkTold) -> LinkShown:
    """Changes a link. Kind, domain, slug and code stay."""
    return shown(actions.change_link(workspace_of(request), link, body.draft(), _ours(request)))


@_section.post("/links/{link}/archive", Ability.EDIT_CAMPAIGNS, answers=LinkShown,
               example={**_ONE, "archived_at": "2026-04-01T08:00:00Z"})  # fmt: skip
def archive_link(request: Request, link: RowId) -> LinkShown:
    """Archives a link. It leads nowhere any more, and its slug stays its own."""
    return shown(actions.archive_link(workspace_of(request), link, system_clock()))


@_section.post("/links/{link}/restore", Ability.EDIT_CAMPAIGNS, answers=LinkShown, example=_ONE)
def restore_link(request: Request, link: RowId) -> LinkShown:
    """Puts an archived link into use again."""
    return shown(actions.restore_link(workspace_of(request), link))


def _ours(request: Request) -> Ours:
    accounts = externals(workspace_of(request), "wechat")
    return queries.our_addresses(settings.ENVIRONMENT.url, settings.ENVIRONMENT.links, accounts)


def _wanted(asked: LinkFilter) -> queries.Wanted:
    return queries.Wanted(
        asked.words.replace("\x00", ""), asked.kind, asked.campaign, asked.holder_kind, asked.archived
    )
