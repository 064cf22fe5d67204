"""Events: the newest, their names, and those that could not be used."""

from datetime import date, datetime
from typing import Annotated, Any

from ninja import Path, Query
from pydantic import BaseModel, Field

from lianyi.api.cursors import page_of, place_in
from lianyi.api.operations import Request, Section, workspace_of
from lianyi.api.problems import Unserved
from lianyi.api.shapes import Page, Paging, RowId
from lianyi.events.catalogue.queries import event_type, types_by_name
from lianyi.events.catalogue.schemas import TypeLine
from lianyi.events.log import letters
from lianyi.events.log.letters import Letter
from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import from_micros, system_clock
from lianyi.people.timeline.queries import newest_events
from lianyi.people.timeline.schemas import Moment

_section = Section("Events", "What happened: the newest events, their names, and those that could not be used.")
EVENT = {
    "id": "5f2b7c1e0d9a4b638c7d6e5f4a3b2c1d",
    "name": "Order Completed",
    "occurred_at": "2026-02-03T10:00:00Z",
    "channel": "wechat",
    "machine": False,
    "origin": "server:3",
    "said": {"order_id": "o-1", "total": 268.5},
}
_TYPE = {
    "name": "cart",
    "events": 320,
    "earliest": "2026-01-31T08:00:00Z",
    "latest": "2026-02-03T10:00:00Z",
    "examined": 320,
    "left_out": 0,
    "days": [{"day": "2026-01-31", "events": 120}, {"day": "2026-02-03", "events": 200}],
    "senders": [{"form": "segment", "origin": "browser", "key": 2, "events": 320}],
    "properties": [{"name": "sku", "seen": 318, "types": {"text": 318}}],
}
_LETTER = {
    "id": 7,
    "received_at": "2026-02-03T10:00:00Z",
    "key": 3,
    "projector": "intake",
    "reason": "event.no_name",
    "detail": "The event has no name.",
    "replayed_at": None,
    "event": '{"type": "track"}',
}


Name = Path[Annotated[str, Field(min_length=1, max_length=200)]]


class EventShown(BaseModel):
    """An event."""

    id: str
    name: str
    occurred_at: datetime
    channel: str = Field(description="Of its source; empty when it states none.")
    machine: bool = Field(description="Whether a program did it.")
    origin: str
    said: dict[str, Any] = Field(description="Its properties, or else its traits.")


class VolumeShown(BaseModel):
    """How many events of a name there were. Moments are when they happened."""

    name: str
    events: int
    earliest: datetime
    latest: datetime


class DayShown(BaseModel):
    """How many events happened on a day of the workspace's zone."""

    day: date
    events: int


class SenderShown(BaseModel):
    """By whom events came: a protocol, and the write key that spoke it."""

    form: str = Field(description="segment, sensors, or own: an import, a member, Lianyi itself.")
    origin: str
    key: int | None = Field(description="The write key's id; null for what came from inside.")
    events: int


class PropertySeen(BaseModel):
    """A property, and in how many of the examined events it was which JSON type."""

    name: str
    seen: int
    types: dict[str, int] = Field(description="By type: text, number, truth, null, list, object.")


class TypeSeen(VolumeShown):
    """A type of events with what was seen of it. Never a value."""

    examined: int = Field(description="Events whose properties were looked at.")
    left_out: int = Field(description="How often a property was met that is not in the list.")
    days: list[DayShown] = Field(description="The newest 400 days, without empty ones.")
    senders: list[SenderShown]
    properties: list[PropertySeen]


class LetterShown(BaseModel):
    """An event that could not be used. `projector`: `intake` when the door refused it, null when it was unreadable."""

    id: int
    received_at: datetime
    key: int
    projector: str | None
    reason: str
    detail: str
    replayed_at: datetime | None
    event: str


class Letters(Paging):
    """Which dead letters."""

    reason: str = Field("", max_length=64, description="A code, as the list shows it.")


@_section.get("/events", Ability.SEE_PEOPLE, answers=Page[EventShown], example={"items": [EVENT], "next": None})
def list_events(request: Request, paging: Query[Paging]) -> Page[EventShown]:
    """Lists the newest events of everybody. By receipt, as far as the log's tail of a week reaches."""
    place = place_in(request, paging.cursor)
    before = (int(place[0]), int(place[1])) if place else None
    rows = newest_events(workspace_of(request), limit=paging.limit + 1, before=before)
    return page_of(request, rows, paging.limit, lambda one: [one.batch, one.position], event_shown)


@_section.get(
    "/events/catalogue",
    Ability.SEE_REPORTS,
    answers=Page[VolumeShown],
    example={
        "items": [
            {"name": "cart", "events": 320, "earliest": "2026-01-31T08:00:00Z", "latest": "2026-02-03T10:00:00Z"}
        ],
        "next": None,
    },
)
def list_event_names(request: Request, paging: Query[Paging]) -> Page[VolumeShown]:
    """Lists the names of events with how many there are. By name."""
    place = place_in(request, paging.cursor)
    rows = types_by_name(workspace_of(request), paging.limit + 1, after=place[0] if place else "")
    return page_of(request, rows, paging.limit, lambda one: [one.name], _volume)


@_section.get("/events/catalogue/{path:name}", Ability.SEE_REPORTS, answers=TypeSeen, example=_TYPE)
def get_event_type(request: Request, name: Name) -> TypeSeen:
    """Shows a type of events: its days, its senders, its properties. Names and counts, never a value."""
    found = event_type(workspace_of(request), name)
    if found is None:
        raise Unserved(404, "event_type.unknown", "There are no events {name} here.", name=name)
    return TypeSeen(
        **_volume(found.line).model_dump(),
        examined=found.examined,
        left_out=found.left_out,
        days=[DayShown(day=day, events=events) for day, events in found.days],
        senders=[
            SenderShown(form=one.form, origin=one.origin, key=one.key or None, events=one.events)
            for one in found.senders
        ],
        properties=[PropertySeen(name=one.name, seen=one.seen, types=dict(one.kinds)) for one in found.properties],
    )


@_section.get(
    "/dead-letters", Ability.EDIT_SETTINGS, answers=Page[LetterShown], example={"items": [_LETTER], "next": None}
)
def list_dead_letters(request: Request, filters: Query[Letters]) -> Page[LetterShown]:
    """Lists events that could not be used, and why. The newest come first."""
    place = place_in(request, filters.cursor)
    before = place[0] if place else None
    rows = letters.newest(workspace_of(request), filters.limit + 1, before=before, reason=filters.reason)
    return page_of(request, rows, filters.limit, lambda one: [one.id], _letter)


@_section.get("/dead-letters/{letter}", Ability.EDIT_SETTINGS, answers=LetterShown, example=_LETTER)
def get_dead_letter(request: Request, letter: RowId) -> LetterShown:
    """Shows an event that could not be used."""
    found = letters.letter_of(workspace_of(request), letter)
    if found is None:
        raise Unserved(404, "letter.unknown", "There is no dead letter {letter}.", letter=letter)
    return _letter(found)


@_section.post("/dead-letters/{letter}/retry", Ability.EDIT_SETTINGS, status=204, conflicts=True)
def retry_dead_letter(request: Request, letter: RowId) -> None:
    """Takes an event in once more. What is wrong in itself stays refused: its sender has to send it right."""
    letters.replay(workspace_of(request), letter, system_clock())


@_section.delete("/dead-letters/{letter}", Ability.EDIT_SETTINGS, status=204)
def drop_dead_letter(request: Request, letter: RowId) -> None:
    """Forgets an event that could not be used."""
    letters.drop(workspace_of(request), letter)


def event_shown(one: Moment) -> EventShown:
    """The event as answers have it."""
    return EventShown(
        id=one.id.hex(),
        name=one.name,
        occurred_at=from_micros(one.occurred_at),
        channel=one.channel,
        machine=one.machine,
        origin=one.origin,
        said=one.said,
    )


def _volume(one: TypeLine) -> VolumeShown:
    return VolumeShown(
        name=one.name, events=one.events, earliest=from_micros(one.first_at), latest=from_micros(one.last_at)
    )


def _letter(one: Letter) -> LetterShown:
    return LetterShown(
        id=one.id,
        received_at=from_micros(one.received_at),
        key=one.key,
        projector=one.projector or None,
        reason=one.reason,
        detail=one.detail,
        replayed_at=one.replayed_at,
        event=one.body.decode(errors="replace"),
    )
