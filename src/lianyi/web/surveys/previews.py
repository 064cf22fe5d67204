"""What a survey looks like, as it is typed, as it is drafted, or as it was: its pages one by one, in a frame that sends
nothing. Questions and pages that wait for answers of earlier pages are shown, since nobody has answered.
"""

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianyi.foundation.access.schemas import Ability
from lianyi.growth.forms.following import plain_page
from lianyi.growth.surveys import actions, queries
from lianyi.growth.surveys.definitions import read_object
from lianyi.growth.surveys.rendering import FULL, POLICY, Shown, said_page, survey_page, thanks_page
from lianyi.growth.surveys.schemas import Definition
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused
from lianyi.kernel.sentences import Sentence
from lianyi.web.access import Seat, seated
from lianyi.web.asked import number_in
from lianyi.web.forms.words import LANGUAGES
from lianyi.web.pairs import answerers
from lianyi.web.saving import found, saved, tell
from lianyi.web.surveys.heading import head_of
from lianyi.web.surveys.typed import typed_in

_FRAMED = POLICY.replace("frame-ancestors *", "frame-ancestors 'self'")
_THANKS, _SCREENED = "thanks", "screened"
_NOTHING = Sentence("Nothing is asked yet.")
_AT_ONCE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@xframe_options_sameorigin
@seated(Ability.SEE_REPORTS)
def preview(request: HttpRequest, seat: Seat, survey: int) -> HttpResponse:
    """A page as people would get it: of what was typed, of the draft, or of a `version`."""
    workspace = seat.workspace.pk
    one = found(lambda: queries.survey_of(workspace, survey))
    said = request.POST if request.method == "POST" else request.GET
    definition, wrong = one.draft, None
    if request.method == "POST":
        try:
            definition = read_object(typed_in(request.POST).document)
        except Refused as refused:
            wrong = refused.whole
    elif number := number_in(said.get("version", "")):
        definition = found(lambda: queries.version_of(workspace, survey, number)).definition
    asked = said.get("preview_language", "")
    language = asked if asked in LANGUAGES else definition.language
    answer = HttpResponse(_shown(definition, wrong, language, said.get("preview_page", "")))
    answer["Content-Security-Policy"] = _FRAMED
    return answer


@require_safe
@seated(Ability.SEE_REPORTS)
def versions(request: HttpRequest, seat: Seat, survey: int) -> HttpResponse:
    """What was published, the newest first, and one of them to look at; a page names the number that the one before
    ended with.
    """
    workspace, before = seat.workspace.pk, number_in(request.GET.get("before", ""), 2**31)
    one = found(lambda: queries.survey_of(workspace, survey))
    rows = queries.versions_of(workspace, survey, _AT_ONCE + 1, before)
    shown, further = rows[:_AT_ONCE], rows[_AT_ONCE - 1].number if len(rows) > _AT_ONCE else None
    members = answerers(row.published_by for row in shown)
    looked_at = number_in(request.GET.get("version", ""), 2**31) or (shown[0].number if shown else None)
    context = {
        **head_of(one),
        "versions": [(row, members.get(row.published_by, row.published_by)) for row in shown],
        "further": further,
        "looked_at": looked_at,
        "source": reverse("survey-preview", args=[survey]),
        "languages": LANGUAGES,
    }
    if looked_at is not None:
        kept = found(lambda: queries.version_of(workspace, survey, looked_at)).definition
        context |= {"places": places_of(len(kept.pages)), "language": kept.language}
    return render(request, "web/surveys/versions.html", context)


@require_POST
@seated(Ability.EDIT_CAMPAIGNS)
def restore(request: HttpRequest, seat: Seat, survey: int, version: int) -> HttpResponse:
    """Makes a version the draft again."""
    done = _("It is the draft now. People are asked it when it is published.")
    now = system_clock()
    tell(request, saved(request, lambda: actions.restore_version(seat.workspace.pk, survey, version, now), done))
    return redirect("survey", survey)


def places_of(pages: int) -> list[tuple[str, str]]:
    """What of a survey may be looked at."""
    numbered = [(str(number), _("Page {number}").format(number=number)) for number in range(1, pages + 1)]
    return [*numbered, (_THANKS, pgettext("page of a survey", "Thanks")), (_SCREENED, _("Quota is full"))]


def _shown(definition: Definition, wrong: Sentence | None, language: str, place: str) -> bytes:
    def tell_it(sentence: Sentence) -> str:
        return sentence.told(gettext)

    if wrong is not None or not (definition.pages or place in (_THANKS, _SCREENED)):  # for the member, in theirs
        return plain_page(wrong or _NOTHING, translation.get_language() or language, tell_it)
    with translation.override("zh-hans" if language == "zh" else "en"):
        if place == _THANKS:
            return thanks_page(definition, language, tell_it)
        if place == _SCREENED:
            return said_page(definition, definition.screened.told(language) or tell_it(FULL), language)
        at = min(number_in(place) or 1, len(definition.pages)) - 1
        return survey_page(Shown(_unconditional(definition), at, language, tell_it, "preview", {}))


def _unconditional(definition: Definition) -> Definition:
    """As if everybody were asked everything; what waits for an answer of its own page still does."""
    pages = []
    for page in definition.pages:
        own = {one.key for one in page.questions}
        questions = tuple(
            msgspec.structs.replace(one, when=tuple(when for when in one.when if when.question in own))
            for one in page.questions
        )
        pages.append(msgspec.structs.replace(page, questions=questions, when=()))
    return msgspec.structs.replace(definition, pages=tuple(pages))
