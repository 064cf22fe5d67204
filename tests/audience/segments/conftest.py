"""A workspace with people, and what its segments say."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.people.erasing.told import Brand, brand

from lianyi.audience.segments import actions, queries, telling, upkeep
from lianyi.audience.segments.schemas import Kind
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.rules.nodes import Rule
from lianyi.rules.reading import read


class Shop:
    """The brand's segments, by the names of their people: a user id `u` is called u."""

    def __init__(self, made: Brand) -> None:
        self.brand = made
        self.workspace = made.workspace

    def tell(self, *messages: dict[str, Any], **more: Any) -> None:
        """Messages come and go through the pipeline."""
        self.brand.send(*messages, **more)
        self.brand.run(to_lake=False)

    def make(self, rule: dict[str, Any], name: str = "", kind: Kind = Kind.LIVE) -> int:
        number = actions.create_segment(self.workspace, name or f"s{datetime.now().timestamp()}", self.rule(rule),
                                        system_clock(), kind=kind)  # fmt: skip
        self.build()
        return number

    def rule(self, rule: dict[str, Any]) -> Rule:
        return read(rule)

    def build(self) -> int:
        return upkeep.build(self.workspace, to_micros(system_clock()))

    def pass_to(self, moment: datetime) -> None:
        upkeep.look_at_time(self.workspace, to_micros(moment))

    def people(self, *users: str) -> list[int]:
        return sorted({self.brand.person("user_id", user) for user in users})

    def members(self, segment: int) -> list[int]:
        return list(queries.members(self.workspace, segment))

    def history(self, segment: int) -> list[tuple[str, list[int], list[int]]]:
        """What changed, the oldest first: cause, entered, left."""
        found = queries.changes(self.workspace, segment)
        return [(one.cause.value, list(one.entered), list(one.left)) for one in reversed(found)]

    def told(self) -> list[tuple[str, int, int]]:
        """The events of segments that come out, each through the log: name, segment, person."""
        recorded: list[tuple[str, int, int]] = []
        while telling.tell(
            self.workspace,
            lambda _, events: recorded.extend(
                (one.name, one.properties["segment"], self.brand.person(one.who[0][0], one.who[0][2])) for one in events
            ),
        ):
            pass
        return recorded


@pytest.fixture
def shop(transactional_db: None) -> Iterator[Shop]:
    with brand() as made:
        yield Shop(made)


SOON = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
