"""The list of forms, a new one, and what is done with one as a whole."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianyi.foundation.access.schemas import Ability
from lianyi.growth.forms import actions, queries
from lianyi.growth.forms.beginnings import TEMPLATES, begun
from lianyi.growth.forms.lines import LONGEST_NAME
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused
from lianyi.web.access import Seat, seated
from lianyi.web.forms.words import STATES
from lianyi.web.listing import AT_ONCE, listed, wanted_in
from lianyi.web.refusals import told
from lianyi.web.saving import saved, tell


@require_safe
@seated(Ability.SEE_REPORTS)
def forms(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The newest first, as the filter asks; a page names the number that the one before ended with."""
    asked = wanted_in(request)
    rows = queries.forms(seat.workspace.pk, AT_ONCE + 1, asked.before, called=asked.words, archived=asked.archived)
    return listed(request, asked, "forms", "forms", rows, lambda one: (one, STATES[one.state]))


@require_http_methods(["GET", "HEAD", "POST"])
@seated(Ability.EDIT_CAMPAIGNS)
def new(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A new form, from one of the templates."""
    said = request.POST
    context = {"templates": TEMPLATES, "longest": LONGEST_NAME, "name": said.get("name", "")}
    context |= {"chosen": said.get("template", TEMPLATES[0].key)}
    if request.method != "POST":
        return render(request, "web/forms/new.html", context)
    try:
        definition = begun(said.get("template", ""))
        made = actions.create_form(seat.workspace.pk, said.get("name", "").strip(), definition, system_clock())
    except Refused as refused:
        return render(request, "web/forms/new.html", {**context, "wrong": told(refused)}, status=422)
    messages.success(request, _("The form is made. Nobody sees it until it is published."))
    return redirect("form", made.id)


@require_POST
@seated(Ability.EDIT_CAMPAIGNS)
def act(request: HttpRequest, seat: Seat, form: int, act: str) -> HttpResponse:
    """Takes it offline, archives it, or brings it back."""
    match act:
        case "unpublish":
            write, done = actions.unpublish_form, _("The form is offline: its page says that it takes no more answers.")
        case "archive":
            write, done = actions.archive_form, _("The form is archived; what was sent by it stays.")
        case "restore":
            write, done = actions.restore_form, _("The form is back. Nobody sees it until it is published.")
        case _:
            raise Http404(act)
    tell(request, saved(request, lambda: write(seat.workspace.pk, form, system_clock()), done))
    return redirect("form", form)
