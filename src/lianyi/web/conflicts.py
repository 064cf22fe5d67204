"""Identity conflicts: identities that somebody vouches are one person's, and that had to stay apart."""

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import system_clock
from lianyi.people.identity import actions
from lianyi.people.identity.queries import (
    answer_to,
    answered_questions,
    question_of,
    questions,
    shown_identities,
)
from lianyi.people.identity.schemas import Answered, Question, Said
from lianyi.people.profiles.queries import people
from lianyi.web.access import Seat, seated
from lianyi.web.pairs import answerers, decided, place_of
from lianyi.web.saving import saved, tell
from lianyi.web.side_by_side import side_by_side

STATES = ("open", "later", "same", "different")
_AT_ONCE = 30


@require_safe
@seated(Ability.SEE_PEOPLE)
def conflicts(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The conflicts of a state: open ones in the order in which they were stated, else the last answer first."""
    workspace = seat.workspace.pk
    asked = request.GET.get("state", "open")
    state = asked if asked in STATES else "open"
    place = place_of(request.GET.get("after", ""))
    after = (int(place[0]), *place[1:]) if place else None
    found: list[tuple[Question, Answered | None]]
    if state == "open":
        found = [(one, None) for one in questions(workspace, _AT_ONCE + 1, after=after)]
    else:
        said_so = answered_questions(workspace, cast(Said, state), _AT_ONCE + 1, after=after)
        found = [(one.question, one) for one in said_so]
    shown = found[:_AT_ONCE]
    rows = {row.number: row for row in people(workspace, {n for one, _ in shown for n in (one.person_a, one.person_b)})}
    context: dict[str, Any] = {
        "conflicts": [(one, rows.get(one.person_a), rows.get(one.person_b), answered) for one, answered in shown],
        "identities": shown_identities(workspace, {n for one, _ in shown for n in (one.a, one.b)}),
        "names": answerers([answered.actor for _, answered in shown if answered]),
        "state": state,
        "states": STATES,
        "further": _place(*shown[-1]) if len(found) > _AT_ONCE else "",
        "paged": after is not None,
    }
    part = after is not None and request.headers.get("HX-Request")
    return render(request, "web/pairs/conflict_rows.html" if part else "web/pairs/conflicts.html", context)


@require_safe
@seated(Ability.SEE_PEOPLE)
def conflict(request: HttpRequest, seat: Seat, a: int, b: int) -> HttpResponse:
    """One conflict: what was stated, why it cannot be followed, and both people side by side."""
    workspace = seat.workspace.pk
    question, answered = _conflict(workspace, a, b)
    before = decided(request)
    context = {
        "question": question,
        "answered": answered,
        "identities": shown_identities(workspace, {question.a, question.b}),
        "sides": side_by_side(workspace, question.person_a, question.person_b),
        "names": answerers([answered.actor] if answered else []),
        "decided": answer_to(workspace, *before) if before and before != (question.a, question.b) else None,
    }
    return render(request, "web/pairs/conflict.html", context)


@require_POST
@seated(Ability.EDIT_PEOPLE)
def answer(request: HttpRequest, seat: Seat, a: int, b: int) -> HttpResponse:
    """Merges all the same, keeps apart, or puts off; then the next conflict comes."""
    workspace = seat.workspace.pk
    question, _before = _conflict(workspace, a, b)
    said = request.POST.get("said", "")
    if said not in ("same", "different", "later"):
        raise Http404
    given = cast(Said, said)
    refused = saved(request, lambda: actions.answer(workspace, question.a, question.b, given, system_clock()))
    if refused is not None:
        tell(request, refused)
        return redirect("conflict", question.a, question.b)
    following = _next(workspace, question)
    if following is None:
        messages.success(request, _("That was the last open conflict."))
        return redirect("conflicts")
    return redirect(f"{reverse('conflict', args=[following.a, following.b])}?decided={question.a}-{question.b}")


@require_POST
@seated(Ability.EDIT_PEOPLE)
def undo(request: HttpRequest, seat: Seat, a: int, b: int) -> HttpResponse:
    """Takes an answer back."""
    workspace = seat.workspace.pk
    question, _answered = _conflict(workspace, a, b)
    done = _("The answer is taken back: the conflict is open again within seconds.")
    tell(request, saved(request, lambda: actions.undo_answer(workspace, question.a, question.b, system_clock()), done))
    return redirect("conflicts")


def _conflict(workspace: int, a: int, b: int) -> tuple[Question, Answered | None]:
    question = question_of(workspace, a, b)
    if question is not None:
        return question, None
    answered = answer_to(workspace, a, b)
    if answered is None:
        raise Http404
    return answered.question, answered


def _next(workspace: int, question: Question) -> Question | None:
    for after in ((question.stated_at, question.a, question.b), None):
        found = questions(workspace, 1, after=after)
        if found:
            return found[0]
    return None


def _place(question: Question, answered: Answered | None) -> str:
    return f"{answered.said_at if answered else question.stated_at}_{question.a}_{question.b}"
