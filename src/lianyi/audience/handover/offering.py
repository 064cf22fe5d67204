"""Offers: people get a hand-over and a member in one transaction, and whoever had none in time loses it to the next."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import NamedTuple

from django.db.models import Q

from lianyi.audience.handover.assigning import Able, Chosen, Moment, choose
from lianyi.audience.handover.models import HandoverRow, TakeRow
from lianyi.audience.handover.schemas import OPEN, REST, Outcome, State
from lianyi.audience.handover.settings import assignment_in, held
from lianyi.events.intake.own import OwnEvent
from lianyi.events.log.actions import EVENTS_IN_A_ROW, Record
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.calendar.queries import hours_of
from lianyi.foundation.calendar.working import add_working_time, working_time_between
from lianyi.foundation.members.queries import members_who_may
from lianyi.kernel.clock import from_micros, to_micros
from lianyi.kernel.errors import Refused
from lianyi.kernel.ids import digest
from lianyi.kernel.money import plain
from lianyi.people.profiles.queries import claims_of, people

_AT_ONCE = 1_000


class Wanted(NamedTuple):
    """A person to be offered. `cause` is the event that made them hot, and `at` its moment (µs)."""

    person: int
    cause: bytes | None = None
    at: int = 0
    fit: float | None = None
    engagement: float | None = None


def able_in(workspace: int) -> Able:
    """Who may take hand-overs there."""
    return members_who_may(workspace, Ability.TAKE_HANDOVERS)


def offer(
    moment: Moment, wanted: Iterable[Wanted], record: Record, *, member: int | None = None, by_hand: bool = False
) -> list[int]:
    """Offers these people, by rule or to `member`, in the caller's transaction; the numbers of the hand-overs. Left out
    is who has an open one, whom the same event has offered before, and, unless it is `by_hand`, who became hot before
    they were let go or in the pause after it, however late that is heard of.
    """
    workspace = moment.workspace
    by_person = {one.person: one for one in wanted}
    row = held(workspace)
    for person in _left_out(moment, by_person.values(), by_hand=by_hand):
        del by_person[person]
    if not by_person:
        return []
    assignment = assignment_in(row)
    if member is not None:
        chosen = dict.fromkeys(by_person, Chosen(member, REST))
    else:
        chosen = choose(moment, assignment.rules, row.turns, able_in(workspace), by_person)
    due = due_after(workspace, moment.now, assignment.accept_minutes)
    came = _came(workspace, list(by_person))
    made = [
        _offered(moment, row.last + place, by_person[person], chosen[person], due, came[person])
        for place, person in enumerate(sorted(by_person), 1)
    ]
    row.last += len(made)
    row.save(update_fields=["last", "turns"])
    HandoverRow.objects.bulk_create(made)
    TakeRow.objects.bulk_create([_take(one, one.member, 1, moment.now) for one in made if one.member is not None])
    tell(workspace, "offered", made, record, moment.now)
    return [one.number for one in made]


def give(row: HandoverRow, member: int, now: int, due: int | None, outcome: Outcome) -> None:
    """The present member's turn ends with `outcome`, and `member` has the next, as an offer."""
    place = end_take(row, now, outcome)
    row.member, row.state, row.due_at, row.changed_at = member, State.OFFERED.value, due, now
    row.save(update_fields=["member", "state", "due_at", "changed_at", "level"])
    _take(row, member, place + 1, now).save(force_insert=True)


def end_take(row: HandoverRow, now: int, outcome: Outcome) -> int:
    """The present turn ends; its place."""
    takes = TakeRow.objects.filter(workspace=row.workspace, handover=row.number).order_by("-place")
    last = takes.first()
    if last is None:
        return 0
    if not last.outcome:
        worked = _worked(row.workspace, last.offered_at, now)
        takes.filter(place=last.place).update(ended_at=now, outcome=outcome.value, worked=worked, untold=False)
    return last.place


def due_after(workspace: int, now: int, minutes: int) -> int | None:
    """When so much working time has passed; None where the calendar never has so much."""
    try:
        return to_micros(add_working_time(hours_of(workspace), from_micros(now), timedelta(minutes=minutes)))
    except Refused:
        return None


def tell(workspace: int, what: str, rows: Sequence[HandoverRow], record: Record, now: int) -> None:
    """Records the event `handover.…` of each, in the caller's transaction."""
    name = f"handover.{what}"
    for start in range(0, len(rows), EVENTS_IN_A_ROW):
        some = rows[start : start + EVENTS_IN_A_ROW]
        claims = claims_of(workspace, [row.person for row in some])
        record(
            workspace,
            [
                OwnEvent(
                    id=digest(name, str(workspace), str(row.number), str(row.member), str(now)).hex(),
                    name=name,
                    at=now,
                    who=[claims[row.person]],
                    properties=_said(what, row),
                )
                for row in some
                if row.person in claims
            ],
        )


def _said(what: str, row: HandoverRow) -> dict[str, object]:
    said: dict[str, object] = {"handover": row.number, "member": row.member}
    if what == "offered":
        said |= {"rule": row.rule, "due_at": None if row.due_at is None else from_micros(row.due_at).isoformat()}
    if what in ("rejected", "lost"):
        said |= {"reason": row.reason}
    if what == "won" and row.amount is not None:
        said |= {"amount": plain(row.amount), "currency": row.currency}
    return said


def _left_out(moment: Moment, wanted: Iterable[Wanted], *, by_hand: bool) -> set[int]:
    every = list(wanted)
    found: set[int] = set()
    for start in range(0, len(every), _AT_ONCE):
        part = every[start : start + _AT_ONCE]
        stands = Q(state__in=OPEN)
        hot_at = {one.person: moment.now if one.cause is None else one.at for one in part}
        if not by_hand:
            stands |= Q(paused_until__gt=min(hot_at.values()))
        rows = HandoverRow.objects.filter(workspace=moment.workspace)
        some = rows.filter(stands, person__in=list(hot_at)).values_list("person", "state", "paused_until")
        found |= {person for person, state, until in some if state in OPEN or (until or 0) > hot_at[person]}
        causes = {one.cause: one.person for one in part if one.cause is not None}
        known = rows.filter(cause__in=list(causes)).values_list("cause", flat=True)
        found |= {causes[bytes(cause)] for cause in known if cause is not None}
    return found


def _came(workspace: int, persons: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Channel and campaign that each came from last."""
    found = dict.fromkeys(persons, ("", ""))
    for start in range(0, len(persons), _AT_ONCE):
        for row in people(workspace, persons[start : start + _AT_ONCE]):
            if row.last_source is not None:
                found[row.number] = (row.last_source.channel, row.last_source.campaign)
    return found


def _offered(
    moment: Moment, number: int, one: Wanted, chosen: Chosen, due: int | None, came: tuple[str, str]
) -> HandoverRow:
    return HandoverRow(
        workspace=moment.workspace,
        number=number,
        person=one.person,
        identity=one.person,
        offered_at=moment.now,
        changed_at=moment.now,
        due_at=due,
        member=chosen.member,
        state=State.OFFERED.value,
        rule=chosen.rule,
        fit=one.fit,
        engagement=one.engagement,
        cause=one.cause,
        channel=came[0],
        campaign=came[1],
    )


def _take(row: HandoverRow, member: int, place: int, now: int) -> TakeRow:
    return TakeRow(
        workspace=row.workspace,
        handover=row.number,
        place=place,
        member=member,
        offered_at=now,
        channel=row.channel,
    )


def _worked(workspace: int, since: int, until: int) -> int | None:
    try:
        return int(working_time_between(hours_of(workspace), from_micros(since), from_micros(until)).total_seconds())
    except Refused:  # longer than the calendar counts
        return None
