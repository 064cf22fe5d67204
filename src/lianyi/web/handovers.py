"""Hand-overs to sales: the queue, the board by state, one of them with what can be done, and how fast it goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from lianyi.audience.handover import actions, measuring, queries
from lianyi.audience.handover.listing import as_file
from lianyi.audience.handover.queries import MOST_COUNTED, Place, Wish
from lianyi.audience.handover.schemas import BOARD, OPEN, Handover, Loss, Rejection, State
from lianyi.foundation.access.schemas import Ability, Role
from lianyi.foundation.members.queries import names_of
from lianyi.kernel.clock import day_bounds, system_clock, to_micros
from lianyi.kernel.errors import Refused
from lianyi.kernel.money import Money, parse_amount
from lianyi.people.profiles.queries import people
from lianyi.people.profiles.schemas import PersonRow
from lianyi.people.profiles.touches.words import CHANNELS
from lianyi.web.access import Seat, seated
from lianyi.web.asked import PERSONS, number_in
from lianyi.web.labels import HANDOVERS, LOSSES, OUTCOMES, REJECTIONS
from lianyi.web.saving import found, saved, tell
from lianyi.web.tables_out import csv_answer

_PAGE, _CARDS, _DAYS = 50, 15, 30
_STATES = {"open": sorted(OPEN), **{state.value: [state.value] for state in State}}
_DONE: dict[str, Promise] = {
    "accept": _("Accepted: the person is yours now."),
    "reject": _("Rejected."),
    "win": _("Won."),
    "lose": _("Noted as lost."),
    "pass": _("Passed on."),
}


@dataclass(frozen=True)
class Shown:
    """A hand-over as pages have it."""

    one: Handover
    person: PersonRow | None
    member: str
    tone: str
    state: str | Promise
    late: bool
    channel: str | Promise
    reason: str | Promise
    may: bool  # whether who looks may act upon it


@require_safe
@seated(Ability.SEE_PEOPLE)
def handovers(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The queue: those who look see their own at first, if they sell."""
    wish, whose, state = _wish(request, seat)
    rows = queries.handovers(seat.workspace.pk, wish, behind=_behind(request), limit=_PAGE + 1)
    context = {
        "rows": shown(seat, rows[:_PAGE]),
        "further": _place(rows[_PAGE - 1]) if len(rows) > _PAGE else None,
        "paged": "behind" in request.GET,
        "whose": whose,
        "state": state,
        "members": names_of(queries.takers(seat.workspace.pk)),
        "states": {
            "open": pgettext_lazy("hand-overs", "Open"),
            **{name: label for name, (_tone, label) in HANDOVERS.items()},
        },
        "query": f"whose={whose}&state={state}",
    }
    part = request.headers.get("HX-Target", "")
    if part == "handovers":
        return render(request, "web/handovers/list.html", context)
    return render(request, "web/handovers/rows.html" if part == "further" else "web/handovers/queue.html", context)


@require_safe
@seated(Ability.SEE_PEOPLE)
def board(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The board: a column for each state, what changed last on top."""
    _wished, whose, _state = _wish(request, seat)
    context = {
        "columns": [_column(seat, state, whose, None) for state in BOARD],
        "whose": whose,
        "members": names_of(queries.takers(seat.workspace.pk)),
    }
    part = request.headers.get("HX-Target") == "board"
    return render(request, "web/handovers/columns.html" if part else "web/handovers/board.html", context)


@require_safe
@seated(Ability.SEE_PEOPLE)
def board_column(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The next cards of a column of the board."""
    _wished, whose, state = _wish(request, seat)
    if state not in {one.value for one in BOARD}:
        raise Http404(state)
    return render(request, "web/handovers/cards.html", _column(seat, State(state), whose, _behind(request)))


@require_safe
@seated(Ability.SEE_PEOPLE)
def handover(request: HttpRequest, seat: Seat, handover: int) -> HttpResponse:
    """One of them."""
    return _one(request, seat, handover)


@require_POST
@seated(Ability.TAKE_HANDOVERS)
def act(request: HttpRequest, seat: Seat, handover: int, act: str) -> HttpResponse:
    """Accept, reject, win, lose, pass on."""
    found(lambda: queries.handover(seat.workspace.pk, handover))
    if act not in _DONE:
        raise Http404(act)
    refused = saved(request, lambda: _do(request, seat, handover, act), _DONE[act])
    if refused:
        return _one(request, seat, handover, refused)
    if act == "accept" and request.POST.get("from") == "queue":
        return redirect("handovers")
    return redirect("handover", handover)


@require_POST
@seated(Ability.TAKE_HANDOVERS)
def offer_person(request: HttpRequest, seat: Seat, number: int) -> HttpResponse:
    """Hands a person over by hand."""
    if not people(seat.workspace.pk, [number] if number < PERSONS else []):
        raise Http404(number)
    member = number_in(request.POST.get("member", ""), PERSONS)
    made: list[int] = []
    refused = saved(
        request,
        lambda: made.append(actions.offer_person(seat.workspace.pk, number, member, system_clock())),
        _("The person is handed over."),
    )
    tell(request, refused)
    return redirect("handover", made[0]) if made else redirect("person", number)


@require_safe
@seated(Ability.SEE_REPORTS)
def pace(request: HttpRequest, seat: Seat) -> HttpResponse:
    """How fast and how often offers of a period were accepted, by member and by source."""
    first, last = _days(request)
    since, until = map(to_micros, day_bounds(first, last, timezone.get_current_timezone()))
    by_member = measuring.pace_by_member(seat.workspace.pk, since, until)
    by_source = measuring.pace_by_source(seat.workspace.pk, since, until)
    names = names_of(int(one.of) for one in by_member)
    context = {
        "first": first,
        "last": last,
        "tables": [
            (_("By member"), _("Member"), [(names.get(int(one.of), f"#{one.of}"), one) for one in by_member]),
            (_("By source"), _("Source"), [(CHANNELS.get(str(one.of), one.of), one) for one in by_source]),
        ],
    }
    part = request.headers.get("HX-Target") == "pace"
    return render(request, "web/handovers/pace_tables.html" if part else "web/handovers/pace.html", context)


@require_POST
@seated(Ability.EXPORT_PEOPLE)
def export(request: HttpRequest, seat: Seat) -> HttpResponseBase:
    """Those that are looked at as CSV; it leaves a line in the audit log."""
    wish, _whose, _state = _wish(request, seat)
    actions.note_export(seat.workspace.pk, wish.states, wish.member)
    lines = as_file(seat.workspace.pk, queries.every_handover(seat.workspace.pk, wish))
    return csv_answer(lines, f"handovers-{timezone.localdate():%Y-%m-%d}.csv")


def shown(seat: Seat, rows: Sequence[Handover]) -> list[Shown]:
    """These as pages have them."""
    persons = {row.number: row for row in people(seat.workspace.pk, [one.person for one in rows])}
    members = names_of(one.member for one in rows if one.member is not None)
    now = to_micros(system_clock())
    manages = "settings_edit" in seat.may
    return [
        Shown(
            one,
            persons.get(one.person),
            members.get(one.member or 0, ""),
            *HANDOVERS[one.state.value],
            late=one.state is State.OFFERED and one.due_at is not None and one.due_at <= now,
            channel=CHANNELS.get(one.channel, one.channel),
            reason=(REJECTIONS if one.state is State.REJECTED else LOSSES).get(one.reason, one.reason),
            may="handovers_take" in seat.may and (manages or one.member in (seat.member, None)),
        )
        for one in rows
    ]


def _one(request: HttpRequest, seat: Seat, number: int, refused: Refused | None = None) -> HttpResponse:
    one = found(lambda: queries.handover(seat.workspace.pk, number))
    turns = queries.takes(seat.workspace.pk, number)
    names = names_of(turn.member for turn in turns)
    takers = names_of(queries.takers(seat.workspace.pk)) if "handovers_take" in seat.may else {}
    context = {
        "row": shown(seat, [one])[0],
        "turns": [(names.get(turn.member, ""), turn, OUTCOMES.get(turn.outcome or "", "")) for turn in turns],
        "others": {member: name for member, name in takers.items() if member != one.member},
        "rejections": REJECTIONS,
        "losses": LOSSES,
        "currency": seat.workspace.currency,
        "refused": refused,
        "typed": request.POST,
    }
    return render(request, "web/handovers/one.html", context, status=422 if refused else 200)


def _do(request: HttpRequest, seat: Seat, number: int, act: str) -> None:
    workspace, said, now = seat.workspace.pk, request.POST, system_clock()
    note = said.get("note", "")
    match act:
        case "accept":
            actions.accept(workspace, number, now)
        case "reject":
            actions.reject(workspace, number, _chosen(Rejection, said.get("reason", "")), now, note=note)
        case "win":
            amount, currency = said.get("amount", "").strip(), said.get("currency", "").strip().upper()
            money = Money(parse_amount(amount), currency or seat.workspace.currency) if amount else None
            actions.win(workspace, number, money, now, note=note)
        case "lose":
            actions.lose(workspace, number, _chosen(Loss, said.get("reason", "")), now, note=note)
        case _:
            actions.pass_on(workspace, number, number_in(said.get("member", ""), PERSONS) or 0, now)


def _chosen(reasons: Any, said: str) -> Any:
    if said not in set(reasons):
        raise Refused("handover.reason", "A reason is missing.", "Choose one.")
    return reasons(said)


def _column(seat: Seat, state: State, whose: str, behind: Place | None) -> dict[str, Any]:
    member = _member(whose, seat)
    rows = queries.handovers(seat.workspace.pk, Wish([state], member), behind=behind, limit=_CARDS + 1)
    tone, label = HANDOVERS[state.value]
    many = queries.count(seat.workspace.pk, state, member) if behind is None else 0
    return {
        "name": state.value,
        "tone": tone,
        "label": label,
        "count": f"{MOST_COUNTED}+" if many >= MOST_COUNTED else str(many),
        "cards": shown(seat, rows[:_CARDS]),
        "further": _place(rows[_CARDS - 1]) if len(rows) > _CARDS else None,
        "whose": whose,
    }


def _wish(request: HttpRequest, seat: Seat) -> tuple[Wish, str, str]:
    said = request.POST if request.method == "POST" else request.GET
    whose = said.get("whose", "mine" if seat.role is Role.SALES else "all")
    state = said.get("state", "open")
    state = state if state in _STATES else "open"
    if whose not in ("mine", "all") and number_in(whose, PERSONS) is None:
        whose = "all"
    return Wish([State(one) for one in _STATES[state]], _member(whose, seat)), whose, state


def _member(whose: str, seat: Seat) -> int | None:
    return seat.member if whose == "mine" else number_in(whose, PERSONS)


def _behind(request: HttpRequest) -> Place | None:
    at, _dash, number = request.GET.get("behind", "").partition("-")
    found_at, found_number = number_in(at), number_in(number, PERSONS)
    return None if found_at is None or found_number is None else (found_at, found_number)


def _place(one: Handover) -> str:
    return "-".join(map(str, queries.place_of(one)))


def _days(request: HttpRequest) -> tuple[date, date]:
    today = timezone.localdate()
    usual = today - timedelta(_DAYS - 1), today
    try:
        first, last = (parse_date(request.GET.get(name, "")) for name in ("from", "to"))
    except ValueError:
        return usual
    if first is None or last is None or not date(1970, 1, 1) <= first <= last <= date(2200, 1, 1):
        return usual
    return first, last
