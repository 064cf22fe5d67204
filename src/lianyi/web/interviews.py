"""Interview notes: the list, a note of a person, and a file of all of them.

In a note's form a question stands on a line that begins with Q: and its answer beneath it; quotes and tags a line each.
"""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianyi.foundation.access.schemas import Ability
from lianyi.growth.interviews import actions, queries
from lianyi.growth.interviews.schemas import LONGEST, LONGEST_LINE, Draft, Interview, Said
from lianyi.growth.interviews.tables import rows_of
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused
from lianyi.people.profiles.queries import people
from lianyi.web.access import Seat, seated
from lianyi.web.asked import PERSONS, day_in, number_in
from lianyi.web.pairs import answerers
from lianyi.web.refusals import told
from lianyi.web.saving import found, lines_of, saved
from lianyi.web.tables_out import csv_file

_AT_ONCE = 50
_ASKS = "Q:"


@require_safe
@seated(Ability.SEE_PEOPLE)
def interviews(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The newest first, as the filter asks."""
    workspace, (words, tag) = seat.workspace.pk, _asked(request)
    before = number_in(request.GET.get("before", ""))
    rows = queries.interviews(workspace, _AT_ONCE + 1, before, containing=words, tag=tag)
    asked = request.GET.copy()
    asked.pop("before", None)
    members = answerers(row.held_by for row in rows)
    named = {one.number: one.name or "" for one in people(workspace, [row.person for row in rows if row.person])}
    context = {
        "notes": [(row, named.get(row.person or 0, ""), members.get(row.held_by, "")) for row in rows[:_AT_ONCE]],
        "further": rows[_AT_ONCE - 1].id if len(rows) > _AT_ONCE else None,
        "asked": asked.urlencode(),
        "words": words,
        "tag": tag,
    }
    part = {"more": "rows", "interviews": "table"}.get(request.headers.get("HX-Target", ""), "list")
    return render(request, f"web/interviews/{part}.html", context)


@require_POST
@seated(Ability.EXPORT_PEOPLE)
def export(request: HttpRequest, seat: Seat) -> HttpResponseBase:
    """The notes of the filter as CSV, a row for each question."""
    words, tag = request.POST.get("q", "").strip()[:100], request.POST.get("tag", "").strip()[:100]
    actions.note_export(seat.workspace.pk)
    return csv_file("interviews", rows_of(seat.workspace.pk, containing=words, tag=tag))


@require_http_methods(["GET", "HEAD", "POST"])
@seated(Ability.EDIT_PEOPLE)
def new(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A note about the person of the address."""
    said = request.POST if request.method == "POST" else request.GET
    person = number_in(said.get("person", ""), PERSONS) or 0
    context: dict[str, Any] = {"person": person}
    if request.method != "POST":
        return _form(request, {"held_on": timezone.localdate().isoformat()}, **context)
    try:
        made = actions.record_interview(seat.workspace.pk, person, _typed(request), system_clock())
    except Refused as refused:
        return _form(request, request.POST, wrong=told(refused), **context)
    messages.success(request, _("The note is kept."))
    return redirect("person", made.person) if made.person else redirect("interviews")


@require_http_methods(["GET", "HEAD", "POST"])
@seated(Ability.SEE_PEOPLE)
def edit(request: HttpRequest, seat: Seat, note: int) -> HttpResponse:
    """A note, to be read and changed."""
    one = found(lambda: queries.interview_of(seat.workspace.pk, note))
    context: dict[str, Any] = {"note": one, "person": one.person, "by": answerers([one.held_by]).get(one.held_by, "")}
    if request.method != "POST":
        return _form(request, _shown(one), **context)
    refused = saved(
        request,
        lambda: actions.change_interview(seat.workspace.pk, note, _typed(request), system_clock()),
        _("Changed."),
    )
    return _form(request, request.POST, wrong=told(refused), **context) if refused else redirect("interview-edit", note)


@require_POST
@seated(Ability.EDIT_PEOPLE)
def delete(request: HttpRequest, seat: Seat, note: int) -> HttpResponse:
    """Deletes a note for ever."""
    saved(request, lambda: actions.delete_interview(seat.workspace.pk, note), _("The note is deleted."))
    return redirect("interviews")


def _form(request: HttpRequest, typed: Any, *, wrong: str = "", **context: Any) -> HttpResponse:
    told_of = {**context, "typed": typed, "wrong": wrong, "longest": LONGEST, "longest_line": LONGEST_LINE}
    return render(request, "web/interviews/form.html", told_of, status=422 if wrong else 200)


def _asked(request: HttpRequest) -> tuple[str, str]:
    return request.GET.get("q", "").strip()[:100], request.GET.get("tag", "").strip()[:100]


def _typed(request: HttpRequest) -> Draft:
    said = request.POST
    asked, text = _questions(said.get("text", ""))
    held_on = day_in(said.get("held_on", "")) or date(9999, 1, 1)  # which is refused
    return Draft(
        held_on, said.get("place", ""), asked, text, tuple(lines_of(said.get("quotes", ""))),
        tuple(lines_of(said.get("tags", ""))),
    )  # fmt: skip


def _questions(text: str) -> tuple[tuple[Said, ...], str]:
    """Questions with what stands beneath each, and the text before the first."""
    before: list[str] = []
    found: list[tuple[str, list[str]]] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        plain = line.replace("：", ":", 1).strip()
        if plain[:2].upper() == _ASKS:
            found.append((plain[2:].strip(), []))
        elif found:
            found[-1][1].append(line)
        else:
            before.append(line)
    asked = tuple(Said(question, "\n".join(answer).strip()) for question, answer in found)
    return asked, "\n".join(before).strip()


def _shown(note: Interview) -> dict[str, str]:
    draft = note.draft
    asked = "\n\n".join(f"{_ASKS} {one.question}\n{one.answer}" for one in draft.said)
    return {
        "held_on": draft.held_on.isoformat(),
        "place": draft.place,
        "text": "\n\n".join(filter(None, (draft.text, asked))),
        "quotes": "\n".join(draft.quotes),
        "tags": "\n".join(draft.tags),
    }
