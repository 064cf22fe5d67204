"""Shapes that all operations share: what a body is checked by, pages, moments, numbers of people, sources."""

from datetime import date, datetime
from typing import Annotated, Any, Generic, TypeVar

from ninja import Path
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from lianyi.kernel.clock import from_micros
from lianyi.people.profiles.queries import CameFrom

_T = TypeVar("_T")
LARGEST_NUMBER = 2**31 - 1
LARGEST_ID = 2**63 - 1


class Body(BaseModel):
    """What comes in is what is asked for: nothing is guessed, and no field is passed over."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Page(BaseModel, Generic[_T]):
    """Some rows of a list; `next` is the cursor of the page behind it, null on the last."""

    items: list[_T]
    next: str | None


class Paging(BaseModel):
    """Which page of a list."""

    cursor: str | None = Field(None, max_length=1_000, description="`next` of the page before.")
    limit: int = Field(50, ge=1, le=200, description="Rows of a page.")


class Recorded(BaseModel):
    """A decision that was written down; it takes effect within seconds, in the order of all events."""

    event: str = Field(description="The id of the event that carries it.")


# How an operation declares that it answers so.
RECORDED: dict[str, Any] = {
    "answers": Recorded,
    "status": 202,
    "example": {"event": "5f2b7c1e0d9a4b638c7d6e5f4a3b2c1d"},
}


def _text(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("text")  # pydantic makes an error of this one only
    return value


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


Whole = BeforeValidator(_whole)  # to JSON, 1.0 is a whole number too
Moment = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_text, json_schema_input_type=datetime)]
Day = Annotated[date, Field(strict=False), BeforeValidator(_text, json_schema_input_type=date)]
Number = Annotated[int, Field(ge=1, le=LARGEST_NUMBER), Whole]
PersonNumber = Path[Annotated[int, Field(ge=1, le=LARGEST_NUMBER, description="The person's number.")]]
RowId = Path[Annotated[int, Field(ge=1, le=LARGEST_ID)]]


def moment(micros: int | None) -> datetime | None:
    """A moment as answers have it."""
    return None if micros is None else from_micros(micros)


class DaysAsked(BaseModel):
    """Days of the workspace's zone, both included."""

    first: date = Field(alias="from")
    last: date = Field(alias="to")


class CameFromShown(BaseModel):
    """Where whoever did it came from: by what they did, else by the last source within thirty days before it."""

    channel: str
    campaign: str
    code: str
    came_at: datetime | None = Field(description="When they had come so; null where what they did says it itself.")


def came_from_shown(one: CameFrom) -> CameFromShown:
    """The same of a row."""
    return CameFromShown(channel=one.channel, campaign=one.campaign, code=one.code, came_at=moment(one.came_at))
