"""Gives or takes a tag of many people: chosen ones, or all that a filter finds.

`begin_tagging` writes the task down with one audit line; each `tag_some` does a block in a transaction of its own, in
which the task's place moves too, so whoever asks twice or is killed in between tags nobody twice and forgets nobody.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from lianyi.events.intake.own import OwnEvent
from lianyi.events.log.actions import EVENTS_IN_A_ROW, record_own
from lianyi.foundation.access.acting import current_actor, needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.kernel.clock import to_micros
from lianyi.kernel.errors import Refused
from lianyi.kernel.ids import digest
from lianyi.people.profiles.bulk.queries import tagging_of
from lianyi.people.profiles.bulk.schemas import Tagging
from lianyi.people.profiles.models import TaggingRow
from lianyi.people.profiles.persons.finding import everybody_found
from lianyi.people.profiles.persons.members import claims_of, members
from lianyi.people.profiles.schemas import Place, Wanted
from lianyi.people.profiles.tags.facts import Dimension
from lianyi.people.profiles.tags.storing import NAME_CHARACTERS

_CHOSEN = 5_000  # people that one may choose by hand


@needs(Ability.EDIT_PEOPLE)
@transaction.atomic
def begin_tagging(
    workspace: int,
    people: Sequence[int] | Wanted,
    dimension: Dimension,
    tag: str,
    now: datetime,
    *,
    taking: bool,
    about: int,
) -> int:
    """Writes down a task: the people by number, or a filter that is asked anew at every step. `about` is how many
    there may be, for the progress. The task's number. Refuses an unfit tag, and nobody.
    """
    name = tag.replace("\x00", "").strip()
    if not 0 < len(name) <= NAME_CHARACTERS:
        raise Refused("tag.invalid", "A tag has 1 to {most} characters.", most=NAME_CHARACTERS)
    chosen = [] if isinstance(people, Wanted) else sorted(set(people), reverse=True)
    if not isinstance(people, Wanted) and not 0 < len(chosen) <= _CHOSEN:
        raise Refused("tag.nobody", "Choose 1 to {most:,} people, or all that the filter finds.", most=_CHOSEN)
    task = TaggingRow.objects.create(
        workspace=workspace,
        actor=current_actor().name,
        begun_at=to_micros(now),
        dimension=dimension.value,
        tag=name,
        taking=taking,
        chosen=chosen,
        wanted={k: str(v) if isinstance(v, Decimal) else v for k, v in people._asdict().items()}
        if isinstance(people, Wanted)
        else None,
        about=about if isinstance(people, Wanted) else len(chosen),
    )
    detail: dict[str, object] = {"task": task.pk, "dimension": dimension.value, "tag": name, "chosen": len(chosen)}
    detail["wanted"] = {k: v for k, v in (task.wanted or {}).items() if v and k != "text"}  # a text may be a name
    record_audit(workspace, "people.untagged" if taking else "people.tagged", detail)
    return task.pk


@needs(Ability.EDIT_PEOPLE)
@transaction.atomic
def tag_some(workspace: int, number: int) -> Tagging:
    """Does the next block of a task, and says how far it is. Doing a block of a finished task changes nothing."""
    row = TaggingRow.objects.select_for_update().filter(workspace=workspace, pk=number).first()
    if row is None:
        raise Refused("tag.no_task", "There is no such task here.")
    if row.finished:
        return tagging_of(row)
    persons, further = _next(row)
    _record(row, persons)
    row.done += len(persons)
    row.after = further.number if further else None
    row.finished = further is None
    if row.finished:
        row.wanted, row.chosen = None, []  # a filter may name somebody
    row.save()
    return tagging_of(row)


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
