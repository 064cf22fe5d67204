"""Likely duplicates: the list by state, one pair side by side with what speaks for it, the answers, and the search."""

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import system_clock
from lianyi.people.duplicates import actions
from lianyi.people.duplicates.queries import last_search, page, pair_of
from lianyi.people.duplicates.schemas import Pair, State
from lianyi.people.duplicates.searches.actions import start_search, stop_search
from lianyi.people.duplicates.searches.queries import run_of
from lianyi.people.profiles.queries import people
from lianyi.web.access import Seat, seated
from lianyi.web.pairs import answerers, decided, place_of
from lianyi.web.saving import saved, tell
from lianyi.web.side_by_side import side_by_side

STATES: tuple[State, ...] = ("open", "later", "same", "not_same")
_AT_ONCE = 30


@require_safe
@seated(Ability.SEE_PEOPLE)
def duplicates(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The pairs of a state, the surest first, and how far the search is."""
    workspace = seat.workspace.pk
    asked = request.GET.get("state", "open")
    state: State = asked if asked in STATES else "open"
    after = place_of(request.GET.get("after", ""))
    pairs, further = page(workspace, _AT_ONCE, state=state, after=after)
    rows = {row.number: row for row in people(workspace, {n for one in pairs for n in (one.person_a, one.person_b)})}
    context: dict[str, Any] = {
        "pairs": [(one, rows.get(one.person_a), rows.get(one.person_b)) for one in pairs],
        "names": answerers([one.actor for one in pairs]),
        "state": state,
        "states": STATES,
        "further": "" if further is None else "_".join(map(repr, further)),
        "paged": after is not None,
    }
    if after is not None and request.headers.get("HX-Request"):
        return render(request, "web/pairs/duplicate_rows.html", context)
    return render(request, "web/pairs/duplicates.html", {**context, **_search(workspace)})


@require_safe
@seated(Ability.SEE_PEOPLE)
def duplicate(request: HttpRequest, seat: Seat, a: int, b: int) -> HttpResponse:
    """One pair, both people side by side."""
    workspace = seat.workspace.pk
    pair = _pair(workspace, a, b)
    before = decided(request)
    context = {
        "pair": pair,
        "sides": side_by_side(workspace, pair.person_a, pair.person_b),
        "names": answerers([pair.actor]),
        "decided": pair_of(workspace, *before) if before and before != (pair.a, pair.b) else None,
    }
    return render(request, "web/pairs/duplicate.html", context)


@require_POST
@seated(Ability.EDIT_PEOPLE)
def answer(request: HttpRequest, seat: Seat, a: int, b: int) -> HttpResponse:
    """Merges the two, keeps them apart, or puts the pair off; then the next pair comes."""
    workspace = seat.workspace.pk
    pair = _pair(workspace, a, b)
    said = request.POST.get("said", "")
    if said not in ("same", "not_same", "later"):
        raise Http404
    given = cast(actions.Answer, said)
    refused = saved(request, lambda: actions.answer(workspace, pair.a, pair.b, given, system_clock()))
    if refused is not None:
        tell(request, refused)
        return redirect("duplicate", pair.a, pair.b)
    following = _next(workspace, pair)
    if following is None:
        messages.success(request, _("That was the last pair of this list."))
        return redirect(f"{reverse('duplicates')}?state={pair.state}")
    return redirect(f"{reverse('duplicate', args=[following.a, following.b])}?decided={pair.a}-{pair.b}")


@require_POST
@seated(Ability.EDIT_PEOPLE)
def undo(request: HttpRequest, seat: Seat, a: int, b: int) -> HttpResponse:
    """Takes an answer back."""
    workspace = seat.workspace.pk
    pair = _pair(workspace, a, b)
    done = _("The answer is taken back: the pair is open again.")
    tell(request, saved(request, lambda: actions.reopen(workspace, pair.a, pair.b, system_clock()), done))
    return redirect("duplicate", pair.a, pair.b)


@require_POST
@seated(Ability.EDIT_PEOPLE)
def search(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Has the worker compare everybody."""
    tell(request, saved(request, lambda: start_search(seat.workspace.pk, system_clock())))
    return redirect("duplicates")


@require_POST
@seated(Ability.EDIT_PEOPLE)
def stop(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Has it end."""
    tell(request, saved(request, lambda: stop_search(seat.workspace.pk, system_clock())))
    return redirect("duplicates")


@require_safe
@seated(Ability.SEE_PEOPLE)
def progress(request: HttpRequest, seat: Seat) -> HttpResponse:
    """How far the search is; when it is over, the page is to be loaded anew."""
    found = _search(seat.workspace.pk)
    if found["run"] is None or found["run"].state != "running":
        return HttpResponse(status=200, headers={"HX-Refresh": "true"})
    return render(request, "web/pairs/search_progress.html", found)


def _pair(workspace: int, a: int, b: int) -> Pair:
    found = pair_of(workspace, a, b)
    if found is None:
        raise Http404
    return found


def _next(workspace: int, pair: Pair) -> Pair | None:
    """The pair behind it in its list, else the first."""
    for after in (pair.place, None):
        found, _further = page(workspace, 1, state=pair.state, after=after)
        if found:
            return found[0]
    return None


def _search(workspace: int) -> dict[str, Any]:
    return {"run": run_of(workspace), "last": last_search(workspace)}
