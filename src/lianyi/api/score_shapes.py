"""The shapes of scores, in and out."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from lianyi.api.shapes import Body, Whole
from lianyi.audience.scoring.schemas import MOST_RULES, MOST_WEIGHTS

GradeName = Literal["A", "B", "C", "D"]
StateName = Literal["hot", "nurture", "watch", "invalid"]
_Note = Annotated[str, Field(max_length=200)]
_Score = Annotated[float, Field(gt=0, le=100)]


class FitRuleOf(Body):
    """Points for everybody for whom a rule about the profile holds."""

    rule: dict[str, Any] = Field(description="See the reference of rules; neither behaviour, segments nor scores.")
    points: Annotated[int, Field(ge=-100, le=100), Whole]
    note: _Note = ""


class WeightOf(Body):
    """Points for each event of a name."""

    event: str = Field(min_length=1, max_length=200, description="* for any.")
    points: Annotated[int, Field(ge=1, le=100), Whole]
    where: list[dict[str, Any]] = Field([], description="Conditions on its properties, as in a rule.")
    most_a_day: Annotated[int, Field(ge=1, le=1_000), Whole] | None = Field(
        None, description="Of a local day the first so many count."
    )
    note: _Note = ""


class BoundsOf(Body):
    """From which score on somebody has a grade; who has less than `c` has D."""

    a: _Score
    b: _Score
    c: _Score


class SettingsOf(Body):
    """How the workspace scores."""

    fit: list[FitRuleOf] = Field(max_length=MOST_RULES)
    weights: list[WeightOf] = Field(max_length=MOST_WEIGHTS)
    half_life: Annotated[int, Field(ge=1, le=365), Whole] = Field(14, description="Days after which half is left.")
    fit_grades: BoundsOf = BoundsOf(a=75, b=50, c=25)
    engagement_grades: BoundsOf = BoundsOf(a=60, b=30, c=10)
    matrix: list[StateName] | None = Field(
        None,
        min_length=16,
        max_length=16,
        description="The state for each pair of grades: by fit from A to D, and within by engagement from A to D.",
    )


class SettingsShown(SettingsOf):
    """How the workspace scores, and how far its scores are."""

    edition: int = Field(description="Grows with every change; 0 as long as these are only offered.")
    taken: bool = Field(description="Whether anybody took settings; before that nobody is scored.")
    due: bool = Field(description="Everybody is being scored by them; until then scores are those of before.")


class Cell(BaseModel):
    """How many people have two grades, and what these mean."""

    fit: GradeName
    engagement: GradeName
    state: StateName
    people: int


class MatrixShown(BaseModel):
    """How many people stand where; without cells as long as nobody is scored."""

    people: int
    states: dict[StateName, int] = Field(description="What the pairs mean, but for whom sales let rest for a while.")
    cells: list[Cell]
    due: bool = Field(description="Everybody is being scored by new settings.")


class StandingShown(BaseModel):
    """Where a person stands now."""

    fit: float
    engagement: float
    fit_grade: GradeName
    engagement_grade: GradeName
    state: StateName
    paused_until: datetime | None = Field(description="Until when sales let them rest; then they are hot again.")


class Newest(BaseModel):
    """How many events are listed."""

    limit: int = Field(50, ge=1, le=200)


class HeldRule(BaseModel):
    """A rule of fit, and whether it holds for the person."""

    sentence: str
    rule: dict[str, Any]
    points: int
    holds: bool
    note: str


class CountedEvent(BaseModel):
    """Something that the person did and that settings name."""

    event: str = Field(description="As the settings name it.")
    at: datetime
    points: int
    left: float = Field(description="What is left of the points now.")
    over: bool = Field(description="It is over the most that counts of a day.")


class WhyShown(StandingShown):
    """Why a person stands where they do."""

    rules: list[HeldRule]
    points: int = Field(description="Of the rules that hold, before they are cut to 0 to 100.")
    newest: list[CountedEvent]
    others: int = Field(description="How many older events count besides.")
    others_left: float
    sum: float = Field(description="The engagement before it is cut at 100.")
