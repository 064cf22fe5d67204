"""Sheets of codes to print: the form that asks for one, the list, how far one is, and its file."""

from typing import Any, cast

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from msgspec.structs import replace

from lianyi.campaigns.campaigns.queries import MOST_CHOICES, campaigns
from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused
from lianyi.links.looks import queries as looks
from lianyi.links.looks.schemas import LookDraft
from lianyi.links.printing import Chosen
from lianyi.links.sheets import actions, queries
from lianyi.links.sheets.schemas import KEPT_FOR, STEPS, SheetLine
from lianyi.web.access import Seat, seated
from lianyi.web.asked import number_in
from lianyi.web.links.looks import FORMS, PAPERS, offered_forms
from lianyi.web.links.pictures import unreached
from lianyi.web.links.words import HOLDERS
from lianyi.web.refusals import told
from lianyi.web.saving import found, saved, tell

_AT_ONCE = 30


@require_safe
@seated(Ability.SEE_REPORTS)
def sheets(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The newest sheets, and the form for another."""
    return _page(request, seat)


@require_POST
@seated(Ability.EDIT_CAMPAIGNS)
def ask(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Asks for a sheet."""
    try:
        return redirect("links-sheet", _asked(request.POST, seat).id)
    except Refused as refused:
        return _page(request, seat, refused)


@require_safe
@seated(Ability.SEE_REPORTS)
def one(request: HttpRequest, seat: Seat, sheet: int) -> HttpResponse:
    """How far it is; once it is over, the page is to be loaded anew."""
    line = found(lambda: queries.sheet_of(seat.workspace.pk, sheet))
    if request.headers.get("HX-Target") == "standing":
        if line.state != "running":
            return HttpResponse(status=200, headers={"HX-Refresh": "true"})
        return render(request, "web/links/standing.html", _told(line))
    return render(request, "web/links/sheet.html", _told(line))


@require_safe
@seated(Ability.SEE_REPORTS)
def file(request: HttpRequest, seat: Seat, sheet: int) -> HttpResponseBase:
    """The document."""
    del request
    path = found(lambda: queries.file_of(seat.workspace.pk, sheet))
    name = f"codes-{sheet}.pdf"
    answer = FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type="application/pdf")
    return cast(HttpResponseBase, answer)


@require_POST
@seated(Ability.EDIT_CAMPAIGNS)
def act(request: HttpRequest, seat: Seat, sheet: int, act: str) -> HttpResponse:
    """Stops it, or removes it."""
    workspace = seat.workspace.pk
    match act:
        case "stop":
            tell(request, saved(request, lambda: actions.stop_sheet(workspace, sheet, system_clock())))
            return redirect("links-sheet", sheet)
        case "delete":
            refused = saved(request, lambda: actions.delete_sheet(workspace, sheet), _("Deleted."))
            tell(request, refused)
            return redirect("links-sheet", sheet) if refused else redirect("links-sheets")
        case _:
            raise Http404(act)


def _page(request: HttpRequest, seat: Seat, wrong: Refused | None = None) -> HttpResponse:
    workspace = seat.workspace.pk
    rows = queries.sheets(workspace, _AT_ONCE + 1, number_in(request.GET.get("before", "")))
    context = {
        "sheets": [_told(one) for one in rows[:_AT_ONCE]],
        "further": rows[_AT_ONCE - 1].id if len(rows) > _AT_ONCE else None,
        "typed": request.POST or request.GET,
        "wrong": told(wrong) if wrong else "",
        "looks": looks.looks(workspace),
        "campaigns": campaigns(workspace, MOST_CHOICES),
        "holders": HOLDERS,
        "forms": FORMS,
        "papers": PAPERS,
        "unreached": unreached(settings.ENVIRONMENT.url),
    }
    return render(request, "web/links/sheets.html", context, status=422 if wrong else 200)


def _asked(said: QueryDict, seat: Seat) -> SheetLine:
    """Asks for the sheet that was typed."""
    workspace = seat.workspace.pk
    chosen = Chosen(said.get("campaign", ""), said.get("holder_kind", ""), said.get("holder", "").strip())
    return actions.ask_sheet(
        workspace,
        chosen,
        _look(said, workspace),
        system_clock(),
        installation=settings.ENVIRONMENT.url,
        title=seat.workspace.name,
    )


def _look(said: QueryDict, workspace: int) -> LookDraft:
    """The look that was chosen, with the layout and the paper of this sheet where they were."""
    look = looks.chosen_look(workspace, number_in(said.get("look", "")) if said.get("look", "0") != "0" else 0)
    form, paper = said.get("form", ""), said.get("paper", "")
    if not form and not paper:
        return look
    return replace(look, form=form or look.form, paper=paper or look.paper, size=0.0)


def _told(line: SheetLine) -> dict[str, Any]:
    return {
        "sheet": line,
        "steps": STEPS,
        "holder_kind": HOLDERS.get(line.chosen.holder_kind, ""),
        "form": offered_forms(line.look.form)[line.look.form],
        "paper": PAPERS.get(line.look.paper, ""),
        "failed": told(line.problem) if line.problem else "",
        "days": KEPT_FOR // 86400,
    }
