"""The page of a holder of links: texts to share, codes to take, their own numbers, and where they stand.

Nobody is signed in: the address is the permission, good for one holder of one campaign. It shows nothing of people, and
of the other holders no more than their names, where they do not mind, and their numbers.
"""

import time
from io import BytesIO
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lianyi.campaigns.campaigns.queries import campaign_of
from lianyi.foundation.access.acting import acting_as
from lianyi.foundation.access.schemas import Ability, Actor
from lianyi.foundation.workspaces.queries import zone_of
from lianyi.kernel.errors import Refused
from lianyi.links.codes.drawing import png
from lianyi.links.codes.layouts import Layout, Sheet
from lianyi.links.codes.sheets import print_sheets
from lianyi.links.looks.queries import drawn, usual_look
from lianyi.links.packs.actions import wish_name
from lianyi.links.packs.queries import opened_pack, silent_holders
from lianyi.links.packs.schemas import HERE, Holder, HolderLine, Pack
from lianyi.links.printing import item_of
from lianyi.web.links.packs import ranking
from lianyi.web.links.pictures import file_of
from lianyi.web.links.words import HOLDERS

_CODES = 100  # that a page shows
_RANKED = 50  # holders that a page shows
_SEEN = 384  # pixels of a code on the page: a kilobyte or four, where dots as paths take sixty


@never_cache
@require_safe
def share(request: HttpRequest, token: str) -> HttpResponse:
    """The page."""
    pack, line = _opened(token)
    asked = request.GET.get("lang", "")
    language = asked if asked in dict(settings.LANGUAGES) else get_language()
    with override(language), timezone.override(zone_of(pack.workspace)):
        answer = render(request, "web/share.html", _shown(pack, line, token))
    answer["Referrer-Policy"] = "same-origin"  # the address is the permission; with none at all, forms are refused
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer


@never_cache
@require_safe
def picture(request: HttpRequest, token: str, link: int, kind: str) -> HttpResponseBase:
    """One of their codes as a file; `seen` is the small one that the page shows."""
    pack, line = _opened(token)
    mine = next((one for one in line.in_use if one.id == link), None)
    address = mine.address(settings.ENVIRONMENT.url) if mine else ""
    if mine is None or not address:
        raise Http404
    look = usual_look(pack.workspace)
    try:
        if "seen" in request.GET:
            return HttpResponse(png(address, drawn(pack.workspace, look), _SEEN), content_type="image/png")
        content, kind_of = file_of(kind, mine, address, drawn(pack.workspace, look), look.caption)
    except Refused:
        raise Http404 from None
    answer = HttpResponse(content, content_type=kind_of)
    answer["Content-Disposition"] = f'attachment; filename="code-{link}.{kind}"'
    return answer


@never_cache
@require_safe
def sheet(_request: HttpRequest, token: str) -> HttpResponse:
    """Their codes on labels to print, those that the page shows."""
    pack, line = _opened(token)
    addressed = [(one, one.address(settings.ENVIRONMENT.url)) for one in line.in_use[:_CODES]]
    look = usual_look(pack.workspace)
    items = [item_of(one, address, look.caption) for one, address in addressed if address]
    if not items:
        raise Http404
    file = BytesIO()
    title = campaign_of(pack.workspace, pack.campaign).name
    print_sheets(file, items, drawn(pack.workspace, look), Layout(Sheet.LABELS_8), title=title)
    answer = HttpResponse(file.getvalue(), content_type="application/pdf")
    answer["Content-Disposition"] = 'attachment; filename="codes.pdf"'
    return answer


@require_POST
def name(request: HttpRequest, token: str) -> HttpResponse:
    """Whether the others see their name."""
    pack, line = _opened(token)
    hidden = request.POST.get("name") == "hide"
    holder = Actor(f"pack:{pack.campaign}", pack.workspace, frozenset({Ability.EDIT_CAMPAIGNS}))
    with acting_as(holder):
        wish_name(pack.workspace, pack.campaign, line.holder, hidden=hidden)
    return redirect("share", token)


def _opened(token: str) -> tuple[Pack, HolderLine]:
    found = opened_pack(settings.SECRET_KEY.encode(), token, time.time())
    if found is None:
        raise Http404
    return found


def _shown(pack: Pack, line: HolderLine, token: str) -> dict[str, Any]:
    campaign = campaign_of(pack.workspace, pack.campaign)
    addressed = [(one, one.address(settings.ENVIRONMENT.url)) for one in line.in_use]
    first = next((address for _one, address in addressed if address), "")
    known = ranking(pack.workspace, campaign)
    rows = known.answer or []
    mine = next((place for place, row in enumerate(rows) if Holder(*row[:2]) == line.holder), None)
    return {
        "campaign": campaign,
        "token": token,
        "holder": line.holder.name or HOLDERS.get(line.holder.kind, ""),
        "texts": [text.replace(HERE, first) for text in pack.texts],
        "printable": any(address for _one, address in addressed),
        "codes": [{"line": one, "address": address} for one, address in addressed[:_CODES]],
        "kept": known,
        "counts": rows[mine][2:] if mine is not None else None,
        "rank": mine + 1 if mine is not None else None,
        "many": len(rows),
        "ranked": _others(pack, line, rows) if pack.ranking else [],
        "hidden": line.hidden,
        "ranking": pack.ranking,
    }


def _others(pack: Pack, line: HolderLine, rows: list[list[Any]]) -> list[dict[str, Any]]:
    """The first of the ranking, without the names of those who wish so."""
    silent = silent_holders(pack.workspace, pack.campaign)
    shown = []
    for place, (kind, called, *counts) in enumerate(rows[:_RANKED], 1):
        holder = Holder(kind, called)
        mine = holder == line.holder
        named = mine or holder not in silent
        shown.append(
            {"place": place, "name": (called or HOLDERS.get(kind, "")) if named else "", "mine": mine, "counts": counts}
        )
    return shown
