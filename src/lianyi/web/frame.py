"""The frame around every page: the main navigation, the pages of the settings, and the light that the reader chose.

A room adds a line here and an address of that name; what has no address yet is shown as coming later, or, beneath
another line, not at all.
"""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_POST

from lianyi.foundation.access.schemas import Ability
from lianyi.web.access import Seat, seated

THEME_COOKIE = "__Host-theme" if settings.SESSION_COOKIE_SECURE else "theme"
THEMES = ("day", "night")


@dataclass(frozen=True)
class Line:
    """A line of the navigation: `name` is that of its address; `under` are addresses whose pages belong to it."""

    name: str
    label: str | Promise
    ability: Ability
    icon: str = ""
    under: tuple[str, ...] = ()
    lines: tuple["Line", ...] = ()


MAIN = (
    Line("overview", _("Overview"), Ability.SEE_REPORTS, "overview", under=("first-steps",)),
    Line(
        "people",
        _("People"),
        Ability.SEE_PEOPLE,
        "people",
        lines=(
            Line("people", _("List of people"), Ability.SEE_PEOPLE, under=("person", "tagging")),
            Line("segments", _("Segments"), Ability.SEE_PEOPLE, under=("segment",)),
            Line("scores", pgettext_lazy("pages", "Scores"), Ability.SEE_PEOPLE),
            Line("duplicates", _("Likely duplicates"), Ability.SEE_PEOPLE, under=("duplicate",)),
            Line("conflicts", _("Identity conflicts"), Ability.SEE_PEOPLE, under=("conflict",)),
            Line("handovers", _("Hand-overs"), Ability.SEE_PEOPLE, under=("handover",)),
            Line("interviews", pgettext_lazy("pages", "Interviews"), Ability.SEE_PEOPLE, under=("interview",)),
            Line("imports", pgettext_lazy("pages", "Imports"), Ability.RUN_IMPORTS, under=("import",)),
        ),
    ),
    Line("content", _("Content"), Ability.SEE_REPORTS, "content"),
    Line("inbox", _("Inbox"), Ability.SEE_PEOPLE, "inbox"),
    Line(
        "campaigns",
        _("Campaigns"),
        Ability.SEE_REPORTS,
        "campaigns",
        lines=(
            Line("campaigns", pgettext_lazy("pages", "Campaigns"), Ability.SEE_REPORTS, under=("campaign",)),
            Line("links", _("Links and codes"), Ability.SEE_REPORTS, under=("link",)),
            Line("pages", _("Landing pages"), Ability.SEE_REPORTS, under=("page",)),
            Line("forms", pgettext_lazy("pages", "Forms"), Ability.SEE_REPORTS, under=("form",)),
            Line("gatherings", _("Gatherings"), Ability.SEE_REPORTS, under=("gathering",)),
            Line("surveys", pgettext_lazy("pages", "Surveys"), Ability.SEE_REPORTS, under=("survey",)),
        ),
    ),
    Line("journeys", _("Journeys"), Ability.SEE_REPORTS, "journeys"),
    Line("events", pgettext_lazy("pages", "Events"), Ability.SEE_REPORTS, "events", under=("event", "dead-letter")),
    Line(
        "spend",
        _("Insight"),
        Ability.SEE_REPORTS,
        "insight",
        lines=(
            Line("spend", _("Sources and spend"), Ability.SEE_REPORTS, under=("source",)),
            Line("funnels", _("Ordered funnel"), Ability.SEE_REPORTS),
            Line("models", pgettext_lazy("pages", "Learned models"), Ability.SEE_REPORTS, under=("model",)),
            Line("worth", pgettext_lazy("pages", "Lifetime value"), Ability.SEE_REPORTS),
            Line("experiments", _("Experiments"), Ability.SEE_REPORTS, under=("experiment",)),
        ),
    ),
    Line("settings", _("Settings"), Ability.SEE_REPORTS, "settings", under=("settings",)),
)

SETTINGS = (
    Line("settings-traits", _("Traits"), Ability.SEE_REPORTS),
    Line("settings-tags", _("Tags"), Ability.SEE_REPORTS),
    Line("settings-stages", _("Stages"), Ability.SEE_REPORTS),
    Line("settings-funnel", _("Funnel"), Ability.SEE_REPORTS),
    Line("settings-scoring", pgettext_lazy("pages", "Scores"), Ability.EDIT_SETTINGS),
    Line("settings-handover", _("Hand-over"), Ability.EDIT_SETTINGS),
    Line("settings-hours", _("Working hours"), Ability.EDIT_SETTINGS),
    Line("settings-accounts", pgettext_lazy("pages", "Accounts"), Ability.EDIT_ACCOUNTS),
    Line("settings-domains", _("Own domains"), Ability.EDIT_ACCOUNTS),
    Line("settings-keys", _("Write keys"), Ability.EDIT_KEYS),
    Line("settings-tokens", _("API tokens"), Ability.EDIT_KEYS),
    Line("settings-webhooks", _("Webhooks"), Ability.EDIT_KEYS),
    Line("settings-members", _("Members"), Ability.EDIT_MEMBERS),
    Line("settings-audit", _("Audit log"), Ability.SEE_AUDIT),
    Line("settings-privacy", _("Privacy"), Ability.SEE_REPORTS),
    Line("settings-workspace", pgettext_lazy("pages", "Workspace"), Ability.EDIT_SETTINGS),
)


@dataclass(frozen=True)
class Shown:
    """A line as it is drawn. Without an address it comes later."""

    label: str
    icon: str
    address: str | None
    current: str  # "page", "true" for a page beneath it, or ""
    lines: tuple["Shown", ...] = ()


def shown(lines: tuple[Line, ...], seat: Seat, at: str, *, later: bool) -> tuple[Shown, ...]:
    """The lines that the seat may go, seen from the address of this name; with `later`, also those to come."""
    drawn = []
    for line in lines:
        if line.ability.value.replace(".", "_") not in seat.may:
            continue
        address = _address(line.name)
        beneath = shown(line.lines, seat, at, later=False) if address else ()
        if address or later:
            drawn.append(Shown(str(line.label), line.icon, address, _current(line, at), beneath))
    return tuple(drawn)


def _address(name: str) -> str | None:
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


def _current(line: Line, at: str) -> str:
    if at == line.name and not line.lines:
        return "page"
    names = [line.name, *line.under, *(name for one in line.lines for name in (one.name, *one.under))]
    if any(at == name or at.startswith(f"{name}-") for name in names):
        return "true"
    return ""


@seated(Ability.SEE_REPORTS)
def settings_home(_request: HttpRequest, seat: Seat) -> HttpResponse:
    """Leads to the first of the settings that the member may see."""
    found = shown(SETTINGS, seat, "", later=False)
    return redirect(found[0].address if found and found[0].address else reverse("overview"))


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or what the reader's system says; a cookie keeps it."""
    place = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(place, {request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(place if safe else reverse("overview"))  # never a name of a page
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie(
            THEME_COOKIE,
            chosen,
            max_age=365 * 86400,
            httponly=True,
            samesite="Lax",
            secure=bool(settings.SESSION_COOKIE_SECURE),
        )
    else:
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
    return response
