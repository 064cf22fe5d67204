"""Writes to the settings of scores by members."""

from datetime import datetime

from django.db import transaction

from lianyi.audience.scoring.checking import checked
from lianyi.audience.scoring.definitions import stored_settings
from lianyi.audience.scoring.models import ScoringRow
from lianyi.audience.scoring.schemas import Settings
from lianyi.foundation.access.acting import current_actor, needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.kernel.clock import to_micros
from lianyi.kernel.errors import Refused


@needs(Ability.EDIT_SETTINGS)
@transaction.atomic
def change_settings(workspace: int, settings: Settings, now: datetime, *, seen: int | None = None) -> int:
    """Has the workspace score by these settings; the edition they are. The worker scores everybody within seconds, and
    until then scores are those of before. The same settings again change nothing. Refuses, with the place of each
    mistake, rules about what is not in a profile or not there; and where the settings are of another edition than was
    `seen` (0: nobody had taken any), lest somebody's change is lost.
    """
    settings = checked(workspace, settings)
    stored = stored_settings(settings)
    row = ScoringRow.objects.select_for_update().filter(workspace=workspace).first()
    if seen is not None and seen != (row.edition if row else 0):
        raise Refused("scoring.changed", "Somebody else changed the settings meanwhile.", "Look at theirs first.")
    if row is None:
        row = ScoringRow(workspace=workspace, edition=0)
    elif row.settings == stored:
        return row.edition
    row.settings, row.edition, row.due = stored, row.edition + 1, True
    row.actor, row.changed_at = current_actor().name, to_micros(now)
    row.save()
    record_audit(workspace, "scoring.changed", {"edition": row.edition})
    return row.edition
