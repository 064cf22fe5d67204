"""The builder of a survey: its pages, questions, quotas and words, beside what they look like.

It needs no script: each button sends the whole, and the page comes back with a question more, less or moved; nothing is
kept until it is saved, and what is wrong is said at its place.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lianyi.campaigns.campaigns.queries import MOST_CHOICES, campaigns
from lianyi.foundation.access.schemas import Ability
from lianyi.growth.surveys import actions, queries
from lianyi.growth.surveys.definitions import read_object
from lianyi.growth.surveys.lines import LONGEST_NAME, Survey
from lianyi.growth.surveys.schemas import MOST_PAGES, MOST_QUESTIONS
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused
from lianyi.people.profiles.queries import trait_catalogue
from lianyi.web.access import Seat, seated
from lianyi.web.asked import number_in
from lianyi.web.forms.words import LANGUAGES
from lianyi.web.saving import found
from lianyi.web.surveys.arranging import Arranged, changed_by
from lianyi.web.surveys.heading import head_of
from lianyi.web.surveys.inputs import Drawn, drawn, guard_drawn, words_drawn
from lianyi.web.surveys.places import Mistake, mistake_in, mistake_of
from lianyi.web.surveys.previews import places_of
from lianyi.web.surveys.typed import PAGE, Typed, typed_in, typed_of
from lianyi.web.surveys.words import KINDS


@require_safe
@seated(Ability.SEE_REPORTS)
def survey(request: HttpRequest, seat: Seat, survey: int) -> HttpResponse:
    """The builder, for whoever may change surveys; for others what it looks like."""
    one = found(lambda: queries.survey_of(seat.workspace.pk, survey))
    return _page(request, seat, one, Arranged(typed_of(one), None))


@require_POST
@seated(Ability.EDIT_CAMPAIGNS)
def change(request: HttpRequest, seat: Seat, survey: int) -> HttpResponse:
    """Saves the draft, and publishes it if that is asked; another button changes what is typed, and saves nothing."""
    workspace = seat.workspace.pk
    one = found(lambda: queries.survey_of(workspace, survey))
    typed, button = typed_in(request.POST), request.POST.get("do", "save")
    if button not in ("save", "publish"):
        kind = request.POST.get(f"kind{button.partition('.')[2]}", "")
        return _page(request, seat, one, changed_by(typed, button, kind))
    wrong = mistake_in(typed) or _saved(seat, one, typed)
    if wrong:
        return _page(request, seat, one, Arranged(typed, wrong.row), wrong)
    if button == "save":
        messages.success(request, _("The draft is saved."))
        return redirect("survey", survey)
    return _published(request, seat, survey)


def _saved(seat: Seat, one: Survey, typed: Typed) -> Mistake | None:
    """Keeps the draft; or what is wrong."""
    definition, seen = read_object(typed.document), number_in(typed.seen) or 0
    name, now = typed.said["name"].strip(), system_clock()
    try:
        actions.change_survey(seat.workspace.pk, one.id, name, definition, now, seen=seen)
    except Refused as refused:
        return Mistake(refused.whole, None)
    return None


def _published(request: HttpRequest, seat: Seat, survey: int) -> HttpResponse:
    """Publishes the draft that was just saved."""
    try:
        actions.publish_survey(seat.workspace.pk, survey, system_clock())
    except Refused as refused:
        one = queries.survey_of(seat.workspace.pk, survey)
        wrong = mistake_of(refused, one.draft)
        return _page(request, seat, one, Arranged(typed_of(one), wrong.row), wrong)
    messages.success(request, _("Published: people are asked within ten seconds."))
    return redirect("survey", survey)


def _paged(rows: list[Drawn]) -> list[tuple[Drawn, list[Drawn]]]:
    """Each page with its questions."""
    found: list[tuple[Drawn, list[Drawn]]] = []
    for row in rows:
        if row.kind == PAGE:
            found.append((row, []))
        else:
            found[-1][1].append(row)
    return found


def _page(
    request: HttpRequest, seat: Seat, one: Survey, arranged: Arranged, wrong: Mistake | None = None
) -> HttpResponse:
    typed, about = arranged
    told = wrong.sentence.told(gettext) if wrong else ""
    rows = drawn(typed, about, told)
    pages = sum(row.kind == PAGE for row in typed.rows)
    offered = campaigns(seat.workspace.pk, MOST_CHOICES)
    context: dict[str, Any] = {
        **head_of(one),
        "typed": typed,
        "paged": _paged(rows[: len(typed.rows)]),
        "quotas": rows[len(typed.rows) :],
        "wrong": told,
        "placed": about is not None,
        "kinds": KINDS,
        "full": len(typed.rows) - pages >= MOST_QUESTIONS,
        "pages": pages,
        "last_page": pages >= MOST_PAGES,
        "languages": LANGUAGES,
        "campaigns": offered,
        "campaign_keys": {line.key for line in offered},
        "traits": [trait.name for trait in trait_catalogue(seat.workspace.pk)],
        "words": words_drawn(typed),
        "guard": guard_drawn(typed),
        "longest": LONGEST_NAME,
        "builder": "campaigns_edit" in seat.may and one.state != "archived",
        "source": reverse("survey-preview", args=[one.id]),
        "language": typed.said["language"],
        "places": places_of(len(typed.document["pages"])),
    }
    return render(request, "web/surveys/builder.html", context, status=422 if wrong else 200)
