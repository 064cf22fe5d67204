"""What was sent by a form: the list with people, answers and the wordings agreed to, how many came on each day, and a
file of all of it.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lianyi.foundation.access.schemas import Ability, Denied
from lianyi.growth.forms import queries
from lianyi.growth.forms.actions import fetch_file, note_export
from lianyi.growth.forms.fields import Choice, Choices, Consent
from lianyi.growth.forms.lines import SubmissionLine
from lianyi.growth.forms.schemas import Definition
from lianyi.growth.forms.tables import table_of
from lianyi.kernel.clock import day_bounds, to_micros
from lianyi.kernel.errors import Refused
from lianyi.people.profiles.queries import people
from lianyi.web.access import Seat, seated
from lianyi.web.asked import ROWS, day_in, number_in
from lianyi.web.forms.building import head_of
from lianyi.web.refusals import told
from lianyi.web.saving import found
from lianyi.web.tables_out import csv_answer, csv_rows, xlsx_file

_AT_ONCE = 50
_DAYS = 30  # that the chart shows where no other are asked for
_MOST_DAYS = 366
_NEUTRAL = "application/octet-stream"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Asked(NamedTuple):
    """The filter; days of the member's zone, the last one included."""

    containing: str
    first: date | None
    last: date | None

    @classmethod
    def of(cls, said: QueryDict) -> "Asked":
        """What an address or a form asks for; what it cannot mean asks for nothing."""
        days = (_day(said.get(name, "")) for name in ("since", "until"))
        return cls(said.get("q", "").strip()[:100], *days)

    @property
    def period(self) -> dict[str, Any]:
        """The filter as `submissions` takes it."""
        since = None if self.first is None else _bounds(self.first, self.first)[0]
        until = None if self.last is None else _bounds(self.last, self.last)[1]
        return {"containing": self.containing, "since": since, "until": until}


@require_safe
@seated(Ability.SEE_PEOPLE)
def submissions(request: HttpRequest, seat: Seat, form: int) -> HttpResponse:
    """The newest first, as the filter asks; a page names the row that the one before ended with."""
    workspace, asked = seat.workspace.pk, Asked.of(request.GET)
    one = found(lambda: queries.form_of(workspace, form))
    after = _after(request.GET.get("after", ""))
    rows = queries.submissions(workspace, form, _AT_ONCE + 1, after, **asked.period)
    query = request.GET.copy()
    query.pop("after", None)
    last = rows[_AT_ONCE - 1] if len(rows) > _AT_ONCE else None
    context: dict[str, Any] = {
        **head_of(one),
        "asked": asked,
        "filtered": asked != Asked("", None, None),
        "query": query.urlencode(),
        "sent": _shown(workspace, form, rows[:_AT_ONCE]),
        "further": f"{last.at}.{last.event}" if last else None,
    }
    target = request.headers.get("HX-Target", "")
    if target not in ("more", "submissions"):
        context["chart"], context["count"] = _chart(workspace, form, asked)
    parts = {"more": "sent", "submissions": "found"}
    return render(request, f"web/forms/{parts.get(target, 'submissions')}.html", context)


@require_POST
@seated(Ability.EXPORT_PEOPLE)
def export(request: HttpRequest, seat: Seat, form: int) -> HttpResponseBase:
    """What was sent, as the filter asks: CSV, or XLSX when that is asked. Each file leaves a line in the audit log."""
    workspace, asked = seat.workspace.pk, Asked.of(request.POST)
    one = found(lambda: queries.form_of(workspace, form))
    kind = "xlsx" if request.POST.get("form") == "xlsx" else "csv"
    rows = table_of(workspace, form, **asked.period)
    name = f"form-{form}-{timezone.localdate():%Y-%m-%d}.{kind}"
    if kind == "csv":
        note_export(workspace, form)
        return csv_answer(csv_rows(rows), name)
    try:
        file = xlsx_file(_sheet(one.name), rows)
    except Refused as refused:
        messages.error(request, told(refused))
        return redirect(reverse("form-submissions", args=[form]))
    note_export(workspace, form)
    return FileResponse(file, as_attachment=True, filename=name, content_type=_XLSX)


@require_safe
@seated(Ability.SEE_PEOPLE)
def file(request: HttpRequest, seat: Seat, form: int, event: str, field: str) -> HttpResponseBase:
    """A file that came with a submission, to be kept and not to be shown: strangers sent it. That it was fetched is
    written down.
    """
    try:
        kept = fetch_file(seat.workspace.pk, form, event, field)
    except Denied:
        raise
    except Refused as refused:
        if refused.code != "form_file.gone":
            raise Http404(refused.code) from None
        messages.error(request, told(refused))
        return redirect("form-submissions", form)
    answer = FileResponse(kept.path.open("rb"), as_attachment=True, filename=kept.name, content_type=_NEUTRAL)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _shown(workspace: int, form: int, rows: list[SubmissionLine]) -> list[dict[str, Any]]:
    definitions = queries.definitions_of(workspace, form, {row.version for row in rows})
    names = {one.number: one.name for one in people(workspace, {row.person for row in rows if row.person})}
    return [
        {
            "row": row,
            "name": names.get(row.person or 0, ""),
            "answers": list(_answers(row, definitions.get(row.version))),
        }
        for row in rows
    ]


def _answers(row: SubmissionLine, definition: Definition | None) -> Iterator[dict[str, Any]]:
    """What was answered, in the order of the form, with the words of the version that was filled in."""
    tongue = "en" if get_language() == "en" else "zh"
    keys = [one.key for one in definition.fields] if definition else []
    for key in [*(key for key in keys if key in row.answers), *(key for key in row.answers if key not in keys)]:
        field, value = (definition.field(key) if definition else None), row.answers[key]
        label = field.label.told(tongue) if field is not None else ""
        found: dict[str, Any] = {"label": label or key, "value": value, "wording": "", "agreed": None}
        if isinstance(field, Consent):
            found |= {"wording": field.wording.told(row.language), "agreed": value is True}
        elif isinstance(field, Choice | Choices):
            labels = {one.value: one.label.told(tongue) or one.value for one in field.options}
            values = value if isinstance(value, list) else [value]
            found["value"] = ", ".join(labels.get(str(one), str(one)) for one in values)
        elif isinstance(value, dict):
            found |= {"value": value.get("name", ""), "file": key if "file" in value else "", "size": value.get("size")}
        elif isinstance(value, list):
            found["value"] = ", ".join(map(str, value))
        yield found


def _chart(workspace: int, form: int, asked: Asked) -> tuple[dict[str, Any], int]:
    """How many came on each day of the period, else of the last 30, and how many in all of it."""
    last = asked.last or timezone.localdate()
    first = asked.first or last - timedelta(_DAYS - 1)
    first = max(first, last - timedelta(_MOST_DAYS - 1))
    zone = timezone.get_current_timezone_name()
    counts = queries.by_day(workspace, form, zone, *_bounds(first, max(first, last)))
    days = [first + timedelta(one) for one in range((last - first).days + 1)]
    values = [counts.get(day, 0) for day in days]
    labels = [f"{day:%Y-%m-%d}" for day in days]
    return {"labels": labels, "series": [{"name": _("Submissions"), "values": values}]}, sum(values)


def _bounds(first: date, last: date) -> tuple[int, int]:
    start, end = day_bounds(first, last, timezone.get_current_timezone())
    return to_micros(start), to_micros(end)


def _day(text: str) -> date | None:
    found_day = day_in(text)
    return found_day if found_day is not None and 1971 <= found_day.year < 2200 else None


def _after(text: str) -> tuple[int, bytes] | None:
    at, _dot, event = text.partition(".")
    moment = number_in(at, ROWS)
    try:
        return (moment, bytes.fromhex(event)) if moment and len(event) == 32 else None
    except ValueError:
        return None


def _sheet(name: str) -> str:
    """A name that a sheet of a workbook may have."""
    return "".join(sign for sign in name if sign not in "[]:*?/\\'") or "Form"
