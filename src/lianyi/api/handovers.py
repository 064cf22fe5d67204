"""Hand-overs to sales: offers, what members do with them, how they are assigned, and how fast they are accepted."""

from datetime import date
from typing import Any

from django.http import StreamingHttpResponse
from django.utils import timezone
from ninja import Query

from lianyi.api.cursors import page_of, place_in
from lianyi.api.handover_shapes import (
    Amount,
    AssignmentOf,
    GivenOn,
    HandoverLine,
    HandoversAsked,
    HandoverShown,
    Lost,
    Offered,
    PaceOfMember,
    PaceOfSource,
    PaceShown,
    Rejected,
    RuleOf,
    Taken,
    Turn,
    Won,
)
from lianyi.api.operations import Request, Section, workspace_of
from lianyi.api.shapes import DaysAsked, Page, Paging, RowId, moment
from lianyi.audience.handover import actions, measuring, queries
from lianyi.audience.handover.listing import as_file
from lianyi.audience.handover.queries import Wish
from lianyi.audience.handover.schemas import (
    Assignment,
    AssignmentRule,
    Handover,
    Loss,
    Rejection,
    State,
    Way,
)
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.workspaces.queries import currency_of
from lianyi.kernel.clock import day_bounds, from_micros, system_clock, to_micros
from lianyi.kernel.errors import Refused
from lianyi.kernel.money import Money, parse_amount, plain
from lianyi.rules.reading import read, write

_section = Section("Hand-overs", "People who are handed over to sales: offers, answers, and what became of them.")
_LINE = {
    "id": 12,
    "person": 88,
    "state": "offered",
    "member": 4,
    "rule": "East",
    "late": False,
    "offered_at": "2026-11-30T01:00:00Z",
    "changed_at": "2026-11-30T01:00:00Z",
    "due_at": "2026-12-02T07:00:00Z",
    "paused_until": None,
    "fit": 80.0,
    "engagement": 61.5,
    "channel": "wechat",
    "campaign": "spring",
    "reason": None,
    "note": "",
    "amount": None,
    "currency": None,
    "merged_into": None,
}
_TURN = {"member": 4, "offered_at": "2026-11-30T01:00:00Z", "ended_at": None, "outcome": None, "worked": None}
_WHOLE = {**_LINE, "turns": [_TURN]}
_TAKEN = {**_TURN, "ended_at": "2026-11-30T02:00:00Z", "outcome": "accepted", "worked": 3600}
_ACCEPTED = {**_WHOLE, "state": "accepted", "turns": [_TAKEN]}
_CLOSED = {**_ACCEPTED, "changed_at": "2026-12-01T02:00:00Z"}
_RULE: dict[str, Any] = {
    "name": "East",
    "way": "table",
    "rule": None,
    "members": [],
    "trait": "city",
    "table": {"上海": 4, "杭州": 4},
}
_ASSIGNMENT = {"accept_minutes": 1440, "pause_days": 30, "rules": [_RULE]}
_PACE = {
    "offered": 20,
    "accepted": 15,
    "rejected": 2,
    "expired": 1,
    "waiting": 2,
    "rate": 0.83,
    "median_seconds": 5400.0,
    "won": 6,
    "lost": 4,
    "amounts": [{"amount": "128000", "currency": "CNY"}],
}


@_section.get("/handovers", Ability.SEE_PEOPLE, answers=Page[HandoverLine], example={"items": [_LINE], "next": None})
def list_handovers(request: Request, filters: Query[HandoversAsked], paging: Query[Paging]) -> Page[HandoverLine]:
    """Lists hand-overs. What changed last comes first."""
    place = place_in(request, paging.cursor)
    behind = None if place is None else (place[0], place[1])
    rows = queries.handovers(workspace_of(request), _wish(filters), behind=behind, limit=paging.limit + 1)
    return page_of(request, rows, paging.limit, queries.place_of, _line)


@_section.post("/handovers", Ability.TAKE_HANDOVERS, answers=HandoverShown, status=201, example=_WHOLE,
               body={"person": 88, "member": None}, misses=True, conflicts=True)  # fmt: skip
def offer_person(request: Request, body: Offered) -> HandoverShown:
    """Offers a person by hand, even one who is to be left in peace. A person has one open hand-over."""
    number = actions.offer_person(workspace_of(request), body.person, body.member, system_clock())
    return get_handover(request, number)


@_section.get("/handovers/export", Ability.EXPORT_PEOPLE, gives="text/csv",
              example="number,person,name,state,member\n12,88,王芳,offered,4\n")  # fmt: skip
def export_handovers(request: Request, filters: Query[HandoversAsked]) -> StreamingHttpResponse:
    """Hands over the hand-overs as CSV. Cells that a spreadsheet would compute are defused."""
    workspace, wish = workspace_of(request), _wish(filters)
    actions.note_export(workspace, wish.states, wish.member)
    lines = as_file(workspace, queries.every_handover(workspace, wish))
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")


@_section.get("/handovers/pace", Ability.SEE_REPORTS, answers=PaceShown, example={
    "members": [{"member": 4, **_PACE}], "sources": [{"channel": "wechat", **_PACE}]})  # fmt: skip
def show_handover_pace(request: Request, days: Query[DaysAsked]) -> PaceShown:
    """Shows how fast and how often offers of a period were accepted, by member and by source."""
    if not date(1970, 1, 1) <= days.first <= days.last <= date(2200, 1, 1):
        raise Refused("handover.period", "The period ends before it starts, or is out of all time.", "Write two dates.")
    workspace = workspace_of(request)
    start, end = map(to_micros, day_bounds(days.first, days.last, timezone.get_current_timezone()))
    return PaceShown(
        members=[
            PaceOfMember(member=int(one.of), **_pace(one)) for one in measuring.pace_by_member(workspace, start, end)
        ],
        sources=[
            PaceOfSource(channel=str(one.of), **_pace(one)) for one in measuring.pace_by_source(workspace, start, end)
        ],
    )


@_section.get("/handovers/assignment", Ability.SEE_PEOPLE, answers=AssignmentOf, example=_ASSIGNMENT)
def get_handover_assignment(request: Request) -> AssignmentOf:
    """Shows how people are assigned to members."""
    found = queries.assignment(workspace_of(request))
    return AssignmentOf(
        accept_minutes=found.accept_minutes,
        pause_days=found.pause_days,
        rules=[
            RuleOf(
                name=rule.name,
                way=rule.way.value,
                rule=None if rule.rule is None else write(read(dict(rule.rule))),
                members=list(rule.members),
                trait=rule.trait,
                table=dict(rule.table),
            )
            for rule in found.rules
        ],
    )


@_section.put("/handovers/assignment", Ability.EDIT_SETTINGS, answers=AssignmentOf, example=_ASSIGNMENT,
              body=_ASSIGNMENT)  # fmt: skip
def put_handover_assignment(request: Request, body: AssignmentOf) -> AssignmentOf:
    """Says how people are assigned to members from now on. What was offered before stays where it is."""
    rules = tuple(
        AssignmentRule(one.name, Way(one.way), one.rule, tuple(one.members), one.trait, one.table) for one in body.rules
    )
    actions.set_assignment(workspace_of(request), Assignment(body.accept_minutes, body.pause_days, rules))
    return get_handover_assignment(request)


@_section.get("/handovers/{handover}", Ability.SEE_PEOPLE, answers=HandoverShown, example=_WHOLE)
def get_handover(request: Request, handover: RowId) -> HandoverShown:
    """Shows a hand-over and whose turn it was."""
    workspace = workspace_of(request)
    one = queries.handover(workspace, handover)
    turns = [
        Turn(
            member=take.member,
            offered_at=from_micros(take.offered_at),
            ended_at=moment(take.ended_at),
            outcome=None if take.outcome is None else take.outcome.value,
            worked=take.worked,
        )
        for take in queries.takes(workspace, handover)
    ]
    return HandoverShown(**_line(one).model_dump(), turns=turns)


@_section.post("/handovers/{handover}/accept", Ability.TAKE_HANDOVERS, answers=HandoverShown, example=_ACCEPTED,
               body={"member": None}, conflicts=True)  # fmt: skip
def accept_handover(request: Request, handover: RowId, body: Taken) -> HandoverShown:
    """Accepts an offer, for the member who has it or for another."""
    actions.accept(workspace_of(request), handover, system_clock(), member=body.member)
    return get_handover(request, handover)


@_section.post("/handovers/{handover}/reject", Ability.TAKE_HANDOVERS, answers=HandoverShown,
               example={**_CLOSED, "state": "rejected", "reason": "unfit", "paused_until": "2026-12-31T02:00:00Z"},
               body={"reason": "unfit", "note": ""}, conflicts=True)  # fmt: skip
def reject_handover(request: Request, handover: RowId, body: Rejected) -> HandoverShown:
    """Rejects an offer. The person counts as nurture for a while."""
    actions.reject(workspace_of(request), handover, Rejection(body.reason), system_clock(), note=body.note)
    return get_handover(request, handover)


@_section.post("/handovers/{handover}/win", Ability.TAKE_HANDOVERS, answers=HandoverShown,
               example={**_CLOSED, "state": "won", "amount": "12800", "currency": "CNY"},
               body={"amount": "12800", "currency": "CNY"}, conflicts=True)  # fmt: skip
def win_handover(request: Request, handover: RowId, body: Won) -> HandoverShown:
    """Says that an accepted person bought, and for how much."""
    workspace, money = workspace_of(request), None
    if body.amount is not None:
        money = Money(parse_amount(body.amount), body.currency or currency_of(workspace))
    actions.win(workspace, handover, money, system_clock(), note=body.note)
    return get_handover(request, handover)


@_section.post("/handovers/{handover}/lose", Ability.TAKE_HANDOVERS, answers=HandoverShown,
               example={**_CLOSED, "state": "lost", "reason": "price", "paused_until": "2026-12-31T02:00:00Z"},
               body={"reason": "price", "note": ""}, conflicts=True)  # fmt: skip
def lose_handover(request: Request, handover: RowId, body: Lost) -> HandoverShown:
    """Says that an accepted person did not buy. They count as nurture for a while."""
    actions.lose(workspace_of(request), handover, Loss(body.reason), system_clock(), note=body.note)
    return get_handover(request, handover)


@_section.post("/handovers/{handover}/pass", Ability.TAKE_HANDOVERS, answers=HandoverShown, example=_WHOLE,
               body={"member": 4}, conflicts=True)  # fmt: skip
def pass_handover_on(request: Request, handover: RowId, body: GivenOn) -> HandoverShown:
    """Offers an open hand-over to another member, with a clock of their own."""
    actions.pass_on(workspace_of(request), handover, body.member, system_clock())
    return get_handover(request, handover)


def _wish(filters: HandoversAsked) -> Wish:
    return Wish([] if filters.state is None else [State(filters.state)], filters.member, filters.person)


def _line(one: Handover) -> HandoverLine:
    late = one.state is State.OFFERED and one.due_at is not None and one.due_at <= to_micros(system_clock())
    return HandoverLine(
        id=one.number,
        person=one.person,
        state=one.state.value,
        member=one.member,
        rule=one.rule,
        late=late,
        offered_at=from_micros(one.offered_at),
        changed_at=from_micros(one.changed_at),
        due_at=moment(one.due_at),
        paused_until=moment(one.paused_until),
        fit=one.fit,
        engagement=one.engagement,
        channel=one.channel,
        campaign=one.campaign,
        reason=one.reason or None,
        note=one.note,
        amount=None if one.amount is None else plain(one.amount),
        currency=one.currency or None,
        merged_into=one.merged_into,
    )


def _pace(one: measuring.Pace) -> dict[str, Any]:
    return {
        "offered": one.offered,
        "accepted": one.accepted,
        "rejected": one.rejected,
        "expired": one.expired,
        "waiting": one.waiting,
        "rate": one.rate,
        "median_seconds": one.median,
        "won": one.won,
        "lost": one.lost,
        "amounts": [Amount(amount=plain(amount), currency=currency) for currency, amount in one.amounts],
    }
