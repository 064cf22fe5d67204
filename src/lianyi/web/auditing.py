"""The audit log: who did what, searched and taken along as a file."""

import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from lianyi.foundation.access.acting import acting_as
from lianyi.foundation.access.schemas import Ability, Actor
from lianyi.foundation.audit.queries import actions_seen, audit_lines, every_audit_line
from lianyi.foundation.audit.schemas import Line, Wanted
from lianyi.foundation.members.queries import colleagues, names_of
from lianyi.web.access import Seat, seated
from lianyi.web.asked import number_in
from lianyi.web.audit_words import act
from lianyi.web.tables_out import csv_answer, csv_rows

_AT_ONCE = 50


@require_safe
@seated(Ability.SEE_AUDIT)
def audit(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A page of lines, those that are asked for, the newest first."""
    wanted, before = _wanted(request), number_in(request.GET.get("before", ""))
    lines = audit_lines(seat.workspace.pk, _AT_ONCE + 1, wanted=wanted, before=before)
    shown = lines[:_AT_ONCE]
    asked = request.GET.copy()
    asked.pop("before", None)
    context = {
        "rows": _with_names(shown),
        "further": shown[-1].id if len(lines) > _AT_ONCE else None,
        "asked": asked.urlencode(),
        "query": {name: request.GET.get(name, "") for name in ("actor", "action", "from", "to", "about")},
        "filtered": wanted != Wanted(),
        "actions": [(name, act(name)) for name in actions_seen(seat.workspace.pk)],
        "actors": [(f"member:{one.member}", one.name or one.email) for one in colleagues(seat.workspace.pk, limit=500)],
    }
    return render(request, "web/audit.html", context)


@require_safe
@seated(Ability.SEE_AUDIT)
def audit_csv(request: HttpRequest, seat: Seat) -> StreamingHttpResponse:
    """All the lines that are asked for, as CSV; a cell that a spreadsheet would run is made text."""
    rows = _rows(seat.workspace.pk, _wanted(request), seat.actor)
    return csv_answer(csv_rows(rows), f"audit-{seat.workspace.slug}.csv")


def _rows(workspace: int, wanted: Wanted, actor: Actor) -> Iterator[list[Any]]:
    """Runs after the view has ended, so it acts for the member by itself."""
    yield ["id", "at", "actor", "action", "detail"]
    with acting_as(actor):
        lines = every_audit_line(workspace, wanted)
        first = next(lines, None)
    while first is not None:
        yield [first.id, first.at, first.actor, first.action, _detail(first.detail)]
        with acting_as(actor):
            first = next(lines, None)


def _detail(detail: dict[str, Any]) -> str:
    return json.dumps(detail, ensure_ascii=False, sort_keys=True)


def _with_names(lines: list[Line]) -> list[tuple[Line, str, list[tuple[str, Any]]]]:
    """Each line with the name of who acted and its detail; members are called by name, also those who left."""
    numbers = [_member(line.actor) for line in lines] + [line.detail.get("member") for line in lines]
    names = names_of(number for number in numbers if isinstance(number, int))
    return [
        (
            line,
            names.get(_member(line.actor) or 0, ""),
            [(key, names.get(value, value) if key == "member" else _told(value)) for key, value in line.detail.items()],
        )
        for line in lines
    ]


def _told(value: Any) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def _member(actor: str) -> int | None:
    kind, _, number = actor.partition(":")
    return int(number) if kind == "member" and number.isdigit() else None


def _wanted(request: HttpRequest) -> Wanted:
    asked = request.GET
    since, until = _day(asked.get("from", "")), _day(asked.get("to", ""))
    return Wanted(
        actor=asked.get("actor", "").strip()[:64],
        action=asked.get("action", "").strip()[:64],
        since=_midnight(since) if since else None,
        until=_midnight(until + timedelta(1)) if until else None,
        about=number_in(asked.get("about", "").strip().lstrip("#")),
    )


def _day(text: str) -> date | None:
    try:
        found = parse_date(text)
    except ValueError:
        return None
    return found if found and 1900 <= found.year <= 2200 else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_current_timezone())
