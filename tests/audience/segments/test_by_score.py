"""Live segments of people by their scores."""

import json
from datetime import UTC, datetime
from typing import Any

from tests.audience.scoring.conftest import SETTINGS
from tests.audience.segments.conftest import DAY, Shop
from tests.people.erasing.told import identify

from lianyi.audience.scoring import actions as scores
from lianyi.audience.scoring import upkeep as scoring
from lianyi.audience.scoring.checking import read_document
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.people.profiles import actions as profiles
from lianyi.people.profiles.tags.facts import Dimension

QUOTE = {"event": "Quote Asked", "properties": {"seats": 10}}


def score(shop: Shop, **settings: Any) -> None:
    document = json.loads(json.dumps(SETTINGS | settings))
    scores.change_settings(shop.workspace, read_document(document), system_clock())
    scoring.build(shop.workspace, to_micros(system_clock()))


def pass_to(shop: Shop, moment: datetime) -> None:
    scoring.look_at_time(shop.workspace, to_micros(moment))
    shop.pass_to(moment)


def test_members_follow_scores_as_events_come_and_as_they_fade(shop: Shop) -> None:
    shop.tell(identify("a", city="Shanghai"), identify("b"))
    score(shop)
    a, b = shop.people("a"), shop.people("b")
    warm = shop.make({"kind": "warm", "one_of": ["hot", "nurture"]})
    engaged = shop.make({"kind": "score", "axis": "engagement", "at_least": 20})
    cold = shop.make({"kind": "graded", "axis": "engagement", "one_of": ["D"]})
    assert [shop.members(one) for one in (warm, engaged, cold)] == [[], [], [*a, *b]]
    moment = datetime.now(UTC)
    shop.tell({"userId": "a", **QUOTE}, {"userId": "b", **QUOTE}, at=moment)
    assert [shop.members(one) for one in (warm, engaged, cold)] == [a, [*a, *b], []]
    pass_to(shop, moment + 17 * DAY)  # 50 have become 21.5
    assert [shop.members(one) for one in (warm, engaged, cold)] == [a, [*a, *b], []]
    pass_to(shop, moment + 20 * DAY)
    assert [shop.members(one) for one in (warm, engaged, cold)] == [a, [], []]
    pass_to(shop, moment + 40 * DAY)
    assert [shop.members(one) for one in (warm, engaged, cold)] == [[], [], [*a, *b]]
    assert shop.history(engaged) == [("facts", [*a, *b], []), ("time", [], [*a, *b])]


def test_members_follow_a_fit_that_time_changes(shop: Shop) -> None:
    shop.tell(identify("a", city="Shanghai"))
    score(shop)
    fitting = shop.make({"kind": "score", "axis": "fit", "at_least": 50})
    a = shop.people("a")
    now = system_clock()
    profiles.add_tag(shop.workspace, a[0], Dimension.ATTRIBUTE, "staff", now, expires_at=to_micros(now + DAY))
    shop.brand.run(to_lake=False)
    assert shop.members(fitting) == []
    pass_to(shop, now + 2 * DAY)
    assert shop.members(fitting) == a
    assert shop.history(fitting) == [("rule", a, []), ("facts", [], a), ("time", a, [])]


def test_nobody_has_a_score_where_nobody_took_settings(shop: Shop) -> None:
    shop.tell(identify("a", city="Shanghai"))
    a = shop.people("a")
    for rule, found in (
        ({"kind": "score", "axis": "fit", "at_least": 1}, []),
        ({"kind": "score", "axis": "fit", "at_most": 0}, a),
        ({"kind": "graded", "axis": "engagement", "one_of": ["D"]}, a),
        ({"kind": "warm", "one_of": ["invalid"]}, a),
        ({"kind": "warm", "one_of": ["hot"]}, []),
    ):
        assert shop.members(shop.make(rule)) == found
