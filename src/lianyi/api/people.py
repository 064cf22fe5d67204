"""Lists of people, and who an identity belongs to."""

from datetime import date, datetime
from typing import Literal

from ninja import Query
from pydantic import BaseModel, Field

from lianyi.api.cursors import page_of, place_in
from lianyi.api.operations import Request, Section, workspace_of
from lianyi.api.problems import Unserved
from lianyi.api.shapes import Page, Paging, moment
from lianyi.events.schemas import Claim
from lianyi.foundation.access.schemas import Ability
from lianyi.people.identity.queries import find, persons_of
from lianyi.people.profiles.queries import newest_people, search_people, stage_counts
from lianyi.people.profiles.schemas import PersonRow, SourceSeen

StageName = Literal["prospect", "intent", "first_purchase", "repeat", "dormant", "won_back"]
KindName = Literal[
    "unionid", "openid", "user_id", "crm_id", "member", "phone", "email", "wechat_id", "device", "cookie"
]
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


class Filters(Paging):
    """Which people."""

    q: str = Field("", max_length=200, description="An identity, `#12`, or a part of a name; best first, one page.")
    stage: StageName | None = None


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
    """Lists people. The newest come first; with `q`, those who fit best, in one page."""
    workspace, limit = workspace_of(request), filters.limit
    if filters.q.strip():
        found = [row for row in search_people(workspace, filters.q, limit) if filters.stage in (None, row.stage)]
        return page_of(request, found[:limit], limit, lambda row: [row.number], person_line)
    place = place_in(request, filters.cursor)
    rows = newest_people(workspace, limit + 1, place[0] if place else None, filters.stage or "")
    return page_of(request, rows, limit, lambda row: [row.number], person_line)


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
        spent=format(row.spent.normalize(), "f") if row.spent else "0",
    )


def _source(seen: SourceSeen | None) -> SourceShown | None:
    return None if seen is None else SourceShown.model_validate({**seen._asdict(), "at": moment(seen.at)})
