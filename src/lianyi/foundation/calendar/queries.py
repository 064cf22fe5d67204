"""Reads of the calendar."""

from datetime import date

from lianyi.foundation.calendar.holidays import is_known, public_year
from lianyi.foundation.calendar.models import BusinessHours, CalendarDay
from lianyi.foundation.calendar.schemas import WEEKDAYS, Hours, SpecialDay, Why, checked_spans
from lianyi.foundation.calendar.working import spans_on
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


def special_days(workspace: int, year: int) -> list[SpecialDay]:
    """The days of a year that differ from the week, in order: the workspace's own, public holidays and the days that
    are worked instead. Those on which the week says the same are left out.
    """
    hours = hours_of(workspace)
    first, last = date(year, 1, 1), date(year, 12, 31)
    rows = CalendarDay.objects.filter(workspace=workspace, day__range=(first, last)).values_list("day", "note")
    found = {day: SpecialDay(day, hours.days[day], Why.OWN, note) for day, note in rows}
    if hours.country:
        public = public_year(hours.country, year)
        for days, why in ((public.working, Why.MAKE_UP), (public.holidays, Why.HOLIDAY)):
            for day in days:
                spans = spans_on(hours, day)
                if spans != hours.week[day.weekday()]:
                    found.setdefault(day, SpecialDay(day, spans, why))
    return [found[day] for day in sorted(found)]
