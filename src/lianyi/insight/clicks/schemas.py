"""The room's words."""

from datetime import date
from typing import NamedTuple

NAMES = ("link.clicked", "code.scanned")


class Where(NamedTuple):
    """A place; what is unknown is ""."""

    country: str  # ISO 3166
    region: str
    city: str


class Counted(NamedTuple):
    """How often, and by how many people."""

    times: int = 0
    people: int = 0
    machines: int = 0  # times, which are in no other number


class Clicks(NamedTuple):
    """What came of a link or a campaign. Places and devices are those with most clicks first."""

    total: Counted
    days: list[tuple[date, int]]  # in the workspace's zone, without days that had none
    hours: list[int]  # by hour of the day, 24 of them
    places: list[tuple[Where, int, int]]  # times, people
    devices: list[tuple[str, int, int]]
