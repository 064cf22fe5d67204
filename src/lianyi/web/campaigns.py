"""Pages of campaigns: the list, a new one, one with all that belongs to it, and what is done with it."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianyi.campaigns.campaigns import actions, queries
from lianyi.campaigns.campaigns.schemas import LONGEST, LONGEST_KEY, LONGEST_NOTE, CampaignLine, Draft
from lianyi.foundation.access.schemas import Ability
from lianyi.growth.forms.queries import forms_of_campaign
from lianyi.growth.gatherings.queries import gatherings_of_campaign
from lianyi.growth.keeping import Belonging
from lianyi.growth.pages.queries import pages_of_campaign
from lianyi.growth.surveys.queries import surveys_of_campaign
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused
from lianyi.links.queries import Wanted, links
from lianyi.web.access import Seat, seated
from lianyi.web.asked import day_in, number_in
from lianyi.web.links.words import KINDS
from lianyi.web.refusals import told
from lianyi.web.saving import found, saved, tell
from lianyi.web.tables_out import csv_file

_AT_ONCE = 50


@require_safe
@seated(Ability.SEE_REPORTS)
def campaigns(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The newest first, as the filter asks."""
    words, archived = _filter(request)
    rows = queries.campaigns(
        seat.workspace.pk,
        _AT_ONCE + 1,
        before=number_in(request.GET.get("before", "")),
        words=words,
        archived=archived,
    )
    asked = request.GET.copy()
    asked.pop("before", None)
    context = {
        "campaigns": [(one, _state(one)) for one in rows[:_AT_ONCE]],
        "further": rows[_AT_ONCE - 1].id if len(rows) > _AT_ONCE else None,
        "asked": asked.urlencode(),
        "words": words,
        "archived": archived,
        "filtered": bool(words) or archived != "no",
    }
    parts = {"more": "rows", "campaigns": "table"}
    return render(request, f"web/campaigns/{parts.get(request.headers.get('HX-Target', ''), 'list')}.html", context)


@require_safe
@seated(Ability.SEE_REPORTS)
def export(request: HttpRequest, seat: Seat) -> HttpResponseBase:
    """The campaigns of the filter as CSV."""
    words, archived = _filter(request)

    def rows() -> Any:
        before: int | None = None
        while page := queries.campaigns(seat.workspace.pk, 1_000, before=before, words=words, archived=archived):
            yield from ([one.key, one.name, one.begins_on, one.ends_on, one.note] for one in page)
            before = page[-1].id

    head = [_("Key"), _("Name"), _("First day"), _("Last day"), _("Note")]
    return csv_file("campaigns", [head, *rows()])


@require_http_methods(["GET", "HEAD", "POST"])
@seated(Ability.EDIT_CAMPAIGNS)
def new(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A new campaign."""
    if request.method != "POST":
        return _form(request, {})
    try:
        made = actions.create_campaign(seat.workspace.pk, _typed(request), system_clock())
    except Refused as refused:
        return _form(request, request.POST, refused=refused)
    messages.success(request, _("The campaign is made."))
    return redirect("campaign", made.id)


@require_http_methods(["GET", "HEAD", "POST"])
@seated(Ability.EDIT_CAMPAIGNS)
def edit(request: HttpRequest, seat: Seat, campaign: int) -> HttpResponse:
    """A campaign, to be changed; its key stays."""
    one = found(lambda: queries.campaign_of(seat.workspace.pk, campaign))
    if request.method != "POST":
        return _form(request, one._asdict(), one)
    draft = _typed(request)._replace(key=one.key)
    refused = saved(request, lambda: actions.change_campaign(seat.workspace.pk, campaign, draft), _("Changed."))
    return _form(request, request.POST, one, refused) if refused else redirect("campaign", campaign)


@require_safe
@seated(Ability.SEE_REPORTS)
def campaign(request: HttpRequest, seat: Seat, campaign: int) -> HttpResponse:
    """A campaign with its newest links, pages, forms, gatherings and surveys."""
    workspace = seat.workspace.pk
    one = found(lambda: queries.campaign_of(workspace, campaign))
    rows = links(workspace, _AT_ONCE + 1, wanted=Wanted(campaign=campaign))
    shown = [
        {
            "line": line,
            "kind": KINDS[line.link.kind],
            "plain": line.address(settings.ENVIRONMENT.url).partition("://")[2],
        }
        for line in rows[:_AT_ONCE]
    ]
    context = {"campaign": one, "state": _state(one), "links": shown, "more": len(rows) > _AT_ONCE}
    context |= {"rooms": _rooms(workspace, one.key)}
    return render(request, "web/campaigns/one.html", context)


def _rooms(workspace: int, key: str) -> list[tuple[str, str, list[Belonging]]]:
    """What else belongs to the campaign: how each kind is called, the name of its pages, and the newest of them."""
    return [
        (_("Landing pages"), "page", pages_of_campaign(workspace, key, _AT_ONCE)),
        (pgettext("pages", "Forms"), "form", forms_of_campaign(workspace, key, _AT_ONCE)),
        (_("Gatherings"), "gathering", gatherings_of_campaign(workspace, key, _AT_ONCE)),
        (pgettext("pages", "Surveys"), "survey", surveys_of_campaign(workspace, key, _AT_ONCE)),
    ]


@require_POST
@seated(Ability.EDIT_CAMPAIGNS)
def act(request: HttpRequest, seat: Seat, campaign: int, act: str) -> HttpResponse:
    """Archives it, or puts it into use again."""
    workspace = seat.workspace.pk
    match act:
        case "archive":
            done = _("The campaign is archived; its links go on.")
            tell(request, saved(request, lambda: actions.archive_campaign(workspace, campaign, system_clock()), done))
        case "restore":
            done = _("The campaign is in use again.")
            tell(request, saved(request, lambda: actions.restore_campaign(workspace, campaign), done))
        case _:
            raise Http404(act)
    return redirect("campaign", campaign)


def _filter(request: HttpRequest) -> tuple[str, str]:
    archived = request.GET.get("archived", "")
    return request.GET.get("q", "").strip()[:200], archived if archived in ("yes", "all") else "no"


def _typed(request: HttpRequest) -> Draft:
    said = request.POST
    days = (day_in(said.get("begins_on", "")), day_in(said.get("ends_on", "")))
    return Draft(said.get("name", ""), said.get("key", ""), *days, said.get("note", ""))


def _state(one: CampaignLine) -> tuple[str, str]:
    """Tone and word."""
    today = timezone.localdate()
    if one.archived_at is not None:
        return "plain", _("Archived")
    if one.begins_on and today < one.begins_on:
        return "info", _("To come")
    if one.ends_on and one.ends_on < today:
        return "plain", _("Over")
    return "good", _("Runs")


def _form(
    request: HttpRequest, typed: Any, one: CampaignLine | None = None, refused: Refused | None = None
) -> HttpResponse:
    context = {
        "campaign": one,
        "typed": typed,
        "longest": LONGEST,
        "longest_key": LONGEST_KEY,
        "longest_note": LONGEST_NOTE,
        "wrong": told(refused) if refused else "",
    }
    return render(request, "web/campaigns/form.html", context, status=422 if refused else 200)
