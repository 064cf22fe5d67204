"""A workspace with people and a team that sells, and what its hand-overs say."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.people.erasing.told import Brand, brand

from lianyi.audience.handover import actions, queries, ticking
from lianyi.audience.handover.schemas import Assignment, AssignmentRule, Handover, Way
from lianyi.events.intake.own import OwnEvent
from lianyi.events.log.actions import record_own
from lianyi.foundation.access.acting import acting_as
from lianyi.foundation.access.schemas import ABILITIES, Actor, Role
from lianyi.foundation.members.actions import ensure_member
from lianyi.foundation.workspaces.queries import workspace_of_id
from lianyi.kernel.clock import system_clock, to_micros

MONDAY = datetime(2026, 11, 30, 1, tzinfo=UTC)  # 9:00 in Shanghai, and no holiday in the whole week


class Team:
    """The brand's hand-overs, by the names of its people: a user id `u` is called u."""

    def __init__(self, made: Brand) -> None:
        self.brand, self.workspace = made, made.workspace
        self.roles: dict[int, Role] = {}
        self.told: list[OwnEvent] = []

    def join(self, role: Role = Role.SALES) -> int:
        address = f"{secrets.token_hex(5)}@example.com"
        member = int(ensure_member(workspace_of_id(self.workspace), address, role).pk)
        self.roles[member] = role
        return member

    def actor(self, member: int) -> Actor:
        return Actor(f"member:{member}", self.workspace, ABILITIES[self.roles[member]])

    def tell(self, *messages: dict[str, Any], **more: Any) -> None:
        """Messages come and go through the pipeline."""
        self.brand.send(*messages, **more)
        self.brand.run(to_lake=False)

    def heat(self, *users: str, kind: str = "user_id", to: str = "hot") -> None:
        """The score of these changes, and the pipeline hears of it."""
        scope = "" if kind in ("phone", "email") else "default"
        said = {"from": "nurture", "to": to, "fit": 80, "engagement": 61.5}
        for user in users:
            who = [(kind, scope, user, kind != "cookie")]
            event = OwnEvent(secrets.token_hex(16), "score.changed", to_micros(system_clock()), who, properties=said)
            record_own(self.workspace, [event])
        self.brand.run(to_lake=False)

    def person(self, user: str) -> int:
        return self.brand.person("user_id", user)

    def offer(self, user: str, member: int | None = None, now: datetime = MONDAY) -> int:
        return actions.offer_person(self.workspace, self.person(user), member, now, record=self.record)

    def record(self, workspace: int, events: list[OwnEvent]) -> None:
        assert workspace == self.workspace
        self.told.extend(events)

    def names(self) -> list[str]:
        return [one.name.removeprefix("handover.") for one in self.told]

    def as_(self, member: int, act: Any, *arguments: Any, **named: Any) -> Any:
        with acting_as(self.actor(member)):
            return act(self.workspace, *arguments, record=self.record, **named)

    def one(self, number: int) -> Handover:
        return queries.handover(self.workspace, number)

    def all(self) -> list[Handover]:
        return sorted(queries.handovers(self.workspace), key=lambda one: one.number)

    def given(self) -> list[tuple[int, int | None]]:
        """Whom each was offered to: person, member."""
        return [(one.person, one.member) for one in self.all()]

    def turns(self, number: int) -> list[tuple[int, str]]:
        return [(one.member, one.outcome.value if one.outcome else "") for one in queries.takes(self.workspace, number)]

    def escalate(self, now: datetime) -> int:
        return ticking.escalate(self.workspace, to_micros(now), self.record)

    def assign(self, *rules: AssignmentRule, **more: int) -> None:
        actions.set_assignment(self.workspace, Assignment(rules=rules, **more))

    def in_turns(self, *members: int, name: str = "all") -> None:
        self.assign(AssignmentRule(name, Way.TURNS, members=members))


@pytest.fixture
def team(transactional_db: None) -> Iterator[Team]:
    with brand() as made:
        yield Team(made)
