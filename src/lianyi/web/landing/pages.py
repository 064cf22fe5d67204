"""Landing pages: their list, a new one, and what is done with one as a whole."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.domains.queries import domains
from lianyi.growth.pages import actions, queries
from lianyi.growth.pages.beginnings import TEMPLATES, begun, leads_nowhere
from lianyi.growth.pages.listed import Page
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused
from lianyi.web.access import Seat, seated
from lianyi.web.asked import number_in
from lianyi.web.landing.words import state
from lianyi.web.listing import AT_ONCE, listed, wanted_in
from lianyi.web.refusals import told
from lianyi.web.saving import found, saved, tell

LONGEST_NAME, LONGEST_SLUG = 100, 60
# The field at which a refusal is said; any other is said above the form.
_FIELDS = {"page.name": "name", "page.slug": "slug", "page.taken": "slug", "page.domain": "host"}


@require_safe
@seated(Ability.SEE_REPORTS)
def pages(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The newest first, as the filter asks."""
    asked = wanted_in(request, longest=200)
    workspace, archived = seat.workspace.pk, asked.archived
    rows = queries.pages(workspace, AT_ONCE + 1, before=asked.before, text=asked.words, archived=archived)
    return listed(
        request, asked, "landing", "pages", rows, lambda one: {"page": one, "state": state(one), "place": place_of(one)}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@seated(Ability.EDIT_CAMPAIGNS)
def new(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A new page, from a beginning or a copy of another."""
    workspace, said = seat.workspace.pk, request.POST
    if request.method != "POST":
        return _new(request, workspace, {"template": TEMPLATES[0].key})
    names = said.get("slug", "").strip(), said.get("name", "").strip()
    now = system_clock()
    day = f"{timezone.localdate() + timedelta(days=30):%Y-%m-%d}"
    try:
        copied = number_in(said.get("template", ""))
        if copied is not None:
            draft = queries.page(workspace, copied).draft
        else:
            draft = begun(said.get("template", ""), day)
        made = actions.create_page(workspace, *names, draft, now, host=said.get("host", ""))
    except Refused as refused:
        return _new(request, workspace, said, refused)
    messages.success(request, _("The page is made. Nobody sees it until it is published."))
    return redirect("page", made.id)


def _new(request: HttpRequest, workspace: int, typed: Any, refused: Refused | None = None) -> HttpResponse:
    context = {
        "typed": typed,
        "templates": TEMPLATES,
        "copies": [(str(one.id), one.name) for one in queries.pages(workspace, 100)],
        **named_fields(workspace, refused),
    }
    return render(request, "web/landing/new.html", context, status=422 if refused else 200)


def named_fields(workspace: int, refused: Refused | None = None) -> dict[str, Any]:
    """What the fields of a name and an address need, and what is wrong at which."""
    at = _FIELDS.get(refused.code, "") if refused else ""
    return {
        "hosts": [one.host for one in domains(workspace, "pages")],
        "home": settings.ENVIRONMENT.url.partition("://")[2],
        "longest": LONGEST_NAME,
        "longest_slug": LONGEST_SLUG,
        "wrong": told(refused) if refused and not at else "",
        "problem": {at: told(refused)} if refused and at else {},
    }


@require_POST
@seated(Ability.EDIT_CAMPAIGNS)
def act(request: HttpRequest, seat: Seat, page: int, act: str) -> HttpResponse:
    """Publishes it, takes it back, archives it, brings it back, restores a version, or makes a copy."""
    workspace, now = seat.workspace.pk, system_clock()
    match act:
        case "publish":
            done = _("Published: visitors see it within seconds.")
            refused = saved(request, lambda: actions.publish_page(workspace, page, now), done)
            if refused is None and leads_nowhere(queries.page(workspace, page).draft):
                messages.warning(request, _("A button still leads to example.com, as in the template: say where to."))
        case "unpublish":
            done = _("Nobody sees the page any more. Its draft and its versions stay.")
            refused = saved(request, lambda: actions.unpublish_page(workspace, page), done)
        case "archive":
            done = _("The page is archived: nobody sees it any more.")
            refused = saved(request, lambda: actions.archive_page(workspace, page, now), done)
        case "bring-back":
            done = _("The page is a draft again.")
            refused = saved(request, lambda: actions.bring_back(workspace, page), done)
        case "restore":
            number = number_in(request.POST.get("version", ""), 2**31) or 0
            done = _("Version {number} is the draft now. Publish it when it is to be seen.").format(number=number)
            refused = saved(request, lambda: actions.restore_version(workspace, page, number, now), done)
        case _:
            found(lambda: queries.page(workspace, page))
            raise Http404(act)
    tell(request, refused)
    return redirect("page", page)


def place_of(page: Page) -> str:
    """The page's address as visitors write it."""
    return (
        f"https://{page.host}/p/{page.slug}" if page.host else f"{settings.ENVIRONMENT.url.rstrip('/')}/p/{page.slug}"
    )
