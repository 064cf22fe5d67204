"""The list of surveys, a new one, and what is done with one as a whole."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianyi.foundation.access.schemas import Ability
from lianyi.growth.surveys import actions, queries
from lianyi.growth.surveys.beginnings import TEMPLATES, begun
from lianyi.growth.surveys.lines import LONGEST_NAME
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused
from lianyi.web.access import Seat, seated
from lianyi.web.listing import AT_ONCE, listed, wanted_in
from lianyi.web.refusals import told
from lianyi.web.saving import saved, tell
from lianyi.web.surveys.words import STATES


@require_safe
@seated(Ability.SEE_REPORTS)
def surveys(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The newest first, as the filter asks; a page names the number that the one before ended with."""
    asked = wanted_in(request)
    rows = queries.surveys(seat.workspace.pk, AT_ONCE + 1, asked.before, called=asked.words, archived=asked.archived)
    return listed(request, asked, "surveys", "surveys", rows, lambda one: (one, STATES[one.state]))


@require_http_methods(["GET", "HEAD", "POST"])
@seated(Ability.EDIT_CAMPAIGNS)
def new(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A new survey, from one of the templates."""
    said = request.POST
    context = {"templates": TEMPLATES, "longest": LONGEST_NAME, "name": said.get("name", "")}
    context |= {"chosen": said.get("template", TEMPLATES[0].key)}
    if request.method != "POST":
        return render(request, "web/surveys/new.html", context)
    try:
        definition = begun(said.get("template", ""))
        made = actions.create_survey(seat.workspace.pk, said.get("name", "").strip(), definition, system_clock())
    except Refused as refused:
        return render(request, "web/surveys/new.html", {**context, "wrong": told(refused)}, status=422)
    messages.success(request, _("The survey is made. Nobody sees it until it is published."))
    return redirect("survey", made.id)


@require_POST
@seated(Ability.EDIT_CAMPAIGNS)
def act(request: HttpRequest, seat: Seat, survey: int, act: str) -> HttpResponse:
    """Takes it offline, archives it, or brings it back."""
    match act:
        case "unpublish":
            write, done = (
                actions.unpublish_survey,
                _("The survey is offline: its page says that it takes no more answers."),
            )
        case "restore":
            write, done = actions.restore_survey, _("The survey is back; nobody sees it until it is published.")
        case "archive":
            write, done = actions.archive_survey, _("The survey is archived; what was answered stays.")
        case _:
            raise Http404(act)
    tell(request, saved(request, lambda: write(seat.workspace.pk, survey, system_clock()), done))
    return redirect("survey", survey)
