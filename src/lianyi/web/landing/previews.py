"""What a page looks like, as it is drafted, as it was, or as it is being typed: the page itself, in a frame of ours."""

from collections.abc import Mapping

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext, override
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods

from lianyi.foundation.access.schemas import Ability
from lianyi.growth.forms.queries import form_of
from lianyi.growth.forms.rendering import SCRIPT, Shown, form_html
from lianyi.growth.pages import arranging, queries
from lianyi.growth.pages.blocks import Block
from lianyi.growth.pages.copies import shown_files
from lianyi.growth.pages.places import Place
from lianyi.growth.pages.rendering import rendered
from lianyi.growth.pages.schemas import Definition, Seo, Theme, forms_of
from lianyi.kernel.errors import Refused
from lianyi.web.access import Seat, seated
from lianyi.web.asked import number_in
from lianyi.web.landing.asking import FIELDS, WHOLE
from lianyi.web.landing.editing import variant_in
from lianyi.web.landing.typed import Reading
from lianyi.web.saving import found


@xframe_options_sameorigin
@require_http_methods(["GET", "HEAD", "POST"])
@seated(Ability.SEE_REPORTS)
def preview(request: HttpRequest, seat: Seat, page: int) -> HttpResponse:
    """The draft, or version `version`; a POST has it with what stands in a form of the editor. It keeps nothing."""
    workspace = seat.workspace.pk
    one = found(lambda: queries.page(workspace, page))
    number = number_in(request.GET.get("version", ""), 2**31)
    shown = found(lambda: queries.version(workspace, page, number)).definition if number else one.draft
    variant = variant_in(request.GET.get("variant", ""), shown)
    if request.method == "POST":
        shown = _typed(request, shown, variant)
    site = f"{request.scheme}://{request.get_host()}"
    language = request.GET.get("in", "")
    forms = {form: html for form in forms_of(shown.shown(variant)) if (html := _form(seat, form, language))}
    place = Place(site, f"/p/{one.slug}", "", *shown_files(workspace, shown), forms, counted=False)
    drawn = rendered(shown, place, timezone.now(), language=language, variant=variant, frame_ancestors="'self'")
    return HttpResponse(drawn.body, headers={"Content-Security-Policy": drawn.policy})


def _form(seat: Seat, form: int, language: str) -> str:
    """A form as it is drafted, which nobody can send from here."""
    try:
        found = form_of(seat.workspace.pk, form)
    except Refused:
        return ""
    with override("zh-hans" if language == "zh" else "en"):
        shown = Shown(found.draft, seat.workspace.region, language, lambda sentence: sentence.told(gettext), "")
        return form_html(shown).replace(f"<script>{SCRIPT}</script>", "")


def _typed(request: HttpRequest, shown: Definition, variant: str) -> Definition:
    """With what is typed, as far as it means something."""
    kind, key = request.POST.get("kind", ""), request.POST.get("key", "")
    reading = Reading(request, None)
    try:
        if kind == "whole":
            return _whole(shown, reading.fields(WHOLE))
        if kind not in FIELDS:
            return shown
        block: Block = msgspec.convert({"kind": kind, "key": key, **reading.fields(FIELDS[kind])}, type=Block)
        if any(one.key == key for one in shown.blocks):
            return arranging.changed(shown, block, variant)
        return arranging.added(shown, block)
    except (msgspec.ValidationError, Refused):
        return shown


def _whole(shown: Definition, typed: Mapping[str, object]) -> Definition:
    theme, seo = msgspec.convert(typed.get("theme", {}), type=Theme), msgspec.convert(typed.get("seo", {}), type=Seo)
    return msgspec.structs.replace(shown, theme=theme, seo=seo)
