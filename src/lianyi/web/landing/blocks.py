"""The form of one block: what is wrong is said at its field, and what was typed is still there.

It works without a script: rows are added, moved and taken away by buttons that send the form and save nothing.
"""

from typing import Any

import msgspec
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lianyi.foundation.access.schemas import Ability
from lianyi.growth.pages import arranging, queries
from lianyi.growth.pages.blocks import Block
from lianyi.growth.pages.copies import PICTURES, VIDEOS, keep_file
from lianyi.growth.pages.listed import Page
from lianyi.growth.pages.reading import check
from lianyi.growth.pages.schemas import BASE, Definition
from lianyi.kernel.errors import Refused
from lianyi.web.access import Seat, seated
from lianyi.web.asked import number_in
from lianyi.web.landing.asking import FIELDS, Asked
from lianyi.web.landing.drawing import Drawing, address
from lianyi.web.landing.editing import frame, kind_of, save, variant_in
from lianyi.web.landing.typed import Keep, Reading, rearranged, wrong_in
from lianyi.web.landing.words import KINDS
from lianyi.web.refusals import told
from lianyi.web.saving import found, saved

# The field at which a refusal is said; any other is said above the form.
_AT = {"page.moment": "until", "page.video": "media", "page.video_address": "address"}


@require_http_methods(["GET", "HEAD", "POST"])
@seated(Ability.EDIT_CAMPAIGNS)
def block(request: HttpRequest, seat: Seat, page: int, block: str) -> HttpResponse:
    """A block of the page, or of the variant that the address names."""
    one = found(lambda: queries.page(seat.workspace.pk, page))
    variant = variant_in(request.GET.get("variant", ""), one.draft)
    shown = found(lambda: arranging.block_of(one.draft, block, variant))
    value = msgspec.to_builtins(shown)
    if request.method != "POST":
        return form(request, seat, one, kind_of(shown), block, value)
    return _sent(request, seat, one, kind_of(shown), block, variant)


@require_http_methods(["GET", "HEAD", "POST"])
@seated(Ability.EDIT_CAMPAIGNS)
def add(request: HttpRequest, seat: Seat, page: int, kind: str) -> HttpResponse:
    """A new block, which the page has once the form is saved."""
    one = found(lambda: queries.page(seat.workspace.pk, page))
    if kind not in FIELDS:
        raise Http404(kind)
    key = arranging.new_key(one.draft, kind)
    if request.method != "POST":
        return form(request, seat, one, kind, key, _first(FIELDS[kind], seat))
    return _sent(request, seat, one, kind, key, BASE)


def _first(asked: tuple[Asked, ...], seat: Seat) -> dict[str, Any]:
    """What stands in the form of a new block: a row where one is needed, and our own time zone."""
    rows: dict[str, Any] = {one.name: [{}] for one in asked if one.kind == "rows" and one.needed}
    return {**rows, "zone": seat.workspace.zone}


def _sent(request: HttpRequest, seat: Seat, one: Page, kind: str, key: str, variant: str) -> HttpResponse:
    asked, do = FIELDS[kind], request.POST.get("do", "save")
    reading = Reading(request, keeping(seat.workspace.pk), empty_rows=do != "save")
    value = reading.fields(asked)
    if do != "save" and rearranged(asked, value, do):
        return form(request, seat, one, kind, key, value, problems=reading.problems)
    problems = {**dict(wrong_in(asked, value)), **reading.problems}
    refused = None if problems else _saved(request, seat, one, {"kind": kind, "key": key, **value}, variant)
    if problems or refused is not None:
        return form(request, seat, one, kind, key, value, problems=problems, refused=refused)
    return redirect(address("page", one.id, variant="" if variant == BASE else variant))


def _saved(request: HttpRequest, seat: Seat, one: Page, value: dict[str, Any], variant: str) -> Refused | None:
    def write() -> None:
        save(request, seat.workspace.pk, one, _with(one.draft, value, variant))

    return saved(request, write, _("Saved."))


def _with(draft: Definition, value: dict[str, Any], variant: str) -> Definition:
    """The draft with the block. Refuses what means nothing."""
    try:
        block: Block = msgspec.convert(value, Block)
    except msgspec.ValidationError as error:
        raise Refused("page.block", "This is no block: {why}.", "Fill in the form anew.", why=str(error)) from None
    there = any(some.key == block.key for some in draft.blocks)
    changed = arranging.changed(draft, block, variant) if there else arranging.added(draft, block)
    check(changed)
    return changed


def keeping(workspace: int) -> Keep:
    """Puts files that come with a form into the media."""

    def keep(file: "UploadedFile[Any]", kind: str) -> int:
        types = VIDEOS if kind == "video" else PICTURES
        return keep_file(workspace, file.name or "", file.file, types).id  # type: ignore[arg-type]

    return keep


def form(
    request: HttpRequest,
    seat: Seat,
    one: Page,
    kind: str,
    key: str,
    value: dict[str, Any],
    *,
    problems: dict[str, str] | None = None,
    refused: Refused | None = None,
) -> HttpResponse:
    """The page of the form."""
    wrong = dict(problems or {})
    at = _AT.get(refused.code) if refused else None
    if refused is not None and at is not None:
        wrong[at] = told(refused)
    context = {
        **frame(request, one, "blocks"),
        "kind": kind,
        "key": key,
        "named": KINDS[kind][0],
        "fields": Drawing(seat.workspace.pk, one.draft.languages).fields(FIELDS[kind], value, wrong),
        "edition": number_in(request.POST.get("edition", ""), 2**31) or one.edition,
        "wrong": told(refused) if refused and at is None else _("Look at the marked fields.") if wrong else "",
    }
    status = 422 if refused or (wrong and request.POST.get("do", "save") == "save") else 200
    return render(request, "web/landing/block.html", context, status=status)
