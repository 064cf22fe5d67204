"""Gatherings and registrations as other rooms see them."""

from enum import StrEnum
from typing import Any, NamedTuple

from lianyi.growth.gatherings.schemas import Definition
from lianyi.growth.gatherings.seats import Seat
from lianyi.people.profiles.queries import CameFrom

LONGEST_NAME = 100


class State(StrEnum):
    """What has become of a gathering."""

    DRAFT = "draft"  # never published
    PUBLISHED = "published"
    CALLED_OFF = "called_off"  # for ever; everybody is told
    CLOSED = "closed"  # nobody registers any more; tickets are good
    ARCHIVED = "archived"  # closed, and out of the list


class Counts(NamedTuple):
    """How many people of a gathering are what."""

    seated: int = 0
    waiting: int = 0
    cancelled: int = 0
    repeated: int = 0
    came: int = 0


class Gathering(NamedTuple):
    """A gathering. `changed` says whether its draft is another than what is published; `seats` None: any number."""

    id: int
    slug: str
    name: str
    state: State
    published: int | None
    changed: bool
    seats: int | None
    draft: Definition
    starts_at: int | None
    ends_at: int | None
    counts: Counts
    called_off_at: int | None
    created_at: int
    changed_at: int


class GatheringLine(NamedTuple):
    """A gathering in a list."""

    id: int
    slug: str
    name: str
    state: State
    published: int | None
    seats: int | None
    starts_at: int | None
    ends_at: int | None
    changed_at: int
    counts: Counts


class RegistrationLine(NamedTuple):
    """Who registered. `person` is whose it is now, None for nobody."""

    event: str
    at: int
    gathering: int
    version: int
    person: int | None
    seat: Seat
    promoted: bool
    came_at: int | None
    answers: dict[str, Any]
    language: str
    source: CameFrom


class SourceLine(NamedTuple):
    """How many came by a source."""

    channel: str
    campaign: str
    code: str
    registered: int
    seated: int
    came: int
