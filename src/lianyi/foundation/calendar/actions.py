"""Writes to the calendar."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import transaction

from lianyi.foundation.access.acting import needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.foundation.calendar.holidays import is_known
from lianyi.foundation.calendar.models import BusinessHours, CalendarDay
from lianyi.foundation.calendar.schemas import YEARS, checked_spans, checked_week
from lianyi.kernel.errors import Refused
from lianyi.kernel.text import clean


@needs(Ability.EDIT_SETTINGS)
@transaction.atomic
def set_week(workspace: int, week: Sequence[Iterable[Sequence[int]]], country: str) -> None:
    """The workspace's weekly hours, and whose public holidays it keeps ("" for none). What was reckoned by the hours
    before, such as when an offer runs out, stays as it is.
    """
    kept = checked_week(week)
    if country and not is_known(country):
        raise Refused(
            "calendar.country", "The holidays of {country!r} are not known.", "Write e.g. CN, or none.", country=country
        )
    row = {"week": [[list(span) for span in spans] for spans in kept], "country": country}
    BusinessHours.objects.update_or_create(workspace_id=workspace, defaults=row)
    record_audit(workspace, "calendar.week_set", row)


@needs(Ability.EDIT_SETTINGS)
@transaction.atomic
def set_day(workspace: int, day: date, spans: Iterable[Sequence[int]], note: str = "") -> None:
    """The hours of one day, whatever the week and public holidays say; closed when `spans` is empty. What was
    reckoned before stays as it is.
    """
    if day.year not in YEARS:
        raise Refused(
            "calendar.year",
            "The year {year} has no working hours.",
            "Choose a day between {first} and {last}.",
            year=day.year,
            first=YEARS[0],
            last=YEARS[-1],
        )
    kept = [list(span) for span in checked_spans(spans)]
    CalendarDay.objects.update_or_create(
        workspace_id=workspace, day=day, defaults={"spans": kept, "note": clean(note)[:100]}
    )
    record_audit(workspace, "calendar.day_set", {"day": day.isoformat(), "spans": kept})


@needs(Ability.EDIT_SETTINGS)
@transaction.atomic
def clear_day(workspace: int, day: date) -> bool:
    """That day is an ordinary one again; False when it was."""
    cleared = bool(CalendarDay.objects.filter(workspace=workspace, day=day).delete()[0])
    if cleared:
        record_audit(workspace, "calendar.day_cleared", {"day": day.isoformat()})
    return cleared
