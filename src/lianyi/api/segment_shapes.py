"""What segments look like over the API, and what is asked of them."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from lianyi.api.shapes import Body, Number
from lianyi.audience.segments.schemas import NAME_CHARACTERS, NOTE_CHARACTERS

MOST_DAYS = 1_100


class SegmentLine(BaseModel):
    """A segment in a list."""

    id: int
    name: str
    note: str
    kind: Literal["live", "snapshot", "list"]
    state: Literal["building", "current", "broken"] = Field(description="building: its members are being found.")
    size: int = Field(description="How many people are in it.")
    edition: int = Field(description="Grows whenever the rule changes.")
    created_at: datetime
    changed_at: datetime


class SegmentUser(BaseModel):
    """What asks for a segment."""

    kind: Literal["segment", "handover"] = Field(description="handover: a rule of assignment.")
    name: str
    id: int | None = Field(description="Of a segment.")


class UploadOfList(BaseModel):
    """The file of a list. Rows are looked up until it is done; what they said of nobody is kept nowhere."""

    rows: int = Field(description="Looked up so far.")
    missing: int = Field(description="Rows that mean nobody.")
    missed: list[tuple[int, int]] = Field(description="Their numbers, from row to row; the first thousand spans.")
    done: bool


class SegmentShown(SegmentLine):
    """A segment with its rule, as JSON and in words."""

    rule: dict[str, Any] | None
    sentence: str | None
    problem: str | None = Field(description="Why the rule cannot be answered any more.")
    upload: UploadOfList | None = Field(description="Of a list that came by a file.")
    used_by: list[SegmentUser] = Field(description="Whose rules ask for this one: it cannot be deleted.")


class SegmentMade(Body):
    """A new segment: of a rule, live or as it is now, or of people."""

    name: str = Field(min_length=1, max_length=NAME_CHARACTERS)
    note: str = Field("", max_length=NOTE_CHARACTERS)
    kind: Literal["live", "snapshot", "list"] = "live"
    rule: dict[str, Any] | None = Field(None, description="See the reference of rules; a list has none.")
    people: list[Number] = Field([], max_length=5_000, description="Of a list.")


class SegmentChanged(Body):
    """What is to be otherwise; what is left out stays."""

    name: str | None = Field(None, min_length=1, max_length=NAME_CHARACTERS)
    note: str | None = Field(None, max_length=NOTE_CHARACTERS)
    rule: dict[str, Any] | None = None


class RuleAsked(Body):
    """A rule to be tried."""

    rule: dict[str, Any]


class PersonOfSample(BaseModel):
    """Somebody for whom the rule holds."""

    person: int
    name: str
    stage: str


class Remark(BaseModel):
    """What may be a slip, with its place in the rule."""

    place: str
    code: str
    detail: str


class RulePreview(BaseModel):
    """What the rule comes to now."""

    count: int
    sample: list[PersonOfSample] = Field(description="Those of them who came last, ten at the most.")
    sentence: str
    remarks: list[Remark]


class ListChanged(Body):
    """Who is put into a list, and who is taken out."""

    put_in: list[Number] = Field([], max_length=5_000)
    take_out: list[Number] = Field([], max_length=5_000)


class ChangeShown(BaseModel):
    """How many entered and left at one moment, and how many there were then."""

    id: int
    at: datetime
    cause: Literal["rule", "facts", "time", "identity", "member"]
    entered: int
    left: int
    size: int


class Part(BaseModel):
    """A part of a rule, whether it holds for somebody, and what it is made of."""

    kind: str
    sentence: str
    holds: bool
    parts: list["Part"]


class Member(BaseModel):
    """Somebody who is in a segment."""

    person: int


class ListGiven(BaseModel):
    """What the list is called, and what the first column of its file holds where no column says so."""

    name: str = Field(min_length=1, max_length=NAME_CHARACTERS)
    note: str = Field("", max_length=NOTE_CHARACTERS)
    holds: Literal["", "phone", "email", "user_id", "crm_id", "member", "unionid", "openid", "wechat_id", "cookie",
                   "device"] = Field("", description="phone, email, user_id …")  # fmt: skip


class OverlapAsked(BaseModel):
    """Two to four segments."""

    segment: list[Number] = Field(min_length=1, max_length=4)


class PartOfOverlap(BaseModel):
    """How many people are in all of these segments, and in no other of those that were asked about."""

    inside: list[int]
    people: int


class OverlapShown(BaseModel):
    """Every combination, those of most segments first."""

    parts: list[PartOfOverlap]


class SizeOfDay(BaseModel):
    """The size at the end of a day."""

    day: date
    size: int | None


class SizesShown(BaseModel):
    """Day by day."""

    days: list[SizeOfDay]
