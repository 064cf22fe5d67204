"""The code by which blocks of a published page stand on other websites."""

from html import escape
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.workspaces.queries import public_key
from lianyi.growth.pages import queries
from lianyi.growth.pages.blocks import Block
from lianyi.growth.pages.listed import Page
from lianyi.growth.pages.schemas import options_of
from lianyi.web.access import Seat, seated
from lianyi.web.landing.editing import frame, kind_of, title_of
from lianyi.web.landing.pages import place_of
from lianyi.web.landing.words import KINDS
from lianyi.web.saving import found


@require_safe
@seated(Ability.SEE_REPORTS)
def websites(request: HttpRequest, seat: Seat, page: int) -> HttpResponse:
    """The blocks that visitors see, each with its code; what is only drafted can stand nowhere yet."""
    workspace = seat.workspace.pk
    one = found(lambda: queries.page(workspace, page))
    context = frame(request, one, "websites", edits="campaigns_edit" in seat.may)
    blocks: tuple[Block, ...] = ()
    if one.version is not None:
        blocks = queries.version(workspace, page, one.version).definition.blocks
    context |= {
        "placed": [_line(one, block, context["language"]) for block in blocks],
        "script": _script(workspace),
        "home": settings.ENVIRONMENT.url.rstrip("/"),
    }
    return render(request, "web/landing/websites.html", context)


def _line(page: Page, block: Block, language: str) -> dict[str, Any]:
    title = title_of(block, language)
    return {
        "key": block.key,
        "kind": KINDS[kind_of(block)][0],
        "title": title,
        "chooses": any(one.segment is not None for one in options_of(block)),
        "code": _code(page, block, title, language),
    }


def _code(page: Page, block: Block, title: str, language: str) -> str:
    """What a website's page holds. Its link leads to the block where no script runs, and is what the frame is called
    for who cannot see it.
    """
    everybody = next((one.label.told(language) for one in options_of(block) if one.segment is None), "")
    name = "/".join(one for one in (page.host, page.slug, block.key) if one)
    said = escape(everybody or title or page.name)
    link = f'<a href="{escape(place_of(page))}#{block.key}">{said}</a>'
    return f'<div data-lianyi-block="{name}">\n  {link}\n</div>'


def _script(workspace: int) -> str:
    """The tracker, which knows visitors; before there is a key for it, what works without one and knows nobody."""
    home, key = settings.ENVIRONMENT.url.rstrip("/"), public_key(workspace)
    if not key:
        return f'<script async src="{home}/lianyi-forms.js"></script>'
    return f'<script async src="{home}/lianyi.js" data-key="{key}"></script>'
