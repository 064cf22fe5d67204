"""Shapes of landing pages."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from django.conf import settings
from pydantic import BaseModel, Field

from lianyi.api.shapes import LARGEST_NUMBER, Body, Page, Paging, Whole, moment
from lianyi.growth.pages import listed
from lianyi.kernel.clock import from_micros

_Name = Annotated[str, Field(min_length=1, max_length=100)]
_Slug = Annotated[str, Field(min_length=1, max_length=60, description="What its address ends in: /p/SLUG.")]
_Host = Annotated[str, Field(max_length=253, description="An own domain; empty for the installation's address.")]
_Definition = Annotated[dict[str, Any], Field(description="docs/how-to/pages.md says what a draft may hold.")]


class Named(Body):
    """What members call a page, and where it is."""

    slug: _Slug
    name: _Name
    host: _Host = ""


class PageMade(Named):
    """A page. Without a draft it begins with a template."""

    draft: _Definition | None = None
    template: str = Field("gathering", max_length=40, description="gathering, download, trial or shop.")


class Draft(Body):
    """Another draft. `edition` is that of the draft which it changes."""

    edition: Annotated[int, Field(ge=1, le=LARGEST_NUMBER), Whole]
    draft: _Definition


class PageFilter(Paging):
    """Which pages."""

    words: Annotated[str, Field(max_length=200, description="In its name or address.")] = ""
    archived: bool = Field(False, description="Those that were archived instead of the others.")


class PageFile(BaseModel):
    """What the file is called; its ending may not say another type than its content."""

    name: str = Field(min_length=1, max_length=200)


class PageLine(BaseModel):
    """A page in the list. `changed`: its draft is another than what was published last."""

    id: int
    address: str
    slug: str
    host: str
    name: str
    edition: int
    version: int | None = Field(description="The version that visitors see; null while it is not published.")
    changed: bool
    created_at: datetime
    changed_at: datetime
    archived_at: datetime | None


class PageShown(PageLine):
    """A page with its draft."""

    draft: dict[str, Any]


class VersionOf(BaseModel):
    """What was published under a number."""

    number: int
    at: datetime
    by: str
    definition: dict[str, Any]


PageVersions = Page[VersionOf]


class FileShown(BaseModel):
    """A file that is kept, which blocks of pages and looks of codes name by its number."""

    id: int
    name: str
    type: str
    size: int
    width: int | None
    height: int | None


def line(one: listed.Page) -> PageLine:
    """The page as lists have it."""
    return PageLine.model_validate(_said(one))


def shown(one: listed.Page) -> PageShown:
    """The page as answers have it."""
    return PageShown.model_validate({**_said(one), "draft": msgspec.to_builtins(one.draft)})


def version(one: listed.Version) -> VersionOf:
    """What was published."""
    definition = msgspec.to_builtins(one.definition)
    return VersionOf(number=one.number, at=from_micros(one.at), by=one.actor, definition=definition)


def _said(one: listed.Page) -> dict[str, Any]:
    home = f"https://{one.host}" if one.host else settings.ENVIRONMENT.url.rstrip("/")
    said = one._asdict()
    said.pop("draft")
    return {
        **said,
        "address": f"{home}/p/{one.slug}",
        "created_at": from_micros(one.created_at),
        "changed_at": from_micros(one.changed_at),
        "archived_at": moment(one.archived_at),
    }
