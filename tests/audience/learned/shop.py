"""People made by a story that a model can find: who visited lately and lives in Shanghai starts a trial more often.

Told to the collector and put through the pipeline: half of it is in the lake, the rest in the tail.
"""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.people.erasing.told import Brand

NOW = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)
DAYS = 30
AT_ONCE = 1_000


def ago(days: float) -> str:
    return (NOW - timedelta(days=days)).isoformat()


class Story:
    """What `people` did, of whom about a quarter starts a trial in each of the two windows: messages in their order."""

    def __init__(self, people: int, *, seed: int = 3) -> None:
        self._chance = random.Random(seed)
        self.messages: list[dict[str, Any]] = []
        for number in range(people):
            self._person(f"u{number}")
        self.messages.sort(key=lambda one: str(one["timestamp"]))

    def _person(self, user: str) -> None:
        chance, city = self._chance, self._chance.choice(["Shanghai", "Beijing", "Chengdu"])
        eager = chance.random()
        self._identify(user, 150, {"city": city, "lucky": chance.randrange(100)})
        started = False
        for window, cut in enumerate((60, 30, 0)):
            lately = int(eager * 4) + chance.randrange(3)
            for _ in range(lately):
                self._track(user, "Pricing Viewed", cut + chance.uniform(0.5, 29))
            if cut and chance.random() < 0.07 * lately + 0.15 * (city == "Shanghai"):
                at = cut - chance.uniform(1, 29)
                self._track(user, "Trial Started", at)
                self._track(user, "Contract Sent", at - 0.4)
                if not started:
                    self._identify(user, at - 0.5, {"contract": "yes"})
                    # What was really known afterwards, and was written back to a day before.
                    self._identify(user, 120, {"segment_code": 3 if not window else 2})
                    started = True
            if cut and chance.random() < 0.3:
                self._track(user, "Coin Landed", cut - chance.uniform(1, 29), side=chance.choice(["heads", "tails"]))
        if not started:
            self._identify(user, 120, {"segment_code": 2})

    def _track(self, user: str, name: str, days: float, **properties: Any) -> None:
        self.messages.append({"event": name, "userId": user, "timestamp": ago(days), "properties": properties})

    def _identify(self, user: str, days: float, traits: dict[str, Any]) -> None:
        self.messages.append({"type": "identify", "userId": user, "timestamp": ago(days), "traits": traits})


class Shop:
    """A workspace in which the story of `people` happened."""

    def __init__(self, brand: Brand, people: int, *, seed: int = 3) -> None:
        self.brand, self.workspace = brand, brand.workspace
        messages = Story(people, seed=seed).messages
        half = len(messages) // 2
        self._tell(messages[:half])
        brand.run()
        self._tell(messages[half:])
        brand.run(to_lake=False)

    def _tell(self, messages: list[dict[str, Any]]) -> None:
        for start in range(0, len(messages), AT_ONCE):
            self.brand.send(*messages[start : start + AT_ONCE])
