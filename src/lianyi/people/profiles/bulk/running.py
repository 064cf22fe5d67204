"""The worker's part: does tasks with many people, a block at a time.

A block and the task's place move in one transaction under the task's lock: whoever is killed in between tags nobody
twice and forgets nobody, and several workers never do the same block. The task that waits longest comes next, so no
brand waits for the large task of another.
"""

from decimal import Decimal

from django.db import transaction

from lianyi.events.intake.own import OwnEvent
from lianyi.events.log.actions import EVENTS_IN_A_ROW, record_own
from lianyi.foundation.access.acting import acting_as
from lianyi.foundation.access.schemas import Ability, Actor
from lianyi.kernel.clock import Clock, to_micros
from lianyi.kernel.ids import digest
from lianyi.people.profiles.models import TaggingRow
from lianyi.people.profiles.persons.finding import everybody_found
from lianyi.people.profiles.persons.members import claims_of, members
from lianyi.people.profiles.schemas import Place, Wanted


def run_next_block(clock: Clock) -> bool:
    """Does a block of one task for whoever began it; False when none waits, or all that do are being done."""
    with transaction.atomic():
        waiting = TaggingRow.objects.select_for_update(skip_locked=True).filter(finished=False)
        row = waiting.order_by("worked_at", "pk").first()
        if row is None:
            return False
        with acting_as(Actor(row.actor, row.workspace, frozenset({Ability.EDIT_PEOPLE}))):
            _do_block(row, clock)
    return True


def _do_block(row: TaggingRow, clock: Clock) -> None:
    persons, further = _next(row)
    _record(row, persons)
    row.done += len(persons)
    row.after = further.number if further else None
    row.finished = further is None
    row.worked_at = to_micros(clock())
    if row.finished:
        row.wanted, row.chosen = None, []  # a filter may name somebody
    row.save()


def _next(row: TaggingRow) -> tuple[list[int], Place | None]:
    if row.wanted is None:
        there = members(row.workspace, row.chosen).person_of.values()
        return sorted(set(there)), None
    after = Place(row.after) if row.after is not None else None
    return next(everybody_found(row.workspace, _wanted(row.wanted), row.begun_at, after), ([], None))


def _wanted(told: dict[str, object]) -> Wanted:
    """The filter of a task as it was written down. The order is that of numbers, which a tag does not change."""
    amounts = {name: Decimal(str(told[name])) for name in ("spent_from", "spent_to") if told[name] is not None}
    tag = told["tag"]
    return Wanted(**{**told, **amounts, "tag": tuple(tag) if isinstance(tag, list) else None, "order": "newest"})  # type: ignore[arg-type]


def _record(row: TaggingRow, persons: list[int]) -> None:
    name = "tag.removed" if row.taking else "tag.added"
    said = {"dimension": row.dimension, "tag": row.tag} | ({} if row.taking else {"expires_at": None})
    claims = claims_of(row.workspace, persons)
    events = [
        OwnEvent(_id(row, person), name, row.begun_at, [claims[person]], row.actor, None, said) for person in persons
    ]
    for start in range(0, len(events), EVENTS_IN_A_ROW):
        record_own(row.workspace, events[start : start + EVENTS_IN_A_ROW])


def _id(row: TaggingRow, person: int) -> str:
    return digest("tagging", str(row.workspace), str(row.pk), str(person)).hex()
