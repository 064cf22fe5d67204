"""What members do: have the worker fit the models to the orders, and stop it."""

from datetime import date, datetime, timedelta

from django.db import transaction

from lianyi.audience.worth.models import WorthRun
from lianyi.audience.worth.queries import described, today_of
from lianyi.audience.worth.schemas import Run
from lianyi.foundation.access.acting import needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.foundation.pieces import ask_alone, stop
from lianyi.kernel.errors import Refused


@needs(Ability.EDIT_SEGMENTS)
@transaction.atomic
def start_fit(workspace: int, now: datetime, as_of: date | None = None) -> Run:
    """Has the worker fit both models to the orders up to the day `as_of`, by default yesterday, the last whole day.
    Refuses a day that has not been, and while a fit is under way.
    """
    today = today_of(workspace, now)
    day = as_of or today - timedelta(1)
    if day > today:
        raise Refused("worth.future", "{day} has not been yet.", "Take today or an earlier day.", day=day)
    row = ask_alone(WorthRun, workspace, now, as_of=day)
    if row is None:
        raise Refused("worth.runs", "The models are being fitted already.", "Wait until that is done, or stop it.")
    record_audit(workspace, "worth.asked", {"as_of": day.isoformat()})
    return described(row)


@needs(Ability.EDIT_SEGMENTS)
@transaction.atomic
def stop_fit(workspace: int, now: datetime) -> Run | None:
    """Has the fit end within seconds; what was fitted before stays as it is. None where there never was one."""
    row = WorthRun.objects.select_for_update().filter(workspace=workspace).first()
    if row is not None and stop(row, now):
        record_audit(workspace, "worth.stopped", {})
    return None if row is None else described(row)


@needs(Ability.EXPORT_PEOPLE)
@transaction.atomic
def note_export(workspace: int, days: int) -> None:
    """Writes down that a file of all buyers with what they are worth leaves."""
    record_audit(workspace, "worth.exported", {"days": days})
