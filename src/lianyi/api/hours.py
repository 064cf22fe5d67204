"""Working hours: the week, and the days that differ."""

from datetime import date
from typing import Annotated, Literal

from ninja import Query
from pydantic import BaseModel, Field

from lianyi.api.operations import Request, Section, workspace_of
from lianyi.api.problems import Unserved
from lianyi.api.shapes import Body
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.calendar.actions import clear_day, set_day, set_week
from lianyi.foundation.calendar.queries import hours_of, special_days
from lianyi.foundation.calendar.reading import spans_in, written
from lianyi.foundation.calendar.schemas import YEARS

_section = Section("Working hours", "When the workspace is at work: times such as those of hand-overs run then.")
_NINE_TO_SIX = "09:00-12:00, 13:30-18:00"
_WEEK = {"week": [_NINE_TO_SIX] * 5 + ["", ""], "country": "CN"}
_DAY = {"hours": "", "note": "Company outing"}
_HOURS = "Such as 09:00-12:00, 13:30-18:00; empty for closed."

HoursText = Annotated[str, Field(max_length=500, description=_HOURS)]


class WeekOfHours(BaseModel):
    """The hours of each weekday, Monday first, and whose public holidays are kept."""

    week: list[str]
    country: str = Field(description="ISO 3166; empty for no country.")
    zone: str = Field(description="The workspace's zone, by which the hours are.")


class WeekTold(Body):
    """The same, to be set."""

    week: list[HoursText] = Field(min_length=7, max_length=7)
    country: str = Field("", max_length=2, description="ISO 3166; empty for no country.")


class DayTold(Body):
    """The hours of one day."""

    hours: HoursText = ""
    note: str = Field("", max_length=100)


class DayOfHours(BaseModel):
    """A day that differs from the week."""

    day: date
    hours: str = Field(description="Empty when closed.")
    why: Literal["own", "holiday", "make_up"]
    note: str


class DaysOfYear(BaseModel):
    """Those of a year."""

    items: list[DayOfHours]


class OfYear(BaseModel):
    """Which year."""

    year: int = Field(ge=YEARS[0], le=YEARS[-1])


@_section.get("/working-hours", Ability.EDIT_SETTINGS, answers=WeekOfHours, example={**_WEEK, "zone": "Asia/Shanghai"})
def get_working_hours(request: Request) -> WeekOfHours:
    """Shows the hours of the week."""
    found = hours_of(workspace_of(request))
    return WeekOfHours(week=[written(spans) for spans in found.week], country=found.country, zone=found.zone.key)


@_section.put("/working-hours", Ability.EDIT_SETTINGS, answers=WeekOfHours, body=_WEEK,
              example={**_WEEK, "zone": "Asia/Shanghai"})  # fmt: skip
def put_working_hours(request: Request, body: WeekTold) -> WeekOfHours:
    """Sets the hours of the week. What is due already stays due when it was."""
    set_week(workspace_of(request), [spans_in(text) for text in body.week], body.country)
    return get_working_hours(request)


@_section.get(
    "/working-hours/days",
    Ability.EDIT_SETTINGS,
    answers=DaysOfYear,
    example={"items": [{"day": "2026-10-01", "hours": "", "why": "holiday", "note": ""}]},
)
def list_working_days(request: Request, of: Query[OfYear]) -> DaysOfYear:
    """Lists the days of a year that differ from the week: the workspace's own, public holidays and make-up days."""
    found = special_days(workspace_of(request), of.year)
    return DaysOfYear(
        items=[DayOfHours(day=one.day, hours=written(one.spans), why=one.why.value, note=one.note) for one in found]
    )


@_section.put("/working-hours/days/{day}", Ability.EDIT_SETTINGS, answers=DayOfHours, body=_DAY,
              example={"day": "2026-05-06", "why": "own", **_DAY})  # fmt: skip
def put_working_day(request: Request, day: date, body: DayTold) -> DayOfHours:
    """Gives one day hours of its own, whatever the week and public holidays say. What is due already stays due when it
    was.
    """
    workspace = workspace_of(request)
    set_day(workspace, day, spans_in(body.hours), body.note)
    (kept,) = (one for one in special_days(workspace, day.year) if one.day == day)
    return DayOfHours(day=day, hours=written(kept.spans), why="own", note=kept.note)


@_section.delete("/working-hours/days/{day}", Ability.EDIT_SETTINGS, status=204)
def clear_working_day(request: Request, day: date) -> None:
    """Makes a day an ordinary one again."""
    if not clear_day(workspace_of(request), day):
        raise Unserved(404, "calendar.none", "That day has no hours of its own.", "See GET /working-hours/days.")
