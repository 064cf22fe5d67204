"""Who followed links and scanned codes."""

from datetime import date
from typing import Any

from pydantic import BaseModel, Field

from lianyi.api.operations import Request, Section, workspace_of
from lianyi.api.shapes import RowId
from lianyi.campaigns.campaigns.queries import campaign_of
from lianyi.foundation.access.schemas import Ability
from lianyi.insight.clicks import queries
from lianyi.insight.clicks.schemas import Clicks
from lianyi.links.queries import link_of

_section = Section(
    "Clicks", "Who followed links and scanned codes, by day, place and device. Machines are not counted."
)
_MOST = 1_000  # places
_PLACE = {"country": "CN", "region": "上海", "city": "上海市", "times": 412, "people": 300}
_ONE: dict[str, Any] = {
    "times": 412,
    "people": 300,
    "machines": 17,
    "days": [{"day": "2026-03-01", "times": 412}],
    "hours": [0] * 9 + [412] + [0] * 14,
    "places": [_PLACE],
    "devices": [{"device": "phone", "times": 412, "people": 300}],
}


class TimesOfDay(BaseModel):
    """Clicks of a day in the workspace's zone."""

    day: date
    times: int


class TimesOfPlace(BaseModel):
    """Clicks from a place. What is unknown is empty."""

    country: str
    region: str
    city: str
    times: int
    people: int


class TimesOfDevice(BaseModel):
    """Clicks by a kind of device: phone, tablet, desktop, other, or empty where it is unknown."""

    device: str
    times: int
    people: int


class ClicksShown(BaseModel):
    """Clicks and scans. Who must not be known is in the times alone."""

    times: int
    people: int
    machines: int = Field(description="Clicks of machines, which are in no other number.")
    days: list[TimesOfDay]
    hours: list[int] = Field(description="Clicks by hour of the day, 24 of them.")
    places: list[TimesOfPlace] = Field(description="Those with most clicks first, a thousand at the most.")
    devices: list[TimesOfDevice]


@_section.get("/links/{link}/clicks", Ability.SEE_REPORTS, answers=ClicksShown, example=_ONE)
def get_link_clicks(request: Request, link: RowId) -> ClicksShown:
    """Counts who followed a link or scanned a code."""
    workspace = workspace_of(request)
    return _shown(queries.clicks_of_link(workspace, link_of(workspace, link).link))


@_section.get("/campaigns/{campaign}/clicks", Ability.SEE_REPORTS, answers=ClicksShown, example=_ONE)
def get_campaign_clicks(request: Request, campaign: RowId) -> ClicksShown:
    """Counts who followed the links of a campaign and scanned its codes."""
    workspace = workspace_of(request)
    return _shown(queries.clicks_of_campaign(workspace, campaign_of(workspace, campaign).key))


def _shown(found: Clicks) -> ClicksShown:
    return ClicksShown(
        **found.total._asdict(),
        days=[TimesOfDay(day=day, times=times) for day, times in found.days],
        hours=found.hours,
        places=[
            TimesOfPlace(**where._asdict(), times=times, people=people) for where, times, people in found.places[:_MOST]
        ],
        devices=[TimesOfDevice(device=name, times=times, people=people) for name, times, people in found.devices],
    )
