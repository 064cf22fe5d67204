"""The builder of a survey: its words and questions. It needs no script: each button sends the whole, and the page comes
back with a question more, less or moved; nothing is kept until it is saved.
"""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lianyi.foundation.access.schemas import Ability
from lianyi.growth.surveys import actions, queries
from lianyi.growth.surveys.definitions import read_object
from lianyi.growth.surveys.lines import LONGEST_NAME, Survey
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused
from lianyi.web.access import Seat, seated
from lianyi.web.refusals import told
from lianyi.web.saving import found
from lianyi.web.surveys.typed import Typed, changed_by, document_of, typed_in, typed_of
from lianyi.web.surveys.words import KINDS, STATES


@require_safe
@seated(Ability.SEE_REPORTS)
def survey(request: HttpRequest, seat: Seat, survey: int) -> HttpResponse:
    """The builder, for whoever may change surveys; for others what it asks."""
    one = found(lambda: queries.survey_of(seat.workspace.pk, survey))
    return _page(request, seat, one, typed_of(one.name, one.draft))


@require_POST
@seated(Ability.EDIT_CAMPAIGNS)
def change(request: HttpRequest, seat: Seat, survey: int) -> HttpResponse:
    """Saves the draft, and publishes it if that is asked; another button changes what is typed, and saves nothing."""
    workspace = seat.workspace.pk
    one = found(lambda: queries.survey_of(workspace, survey))
    typed, button = typed_in(request.POST), request.POST.get("do", "save")
    if button not in ("save", "publish"):
        return _page(request, seat, one, changed_by(typed, button, request.POST.get("kind", "")))
    try:
        definition = read_object(document_of(typed, one.draft))
        actions.change_survey(workspace, survey, typed.head["name"], definition, system_clock())
        if button == "publish":
            actions.publish_survey(workspace, survey, system_clock())
    except Refused as refused:
        return _page(request, seat, one, typed, told(refused))
    done = _("Published: people are asked within ten seconds.") if button == "publish" else _("The draft is saved.")
    messages.success(request, done)
    return redirect("survey", survey)


def _page(request: HttpRequest, seat: Seat, one: Survey, typed: Typed, wrong: str = "") -> HttpResponse:
    rows = [
        {**row, "number": number, "word": KINDS.get(row["kind"], row["kind"]), "last": number == len(typed.rows) - 1}
        for number, row in enumerate(typed.rows)
    ]
    context = {
        **head_of(one),
        "head": typed.head,
        "rows": rows,
        "kinds": KINDS,
        "wrong": wrong,
        "longest": LONGEST_NAME,
        "builder": "campaigns_edit" in seat.may and one.state != "archived",
    }
    return render(request, "web/surveys/builder.html", context, status=422 if wrong else 200)


def head_of(one: Survey) -> dict[str, Any]:
    """What all pages of a survey say above."""
    return {"survey": one, "state": STATES[one.state], "address": f"{settings.ENVIRONMENT.url}/s/{one.address}"}
