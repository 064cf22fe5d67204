"""Scores in the worker's threads: new settings reach people and segments, and who becomes something else is told."""

import json
import time
from collections.abc import Callable
from typing import Any

from tests.audience.scoring.conftest import SETTINGS
from tests.audience.segments.conftest import Shop
from tests.people.erasing.told import brand, identify

from lianyi.assembly.segments import segmenters
from lianyi.audience.scoring import actions, queries
from lianyi.audience.scoring.checking import read_document
from lianyi.kernel.clock import system_clock

QUOTE = {"event": "Quote Asked", "properties": {"seats": 10}}


def eventually(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.1)


def told(shop: Shop) -> list[dict[str, Any]]:
    """What the events in the log say of scores that changed."""
    events = [one for body in shop.brand.bodies() for one in as_list(json.loads(body))]
    return [one["properties"] for one in events if one.get("name") == "score.changed"]


def as_list(body: Any) -> list[dict[str, Any]]:
    return body if isinstance(body, list) else body.get("batch", [body])


def test_new_settings_reach_people_and_segments_and_changes_are_told(transactional_db: None) -> None:
    threads = segmenters()
    with brand() as made:
        shop = Shop(made)
        shop.tell(identify("a", city="Shanghai"), identify("b"))
        fitting = shop.make({"kind": "graded", "axis": "fit", "one_of": ["B"]})
        assert shop.members(fitting) == []
        try:
            for thread in threads:
                thread.start()
            actions.change_settings(shop.workspace, read_document(SETTINGS), system_clock())
            eventually(lambda: not queries.scoring(shop.workspace).due)
            assert shop.members(fitting) == shop.people("a")
            shop.tell({"userId": "a", **QUOTE})
            eventually(lambda: bool(told(shop)))
            said = [(one["from"], one["to"], one["fit"], one["cause"]) for one in told(shop)]
            assert said == [("watch", "nurture", 50.0, "facts")]
            shop.tell({"userId": "a", **QUOTE})
            eventually(lambda: len(told(shop)) == 2)
            assert told(shop)[1]["to"] == "hot"
        finally:
            for thread in threads:
                thread.stop()
            for thread in threads:
                thread.join()
