"""Reads of the calendar."""

from lianyi.foundation.calendar.holidays import is_known
from lianyi.foundation.calendar.models import BusinessHours, CalendarDay
from lianyi.foundation.calendar.schemas import WEEKDAYS, Hours, checked_spans
from lianyi.foundation.workspaces.queries import region_of, zone_of


def hours_of(workspace: int) -> Hours:
    """When the workspace is at work. Unless it says otherwise: Monday to Friday, 9:00 to 18:00, with the public
    holidays of its region.
    """
    row = BusinessHours.objects.filter(workspace=workspace).first()
    region = region_of(workspace)
    days = CalendarDay.objects.filter(workspace=workspace).values_list("day", "spans")
    return Hours(
        zone_of(workspace),
        WEEKDAYS if row is None else tuple(checked_spans(spans) for spans in row.week),
        row.country if row is not None else region if is_known(region) else "",
        {day: checked_spans(spans) for day, spans in days},
    )
