"""Who takes people out leaves a line."""

from django.db import transaction

from lianyi.foundation.access.acting import needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.people.profiles.schemas import Wanted


@needs(Ability.EXPORT_PEOPLE)
@transaction.atomic
def note_export(workspace: int, wanted: Wanted, form: str) -> None:
    """Writes down that a file of all who fit leaves. What was searched for stays out of it: it may be a name."""
    asked = {name: str(value) for name, value in wanted._asdict().items() if value not in ("", None)}
    record_audit(workspace, "people.exported", {**asked, "text": bool(wanted.text), "form": form})


@needs(Ability.EXPORT_PEOPLE)
@transaction.atomic
def note_person_export(workspace: int, person: int) -> None:
    """Writes down that all that is known of a person leaves."""
    record_audit(workspace, "person.exported", {"person": person})
