"""Shapes of gatherings, of who registered, and of check-ins."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from pydantic import BaseModel, Field

from lianyi.api.shapes import Body, CameFromShown, Moment, Whole, came_from_shown, moment
from lianyi.growth.gatherings.arrivals import CheckIn, Outcome
from lianyi.growth.gatherings.lines import (
    LONGEST_NAME,
    Counts,
    Gathering,
    GatheringLine,
    RegistrationLine,
    SourceLine,
    State,
)
from lianyi.growth.gatherings.schemas import LONGEST_SLUG, MOST_SEATS
from lianyi.growth.gatherings.seats import Seat
from lianyi.kernel.clock import from_micros

DEFINITION = {
    "title": {"zh": "春季品鉴会", "en": "Spring tasting"},
    "starts": "2026-12-05T14:00",
    "ends": "2026-12-05T16:00",
    "zone": "Asia/Shanghai",
    "place": {"zh": "一号展厅", "en": "Hall 1"},
    "questions": [
        {
            "kind": "text",
            "key": "name",
            "label": {"zh": "姓名", "en": "Name"},
            "required": True,
            "maps_to": "trait:name",
        },
        {"kind": "email", "key": "email", "label": {"zh": "邮箱", "en": "E-mail"}, "maps_to": "email"},
    ],
}
COUNTS = {"seated": 40, "waiting": 3, "cancelled": 2, "repeated": 1, "came": 0}
GATHERING = {
    "id": 3,
    "slug": "spring-tasting",
    "name": "Tasting",
    "state": "published",
    "published": 1,
    "changed": False,
    "seats": 40,
    "definition": DEFINITION,
    "starts_at": "2026-12-05T06:00:00Z",
    "ends_at": "2026-12-05T08:00:00Z",
    "counts": COUNTS,
    "called_off_at": None,
    "created_at": "2026-11-02T03:04:05Z",
    "changed_at": "2026-11-02T03:04:05Z",
}
LINE = {
    name: GATHERING[name] for name in GATHERING if name not in ("changed", "definition", "called_off_at", "created_at")
}
REGISTRATION = {
    "event": "5f2b7c1e0d9a4b638c7d6e5f4a3b2c1d",
    "at": "2026-11-03T03:04:05Z",
    "version": 1,
    "person": 17,
    "seat": "seated",
    "promoted": False,
    "came_at": None,
    "answers": {"name": "访客一", "email": "guest@example.com"},
    "language": "zh",
    "source": {"channel": "wechat", "campaign": "spring", "code": "booth-3", "came_at": None},
}

Seats = Annotated[int, Field(ge=0, le=MOST_SEATS), Whole]


class GatheringMade(Body):
    """A gathering. docs/how-to/gatherings.md says what a definition may hold."""

    slug: str = Field(min_length=1, max_length=LONGEST_SLUG, description="Its page is /g/SLUG.")
    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    definition: dict[str, Any]
    seats: Seats | None = Field(None, description="null: as many as are wanted.")


class GatheringChanged(Body):
    """Another name and definition."""

    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    definition: dict[str, Any]


class TellingAsked(BaseModel):
    """Whether people are to be told."""

    tell: Literal["", "yes"] = Field("", description="yes: whoever registered is mailed, where it concerns them.")


class TellingShown(BaseModel):
    """How many who registered would be mailed: if the draft were published, and if the gathering were called off."""

    moved: int
    called_off: int


class SeatsSaid(Body):
    """How many seats there are."""

    seats: Seats | None = Field(description="null: as many as are wanted.")


class CountsShown(BaseModel):
    """How many registrations are what. `came` are among those with a seat."""

    seated: int
    waiting: int
    cancelled: int
    repeated: int
    came: int


class GatheringLineShown(BaseModel):
    """A gathering in the list."""

    id: int
    slug: str
    name: str
    state: State
    published: int | None
    seats: int | None
    starts_at: datetime | None
    ends_at: datetime | None
    counts: CountsShown
    changed_at: datetime


class GatheringShown(GatheringLineShown):
    """A gathering. `changed`: its definition is another than what the world sees."""

    changed: bool
    definition: dict[str, Any]
    called_off_at: datetime | None
    created_at: datetime


class RegistrationShown(BaseModel):
    """Who registered. `person` is whose it is now, null for nobody's; `promoted` had to wait for the seat."""

    event: str
    at: datetime
    version: int
    person: int | None
    seat: Seat
    promoted: bool
    came_at: datetime | None
    answers: dict[str, Any]
    language: str
    source: CameFromShown


class SourceOfGathering(BaseModel):
    """How many came by a source."""

    channel: str
    campaign: str
    code: str
    registered: int
    seated: int
    came: int


class Sources(BaseModel):
    """At most two hundred, most registrations first."""

    items: list[SourceOfGathering]


class GatheringsAsked(BaseModel):
    """Which gatherings."""

    called: str = Field("", max_length=100, description="Part of a name or an address.")
    archived: bool = Field(False, description="Those that were archived instead of the others.")


class RegistrationsAsked(BaseModel):
    """Which registrations."""

    containing: str = Field("", max_length=100, description="Part of an answer.")
    seat: Seat | None = None
    came: bool | None = Field(None, description="Whether they were checked in; false with seat=seated: the no-shows.")


class ScanSaid(Body):
    """A ticket, a code or a registration: one of them."""

    ticket: str = Field("", max_length=500, description="What the QR code holds.")
    code: str = Field("", max_length=40, description="The ten signs that stand beneath it.")
    registration: str = Field("", max_length=32, pattern="^[0-9a-f]*$")
    ago: Annotated[int, Field(ge=0, le=86_400_000), Whole] = Field(
        0, description="Milliseconds since it was seen; a phone without a network tells later."
    )
    anyway: Literal["", "yes"] = Field("", description="yes: lets in who waits or has cancelled.")


class CheckInSaid(Body):
    """Who is there."""

    scans: list[ScanSaid] = Field(min_length=1, max_length=500)


class CheckedInShown(BaseModel):
    """What came of a scan. `at` is when they came, also where that was before."""

    outcome: Outcome
    registration: str
    name: str
    at: datetime | None
    by: str


class CheckInUndone(Body):
    """Which check-in: that of the moment `came_at`, as the registration shows it."""

    came_at: Moment


class Undone(BaseModel):
    """Whether it was undone now; false where it was before, or they were checked in anew since."""

    undone: bool


class CheckedIn(BaseModel):
    """One for each scan, in the same order."""

    items: list[CheckedInShown]


def shown(one: Gathering) -> GatheringShown:
    """A gathering as it is answered."""
    return GatheringShown(
        id=one.id,
        slug=one.slug,
        name=one.name,
        state=one.state,
        published=one.published,
        changed=one.changed,
        seats=one.seats,
        definition=msgspec.to_builtins(one.draft),
        starts_at=moment(one.starts_at),
        ends_at=moment(one.ends_at),
        counts=_counts(one.counts),
        called_off_at=moment(one.called_off_at),
        created_at=from_micros(one.created_at),
        changed_at=from_micros(one.changed_at),
    )


def line(one: GatheringLine) -> GatheringLineShown:
    """A row of the list."""
    return GatheringLineShown(
        id=one.id,
        slug=one.slug,
        name=one.name,
        state=one.state,
        published=one.published,
        seats=one.seats,
        starts_at=moment(one.starts_at),
        ends_at=moment(one.ends_at),
        counts=_counts(one.counts),
        changed_at=from_micros(one.changed_at),
    )


def registered(one: RegistrationLine) -> RegistrationShown:
    """Who registered."""
    return RegistrationShown(
        event=one.event,
        at=from_micros(one.at),
        version=one.version,
        person=one.person,
        seat=one.seat,
        promoted=one.promoted,
        came_at=moment(one.came_at),
        answers=one.answers,
        language=one.language,
        source=came_from_shown(one.source),
    )


def source(one: SourceLine) -> SourceOfGathering:
    """How many came by it."""
    return SourceOfGathering(**one._asdict())


def checked_in(one: CheckIn) -> CheckedInShown:
    """What came of it."""
    return CheckedInShown(
        outcome=one.outcome, registration=one.registration, name=one.name, at=moment(one.at), by=one.by
    )


def _counts(one: Counts) -> CountsShown:
    return CountsShown(**one._asdict())
