"""Lists of people, and who an identity belongs to."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from django.http import StreamingHttpResponse
from ninja import Query
from pydantic import BaseModel, Field

from lianyi.api.catalogue import DimensionName
from lianyi.api.cursors import page_to, place_in
from lianyi.api.operations import Request, Section, workspace_of
from lianyi.api.problems import Unserved
from lianyi.api.shapes import Page, Paging, moment
from lianyi.events.schemas import Claim
from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.kernel.errors import Refused
from lianyi.kernel.money import plain
from lianyi.people.identity.queries import find, persons_of
from lianyi.people.profiles.exporting.actions import note_export
from lianyi.people.profiles.queries import everybody_found, found_people, people, stage_counts
from lianyi.people.profiles.schemas import PersonRow, Place, SourceSeen, Wanted

StageName = Literal["prospect", "intent", "first_purchase", "repeat", "dormant", "won_back"]
KindName = Literal[
    "unionid", "openid", "user_id", "crm_id", "member", "phone", "email", "wechat_id", "device", "cookie"
]
ScoreState = Literal["hot", "nurture", "watch", "invalid"]
_DAY_ZERO = date(1970, 1, 1)
_AT_ONCE = 1_000
section = Section("People", "Who is known: lists, search, and whom an identity belongs to.")
SOURCE = {"channel": "wechat", "medium": "social", "campaign": "spring", "code": "", "at": "2026-01-31T08:00:00Z"}
LINE = {
    "number": 12,
    "name": "王小明",
    "stage": "first_purchase",
    "stage_since": "2026-02-03T10:00:00Z",
    "first_source": SOURCE,
    "last_source": SOURCE,
    "first_seen_at": "2026-01-31T08:00:00Z",
    "last_seen_on": "2026-02-03",
    "orders": 1,
    "spent": "268.5",
}


class SourceShown(BaseModel):
    """Where a touch came from, and when it began."""

    channel: str
    medium: str
    campaign: str
    code: str
    at: datetime


class PersonLine(BaseModel):
    """A person in a list."""

    number: int
    name: str
    stage: StageName
    stage_since: datetime | None
    first_source: SourceShown | None
    last_source: SourceShown | None
    first_seen_at: datetime | None
    last_seen_on: date | None
    orders: int
    spent: str = Field(description="In the workspace's currency.")


class Fits(BaseModel):
    """Which people: those who fit all that is said."""

    q: str = Field("", max_length=200, description="An identity, `#12`, a tag, or a part of a name; best first.")
    stage: StageName | None = None
    first_source: str = Field("", max_length=200, description="Channel of the first source.")
    last_source: str = Field("", max_length=200, description="Channel of the last source.")
    dimension: DimensionName | None = Field(None, description="Of `tag`; together with it.")
    tag: str = Field("", max_length=100, description="Name of a tag; together with `dimension`.")
    kind: KindName | None = Field(None, description="Of an identity that they have.")
    seen_from: date | None = Field(None, description="Last seen on that day, UTC, or later.")
    seen_to: date | None = Field(None, description="Last seen on that day or before.")
    orders_from: int | None = Field(None, ge=0, le=10**9)
    orders_to: int | None = Field(None, ge=0, le=10**9)
    spent_from: int | None = Field(None, ge=0, le=10**11, description="In the workspace's currency.")
    spent_to: int | None = Field(None, ge=0, le=10**11)
    state: ScoreState | None = Field(
        None, description="Of their scores, as the matrix counts it; nobody's before people are scored."
    )
    order: Literal["newest", "spent"] = Field("newest", description="spent: who spent most comes first.")

    @property
    def wanted(self) -> Wanted:
        """The same as people are looked for. Refuses a tag without its dimension."""
        if bool(self.tag) != bool(self.dimension):
            raise Refused("people.tag", "A tag is asked for by `dimension` and `tag`.", "Say both, or neither.")
        return Wanted(
            text=self.q.strip(),
            stage=self.stage or "",
            first_source=self.first_source,
            last_source=self.last_source,
            tag=(self.dimension, self.tag) if self.dimension else None,
            kind=self.kind or "",
            seen_from=_days(self.seen_from),
            seen_to=_days(self.seen_to),
            orders_from=self.orders_from,
            orders_to=self.orders_to,
            spent_from=None if self.spent_from is None else Decimal(self.spent_from),
            spent_to=None if self.spent_to is None else Decimal(self.spent_to),
            order=self.order,
            state=self.state or "",
        )


class Filters(Fits, Paging):
    """The same, a page at a time."""


class Whose(BaseModel):
    """An identity, as anybody would write it."""

    kind: KindName
    value: str = Field(min_length=1, max_length=256)
    scope: str = Field("", max_length=256, description="Group of write keys, account or system, by its kind.")


class Owner(BaseModel):
    """Whom an identity belongs to."""

    person: int
    identity: int


class StageCount(BaseModel):
    """How many people stand in a stage."""

    stage: StageName
    people: int


class Stages(BaseModel):
    """All six stages, in their order."""

    stages: list[StageCount]


@section.get("/people", Ability.SEE_PEOPLE, answers=Page[PersonLine], example={"items": [LINE], "next": "WzEyXQ:mGf3…"})
def list_people(request: Request, filters: Query[Filters]) -> Page[PersonLine]:
    """Lists people who fit. A page may have fewer rows than asked for and go on all the same, as `next` says."""
    workspace, place = workspace_of(request), place_in(request, filters.cursor)
    now, after = to_micros(system_clock()), Place(place[0]) if place else None
    found = found_people(workspace, filters.wanted, now, filters.limit, after)
    rows = people(workspace, found.numbers)
    return page_to(request, [person_line(row) for row in rows], list(found.further) if found.further else None)


@section.get(
    "/people/export",
    Ability.EXPORT_PEOPLE,
    gives="application/x-ndjson",
    example='{"number": 12, "name": "王小明", "stage": "first_purchase"}\n',
)
def export_people(request: Request, filters: Query[Fits]) -> StreamingHttpResponse:
    """Hands over everybody who fits. A line of JSON for each; it leaves a line in the audit log."""
    workspace, wanted = workspace_of(request), filters.wanted
    note_export(workspace, wanted, "ndjson")

    def lines() -> Iterator[bytes]:
        for block, _ in everybody_found(workspace, wanted, to_micros(system_clock())):
            for start in range(0, len(block), _AT_ONCE):
                for row in people(workspace, block[start : start + _AT_ONCE]):
                    yield person_line(row).model_dump_json().encode() + b"\n"

    return StreamingHttpResponse(lines(), content_type="application/x-ndjson")


@section.get(
    "/people/by-identity", Ability.SEE_PEOPLE, answers=Owner, example={"person": 12, "identity": 15}, misses=True
)
def find_person(request: Request, whose: Query[Whose]) -> Owner:
    """Says whom an identity belongs to. A phone number or e-mail address may be written in any usual way."""
    claim = Claim(whose.kind, whose.scope, whose.value, strong=False)
    number = find(workspace_of(request), [claim]).get(claim, 0)
    person = persons_of(workspace_of(request), [number]).get(number, 0) if number else 0
    if not person:
        raise Unserved(404, "identity.unknown", "Nobody here has this identity.", "Check its kind and scope.")
    return Owner(person=person, identity=number)


@section.get(
    "/stages",
    Ability.SEE_REPORTS,
    answers=Stages,
    example={"stages": [{"stage": "prospect", "people": 120}, {"stage": "intent", "people": 14}]},
)
def count_stages(request: Request) -> Stages:
    """Counts the people in each stage of the lifecycle."""
    counts = stage_counts(workspace_of(request))
    return Stages(stages=[StageCount(stage=stage.value, people=people) for stage, people in counts.items()])


def person_line(row: PersonRow) -> PersonLine:
    """The row as answers have it."""
    return PersonLine(
        number=row.number,
        name=row.name,
        stage=row.stage,  # type: ignore[arg-type]
        stage_since=moment(row.stage_since),
        first_source=_source(row.first_source),
        last_source=_source(row.last_source),
        first_seen_at=moment(row.first_seen_at),
        last_seen_on=row.last_seen_on,
        orders=row.orders,
        spent=plain(row.spent),
    )


def _days(day: date | None) -> int | None:
    return None if day is None else (day - _DAY_ZERO).days


def _source(seen: SourceSeen | None) -> SourceShown | None:
    return None if seen is None else SourceShown.model_validate({**seen._asdict(), "at": moment(seen.at)})
