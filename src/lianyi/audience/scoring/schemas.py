"""The words of scoring: its settings, and what it says of people."""

from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from lianyi.rules.nodes import Conditions, Grade, Rule, State
from lianyi.rules.values import Name, Node, Storable

GRADES: tuple[Grade, ...] = ("A", "B", "C", "D")
STATES: tuple[State, ...] = ("hot", "nurture", "watch", "invalid")
MOST = 100.0  # of either score, as it is shown
MOST_RULES = 100
MOST_WEIGHTS = 100
CHANGED = "score.changed"

Note = Annotated[str, Field(max_length=200), Storable]
_Score = Annotated[float, Field(gt=0, le=MOST, allow_inf_nan=False)]


class FitRule(Node):
    """Points for everybody for whom a rule about the profile holds."""

    rule: Rule
    points: Annotated[int, Field(ge=-100, le=100)]
    note: Note = ""


class Weight(Node):
    """Points for each event of a name ("*": of any but `NO_DOING`) that meets the conditions; of a local day at most
    the first `most_a_day`.
    """

    event: Name
    points: Annotated[int, Field(ge=1, le=100)]
    where: Conditions = ()
    most_a_day: Annotated[int, Field(ge=1, le=1_000)] | None = None
    note: Note = ""


class Bounds(Node):
    """From which score on somebody has a grade; who has less than `c` has D."""

    a: _Score
    b: _Score
    c: _Score

    @model_validator(mode="after")
    def _falling(self) -> "Bounds":
        if not self.a > self.b > self.c:
            raise PydanticCustomError("bounds.order", "not falling")
        return self

    @property
    def least(self) -> tuple[float, float, float]:
        """The least score of A, of B and of C."""
        return self.a, self.b, self.c


class Settings(Node):
    """How a workspace scores. `matrix` says the state for each pair of grades: by fit from A to D, and in each row by
    engagement from A to D.
    """

    fit: Annotated[tuple[FitRule, ...], Field(max_length=MOST_RULES)]
    weights: Annotated[tuple[Weight, ...], Field(max_length=MOST_WEIGHTS)]
    half_life: Annotated[int, Field(ge=1, le=365)] = 14  # days
    fit_grades: Bounds = Bounds(a=75, b=50, c=25)
    engagement_grades: Bounds = Bounds(a=60, b=30, c=10)
    matrix: Annotated[tuple[State, ...], Field(min_length=16, max_length=16)] = (
        *("hot", "hot", "nurture", "watch"),
        *("hot", "nurture", "nurture", "watch"),
        *("nurture", "nurture", "watch", "invalid"),
        *("watch", "watch", "invalid", "invalid"),
    )


class Cause(StrEnum):
    """Why people became something else."""

    FACTS = "facts"  # something happened
    TIME = "time"  # it passed
    HANDOVER = "handover"  # sales let them go


class Standing(NamedTuple):
    """What scoring says of one person at a moment. `paused_until` (µs) is said where it makes the state another."""

    fit: float
    engagement: float
    fit_grade: Grade
    engagement_grade: Grade
    state: State
    paused_until: int | None = None
