"""Sources and spend: what each source cost in a period beside the people who came by it, and the lines of spend."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianyi.campaigns.spend.actions import LARGEST_FILE, change_spend, delete_spend, record_spend, record_spend_file
from lianyi.campaigns.spend.queries import cost_by_source, every_line, spend_line, spend_lines
from lianyi.campaigns.spend.reading import HEADER, as_file, as_row, day_of
from lianyi.campaigns.spend.schemas import Recorded, Spend
from lianyi.events.schemas import Source
from lianyi.foundation.access.schemas import Ability
from lianyi.insight.kept.keeping import kept
from lianyi.insight.kept.schemas import Kept
from lianyi.insight.newcomers.queries import came_by_source
from lianyi.insight.newcomers.schemas import Came
from lianyi.insight.returns.queries import returns
from lianyi.kernel.clock import day_bounds
from lianyi.kernel.errors import Refused
from lianyi.kernel.money import parse_amount
from lianyi.web.access import Seat, seated
from lianyi.web.asked import number_in
from lianyi.web.refusals import told

_PAGE = 50
_SOURCES = 100
_DAYS = 30


@require_safe
@seated(Ability.SEE_REPORTS)
def spend(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The page. What people came by is a kept answer, since it is counted from everybody."""
    return _page(request, seat)


@require_safe
@seated(Ability.SEE_REPORTS)
def spend_lines_part(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The next lines of spend."""
    return render(request, "web/parts/spend_lines.html", _lines(request, seat))


@require_POST
@seated(Ability.EDIT_SPEND)
def spend_add(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Keeps a line."""
    try:
        recorded = record_spend(seat.workspace.pk, [_typed(request)])
    except Refused as refused:
        return _page(request, seat, {"wrong": told(refused), "typed": request.POST}, 422)
    _say(request, recorded)
    return redirect("spend")


@require_POST
@seated(Ability.EDIT_SPEND)
def spend_upload(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Keeps the lines of a file, all or none."""
    given = request.FILES.get("file")
    try:
        content = given.read(LARGEST_FILE + 1) if given is not None else b""
        recorded = record_spend_file(seat.workspace, (given and given.name) or "", content)
    except Refused as refused:
        return _page(request, seat, {"wrong_file": told(refused)}, 422)
    _say(request, recorded)
    return redirect("spend")


@require_http_methods(["GET", "HEAD", "POST"])
@seated(Ability.EDIT_SPEND)
def spend_edit(request: HttpRequest, seat: Seat, line: int) -> HttpResponse:
    """A line, to be changed."""
    found = spend_line(seat.workspace.pk, line)
    if found is None:
        raise Http404
    if request.method != "POST":
        return render(request, "web/spend_line.html", {"line": line, "typed": _as_typed(found.spend)})
    try:
        change_spend(seat.workspace.pk, line, _typed(request))
    except Refused as refused:
        context = {"line": line, "typed": request.POST, "wrong": told(refused)}
        return render(request, "web/spend_line.html", context, status=422)
    messages.success(request, _("Changed."))
    return redirect("spend")


@require_POST
@seated(Ability.EDIT_SPEND)
def spend_delete(request: HttpRequest, seat: Seat, line: int) -> HttpResponse:
    """Forgets a line."""
    try:
        delete_spend(seat.workspace.pk, line)
    except Refused:
        raise Http404 from None
    messages.success(request, _("Deleted."))
    return redirect("spend")


@require_safe
@seated(Ability.SEE_REPORTS)
def spend_export(_request: HttpRequest, seat: Seat) -> HttpResponse:
    """All lines as CSV, in the form in which they come in; a cell that a spreadsheet would compute is defused."""
    lines = as_file(every_line(seat.workspace.pk))
    response = HttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="spend.csv"'
    return response


def _page(request: HttpRequest, seat: Seat, more: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    first, last = _days(request)
    known = _came(seat.workspace.pk, first, last)
    came = [
        Came(None if source is None else Source(*source), people, orders, Decimal(spent))
        for source, people, orders, spent in known.answer or ()
    ]
    found = returns(cost_by_source(seat.workspace.pk, first, last), came)
    context = {
        "first": first,
        "last": last,
        "kept": known,
        "returns": found[:_SOURCES],
        "left_out": max(0, len(found) - _SOURCES),
        "currency": seat.workspace.currency,
        "today": timezone.localdate(),
        **_lines(request, seat),
        **(more or {}),
    }
    part = request.headers.get("HX-Target") == "returns"
    return render(request, "web/parts/returns.html" if part else "web/spend.html", context, status=status)


def _came(workspace: int, first: date, last: date) -> Kept:
    zone = timezone.get_current_timezone()
    start, end = day_bounds(first, last, zone)

    def count() -> list[Any]:
        return [[one.source, one.people, one.orders, str(one.spent)] for one in came_by_source(workspace, start, end)]

    return kept(workspace, f"came:{start.isoformat()}/{end.isoformat()}", count)


def _lines(request: HttpRequest, seat: Seat) -> dict[str, Any]:
    lines = spend_lines(seat.workspace.pk, _PAGE + 1, number_in(request.GET.get("before", "")))
    return {"lines": lines[:_PAGE], "further": lines[_PAGE - 1].id if len(lines) > _PAGE else None}


def _days(request: HttpRequest) -> tuple[date, date]:
    """The period that is asked for; what is no period is the last 30 days."""
    today = timezone.localdate()
    try:
        first, last = day_of(request.GET.get("from", "")), day_of(request.GET.get("to", ""))
    except Refused:
        return today - timedelta(_DAYS - 1), today
    proper = date(1970, 1, 1) <= first <= last <= date(2200, 1, 1)
    return (first, last) if proper else (today - timedelta(_DAYS - 1), today)


def _typed(request: HttpRequest) -> Spend:
    said = {name: request.POST.get(name, "").strip() for name in HEADER}
    first = day_of(said["from"])
    return Spend(
        Source(said["channel"], said["medium"], said["campaign"], said["code"]),
        first,
        day_of(said["to"]) if said["to"] else first,
        parse_amount(said["amount"]),
        said["currency"].upper(),
        said["note"],
    )


def _as_typed(line: Spend) -> dict[str, str]:
    return dict(zip(HEADER, as_row(line), strict=True))


def _say(request: HttpRequest, recorded: Recorded) -> None:
    told = ngettext("{new} line is new.", "{new} lines are new.", recorded.new).format(new=recorded.new)
    if recorded.same:
        again = ngettext("{same} was there already.", "{same} were there already.", recorded.same)
        told = f"{told} {again.format(same=recorded.same)}"
    messages.success(request, told)
