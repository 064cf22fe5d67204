"""What of a page is none of its blocks: its name and address, its look, its variants, and what it was before."""

from typing import Any

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianyi.campaigns.campaigns.queries import MOST_CHOICES, campaigns
from lianyi.foundation.access.schemas import Ability
from lianyi.growth.pages import actions, arranging, queries
from lianyi.growth.pages.listed import Page
from lianyi.growth.pages.reading import check
from lianyi.growth.pages.schemas import BASE, MOST_VARIANTS, Definition, Seo, Theme
from lianyi.growth.words import LANGUAGES
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused
from lianyi.web.access import Seat, seated
from lianyi.web.asked import number_in
from lianyi.web.landing.asking import WHOLE
from lianyi.web.landing.blocks import keeping
from lianyi.web.landing.drawing import Drawing
from lianyi.web.landing.editing import frame, save
from lianyi.web.landing.pages import named_fields
from lianyi.web.landing.typed import Reading, wrong_in
from lianyi.web.landing.words import LANGUAGES as TONGUES
from lianyi.web.refusals import told
from lianyi.web.saving import found, saved

_AT_ONCE = 50
HEAVIEST = 1_000


@require_http_methods(["GET", "HEAD", "POST"])
@seated(Ability.EDIT_CAMPAIGNS)
def about(request: HttpRequest, seat: Seat, page: int) -> HttpResponse:
    """Its look, languages, campaign and what search engines are told; `do=name` is its name and address."""
    workspace, said = seat.workspace.pk, request.POST
    one = found(lambda: queries.page(workspace, page))
    if request.method != "POST":
        return _about(request, seat, one)
    if said.get("do") == "name":
        names = said.get("name", "").strip(), said.get("slug", "").strip()
        refused = saved(
            request,
            lambda: actions.rename_page(workspace, page, *names, system_clock(), host=said.get("host", "")),
            _("Changed."),
        )
        return _about(request, seat, one, unnamed=refused) if refused else redirect("page-about", page)
    reading = Reading(request, keeping(workspace))
    value = reading.fields(WHOLE)
    problems = {**dict(wrong_in(WHOLE, value)), **reading.problems}
    if problems:
        return _about(request, seat, one, value=value, problems=problems)
    refused = saved(request, lambda: save(request, workspace, one, _with(one.draft, request, value)), _("Saved."))
    return _about(request, seat, one, value=value, refused=refused) if refused else redirect("page-about", page)


def _with(draft: Definition, request: HttpRequest, value: dict[str, Any]) -> Definition:
    try:
        theme, seo = msgspec.convert(value.get("theme", {}), Theme), msgspec.convert(value.get("seo", {}), Seo)
    except msgspec.ValidationError as error:
        raise Refused("page.whole", "The page cannot be so: {why}.", "Fill in the form anew.", why=str(error)) from None
    languages = tuple(one for one in LANGUAGES if one in request.POST.getlist("languages"))
    if request.POST.get("first") in languages:
        languages = tuple(sorted(languages, key=lambda one: one != request.POST["first"]))
    if not languages:
        raise Refused("page.no_language", "The page is in no language.", "Choose one at least.")
    campaign = request.POST.get("campaign", "")[:200]
    changed = msgspec.structs.replace(draft, theme=theme, seo=seo, languages=languages, campaign=campaign)
    check(changed)
    return changed


def _about(
    request: HttpRequest,
    seat: Seat,
    one: Page,
    *,
    value: dict[str, Any] | None = None,
    problems: dict[str, str] | None = None,
    refused: Refused | None = None,
    unnamed: Refused | None = None,
) -> HttpResponse:
    shown = msgspec.to_builtins({"theme": _full(one.draft.theme), "seo": one.draft.seo}) if value is None else value
    named = named_fields(seat.workspace.pk, unnamed)
    at = "canonical" if refused and refused.code == "page.canonical" else ""
    wrong = {**(problems or {}), **({"seo.canonical": told(refused)} if refused and at else {})}
    context = {
        **frame(request, one, "about"),
        **named,
        "typed": request.POST if unnamed else {"name": one.name, "slug": one.slug, "host": one.host},
        "fields": Drawing(seat.workspace.pk, one.draft.languages).fields(WHOLE, shown, wrong),
        "tongues": [(language, TONGUES[language], language in one.draft.languages) for language in LANGUAGES],
        "campaigns": campaigns(seat.workspace.pk, MOST_CHOICES),
        "campaign": request.POST.get("campaign", one.draft.campaign),
        "edition": number_in(request.POST.get("edition", ""), 2**31) or one.edition,
        "wrong_whole": told(refused) if refused and not at else _("Look at the marked fields.") if wrong else "",
        "url": settings.ENVIRONMENT.url,
    }
    return render(request, "web/landing/about.html", context, status=422 if wrong or refused or unnamed else 200)


def _full(theme: Theme) -> dict[str, Any]:
    """With what it has where nothing is said."""
    return {name: getattr(theme, name) for name in theme.__struct_fields__ if getattr(theme, name) is not None}


@require_http_methods(["GET", "HEAD", "POST"])
@seated(Ability.EDIT_CAMPAIGNS)
def variants(request: HttpRequest, seat: Seat, page: int) -> HttpResponse:
    """Among whom its visitors are shared out, in which parts."""
    workspace = seat.workspace.pk
    one = found(lambda: queries.page(workspace, page))
    refused = None
    if request.method == "POST":
        refused = saved(request, lambda: save(request, workspace, one, _varied(one.draft, request)), _("Saved."))
        if refused is None:
            return redirect("page-variants", page)
    weights = dict(zip(*one.draft.arms(), strict=True))
    whole = sum(weights.values())
    rows = [(BASE, _("The page itself"), one.draft.weight), *((v.key, v.name, v.weight) for v in one.draft.variants)]
    context = {
        **frame(request, one, "variants"),
        "rows": [
            {
                "key": key,
                "name": name,
                "weight": weight,
                "share": weight / whole if whole else None,
                "base": key == BASE,
            }
            for key, name, weight in rows
        ],
        "full": len(one.draft.variants) >= MOST_VARIANTS,
        "heaviest": HEAVIEST,
        "wrong": told(refused) if refused else "",
    }
    return render(request, "web/landing/variants.html", context, status=422 if refused else 200)


def _varied(draft: Definition, request: HttpRequest) -> Definition:
    verb, _colon, key = request.POST.get("do", "").partition(":")
    if verb == "remove":
        return arranging.without_variant(draft, key)
    keys = draft.arms()[0]
    weights = {one: _weight(request.POST.get(f"weight.{one}", "")) for one in keys}
    names = {one: request.POST.get(f"name.{one}", "").strip()[:60] for one in keys}
    weighed = arranging.weighed(draft, weights, names)
    return arranging.with_variant(weighed, "") if verb == "add" else weighed


def _weight(text: str) -> int:
    number = 0 if text.strip() == "0" else number_in(text.strip(), HEAVIEST + 1)
    if number is None:
        raise Refused("page.weight", "{text!r} is no weight.", "Write a whole number up to 1,000.", text=text[:40])
    return number


@require_safe
@seated(Ability.SEE_REPORTS)
def versions(request: HttpRequest, seat: Seat, page: int) -> HttpResponse:
    """What was published, the newest first; the address names the number that the page before ended with."""
    workspace = seat.workspace.pk
    one = found(lambda: queries.page(workspace, page))
    before = number_in(request.GET.get("before", ""), 2**31)
    rows = found(lambda: queries.versions(workspace, page, _AT_ONCE + 1, before=before))
    context = {
        **frame(request, one, "versions", edits="campaigns_edit" in seat.may),
        "versions": rows[:_AT_ONCE],
        "further": rows[_AT_ONCE - 1].number if len(rows) > _AT_ONCE else None,
    }
    return render(request, "web/landing/versions.html", context)
