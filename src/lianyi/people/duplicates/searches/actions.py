"""What members do with searches: ask for one, and stop it."""

from datetime import datetime

from django.db import transaction

from lianyi.foundation.access.acting import current_actor, needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.kernel.clock import to_micros
from lianyi.people.duplicates.models import DuplicateRun
from lianyi.people.duplicates.searches.queries import described, refuse_while_searching
from lianyi.people.duplicates.searches.schemas import Run

_State = DuplicateRun.State


@needs(Ability.EDIT_PEOPLE)
@transaction.atomic
def start_search(workspace: int, now: datetime) -> Run:
    """Has the worker compare everybody, for the present actor. Refuses while a search is under way."""
    fresh = {
        "asked_at": to_micros(now),
        "finished_at": None,
        "state": _State.RUNNING,
        "stop": False,
        "step": 0,
        "deaths": 0,
        "actor": current_actor().name,
        "claimed_by": "",
        "problem": None,
    }
    row, is_new = DuplicateRun.objects.get_or_create(workspace=workspace, defaults=fresh)
    if not is_new:
        row = DuplicateRun.objects.select_for_update().get(workspace=workspace)
        refuse_while_searching(workspace)
        for name, value in fresh.items():
            setattr(row, name, value)
        row.save()
    record_audit(workspace, "duplicates.asked", {})
    return described(row)


@needs(Ability.EDIT_PEOPLE)
@transaction.atomic
def stop_search(workspace: int, now: datetime) -> Run | None:
    """Has the search end within seconds; what was suggested before stays as it is. None where there never was one."""
    row = DuplicateRun.objects.select_for_update().filter(workspace=workspace).first()
    if row is not None and row.state == _State.RUNNING and not row.stop:
        row.stop = True
        if not row.claimed_by:
            row.state, row.finished_at = _State.STOPPED, to_micros(now)
        row.save(update_fields=["stop", "state", "finished_at"])
        record_audit(workspace, "duplicates.stopped", {})
    return None if row is None else described(row)
