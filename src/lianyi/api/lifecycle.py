"""The rule of the lifecycle."""

from typing import Annotated

from pydantic import BaseModel, Field

from lianyi.api.operations import Request, Section, workspace_of
from lianyi.api.shapes import Body, Whole
from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import system_clock
from lianyi.people.profiles.actions import set_lifecycle_rule
from lianyi.people.profiles.queries import lifecycle_rule

_section = Section("Lifecycle", "Which events show intent, and how long a silence makes somebody dormant.")
_RULE = {"signals": ["addToCart", "lead.created"], "days_until_dormant": 90}


class Rule(BaseModel):
    """How the workspace reads its people's lifecycle."""

    signals: list[str] = Field(description="Names of events.")
    days_until_dormant: int


class RuleTold(Body):
    """The same, to be set."""

    signals: list[Annotated[str, Field(min_length=1, max_length=200)]] = Field(max_length=200)
    days_until_dormant: Annotated[int, Field(ge=7, le=3650), Whole]


class RuleSet(Rule):
    """The rule as it is now."""

    replay_needed: bool = Field(description="Whether past events count by the new signals only after a replay.")


@_section.get("/lifecycle", Ability.SEE_PEOPLE, answers=Rule, example=_RULE)
def get_lifecycle(request: Request) -> Rule:
    """Shows the rule of the lifecycle."""
    rule = lifecycle_rule(workspace_of(request))
    return Rule(signals=sorted(rule.signals), days_until_dormant=rule.days_until_dormant)


@_section.put(
    "/lifecycle",
    Ability.EDIT_SETTINGS,
    answers=RuleSet,
    example={**_RULE, "replay_needed": True},
    body=_RULE,
)
def put_lifecycle(request: Request, body: RuleTold) -> RuleSet:
    """Changes the rule of the lifecycle. Everybody's stage is made anew by it."""
    others = set_lifecycle_rule(workspace_of(request), body.signals, body.days_until_dormant, system_clock())
    return RuleSet(**get_lifecycle(request).model_dump(), replay_needed=others)
