"""The shapes of hand-overs, in and out."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from lianyi.api.shapes import Body, Number
from lianyi.audience.handover.schemas import (
    MOST_MEMBERS,
    MOST_MINUTES,
    MOST_PAUSE_DAYS,
    MOST_RULES,
    MOST_VALUES,
    NAME_CHARACTERS,
    NOTE_CHARACTERS,
)

StateName = Literal["offered", "accepted", "rejected", "won", "lost", "merged"]
_Note = Annotated[str, Field(max_length=NOTE_CHARACTERS)]


class HandoversAsked(BaseModel):
    """Which hand-overs; what is left out asks for nothing."""

    state: StateName | None = None
    member: int | None = Field(None, ge=1, lt=2**31, description="Whose they are.")
    person: int | None = Field(None, ge=1, lt=2**31)


class HandoverLine(BaseModel):
    """A hand-over."""

    id: int
    person: int
    state: StateName
    member: int | None = Field(description="Who has it; null where nobody may take it.")
    rule: str = Field(description="The rule that assigned it; empty where none did.")
    late: bool = Field(description="Whether the time to accept it is over.")
    offered_at: datetime
    changed_at: datetime
    due_at: datetime | None = Field(description="Until when it is to be accepted.")
    paused_until: datetime | None = Field(description="Until when the person is not offered again.")
    fit: float | None
    engagement: float | None
    channel: str = Field(description="Where the person came from last, when they were offered.")
    campaign: str
    reason: str | None
    note: str
    amount: str | None
    currency: str | None
    merged_into: int | None


class Turn(BaseModel):
    """A member's turn; `worked` is how many seconds of working time it took."""

    member: int
    offered_at: datetime
    ended_at: datetime | None
    outcome: Literal["accepted", "rejected", "expired", "passed", "merged"] | None
    worked: int | None


class HandoverShown(HandoverLine):
    """A hand-over with all who had it, in order."""

    turns: list[Turn]


class Offered(Body):
    """Whom to offer; to whom the rules say where no member is named."""

    person: Number
    member: Number | None = None


class Taken(Body):
    """Who takes it; whoever has it where nobody is named."""

    member: Number | None = None


class GivenOn(Body):
    """Who gets it."""

    member: Number


class Rejected(Body):
    """Why a person is not taken."""

    reason: Literal["no_contact", "no_interest", "unfit", "known", "elsewhere", "other"]
    note: _Note = ""


class Won(Body):
    """What was won, if it is known."""

    amount: str | None = Field(None, min_length=1, max_length=40, description="With a decimal point: 1234.5")
    currency: str = Field("", max_length=3, description="ISO 4217; the workspace's where there is none.")
    note: _Note = ""


class Lost(Body):
    """Why it came to nothing."""

    reason: Literal["price", "competitor", "no_need", "no_answer", "timing", "other"]
    note: _Note = ""


class RuleOf(Body):
    """Whom a rule assigns, and how the member is found."""

    name: str = Field(min_length=1, max_length=NAME_CHARACTERS)
    way: Literal["turns", "member", "table", "owner"] = Field(
        description="turns: its members one after the other. member: always the same. table: by the value of a trait."
        " owner: whoever sold to the person before."
    )
    rule: dict[str, Any] | None = Field(None, description="For whom it holds; null: for everybody.")
    members: list[Number] = Field([], max_length=MOST_MEMBERS)
    trait: str = Field("", max_length=200)
    table: dict[str, Number] = Field({}, max_length=MOST_VALUES)


class AssignmentOf(Body):
    """How the workspace assigns. The first rule that holds and finds a member counts; the rest are for all who sell."""

    accept_minutes: int = Field(ge=1, le=MOST_MINUTES, description="Of working time.")
    pause_days: int = Field(
        ge=0,
        le=MOST_PAUSE_DAYS,
        description="After a rejection or a loss; whoever is still hot then is offered again. With 0 there is no "
        "pause: whoever stays hot is offered again only after cooling off and becoming hot anew.",
    )
    rules: list[RuleOf] = Field([], max_length=MOST_RULES)


class Amount(BaseModel):
    """What was won in one currency."""

    amount: str
    currency: str


class Pace(BaseModel):
    """What became of the offers of a period. `rate` is the share accepted of those that were answered or ran out."""

    offered: int
    accepted: int
    rejected: int
    expired: int
    waiting: int
    rate: float | None
    median_seconds: float | None = Field(description="Of working time until it was accepted.")
    won: int
    lost: int
    amounts: list[Amount]


class PaceOfMember(Pace):
    """Of a member."""

    member: int


class PaceOfSource(Pace):
    """Of people by the channel they came from last."""

    channel: str


class PaceShown(BaseModel):
    """By member and by source."""

    members: list[PaceOfMember]
    sources: list[PaceOfSource]
