"""Reads of hand-overs. Lists are ordered by the moment of the last change, the newest first, and go on behind a place:
that moment and the number.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db.models import Q

from lianyi.audience.handover.models import HandoverRow, TakeRow
from lianyi.audience.handover.offering import able_in
from lianyi.audience.handover.schemas import (
    OPEN,
    Assignment,
    Handover,
    HandoverUnknown,
    Level,
    Outcome,
    State,
    Take,
)
from lianyi.audience.handover.settings import assignment_of
from lianyi.foundation.access.schemas import Role

Place = tuple[int, int]  # changed_at, number
MOST_COUNTED = 1_000
_PIECE = 1_000


@dataclass(frozen=True)
class Wish:
    """Which hand-overs; what is left out asks for nothing."""

    states: Collection[State] = ()
    member: int | None = None
    person: int | None = None


EVERY = Wish()


def handovers(workspace: int, wish: Wish = EVERY, *, behind: Place | None = None, limit: int = 50) -> list[Handover]:
    """Those that are wished for, from behind a place."""
    rows = HandoverRow.objects.filter(workspace=workspace)
    if wish.states:
        rows = rows.filter(state__in=[state.value for state in wish.states])
    if wish.member is not None:
        rows = rows.filter(member=wish.member)
    if wish.person is not None:
        rows = rows.filter(person=wish.person)
    if behind is not None:
        at, number = behind
        rows = rows.filter(Q(changed_at__lt=at) | Q(changed_at=at, number__lt=number), changed_at__lte=at)
    return [shown(row) for row in rows.order_by("-changed_at", "-number")[:limit]]


def every_handover(workspace: int, wish: Wish = EVERY) -> Iterator[Handover]:
    """All of them, read in pieces."""
    behind = None
    while found := handovers(workspace, wish, behind=behind, limit=_PIECE):
        yield from found
        behind = place_of(found[-1])


def handover(workspace: int, number: int) -> Handover:
    """One of them. Refuses an unknown number."""
    rows = HandoverRow.objects.filter(workspace=workspace, number=number)
    row = rows.first() if 0 < number < 2**31 else None
    if row is None:
        raise HandoverUnknown(number)
    return shown(row)


def takes(workspace: int, number: int) -> list[Take]:
    """Whose turn it was, in order."""
    rows = TakeRow.objects.filter(workspace=workspace, handover=number).order_by("place")
    return [
        Take(row.member, row.offered_at, row.ended_at, Outcome(row.outcome) if row.outcome else None, row.worked)
        for row in rows
    ]


def count(workspace: int, state: State, member: int | None = None) -> int:
    """How many are in a state; MOST_COUNTED stands for so many and more."""
    rows = HandoverRow.objects.filter(workspace=workspace, state=state.value)
    return (rows if member is None else rows.filter(member=member))[:MOST_COUNTED].count()


def open_of(workspace: int, person: int) -> Handover | None:
    """The open one of a person."""
    row = HandoverRow.objects.filter(workspace=workspace, person=person, state__in=OPEN).first()
    return None if row is None else shown(row)


def takers(workspace: int) -> dict[int, Role]:
    """Who may take hand-overs, in the order in which they joined, with their roles."""
    return dict(able_in(workspace))


def assignment(workspace: int) -> Assignment:
    """How the workspace assigns."""
    return assignment_of(workspace)


def place_of(one: Handover) -> Place:
    """Where a list goes on behind it."""
    return one.changed_at, one.number


def shown(row: HandoverRow) -> Handover:
    """The row as others see it."""
    return Handover(
        number=row.number,
        person=row.person,
        state=State(row.state),
        member=row.member,
        level=Level(row.level),
        rule=row.rule,
        offered_at=row.offered_at,
        changed_at=row.changed_at,
        due_at=row.due_at,
        paused_until=row.paused_until,
        fit=row.fit,
        engagement=row.engagement,
        channel=row.channel,
        campaign=row.campaign,
        reason=row.reason,
        note=row.note,
        amount=row.amount,
        currency=row.currency,
        merged_into=row.merged_into,
    )
