"""`lianyi hours`: when the workspace is at work."""

from datetime import datetime
from typing import Annotated

import typer

from lianyi.cli.exits import Misused
from lianyi.cli.frame import Call, verb, verbs
from lianyi.cli.language import _

app = verbs(_("Working hours: times such as those of hand-overs run in them."))

_HOURS = _("Such as '9:00-12:00, 13:30-18:00'; '' for closed.")
Hours = Annotated[str | None, typer.Option(help=_HOURS)]
Day = Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help=_("The day, such as 2026-10-01."))]
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@verb(app, "show")
def show(call: Call) -> None:
    """Shows the hours of the week."""
    with call.installation():
        from lianyi.foundation.calendar.queries import hours_of
        from lianyi.foundation.calendar.reading import written

        found = hours_of(call.workspace().pk)
        week = {name: written(spans) for name, spans in zip(_DAYS, found.week, strict=True)}
        call.show({**week, "country": found.country, "zone": found.zone.key})


@verb(app, "week")
def week(
    call: Call,
    *,
    mon: Hours = None,
    tue: Hours = None,
    wed: Hours = None,
    thu: Hours = None,
    fri: Hours = None,
    sat: Hours = None,
    sun: Hours = None,
    country: Annotated[
        str | None, typer.Option(help=_("Whose public holidays are kept, such as CN; '' for none."))
    ] = None,
) -> None:
    """Sets the hours of the weekdays that are named; what is due already stays due when it was."""
    typed = (mon, tue, wed, thu, fri, sat, sun)
    if country is None and not any(text is not None for text in typed):
        raise Misused("Name a weekday, or --country.")
    with call.installation():
        from lianyi.foundation.calendar.actions import set_week
        from lianyi.foundation.calendar.queries import hours_of
        from lianyi.foundation.calendar.reading import spans_in

        workspace = call.workspace()
        found = hours_of(workspace.pk)
        kept = [spans if text is None else spans_in(text) for text, spans in zip(typed, found.week, strict=True)]
        set_week(workspace.pk, kept, found.country if country is None else country)
        call.show({"workspace": workspace.slug}, _("Saved."))


@verb(app, "days")
def days(
    call: Call,
    *,
    year: Annotated[int, typer.Option(min=2000, max=2100, help=_("Which year; without it, this one."))] = 0,
) -> None:
    """Lists the days of a year that differ from the week."""
    with call.installation():
        from lianyi.foundation.calendar.queries import special_days
        from lianyi.foundation.calendar.reading import written
        from lianyi.foundation.workspaces.queries import zone_of

        workspace = call.workspace().pk
        rows = (
            {"day": one.day.isoformat(), "hours": written(one.spans), "why": one.why.value, "note": one.note}
            for one in special_days(workspace, year or datetime.now(zone_of(workspace)).year)
        )
        call.rows(rows, ["day", "hours", "why", "note"], _("Every day is as the week says."))


@verb(app, "day")
def day(
    call: Call,
    day: Day,
    hours: Annotated[str, typer.Argument(help=_HOURS)] = "",
    *,
    note: Annotated[str, typer.Option(help=_("Why, in at most 100 characters."))] = "",
) -> None:
    """Gives a day hours of its own, or closes it; what is due already stays due when it was."""
    with call.installation():
        from lianyi.foundation.calendar.actions import set_day
        from lianyi.foundation.calendar.reading import spans_in, written

        workspace, spans = call.workspace(), spans_in(hours)
        set_day(workspace.pk, day.date(), spans, note)
        told = {"workspace": workspace.slug, "day": day.date().isoformat(), "hours": written(spans)}
        call.show(told, _("Saved."))


@verb(app, "clear")
def clear(call: Call, day: Day) -> None:
    """Makes a day an ordinary one again."""
    with call.installation():
        from lianyi.foundation.calendar.actions import clear_day
        from lianyi.kernel.errors import Refused

        workspace = call.workspace()
        if not clear_day(workspace.pk, day.date()):
            raise Refused("calendar.none", "That day has no hours of its own.", "See `lianyi hours days`.")
        call.show({"workspace": workspace.slug, "day": day.date().isoformat()}, _("The day is an ordinary one again."))
