"""What a campaign brought."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from ninja import Query
from pydantic import BaseModel, Field

from lianyi.api.operations import Request, Section, workspace_of
from lianyi.campaigns.campaigns.queries import campaign_of
from lianyi.events.schemas import Source
from lianyi.foundation.access.schemas import Ability
from lianyi.insight.results.queries import campaign_results
from lianyi.insight.results.schemas import Count, Step

_section = Section("Campaign results", "From those who saw a campaign to those who bought, by source and channel code.")
StepName = Literal["exposure", "click", "visit", "registration", "check_in", "lead", "order"]
_NONE = {"people": 0, "times": 0}
_STEPS = {step.value: _NONE for step in Step} | {"click": {"people": 300, "times": 412}}
_ONE = {"channel": "offline", "medium": "poster", "code": "hall-3", "steps": _STEPS}


class StepTaken(BaseModel):
    """How many people took a step, and how many times. Who must not be known is in the times alone."""

    people: int
    times: int


class SourceResults(BaseModel):
    """What one source of the campaign brought."""

    channel: str
    medium: str
    code: str
    steps: dict[StepName, StepTaken]


class DayClicks(BaseModel):
    """Clicks of a day in the workspace's zone."""

    day: date
    clicks: int


class ResultsShown(BaseModel):
    """What a campaign brought; the sources with most clicks first. People of the total may be in several sources."""

    total: dict[StepName, StepTaken]
    sources: list[SourceResults]
    left_out: int = Field(description="How many sources more there are than were asked for.")
    hours: list[int] = Field(description="Clicks by hour of the day, 24 of them.")
    days: list[DayClicks]
    machine_clicks: int = Field(description="Clicks of machines, which are in no other number.")


class Most(BaseModel):
    """How many sources."""

    limit: int = Field(100, ge=1, le=10_000)


@_section.get(
    "/campaigns/{campaign}/results",
    Ability.SEE_REPORTS,
    answers=ResultsShown,
    example={
        "total": _STEPS,
        "sources": [_ONE],
        "left_out": 0,
        "hours": [0] * 9 + [412] + [0] * 14,
        "days": [{"day": "2026-03-01", "clicks": 412}],
        "machine_clicks": 17,
    },
)
def get_campaign_results(request: Request, campaign: int, asked: Query[Most]) -> ResultsShown:
    """Counts what a campaign brought. What states no source, such as an order, counts for the campaign by which the
    person came last, within 30 days.
    """
    workspace = workspace_of(request)
    found = campaign_results(workspace, campaign_of(workspace, campaign).key)
    return ResultsShown(
        total=_steps(found.total),
        sources=[_source(one.source, one.steps) for one in found.lines[: asked.limit]],
        left_out=max(0, len(found.lines) - asked.limit),
        hours=found.hours,
        days=[DayClicks(day=day, clicks=clicks) for day, clicks in found.days],
        machine_clicks=found.machines,
    )


def _source(source: Source, steps: Sequence[Count]) -> SourceResults:
    return SourceResults(channel=source.channel, medium=source.medium, code=source.code, steps=_steps(steps))


def _steps(counts: Sequence[Count]) -> dict[StepName, StepTaken]:
    return {
        step.value: StepTaken(people=count.people, times=count.events) for step, count in zip(Step, counts, strict=True)
    }
