"""The editor of a page: its blocks beside what it looks like, and what is done with blocks as wholes."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from lianyi.foundation.access.schemas import Ability
from lianyi.growth.pages import actions, arranging, queries
from lianyi.growth.pages.blocks import Block
from lianyi.growth.pages.listed import Page
from lianyi.growth.pages.schemas import BASE, Definition
from lianyi.growth.words import Words
from lianyi.kernel.clock import system_clock
from lianyi.web.access import Seat, seated
from lianyi.web.asked import number_in
from lianyi.web.landing.drawing import address
from lianyi.web.landing.pages import place_of
from lianyi.web.landing.words import KINDS, LANGUAGES, state
from lianyi.web.saving import found, saved, tell

_STEPS = {"up": -1, "down": 1}


@require_safe
@seated(Ability.SEE_REPORTS)
def page(request: HttpRequest, seat: Seat, page: int) -> HttpResponse:
    """A page: its blocks in order, and what it looks like."""
    one = found(lambda: queries.page(seat.workspace.pk, page))
    context = frame(request, one, "blocks", edits="campaigns_edit" in seat.may)
    variant = context["variant"]
    context |= {
        "blocks": [_line(one.draft, block, variant) for block in one.draft.blocks],
        "kinds": [(kind, *words) for kind, words in KINDS.items()],
    }
    return render(request, "web/landing/blocks.html", context)


@require_POST
@seated(Ability.EDIT_CAMPAIGNS)
def arrange(request: HttpRequest, seat: Seat, page: int) -> HttpResponse:
    """Moves a block, takes it away, or says how a variant has it; `do` is e.g. up:KEY."""
    workspace = seat.workspace.pk
    one = found(lambda: queries.page(workspace, page))
    verb, _colon, key = request.POST.get("do", "").partition(":")
    variant = variant_in(request.POST.get("variant", ""), one.draft)
    draft = found(lambda: _arranged(one.draft, verb, key, variant))
    if draft != one.draft:
        tell(request, saved(request, lambda: save(request, workspace, one, draft)))
    return redirect(address("page", page, variant="" if variant == BASE else variant))


def _arranged(draft: Definition, verb: str, key: str, variant: str) -> Definition:
    match verb:
        case "up" | "down":
            return arranging.moved(draft, key, _STEPS[verb])
        case "remove":
            return arranging.removed(draft, key)
        case "leave" if variant != BASE:
            return arranging.left_out(draft, key, variant)
        case "same" if variant != BASE:
            return arranging.as_page(draft, key, variant)
        case _:
            raise Http404(verb)


def save(request: HttpRequest, workspace: int, one: Page, draft: Definition) -> Page:
    """Saves the draft as that of the edition that the form was made from."""
    edition = number_in(request.POST.get("edition", ""), 2**31) or 0
    return actions.save_draft(workspace, one.id, draft, edition, system_clock())


def frame(request: HttpRequest, one: Page, tab: str, *, edits: bool = True) -> dict[str, Any]:
    """What all pages of the editor show: the head, the tabs, and what the page looks like."""
    asked = request.GET
    variant = variant_in(asked.get("variant", ""), one.draft)
    language = asked.get("in", "") if asked.get("in") in one.draft.languages else one.draft.languages[0]
    wide = asked.get("at") == "desk"
    shown = {"variant": "" if variant == BASE else variant, "in": language, "at": "desk" if wide else ""}
    return {
        "page": one,
        "state": state(one),
        "place": place_of(one),
        "tabs": _tabs(one, tab, shown["variant"], edits=edits),
        "variant": variant,
        "variants": _variants(one.draft),
        "of_variant": "" if variant == BASE else variant,
        "wide": wide,
        "language": language,
        "preview": address("page-preview", one.id, **{name: shown[name] for name in ("variant", "in")}),
        "widths": [(w, w == shown["at"], _again(request, {**shown, "at": w})) for w in ("", "desk")],
        "languages": [
            (LANGUAGES[some], some == language, _again(request, {**shown, "in": some})) for some in one.draft.languages
        ],
    }


def _tabs(one: Page, tab: str, variant: str, *, edits: bool) -> list[tuple[str, str, bool]]:
    """Word, address, and whether it is this one."""
    some = [("blocks", _("Blocks"), address("page", one.id, variant=variant))]
    if edits:
        some.append(("about", _("Look, address, search"), address("page-about", one.id)))
        some.append(("variants", _("Variants"), address("page-variants", one.id)))
    some.append(("websites", _("On websites"), address("page-websites", one.id)))
    some.append(("versions", pgettext("of a page", "Versions"), address("page-versions", one.id)))
    return [(word, to, name == tab) for name, word, to in some]


def variant_in(text: str, draft: Definition) -> str:
    """The variant that is asked for; the page itself where there is none of that key."""
    return text if any(one.key == text for one in draft.variants) else BASE


def _again(request: HttpRequest, asked: dict[str, str]) -> str:
    query = "&".join(f"{name}={value}" for name, value in asked.items() if value)
    return f"{request.path}?{query}" if query else request.path


def _variants(draft: Definition) -> list[tuple[str, str]]:
    if not draft.variants:
        return []
    return [("", "A"), *((one.key, f"{one.key.upper()} {one.name}".strip()) for one in draft.variants)]


def _line(draft: Definition, block: Block, variant: str) -> dict[str, Any]:
    other = next((one for one in draft.variants if one.key == variant), None)
    shown = arranging.block_of(draft, block.key, variant)
    return {
        "key": block.key,
        "kind": KINDS[kind_of(block)][0],
        "title": title_of(shown, draft.languages[0]),
        "without": other is not None and block.key in other.without,
        "own": other is not None and shown is not block,
    }


def kind_of(block: Block) -> str:
    """The kind by its name in JSON."""
    return str(block.__struct_config__.tag)


def title_of(block: Block, language: str) -> str:
    """What a block may be known by."""
    for name in ("title", "text", "caption", "name", "over"):
        words = getattr(block, name, None)
        if isinstance(words, Words) and words:
            return words.told(language)[:80]
    return ""
