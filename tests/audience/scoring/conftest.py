"""A workspace with people that are scored, and what scoring says of them."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.people.erasing.told import Brand, brand

from lianyi.assembly.replay import replay
from lianyi.audience.facts import Facts
from lianyi.audience.scoring import actions, queries, telling, upkeep
from lianyi.audience.scoring.checking import read_document
from lianyi.audience.scoring.schemas import Standing
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.rules.compiling import compile
from lianyi.rules.reading import read

DAY = timedelta(days=1)
SHANGHAI = {"kind": "trait", "trait": "city", "is": {"test": "equals", "value": "Shanghai"}}
SETTINGS: dict[str, Any] = {
    "fit": [
        {"rule": SHANGHAI, "points": 50},
        {"rule": {"kind": "identified", "by": "phone"}, "points": 30},
        {"rule": {"kind": "tagged", "tag": "staff"}, "points": -60},
    ],
    "weights": [
        {"event": "Product Viewed", "points": 4, "most_a_day": 3},
        {"event": "Quote Asked", "points": 50,
         "where": [{"property": "seats", "is": {"test": "range", "at_least": 10}}]},
    ],
}  # fmt: skip


class Shop:
    """The brand; a user id `u` is called u."""

    def __init__(self, made: Brand) -> None:
        self.brand = made
        self.workspace = made.workspace

    def tell(self, *messages: dict[str, Any], to_lake: bool = False, **more: Any) -> None:
        """Messages come and go through the pipeline."""
        self.brand.send(*messages, **more)
        self.brand.run(to_lake=to_lake)

    def score(self, **settings: Any) -> None:
        """Takes settings and scores everybody by them."""
        document = json.loads(json.dumps(SETTINGS | settings))
        actions.change_settings(self.workspace, read_document(document), system_clock())
        upkeep.build(self.workspace, to_micros(system_clock()))

    def person(self, user: str) -> int:
        return self.brand.person("user_id", user)

    def standing(self, user: str, now: datetime | None = None) -> Standing:
        found = queries.standing(self.workspace, self.person(user), to_micros(now or system_clock()))
        assert found is not None
        return found

    def who(self, rule: dict[str, Any], now: datetime | None = None) -> list[int]:
        """The people for whom a rule holds."""
        return list(compile(read(rule), Facts(self.workspace, to_micros(now or system_clock()))))

    def people(self, *users: str) -> list[int]:
        return sorted({self.person(user) for user in users})

    def pass_to(self, moment: datetime) -> None:
        upkeep.look_at_time(self.workspace, to_micros(moment))

    def told(self) -> list[tuple[int, str, str, float, float]]:
        """The events that come out: of whom, from, to, fit and engagement."""
        recorded: list[tuple[int, str, str, float, float]] = []

        def record(_: int, events: list[Any]) -> None:
            for one in events:
                assert one.name == "score.changed"
                said = one.properties
                person = self.brand.person(one.who[0][0], one.who[0][2])
                recorded.append((person, said["from"], said["to"], said["fit"], said["engagement"]))

        while telling.tell(self.workspace, record):
            pass
        return recorded

    def differences(self) -> list[str]:
        """What scores made anew would have other than they are."""
        return replay(self.workspace, "scoring", check=True).different


@pytest.fixture
def shop(transactional_db: None) -> Iterator[Shop]:
    with brand() as made:
        yield Shop(made)
