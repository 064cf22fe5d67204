"""The shapes of learned models, in and out."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from lianyi.api.shapes import Body, Whole
from lianyi.audience.learned.actions import LONGEST
from lianyi.audience.learned.schemas import MOST_DAYS

Kind = Literal["trait", "tag", "event", "stage", "source", "orders", "known_for"]


class ModelLine(BaseModel):
    """A model in a list."""

    id: int
    name: str
    outcome: dict[str, Any] = Field(description="What it foretells: a rule about what people do.")
    days: int = Field(description="Within how many days.")
    sentence: str = Field(description="The outcome in words.")
    state: Literal["running", "done", "stopped", "failed"]
    step: int
    steps: int
    chosen: bool = Field(description="What it says is the likelihood that rules ask for.")
    asked_at: datetime
    finished_at: datetime | None
    auc: float | None
    problem: str | None = Field(description="Why nothing was learned.")


class CurvePoint(BaseModel):
    """People to whom it gave about the same probability: what it said, and the share for whom it came true."""

    said: float
    happened: float
    people: int


class Reason(BaseModel):
    """A fact that it rests on, and by how much the AUC is less without it."""

    kind: Kind
    name: str
    detail: str
    lost: float
    more: bool = Field(description="More of it means more likely.")
    sentence: str


class LeftOut(BaseModel):
    """A fact that gives the outcome away, and was not learned from."""

    kind: Kind
    name: str
    why: Literal["later", "alone"]
    measure: float = Field(description="later: of how many it became known too late; alone: the AUC by it alone.")
    sentence: str


class ReportShown(BaseModel):
    """What a model says of itself. What it is measured by are people whom it had not seen."""

    method: Literal["regression", "boosting"]
    trained_at: datetime = Field(description="It learned from what was known until then, and what happened after.")
    tested_at: datetime = Field(description="It was tested on what happened after this.")
    learned: int
    learned_outcomes: int
    tested: int
    tested_outcomes: int
    features: int
    auc: float = Field(description="0.5 is a coin, 1 tells all apart.")
    auc_from: float
    auc_to: float
    useful: bool = Field(description="Surely better than a coin; if not, it gives no scores.")
    curve: list[CurvePoint]
    reasons: list[Reason]
    left_out: list[LeftOut]


class ModelShown(ModelLine):
    """A model with what it says of itself."""

    report: ReportShown | None


class ModelMade(Body):
    """A new model, of an event or of a rule about what people do."""

    name: str = Field(min_length=1, max_length=LONGEST)
    event: str | None = Field(None, min_length=1, max_length=200)
    times: Annotated[int, Field(ge=1, le=1_000_000, description="How often, at least, of an event."), Whole] = 1
    outcome: dict[str, Any] | None = Field(None, description="A rule about what people do, without days of its own.")
    days: Annotated[int, Field(ge=1, le=MOST_DAYS, description="Within how many days."), Whole]


class Likelihood(BaseModel):
    """How likely somebody is to have the outcome, in percent."""

    person: int
    likelihood: float
