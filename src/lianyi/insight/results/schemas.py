"""The room's words."""

from datetime import date
from enum import StrEnum
from typing import NamedTuple

from lianyi.events.schemas import Source
from lianyi.links.packs.schemas import Holder


class Step(StrEnum):
    """The way that a campaign leads people, in order."""

    EXPOSURE = "exposure"
    CLICK = "click"
    VISIT = "visit"
    REGISTRATION = "registration"
    CHECK_IN = "check_in"
    LEAD = "lead"
    ORDER = "order"


class Count(NamedTuple):
    """How many people took a step, and by how many events. Events of nobody, as of browsers that object, count too."""

    people: int
    events: int


class Line(NamedTuple):
    """What one source of the campaign brought, by the steps in their order."""

    source: Source
    steps: tuple[Count, ...]


class Standing(NamedTuple):
    """What a holder of codes brought."""

    holder: Holder
    scans: int  # and clicks
    people: int
    registrations: int  # people
    orders: int


class Results(NamedTuple):
    """What a campaign brought. Lines are those with most clicks first; people of a total may be in several lines."""

    lines: list[Line]
    total: tuple[Count, ...]
    hours: list[int]  # clicks by hour of the day, 24 of them, in the workspace's zone
    days: list[tuple[date, int]]  # clicks by day, without days that had none
    machines: int  # clicks of machines, which are in no other number

    def of(self, step: Step) -> Count:
        """The total of a step."""
        return self.total[list(Step).index(step)]
