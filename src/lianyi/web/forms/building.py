"""The builder of a form: its fields and words, a preview of what is typed, and earlier versions.

Without scripts each button sends the whole form and the page comes back with a field more, or moved, and nothing is
saved; what is wrong is said at its place. The preview is the page that visitors get, in a frame that can send nothing.
"""

from typing import Any, BinaryIO, cast

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianyi.campaigns.campaigns.queries import MOST_CHOICES, campaigns
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.media.actions import put
from lianyi.foundation.media.queries import newest, some
from lianyi.foundation.media.schemas import Media
from lianyi.foundation.media.sniffing import WITH_ARCHIVES
from lianyi.foundation.members.queries import colleagues
from lianyi.growth.forms import actions, queries
from lianyi.growth.forms.definitions import read_object
from lianyi.growth.forms.following import plain_page
from lianyi.growth.forms.lines import LONGEST_NAME, Form
from lianyi.growth.forms.rendering import POLICY, Shown, form_page
from lianyi.growth.forms.schemas import MOST_FIELDS, Definition
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused
from lianyi.kernel.sentences import Sentence
from lianyi.people.profiles.queries import trait_catalogue
from lianyi.web.access import Seat, seated
from lianyi.web.asked import number_in
from lianyi.web.forms.inputs import by_and_by_drawn, download_drawn, drawn, guard_drawn, opt_in_drawn, words_drawn
from lianyi.web.forms.places import Wrong, wrong_in_draft, wrong_of, wrong_to_publish
from lianyi.web.forms.typed import Typed, changed_by, typed_in, typed_of
from lianyi.web.forms.words import CONSENT_CHANNELS, KINDS, LANGUAGES, STATES
from lianyi.web.pairs import answerers
from lianyi.web.saving import found, saved, tell

_MOST_FILES = 100  # that are offered to be chosen
_FRAMED = POLICY.replace("frame-ancestors *", "frame-ancestors 'self'")


@require_safe
@seated(Ability.SEE_REPORTS)
def form(request: HttpRequest, seat: Seat, form: int) -> HttpResponse:
    """The builder, for whoever may change forms; for others what it looks like."""
    one = found(lambda: queries.form_of(seat.workspace.pk, form))
    return _page(request, seat, one, typed_of(one))


@require_POST
@seated(Ability.EDIT_CAMPAIGNS)
def change(request: HttpRequest, seat: Seat, form: int) -> HttpResponse:
    """Saves the draft, and publishes it if that is asked; or, with another button, a field more, moved or less in the
    builder, and nothing is saved.
    """
    one = found(lambda: queries.form_of(seat.workspace.pk, form))
    typed, button = typed_in(request.POST), request.POST.get("do", "save")
    typed, wrong = _with_file(request, seat, typed)
    if button not in ("save", "publish"):
        typed, about = changed_by(typed, button, request.POST.get("kind", ""))
        answer = _page(request, seat, one, typed, wrong, open_row=about)
        answer.status_code = 200  # a file that is no good keeps no field from being added; htmx shows what succeeds
        return answer
    wrong = wrong | wrong_in_draft(typed) or _saved(seat, one, typed)
    if wrong:
        return _page(request, seat, one, typed, wrong)
    if button == "save":
        messages.success(request, _("The draft is saved."))
        return redirect("form", one.id)
    return _published(request, seat, one.id)


def _with_file(request: HttpRequest, seat: Seat, typed: Typed) -> tuple[Typed, Wrong]:
    """With the file that came along, kept and chosen as the one to download; or what is wrong with it."""
    refused: Refused | None = getattr(request, "upload_refused", None)
    given = request.FILES.get("download_file")
    if refused is None and isinstance(given, UploadedFile):
        try:
            kept = put(seat.workspace.pk, given.name or "", cast(BinaryIO, given), types=WITH_ARCHIVES)
        except Refused as found_wrong:
            refused = found_wrong
        else:
            return typed._replace(said={**typed.said, "download": str(kept.id)}), {}
    return typed, {} if refused is None else {"download_file": refused.whole}


def _saved(seat: Seat, one: Form, typed: Typed) -> Wrong:
    """Keeps the draft; or what is wrong."""
    definition = read_object(typed.document)
    seen = number_in(typed.seen) or 0
    try:
        name = typed.said["name"]
        actions.change_form(seat.workspace.pk, one.id, name, definition, system_clock(), seen=seen)
    except Refused as refused:
        return wrong_of(refused, definition)
    return {}


def _published(request: HttpRequest, seat: Seat, form: int) -> HttpResponse:
    """Publishes the draft that was just saved."""
    one = queries.form_of(seat.workspace.pk, form)
    wrong = wrong_to_publish(one.draft)
    if not wrong:
        try:
            actions.publish_form(seat.workspace.pk, form, system_clock())
        except Refused as refused:
            wrong = wrong_of(refused, one.draft)
    if wrong:
        return _page(request, seat, one, typed_of(one), wrong)
    messages.success(request, _("Published: visitors see it within ten seconds."))
    return redirect("form", form)


@require_http_methods(["GET", "HEAD", "POST"])
@xframe_options_sameorigin
@seated(Ability.SEE_REPORTS)
def preview(request: HttpRequest, seat: Seat, form: int) -> HttpResponse:
    """The page as visitors would get it: of what was typed, of the draft, or of a `version`."""
    workspace = seat.workspace.pk
    one = found(lambda: queries.form_of(workspace, form))
    said = request.POST if request.method == "POST" else request.GET
    definition, wrong = one.draft, None
    if request.method == "POST":
        typed = typed_in(request.POST)
        try:
            definition = read_object(typed.document)
        except Refused as refused:
            wrong = refused.whole
    elif number := number_in(said.get("version", "")):
        definition = found(lambda: queries.version_of(workspace, form, number)).definition
    asked = said.get("preview_language", "")
    language = asked if asked in LANGUAGES else definition.language
    answer = HttpResponse(_shown(seat, definition, wrong, language))
    answer["Content-Security-Policy"] = _FRAMED
    return answer


def _shown(seat: Seat, definition: Definition, wrong: Sentence | None, language: str) -> bytes:
    def tell_it(sentence: Sentence) -> str:
        return sentence.told(gettext)

    if wrong is not None:  # that is for the member, in theirs
        return plain_page(wrong, translation.get_language() or language, tell_it)
    with translation.override("zh-hans" if language == "zh" else "en"):
        return form_page(Shown(definition, seat.workspace.region, language, tell_it, "preview"))


@require_safe
@seated(Ability.SEE_REPORTS)
def versions(request: HttpRequest, seat: Seat, form: int) -> HttpResponse:
    """What was published, the newest first, and one of them to look at."""
    one = found(lambda: queries.form_of(seat.workspace.pk, form))
    rows = queries.versions_of(seat.workspace.pk, form)
    members = answerers(row.published_by for row in rows)
    looked_at = number_in(request.GET.get("version", "")) or (rows[0].number if rows else None)
    context = {
        **head_of(one),
        "versions": [(row, members.get(row.published_by, row.published_by)) for row in rows],
        "looked_at": looked_at,
        "source": reverse("form-preview", args=[form]),
    }
    return render(request, "web/forms/versions.html", context)


@require_POST
@seated(Ability.EDIT_CAMPAIGNS)
def restore(request: HttpRequest, seat: Seat, form: int, version: int) -> HttpResponse:
    """Makes a version the draft again."""
    done = _("It is the draft now. Visitors see it when it is published.")
    now = system_clock()
    tell(request, saved(request, lambda: actions.restore_version(seat.workspace.pk, form, version, now), done))
    return redirect("form", form)


def _page(
    request: HttpRequest, seat: Seat, one: Form, typed: Typed, wrong: Wrong | None = None, open_row: int | None = None
) -> HttpResponse:
    workspace = seat.workspace.pk
    told = {name: sentence.told(gettext) for name, sentence in (wrong or {}).items()}
    keys = [row.said["key"] for row in typed.rows]
    offered = campaigns(workspace, MOST_CHOICES)
    context: dict[str, Any] = {
        **head_of(one),
        "typed": typed,
        "rows": [
            drawn(number, row, KINDS[row.kind], keys[:number], _at(told, f"f{number}-"), opened=number == open_row)
            for number, row in enumerate(typed.rows)
        ],
        "wrong": told,
        "said_above": told.get(""),
        "kinds": KINDS,
        "full": len(keys) >= MOST_FIELDS,
        "languages": LANGUAGES,
        "campaigns": offered,
        "campaign_keys": {line.key for line in offered},
        "traits": [trait.name for trait in trait_catalogue(workspace)],
        "channels": CONSENT_CHANNELS,
        "words": words_drawn(typed, told),
        "guard": guard_drawn(typed, told),
        "opt_in": opt_in_drawn(typed, told),
        "download": download_drawn(typed, told, _offered(workspace, typed)),
        "by_and_by": by_and_by_drawn(typed, told),
        "members": _members(workspace, typed),
        "longest": LONGEST_NAME,
        "builder": "campaigns_edit" in seat.may,
        "source": reverse("form-preview", args=[one.id]),
    }
    return render(request, "web/forms/form.html", context, status=422 if wrong else 200)


def _members(workspace: int, typed: Typed) -> list[tuple[int, str, bool]]:
    """Who may hear of submissions, and who does."""
    chosen = [int(one) for one in typed.said["notify"].split(",") if one.isascii() and one.isdigit()]
    found = [(one.member, one.name or one.email, one.member in chosen) for one in colleagues(workspace, limit=200)]
    known = {member for member, *_rest in found}
    return found + [(one, _("Member {number}").format(number=one), True) for one in chosen if one not in known]


def _offered(workspace: int, typed: Typed) -> list[Media]:
    """The files that may be chosen to be downloaded: the newest, and the one that is."""
    found = newest(workspace, [one.name for one in WITH_ARCHIVES], _MOST_FILES)
    chosen = number_in(typed.said["download"], 2**31)
    if chosen is None or any(one.id == chosen for one in found):
        return found
    return found + some(workspace, [chosen])


def _at(wrong: dict[str, str], begin: str) -> dict[str, str]:
    return {name.removeprefix(begin): sentence for name, sentence in wrong.items() if name.startswith(begin)}


def head_of(one: Form) -> dict[str, Any]:
    """What all pages of a form say above."""
    return {"form": one, "state": STATES[one.state], "address": f"{settings.ENVIRONMENT.url}/f/{one.address}"}
