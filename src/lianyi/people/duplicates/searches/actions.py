"""What members do with searches: ask for one, and stop it."""

from datetime import datetime

from django.db import transaction

from lianyi.foundation.access.acting import needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.foundation.pieces import ask_alone, stop
from lianyi.people.duplicates.models import DuplicateRun
from lianyi.people.duplicates.searches.queries import described, searching
from lianyi.people.duplicates.searches.schemas import Run


@needs(Ability.EDIT_PEOPLE)
@transaction.atomic
def start_search(workspace: int, now: datetime) -> Run:
    """Has the worker compare everybody, for the present actor. Refuses while a search is under way."""
    row = ask_alone(DuplicateRun, workspace, now)
    if row is None:
        raise searching()
    record_audit(workspace, "duplicates.asked", {})
    return described(row)


@needs(Ability.EDIT_PEOPLE)
@transaction.atomic
def stop_search(workspace: int, now: datetime) -> Run | None:
    """Has the search end within seconds; what was suggested before stays as it is. None where there never was one."""
    row = DuplicateRun.objects.select_for_update().filter(workspace=workspace).first()
    if row is not None and stop(row, now):
        record_audit(workspace, "duplicates.stopped", {})
    return None if row is None else described(row)
