"""Writes to hand-overs by members and programs: accepting, rejecting, winning, losing, giving on, offering by hand; and
the settings of assignment.

A member acts upon what is offered to them; whoever may edit the settings acts upon any. A token or the command line
acts for the member who has the hand-over, or names one.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction

from lianyi.audience.handover.assigning import Moment
from lianyi.audience.handover.checking import checked_assignment, refuse_unable
from lianyi.audience.handover.models import HandoverRow
from lianyi.audience.handover.offering import Wanted, due_after, end_take, give, offer, tell
from lianyi.audience.handover.schemas import (
    NOTE_CHARACTERS,
    OPEN,
    Assignment,
    AssignmentChanged,
    HandoverUnknown,
    Level,
    Loss,
    Outcome,
    Rejection,
    State,
)
from lianyi.audience.handover.settings import assignment_in, assignment_of, held, stored
from lianyi.audience.scoring.pausing import pause
from lianyi.audience.scoring.queries import standing
from lianyi.audience.segments.using import hold
from lianyi.events.log.actions import Record, lock, record_own
from lianyi.foundation.access.acting import current_actor, needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.kernel.clock import from_micros, to_micros
from lianyi.kernel.errors import Refused
from lianyi.kernel.money import Money
from lianyi.people.identity.queries import person_exists
from lianyi.people.profiles.schemas import PersonUnknown


@needs(Ability.TAKE_HANDOVERS)
@transaction.atomic
def accept(
    workspace: int, number: int, now: datetime, *, member: int | None = None, record: Record = record_own
) -> None:
    """Takes a hand-over that is offered, for the member who acts, or for `member` where a program does. Refuses one
    that is not offered, or is offered to somebody else.
    """
    row = _row(workspace, number)
    _refuse_state(row, State.OFFERED)
    taker = _acting(row, member)
    if taker is None:
        raise Refused("handover.nobody", "Nobody has this hand-over.", "Name a member.")
    at = to_micros(now)
    if taker != row.member:
        refuse_unable(workspace, [taker])
        give(row, taker, at, None, Outcome.PASSED)
    end_take(row, at, Outcome.ACCEPTED)
    _settle(row, State.ACCEPTED, at, record)
    record_audit(workspace, "handover.accepted", _detail(row))


@needs(Ability.TAKE_HANDOVERS)
@transaction.atomic
def reject(
    workspace: int, number: int, reason: Rejection, now: datetime, *, note: str = "", record: Record = record_own
) -> None:
    """Does not take a person who is offered; they count as nurture for a while. Refuses what `accept` refuses."""
    lock(workspace, "identity")  # before the row, as the pipeline does
    row = _row(workspace, number)
    _refuse_state(row, State.OFFERED)
    _acting(row, None)
    row.reason, row.note = reason.value, _checked_note(note)
    end_take(row, to_micros(now), Outcome.REJECTED)
    _settle(row, State.REJECTED, to_micros(now), record)
    record_audit(workspace, "handover.rejected", _detail(row))


@needs(Ability.TAKE_HANDOVERS)
@transaction.atomic
def win(
    workspace: int, number: int, money: Money | None, now: datetime, *, note: str = "", record: Record = record_own
) -> None:
    """The person bought, for `money` if it is known. Refuses one that was not accepted, and an amount below zero."""
    row = _row(workspace, number)
    _refuse_state(row, State.ACCEPTED)
    _acting(row, None)
    if money is not None:
        if money.amount < 0:
            raise Refused("handover.amount", "An amount that was won is not below zero.", "Write what they paid.")
        row.amount, row.currency = money.amount, money.currency
    row.note = _checked_note(note)
    _settle(row, State.WON, to_micros(now), record)
    record_audit(workspace, "handover.won", _detail(row))


@needs(Ability.TAKE_HANDOVERS)
@transaction.atomic
def lose(
    workspace: int, number: int, reason: Loss, now: datetime, *, note: str = "", record: Record = record_own
) -> None:
    """It came to nothing; the person counts as nurture for a while. Refuses one that was not accepted."""
    lock(workspace, "identity")
    row = _row(workspace, number)
    _refuse_state(row, State.ACCEPTED)
    _acting(row, None)
    row.reason, row.note = reason.value, _checked_note(note)
    _settle(row, State.LOST, to_micros(now), record)
    record_audit(workspace, "handover.lost", _detail(row))


@needs(Ability.TAKE_HANDOVERS)
@transaction.atomic
def pass_on(workspace: int, number: int, member: int, now: datetime, *, record: Record = record_own) -> None:
    """Offers an open hand-over to another member, with a clock of their own. Refuses one who may not take it."""
    row = _row(workspace, number)
    _refuse_state(row, State.OFFERED, State.ACCEPTED)
    _acting(row, None)
    refuse_unable(workspace, [member])
    if row.member == member:
        raise Refused("handover.has_it", "This member has it already.", "Choose another.")
    at = to_micros(now)
    row.level = Level.FIRST
    give(row, member, at, due_after(workspace, at, assignment_of(workspace).accept_minutes), Outcome.PASSED)
    tell(workspace, "offered", [row], record, at)
    record_audit(workspace, "handover.passed_on", _detail(row))


@needs(Ability.TAKE_HANDOVERS)
@transaction.atomic
def offer_person(workspace: int, person: int, member: int | None, now: datetime, *, record: Record = record_own) -> int:
    """Offers a person by hand, to a member or by the rules, even one who is to be left in peace; the number of the
    hand-over. Refuses who has an open one.
    """
    lock(workspace, "identity")
    if not person_exists(workspace, person):
        raise PersonUnknown(person)
    if member is not None:
        refuse_unable(workspace, [member])
    at = to_micros(now)
    wanted = Wanted(person)
    if (stands := standing(workspace, person, at)) is not None:
        wanted = Wanted(person, fit=stands.fit, engagement=round(stands.engagement, 1))
    made = offer(Moment(workspace, at), [wanted], record, member=member, by_hand=True)
    if not made:
        raise Refused("handover.open", "This person is handed over already.", "Look at the queue.")
    record_audit(workspace, "handover.offered", _detail(_row(workspace, made[0])))
    return made[0]


@needs(Ability.EDIT_SETTINGS)
@transaction.atomic
def set_assignment(workspace: int, assignment: Assignment, *, seen: Assignment | None = None) -> None:
    """Says how the workspace assigns from now on. Refuses rules that speak of what is not there, and members who may
    not take hand-overs; and where it assigns otherwise than was `seen`, lest somebody's change is lost.
    """
    hold(workspace)
    row = held(workspace)
    before = assignment_in(row)
    if seen is not None and seen != before:
        raise AssignmentChanged
    checked = checked_assignment(workspace, assignment, before.rules)
    if before == checked:
        return
    row.accept_minutes, row.pause_days = checked.accept_minutes, checked.pause_days
    row.rules = [stored(rule) for rule in checked.rules]
    names = {rule.name for rule in checked.rules}
    row.turns = {name: member for name, member in row.turns.items() if name in names or not name.strip()}
    row.save()
    detail = {"accept_minutes": row.accept_minutes, "pause_days": row.pause_days, "rules": sorted(names)}
    record_audit(workspace, "handover.assignment_set", detail)


@needs(Ability.EXPORT_PEOPLE)
@transaction.atomic
def note_export(workspace: int, states: Collection[State], member: int | None) -> None:
    """Writes down that a file of hand-overs leaves."""
    record_audit(workspace, "handover.exported", {"states": sorted(states), "member": member})


def _settle(row: HandoverRow, state: State, at: int, record: Record) -> None:
    row.state, row.changed_at = state.value, at
    if state in (State.REJECTED, State.LOST):
        days = assignment_of(row.workspace).pause_days
        row.paused_until = to_micros(from_micros(at) + timedelta(days=days))
        pause(row.workspace, {row.person: row.paused_until}, at)
    row.save()
    tell(row.workspace, state.value, [row], record, at)


def _detail(row: HandoverRow) -> dict[str, int | None]:
    return {"handover": row.number, "person": row.person, "member": row.member}


def _acting(row: HandoverRow, member: int | None) -> int | None:
    """Who acts upon it. Refuses a member whose it is not, unless they may edit the settings."""
    actor = current_actor()
    own = int(actor.name.removeprefix("member:")) if actor.name.startswith("member:") else None
    if own is None:
        return member if member is not None else row.member
    if row.member not in (own, None) and not actor.may(Ability.EDIT_SETTINGS, row.workspace):
        raise Refused("handover.not_yours", "This person is offered to another member.", "Ask a manager to pass it on.")
    return own if member is None else member


def _row(workspace: int, number: int) -> HandoverRow:
    known = 0 < number < 2**31
    rows = HandoverRow.objects.select_for_update().filter(workspace=workspace, number=number)
    row = rows.first() if known else None
    if row is None:
        raise HandoverUnknown(number)
    return row


def _refuse_state(row: HandoverRow, *wanted: State) -> None:
    if row.state in wanted:
        return
    if row.state in OPEN:
        raise Refused("handover.state", "It has to be accepted first, or was accepted already.", "Load it again.")
    raise Refused("handover.closed", "This hand-over is closed.", "Load it again.")


def _checked_note(note: str) -> str:
    text = note.strip()
    if len(text) > NOTE_CHARACTERS or "\x00" in text:
        raise Refused("handover.note", "A note has at most {most:,} characters.", "Shorten it.", most=NOTE_CHARACTERS)
    return text
