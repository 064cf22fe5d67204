"""The funnel, and which events count for which of its steps."""

from datetime import date
from typing import Annotated, Any, Literal

from ninja import Query
from pydantic import BaseModel, Field

from lianyi.api.operations import Request, Section, workspace_of
from lianyi.api.shapes import Body, Day, Whole
from lianyi.foundation.access.schemas import Ability
from lianyi.insight.funnel.actions import reset_steps, set_step
from lianyi.insight.funnel.ordered import ordered_funnel, read_steps
from lianyi.insight.funnel.queries import funnel, period_of, steps_of
from lianyi.insight.funnel.schemas import FunnelRow, Step
from lianyi.kernel.clock import system_clock, to_micros

_section = Section("Funnel", "The AISAS funnel, and which events count for which of its steps.")
StepName = Literal["attention", "interest", "search", "action", "share"]
_STEPS = {"steps": {"page.viewed": "search", "Order Completed": "action"}}
_ROW = {
    "source": "wechat",
    "attention": 120,
    "interest": 80,
    "search": 40,
    "action": 12,
    "share": 3,
    "interest_rate": 0.6,
    "search_rate": 0.4,
    "action_rate": 0.25,
    "share_rate": None,
}


class Period(BaseModel):
    """Days of the workspace's zone, `from` included and `to` not; by whose source."""

    start: date | None = Field(None, alias="from")
    end: date | None = Field(None, alias="to")
    by: Literal["first_source", "last_source"] = "first_source"


class FunnelLine(BaseModel):
    """People in each step, and the share of each step's people that were in the next one too."""

    source: str
    attention: int
    interest: int
    search: int
    action: int
    share: int
    interest_rate: float | None
    search_rate: float | None
    action_rate: float | None
    share_rate: float | None


class FunnelShown(BaseModel):
    """A line for each source, the one with most people first, and one for all together."""

    rows: list[FunnelLine]
    total: FunnelLine


class Steps(BaseModel):
    """Event name → step; what is not here counts for none."""

    steps: dict[str, StepName]


class OrderedFunnel(Body):
    """Steps, each of which follows the one before it, all within so many days of the first. With `from` and `to`, days
    of the workspace's zone, of those who did the first thing from then on and before.
    """

    steps: list[dict[str, Any]] = Field(
        description="Each {event, where}, as in rules: events of a name that meet conditions on their properties."
    )
    within_days: Annotated[int, Field(ge=1, le=3_650), Whole] = 30
    start: Day | None = Field(None, alias="from")
    end: Day | None = Field(None, alias="to")


class Reached(BaseModel):
    """How many people reached each step."""

    people: list[int]


class StepChange(Body):
    """From now on events of this name count for `step`; null: for none."""

    event: str = Field(min_length=1, max_length=200, pattern=r"\S")
    step: StepName | None


@_section.get(
    "/funnel",
    Ability.SEE_REPORTS,
    answers=FunnelShown,
    example={"rows": [_ROW], "total": {**_ROW, "source": "total"}},
)
def get_funnel(request: Request, period: Query[Period]) -> FunnelShown:
    """Counts the people in each step of the AISAS funnel, by their source."""
    counted = funnel(workspace_of(request), period.start, period.end, period.by)
    return FunnelShown(rows=[_line(row) for row in counted.rows], total=_line(counted.total))


@_section.post(
    "/funnel/ordered",
    Ability.SEE_REPORTS,
    answers=Reached,
    example={"people": [400, 120, 31]},
    body={
        "steps": [{"event": "Product Viewed"}, {"event": "Product Added"}, {"event": "Order Completed"}],
        "within_days": 30,
    },
)
def count_ordered(request: Request, body: OrderedFunnel) -> Reached:
    """Counts who did these things one after another. Nothing is changed by it."""
    workspace = workspace_of(request)
    steps, period = read_steps(body.steps), period_of(workspace, body.start, body.end)
    return Reached(people=ordered_funnel(workspace, steps, body.within_days, to_micros(system_clock()), period))


@_section.get("/funnel/steps", Ability.SEE_REPORTS, answers=Steps, example=_STEPS)
def get_funnel_steps(request: Request) -> Steps:
    """Shows which events count for which step."""
    return _steps(request)


@_section.patch(
    "/funnel/steps",
    Ability.EDIT_SETTINGS,
    answers=Steps,
    example=_STEPS,
    body={"event": "store.visited", "step": "interest"},
)
def set_funnel_step(request: Request, body: StepChange) -> Steps:
    """Lets events of a name count for a step. Null lets them count for none."""
    set_step(workspace_of(request), body.event, Step[body.step.upper()] if body.step else None)
    return _steps(request)


@_section.delete("/funnel/steps", Ability.EDIT_SETTINGS, answers=Steps, example=_STEPS)
def reset_funnel_steps(request: Request) -> Steps:
    """Puts the table of steps back to the default."""
    reset_steps(workspace_of(request))
    return _steps(request)


def _steps(request: Request) -> Steps:
    found = sorted(steps_of(workspace_of(request)).items())
    return Steps(steps={name: step.label for name, step in found})  # type: ignore[misc]


def _line(row: FunnelRow) -> FunnelLine:
    return FunnelLine.model_validate(row.as_dict())
