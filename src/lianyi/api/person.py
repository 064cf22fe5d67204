"""One person: what is known of them, their events, and what is said of them."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import msgspec
from django.http import StreamingHttpResponse
from ninja import Query
from pydantic import AwareDatetime, BaseModel, Field

from lianyi.api.catalogue import DimensionName
from lianyi.api.cursors import page_to, place_in
from lianyi.api.events import EVENT, EventShown, event_shown
from lianyi.api.operations import Request, workspace_of
from lianyi.api.people import LINE, SOURCE, SourceShown, StageName, section
from lianyi.api.problems import Unserved
from lianyi.api.shapes import RECORDED, Body, Moment, Page, Paging, PersonNumber, Recorded
from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import from_micros, system_clock, to_micros
from lianyi.people.erasing.actions import erase
from lianyi.people.identity.queries import merges_of, persons_of
from lianyi.people.profiles import actions
from lianyi.people.profiles.exporting.actions import note_person_export
from lianyi.people.profiles.queries import export_person
from lianyi.people.profiles.tags.facts import Dimension
from lianyi.people.timeline.queries import every_event, timeline
from lianyi.people.timeline.schemas import Place

_LOOKED_THROUGH = 500  # events that a call looks through for those of a name
_NEWEST = 100  # orders and touches of an answer; the export has all


class IdentityShown(BaseModel):
    """An identity of a person."""

    number: int
    kind: str
    scope: str
    value: str
    strong: bool
    first_seen_at: datetime


class SaidShown(BaseModel):
    """A value of a trait that was said; null: removed."""

    value: Any
    at: datetime | None
    origin: str
    identity: int


class TraitOf(BaseModel):
    """A trait of a person, with all that was said of it, the newest first."""

    name: str
    kind: str
    label_zh: str
    label_en: str
    sensitive: bool
    value: Any
    at: datetime | None
    origin: str
    history: list[SaidShown]


class TagOf(BaseModel):
    """A tag that a person has."""

    dimension: str
    name: str
    added_at: datetime | None
    origin: str
    event: str
    expires_at: datetime | None


class ConsentOf(BaseModel):
    """A line of the consent ledger."""

    channel: str
    purpose: str
    given: bool
    at: datetime
    how: str
    proof: str
    origin: str
    event: str


class OrderOf(BaseModel):
    """An order."""

    system: str
    number: str
    placed_at: datetime | None
    lines: int
    quantity: str
    total: str | None
    net: str | None
    currency: str
    state: str


class StageOf(BaseModel):
    """A stage that a person entered."""

    stage: StageName
    at: datetime
    reason: str


class MergeOf(BaseModel):
    """A member's merge that holds the person together; `event` takes it back."""

    event: str
    a: int
    b: int
    at: datetime


class PersonWhole(BaseModel):
    """What is known of a person, events apart; of touches and orders the newest."""

    person: int
    name: str
    stage: StageName
    first_seen_at: datetime | None
    last_seen_on: date | None
    identities: list[IdentityShown]
    traits: list[TraitOf]
    tags: list[TagOf]
    consents: list[ConsentOf]
    touches: list[SourceShown]
    orders: list[OrderOf]
    stages: list[StageOf]
    merges: list[MergeOf]


class EventsOfPerson(Paging):
    """Which events."""

    name: str = Field("", max_length=200, description="A part of the event's name.")
    since: AwareDatetime | None = Field(None, description="Not before that moment.")
    until: AwareDatetime | None = Field(None, description="Before that moment.")


_WHOLE = {
    "person": 12,
    "name": "王小明",
    "stage": "first_purchase",
    "first_seen_at": LINE["first_seen_at"],
    "last_seen_on": LINE["last_seen_on"],
    "identities": [
        {"number": 12, "kind": "phone", "scope": "", "value": "+8613912345678", "strong": True,
         "first_seen_at": "2026-01-31T08:00:00Z"}
    ],
    "traits": [],
    "tags": [],
    "consents": [],
    "touches": [SOURCE],
    "orders": [],
    "stages": [{"stage": "first_purchase", "at": "2026-02-03T10:00:00Z", "reason": "order"}],
    "merges": [],
}  # fmt: skip


@section.get("/people/{number}", Ability.SEE_PEOPLE, answers=PersonWhole, example=_WHOLE)
def get_person(request: Request, number: PersonNumber) -> PersonWhole:
    """Shows what is known of a person. A number that became part of another person's is 404 and names that person."""
    known(request, number)
    whole = export_person(workspace_of(request), number, to_micros(system_clock()))
    whole["touches"], whole["orders"] = whole["touches"][-_NEWEST:], whole["orders"][:_NEWEST]
    merges = merges_of(workspace_of(request), number)
    whole["merges"] = [
        {"event": one.event_id, "a": one.a, "b": one.b, "at": from_micros(one.occurred_at)} for one in merges
    ]
    return PersonWhole.model_validate(whole)


@section.get(
    "/people/{number}/events", Ability.SEE_PEOPLE, answers=Page[EventShown], example={"items": [EVENT], "next": None}
)
def list_person_events(request: Request, number: PersonNumber, filters: Query[EventsOfPerson]) -> Page[EventShown]:
    """Lists a person's events, the newest first. With filters a page may have few rows and go on, as `next` says."""
    known(request, number)
    workspace, limit, place = workspace_of(request), filters.limit, place_in(request, filters.cursor)
    until = Place(to_micros(filters.until), 0, 0) if filters.until else None
    since = to_micros(filters.since) if filters.since else None
    before, name = Place(*place) if place else until, filters.name.casefold()
    at_once = limit + 1 if not name else max(limit + 1, _LOOKED_THROUGH)
    read = timeline(workspace, number, limit=at_once, before=before)
    fit = [one for one in read if (since is None or one.occurred_at >= since) and name in one.name.casefold()]
    ended = len(read) < at_once or (since is not None and read[-1].occurred_at < since)
    last = fit[limit - 1] if len(fit) > limit else None if ended else read[-1]
    further = None if last is None else [last.occurred_at, last.batch, last.position]
    return page_to(request, [event_shown(one) for one in fit[:limit]], further)


@section.get(
    "/people/{number}/export",
    Ability.EXPORT_PEOPLE,
    gives="application/x-ndjson",
    example='{"person": 12, "name": "王小明"}\n{"event": "cart"}\n',
)
def export_one_person(request: Request, number: PersonNumber) -> StreamingHttpResponse:
    """Hands over everything that is kept of a person. A line of JSON for the person, then one for each event."""
    known(request, number)
    workspace = workspace_of(request)
    note_person_export(workspace, number)
    whole = export_person(workspace, number, to_micros(system_clock()))

    def lines() -> Iterator[bytes]:
        yield _line(whole)
        for one in every_event(workspace, number):
            yield _line({"event": one.name, "occurred_at": from_micros(one.occurred_at), "said": one.said})

    return StreamingHttpResponse(lines(), content_type="application/x-ndjson")


def _line(told: dict[str, Any]) -> bytes:
    return msgspec.json.encode(told, enc_hook=str) + b"\n"


class Erasure(BaseModel):
    """What went from each store; the lake's files follow within a day."""

    person: int
    identities: int
    database: dict[str, int] = Field(description="Rows by table.")
    log: dict[str, int]
    media: dict[str, int]
    imports: dict[str, int]
    exports: int


@section.delete(
    "/people/{number}",
    Ability.ERASE_PEOPLE,
    answers=Erasure,
    example={
        "person": 12,
        "identities": 2,
        "database": {"identity": 2, "person": 1},
        "log": {"bodies": 1, "events": 3},
        "media": {"rows": 0, "files": 0},
        "imports": {"rows": 0},
        "exports": 0,
    },
)
def erase_person(request: Request, number: PersonNumber) -> Erasure:
    """Erases a person for good. Nothing brings them back."""
    known(request, number)
    return Erasure.model_validate(erase(workspace_of(request), number, system_clock).counts())


class Traits(Body):
    """Traits to state; null removes one."""

    traits: dict[str, Any] = Field(min_length=1, max_length=100)


@section.patch(
    "/people/{number}/traits",
    Ability.EDIT_PEOPLE,
    **RECORDED,
    body={"traits": {"city": "杭州", "age": 31, "nickname": None}},
)
def set_traits(request: Request, number: PersonNumber, body: Traits) -> Recorded:
    """States traits of a person. Null removes one; others stay as they are."""
    known(request, number)
    return Recorded(event=actions.set_traits(workspace_of(request), number, body.traits, system_clock()))


class Tag(Body):
    """A tag to give."""

    dimension: DimensionName
    name: str = Field(min_length=1, max_length=100)
    expires_at: Moment | None = None


@section.post(
    "/people/{number}/tags",
    Ability.EDIT_PEOPLE,
    **RECORDED,
    body={"dimension": "preference", "name": "咖啡"},
)
def add_tag(request: Request, number: PersonNumber, body: Tag) -> Recorded:
    """Gives a person a tag. It may end at a moment."""
    known(request, number)
    expires = to_micros(body.expires_at) if body.expires_at else None
    dimension = Dimension(body.dimension)
    event = actions.add_tag(workspace_of(request), number, dimension, body.name, system_clock(), expires_at=expires)
    return Recorded(event=event)


class WhichTag(BaseModel):
    """A tag to take off."""

    dimension: DimensionName
    name: str = Field(min_length=1, max_length=100)


@section.delete("/people/{number}/tags", Ability.EDIT_PEOPLE, **RECORDED)
def remove_tag(request: Request, number: PersonNumber, which: Query[WhichTag]) -> Recorded:
    """Takes a tag off a person."""
    known(request, number)
    dimension = Dimension(which.dimension)
    return Recorded(event=actions.remove_tag(workspace_of(request), number, dimension, which.name, system_clock()))


class Consent(Body):
    """What a person allows, or allows no more."""

    channel: str = Field(min_length=1, max_length=64)
    purpose: str = Field(min_length=1, max_length=64)
    given: bool
    how: str = Field(min_length=1, max_length=64, description="How it was given or withdrawn.")
    proof: str = Field("", max_length=500, description="Where the proof is.")


@section.post(
    "/people/{number}/consents",
    Ability.EDIT_PEOPLE,
    **RECORDED,
    body={"channel": "sms", "purpose": "marketing", "given": True, "how": "paper form"},
)
def record_consent(request: Request, number: PersonNumber, body: Consent) -> Recorded:
    """Writes down that a person consents, or consents no more. The ledger keeps both."""
    known(request, number)
    record = actions.give_consent if body.given else actions.withdraw_consent
    event = record(
        workspace_of(request),
        number,
        body.channel,
        body.purpose,
        system_clock(),
        how=body.how,
        proof=body.proof,
    )
    return Recorded(event=event)


def known(request: Request, number: int) -> None:
    """Refuses a number that is nobody's here; of one that became part of another person, says of which."""
    person = persons_of(workspace_of(request), [number]).get(number, 0)
    if not person:
        raise Unserved(404, "person.unknown", "There is no person {number} here.", number=number)
    if person != number:
        raise Unserved(
            404,
            "person.merged",
            "Person {number} is a part of person {person}.",
            "Ask for {person}.",
            number=number,
            person=person,
        )
