"""Gives or takes a tag of many people: chosen ones, or all that a filter finds.

`begin_tagging` writes the task down with one audit line; the worker does it (`running.py`). What is tagged when
somebody stops it stays tagged.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from lianyi.foundation.access.acting import current_actor, needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.kernel.clock import to_micros
from lianyi.kernel.errors import Refused
from lianyi.people.identity.queries import counts
from lianyi.people.profiles.bulk.queries import tagging_of
from lianyi.people.profiles.bulk.schemas import Tagging
from lianyi.people.profiles.models import TaggingRow
from lianyi.people.profiles.schemas import Wanted
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
) -> int:
    """Writes down a task: the people by number, or a filter that is asked anew at every step. The task's number.
    Refuses an unfit tag, and nobody.
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
        about=_about(workspace, people) if isinstance(people, Wanted) else len(chosen),
    )
    detail: dict[str, object] = {"task": task.pk, "dimension": dimension.value, "tag": name, "chosen": len(chosen)}
    detail["wanted"] = {k: v for k, v in (task.wanted or {}).items() if v and k != "text"}  # a text may be a name
    record_audit(workspace, "people.untagged" if taking else "people.tagged", detail)
    return task.pk


def _about(workspace: int, wanted: Wanted) -> int:
    """How many people there may be, for the progress; 0 where that would have to be counted."""
    return counts(workspace).persons if wanted._replace(order="newest") == Wanted() else 0


@needs(Ability.EDIT_PEOPLE)
@transaction.atomic
def stop_tagging(workspace: int, number: int) -> Tagging:
    """Ends a task where it stands. Stopping one that is done changes nothing."""
    row = TaggingRow.objects.select_for_update().filter(workspace=workspace, pk=number).first()
    if row is None:
        raise Refused("tag.no_task", "There is no such task here.")
    if not row.finished:
        row.finished = row.stopped = True
        row.wanted, row.chosen = None, []
        row.save()
        record_audit(workspace, "people.tagging_stopped", {"task": number, "done": row.done})
    return tagging_of(row)
