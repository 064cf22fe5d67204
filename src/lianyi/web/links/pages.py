"""Pages of links and channel codes: the list, a new one, one, and what is done with it."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianyi.campaigns.campaigns.queries import MOST_CHOICES, campaigns
from lianyi.channels.accounts.queries import accounts
from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused
from lianyi.links import actions, queries
from lianyi.links.drafts import LinkLine, Template
from lianyi.links.reading import LARGEST_FILE, as_file, read_links
from lianyi.web.access import Seat, seated
from lianyi.web.asked import number_in
from lianyi.web.links import clicks, form, pictures
from lianyi.web.links.words import DEVICES, HOLDERS, KINDS, SYSTEMS
from lianyi.web.refusals import told
from lianyi.web.saving import found, saved, tell
from lianyi.web.tables_out import csv_answer

_AT_ONCE = 50


@require_safe
@seated(Ability.SEE_REPORTS)
def links(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The newest first, as the filter asks; a page names the number that the one before ended with."""
    wanted = wanted_in(request)
    rows = queries.links(
        seat.workspace.pk, _AT_ONCE + 1, wanted=wanted, before=number_in(request.GET.get("before", ""))
    )
    asked = request.GET.copy()
    asked.pop("before", None)
    counts = clicks.list_told(seat.workspace.pk, rows[:_AT_ONCE])
    context = {
        "links": [{**_shown(one), "clicks": clicks.one_of(counts, one)} for one in rows[:_AT_ONCE]],
        "counts_known": counts is not None,
        "numbers": [one.id for one in rows[:_AT_ONCE]],
        "further": rows[_AT_ONCE - 1].id if len(rows) > _AT_ONCE else None,
        "asked": asked.urlencode(),
        "wanted": wanted,
        "filtered": wanted != queries.Wanted(),
        "campaigns": campaigns(seat.workspace.pk, MOST_CHOICES),
        "kinds": KINDS,
        "holders": HOLDERS,
    }
    parts = {"more": "rows", "links": "table"}
    return render(request, f"web/links/{parts.get(request.headers.get('HX-Target', ''), 'list')}.html", context)


@require_safe
@seated(Ability.SEE_REPORTS)
def export(request: HttpRequest, seat: Seat) -> HttpResponseBase:
    """The links of the filter as CSV, in the form in which they come in."""
    rows = queries.every_link(seat.workspace.pk, wanted_in(request))
    return csv_answer(as_file(rows, settings.ENVIRONMENT.url), "links.csv")


@require_http_methods(["GET", "HEAD", "POST"])
@seated(Ability.EDIT_CAMPAIGNS)
def new(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A new link or code; `template` fills in what a template says."""
    workspace = seat.workspace.pk
    if request.method != "POST":
        typed = {"kind": "link", "campaign": request.GET.get("campaign", ""), **_from_template(request, workspace)}
        typed |= {name: request.GET[name] for name in ("kind", "target", "name") if name in request.GET}
        return render(request, "web/links/form.html", form.fields(workspace, typed, []))
    try:
        made = actions.create_link(workspace, form.draft_in(request.POST), system_clock(), form.ours(workspace))
    except Refused as refused:
        return _again(request, workspace, refused)
    messages.success(request, _("The link is made."))
    return redirect("link", made.id)


@require_http_methods(["GET", "HEAD", "POST"])
@seated(Ability.EDIT_CAMPAIGNS)
def edit(request: HttpRequest, seat: Seat, link: int) -> HttpResponse:
    """A link, to be changed."""
    workspace = seat.workspace.pk
    one = found(lambda: queries.link_of(workspace, link))
    if request.method != "POST":
        context = form.fields(workspace, form.typed_of(one), form.routes_of(one))
        return render(request, "web/links/form.html", {**context, "line": one})
    refused = saved(
        request,
        lambda: actions.change_link(workspace, link, form.draft_in(request.POST), form.ours(workspace)),
        _("Changed."),
    )
    return _again(request, workspace, refused, one) if refused else redirect("link", link)


@require_safe
@seated(Ability.SEE_REPORTS)
def link(request: HttpRequest, seat: Seat, link: int) -> HttpResponse:
    """Its address to copy, where it leads and what it says of whoever follows it."""
    line = found(lambda: queries.link_of(seat.workspace.pk, link))
    routes = [_route(one) for one in line.link.routes]
    names = {one.external: one.name for one in accounts(seat.workspace.pk)} if line.link.kind == "wechat" else {}
    context = {
        **_shown(line),
        **pictures.shown_code(request, seat.workspace.pk),
        "routes": routes,
        "unreached": pictures.unreached(line.address(settings.ENVIRONMENT.url)),
        "account_name": names.get(line.link.account, ""),
        **clicks.link_told(seat.workspace.pk, line),
    }
    return render(request, "web/links/one.html", context)


@require_POST
@seated(Ability.EDIT_CAMPAIGNS)
def act(request: HttpRequest, seat: Seat, link: int, act: str) -> HttpResponse:
    """Archives it, or puts it into use again."""
    workspace = seat.workspace.pk
    match act:
        case "archive":
            done = _("The link is archived: it leads nowhere any more.")
            tell(request, saved(request, lambda: actions.archive_link(workspace, link, system_clock()), done))
        case "restore":
            tell(request, saved(request, lambda: actions.restore_link(workspace, link), _("The link is in use again.")))
        case _:
            raise Http404(act)
    return redirect("link", link)


@require_http_methods(["GET", "HEAD", "POST"])
@seated(Ability.EDIT_CAMPAIGNS)
def upload(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Many links from a file, all or none."""
    if request.method != "POST":
        return render(request, "web/links/upload.html", {"most": actions.AT_ONCE})
    given = request.FILES.get("file")
    content = given.read(LARGEST_FILE + 1) if given is not None else b""
    workspace = seat.workspace.pk
    try:
        drafts = read_links((given and given.name) or "", content)
        made = actions.make_links(workspace, drafts, system_clock(), form.ours(workspace))
    except Refused as refused:
        context = {"most": actions.AT_ONCE, "wrong": told(refused)}
        return render(request, "web/links/upload.html", context, status=422)
    messages.success(request, _("{count} links are made.").format(count=len(made)))
    return redirect("links")


@require_POST
@seated(Ability.EDIT_CAMPAIGNS)
def template(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Keeps what the form says of the source as a template."""
    said = {name: request.POST.get(name, "") for name in ("channel", "medium", "campaign", "term", "content")}
    name = request.POST.get("template_name", "")
    refused = saved(
        request,
        lambda: actions.save_template(seat.workspace.pk, Template(0, name, **said)),
        _("The template is saved."),
    )
    tell(request, refused)
    return redirect("links-new")


@require_POST
@seated(Ability.EDIT_CAMPAIGNS)
def template_delete(request: HttpRequest, seat: Seat, template: int) -> HttpResponse:
    """Forgets a template."""
    saved(request, lambda: actions.delete_template(seat.workspace.pk, template), _("Deleted."))
    return redirect("links-new")


def wanted_in(request: HttpRequest) -> queries.Wanted:
    """What the filter asks for; what it cannot mean asks for nothing."""
    said = request.GET
    kind, holder, archived = said.get("kind", ""), said.get("holder", ""), said.get("archived", "")
    return queries.Wanted(
        words=said.get("q", "").strip()[:200],
        kind=kind if kind in KINDS else "",
        campaign=number_in(said.get("campaign", "")),
        holder_kind=holder if holder in HOLDERS else "",
        archived=archived if archived in ("yes", "all") else "no",
    )


def _shown(line: LinkLine) -> dict[str, Any]:
    address = line.address(settings.ENVIRONMENT.url)
    return {
        "line": line,
        "link": line.link,
        "address": address,
        "plain": address.partition("://")[2],
        "kind": KINDS[line.link.kind],
        "holder_kind": HOLDERS.get(line.link.holder_kind, ""),
    }


def _route(route: Any) -> dict[str, Any]:
    words = [
        *route.countries,
        *route.regions,
        *(DEVICES[one] for one in route.devices),
        *(SYSTEMS[one] for one in route.systems),
        *route.languages,
    ]
    return {"target": route.target, "weight": route.weight, "words": words}


def _from_template(request: HttpRequest, workspace: int) -> dict[str, str]:
    wanted = number_in(request.GET.get("template", ""))
    for one in queries.templates(workspace):
        if one.id == wanted:
            said = one._asdict()
            return {name: said[name] for name in ("channel", "medium", "campaign", "term", "content") if said[name]}
    return {}


def _again(request: HttpRequest, workspace: int, refused: Refused, line: LinkLine | None = None) -> HttpResponse:
    context = form.fields(workspace, request.POST, form.routes_typed(request.POST))
    return render(request, "web/links/form.html", {**context, "line": line, "wrong": told(refused)}, status=422)
