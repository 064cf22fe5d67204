"""Scores follow what people are and do; who becomes something else is told once and in order."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.audience.scoring.conftest import DAY, SETTINGS, SHANGHAI, Shop
from tests.people.erasing.told import identify, viewed

from lianyi.audience.behaviour.store import store_of
from lianyi.audience.scoring import actions, queries, telling, upkeep
from lianyi.audience.scoring.defaults import DEFAULTS
from lianyi.events.intake.own import OwnEvent
from lianyi.events.log.actions import record_own
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.people.identity import actions as identity
from lianyi.people.profiles import actions as profiles
from lianyi.people.profiles.tags.facts import Dimension


def asked(user: str, seats: int) -> dict[str, object]:
    return {"userId": user, "event": "Quote Asked", "properties": {"seats": seats}}


def test_scores_follow_traits_identities_tags_and_what_people_do(shop: Shop) -> None:
    shop.tell(identify("a", city="Shanghai"), identify("b"), asked("b", 10), asked("b", 9))
    shop.score()
    now = system_clock()
    a, b = shop.standing("a", now), shop.standing("b", now)
    assert (a.fit, a.engagement, a.fit_grade, a.engagement_grade, a.state) == (50, 0, "B", "D", "watch")
    assert (b.fit, round(b.engagement, 1), b.fit_grade, b.engagement_grade, b.state) == (0, 49.9, "D", "B", "watch")
    shop.tell(identify("a", phone="13800138000"), identify("b", city="Shanghai"))
    assert (shop.standing("a").fit, shop.standing("b").fit) == (80, 50)
    profiles.add_tag(shop.workspace, shop.person("a"), Dimension.ATTRIBUTE, "staff", system_clock())
    shop.tell(asked("a", 50), asked("a", 20))
    assert (shop.standing("a").fit, round(shop.standing("a").engagement)) == (20, 100)
    assert shop.differences() == []


def test_what_is_told_is_who_became_what_once_and_in_order(shop: Shop) -> None:
    shop.tell(identify("a", city="Shanghai"), identify("b"))
    shop.score()
    assert shop.told() == []  # settings are no doing of anybody
    shop.tell(asked("a", 10))
    shop.tell(asked("a", 10), identify("b", city="Shanghai"))
    a, b = shop.people("a", "b")
    found = [(who, was, became, fit, round(engagement)) for who, was, became, fit, engagement in shop.told()]
    assert found == [(a, "watch", "nurture", 50, 50), (a, "nurture", "hot", 50, 100), (b, "invalid", "watch", 50, 0)]
    assert shop.told() == []


def test_an_event_goes_through_the_log_and_does_not_count(shop: Shop) -> None:
    shop.tell(identify("a", city="Shanghai"))
    shop.score(weights=[{"event": "*", "points": 35}])
    before = shop.standing("a").engagement
    shop.tell(viewed("a"))
    between = shop.standing("a").engagement
    assert (round(before), round(between)) == (35, 70)
    assert telling.tell(shop.workspace) == 1
    shop.brand.run(to_lake=False)
    assert round(shop.standing("a").engagement) == 70
    assert shop.differences() == []


def test_time_makes_people_cooler_and_says_so(shop: Shop) -> None:
    shop.tell(identify("a", city="Shanghai"), at=datetime.now(UTC) - DAY)
    shop.score()
    moment = datetime.now(UTC).replace(microsecond=0)
    shop.tell(asked("a", 10), at=moment)
    (a,) = shop.people("a")
    shop.told()
    cool = moment + 14 * DAY  # 25 points are left: grade C
    assert shop.who({"kind": "warm", "one_of": ["nurture"]}, cool) == [a]
    later = moment + 40 * DAY
    assert shop.who({"kind": "graded", "axis": "engagement", "one_of": ["D"]}, later) == [a]
    assert shop.standing("a", later).state == "watch"
    shop.pass_to(cool)
    assert shop.told() == []
    shop.pass_to(later)
    shop.pass_to(later)
    assert shop.told() == [(a, "nurture", "watch", 50, round(50 * 2 ** (-40 / 14), 1))]


def test_a_tag_that_ends_changes_the_fit(shop: Shop) -> None:
    shop.tell(identify("a", city="Shanghai"))
    shop.score()
    (a,) = shop.people("a")
    now = system_clock()
    profiles.add_tag(shop.workspace, a, Dimension.ATTRIBUTE, "staff", now, expires_at=to_micros(now + DAY))
    shop.brand.run(to_lake=False)
    assert shop.standing("a").fit == 0
    shop.pass_to(now + 2 * DAY)
    assert shop.standing("a").fit == 50
    assert [one[:3] for one in shop.told()] == [(a, "watch", "invalid"), (a, "invalid", "watch")]


def test_of_a_day_only_the_first_count_of_the_whole_person(shop: Shop) -> None:
    at = datetime.now(UTC).replace(hour=4, minute=0, second=0, microsecond=0) - 2 * DAY
    shop.tell(identify("a", city="Beijing"), at=at)
    shop.score()
    shop.tell(*(viewed(cookie="c1") for _ in range(2)), at=at)
    shop.tell(*(viewed("a") for _ in range(2)), at=at + timedelta(hours=1))
    assert shop.standing("a", at + timedelta(hours=1)).engagement == pytest.approx(8)
    shop.tell({"type": "identify", "userId": "a", "anonymousId": "c1"})
    left = 2 ** (-1 / (24 * 14))
    assert shop.standing("a", at + timedelta(hours=1)).engagement == pytest.approx(8 * left + 4)
    assert shop.differences() == []


def test_who_becomes_one_with_somebody_hot_is_hot_without_a_word(shop: Shop) -> None:
    shop.tell(identify("a", city="Shanghai"), identify("b"), asked("a", 10), asked("a", 10))
    shop.score()
    a, b = shop.person("a"), shop.person("b")
    assert (shop.standing("a").state, shop.standing("b").state) == ("hot", "invalid")
    identity.merge(shop.workspace, a, b, system_clock())
    shop.brand.run(to_lake=False)
    assert shop.standing("a").state == shop.standing("b").state == "hot"
    assert shop.told() == []
    assert shop.differences() == []
    assert shop.who({"kind": "score", "axis": "fit", "at_least": 1}) == shop.people("a")


def test_the_same_settings_again_change_nothing(shop: Shop) -> None:
    shop.tell(identify("a", city="Shanghai"))
    assert actions.change_settings(shop.workspace, DEFAULTS, system_clock()) == 1
    assert queries.scoring(shop.workspace)[:4] == (DEFAULTS, True, True, 1)
    assert upkeep.build(shop.workspace, to_micros(system_clock()))
    assert not upkeep.build(shop.workspace, to_micros(system_clock()))
    assert actions.change_settings(shop.workspace, DEFAULTS, system_clock()) == 1
    assert queries.scoring(shop.workspace).due is False
    assert shop.standing("a").state == "invalid"


def test_why_lists_rules_and_events_and_adds_up(shop: Shop) -> None:
    at = datetime.now(UTC).replace(hour=4, minute=0, second=0, microsecond=0) - 14 * DAY
    shop.tell(identify("a", city="Shanghai"), *(viewed("a") for _ in range(4)), asked("a", 10), at=at)
    shop.score()
    found = queries.why(shop.workspace, shop.person("a"), to_micros(at + 14 * DAY), limit=4)
    assert found is not None
    assert [(one.rule.points, one.holds) for one in found.fit] == [(50, True), (30, False), (-60, False)]
    assert (found.points, found.standing.fit) == (50, 50)
    assert [(one.weight.points, round(one.left, 9), one.over) for one in found.newest].count((4, 2.0, False)) >= 2
    assert len(found.newest) == 4
    assert found.others == 1
    assert found.sum == pytest.approx(25 + 3 * 2) == pytest.approx(found.standing.engagement)
    assert sum(one.left for one in found.newest) + found.others_left == pytest.approx(found.sum)


def test_why_reads_one_person_alone_where_nothing_is_kept(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.tell(identify("a", city="Shanghai"), *(viewed("a") for _ in range(4)), viewed("b"), asked("b", 3),
              to_lake=True)  # fmt: skip
    shop.tell({"type": "page", "anonymousId": "c1"}, {"anonymousId": "c1", "event": "Product Viewed"}, asked("b", 30))
    shop.tell({"type": "identify", "userId": "a", "anonymousId": "c1"})
    shop.score(weights=[*SETTINGS["weights"], {"event": "*", "points": 1}])
    now = to_micros(system_clock())
    kept = {user: queries.why(shop.workspace, shop.person(user), now) for user in ("a", "b")}
    store = store_of(shop.workspace)
    store.drop()
    monkeypatch.setattr(store, "runs", None)
    alone = {user: queries.why(shop.workspace, shop.person(user), now) for user in ("a", "b")}
    assert {user: _essence(found) for user, found in alone.items()} == {
        user: _essence(found) for user, found in kept.items()
    }
    assert alone["a"] is not None
    assert len([one for one in alone["a"].newest if one.weight.event == "Product Viewed"]) == 5


def _essence(found: queries.Why | None) -> object:
    assert found is not None
    return sorted((one.weight.event, one.at, one.left, one.over) for one in found.newest), found.others


def test_counts_fill_the_matrix(shop: Shop) -> None:
    nobody = queries.counts(shop.workspace, 0)
    assert (nobody.grades, set(nobody.states.values())) == (((0,) * 4,) * 4, {0})
    shop.tell(identify("a", city="Shanghai"), identify("b"), identify("c", city="Shanghai"), asked("c", 10))
    shop.score()
    found = queries.counts(shop.workspace, to_micros(system_clock()))
    assert found.grades == ((0, 0, 0, 0), (0, 1, 0, 1), (0, 0, 0, 0), (0, 0, 0, 1))
    assert found.states == {"hot": 0, "nurture": 1, "watch": 1, "invalid": 1}


def test_other_workspaces_have_scores_of_their_own(shop: Shop) -> None:
    shop.tell(identify("a", city="Shanghai"))
    shop.score(fit=[{"rule": SHANGHAI, "points": 7}])
    assert queries.standing(shop.workspace, shop.person("a"), 0) is not None
    assert queries.scoring(shop.workspace + 1)[:4] == (DEFAULTS, False, False, 0)
    assert upkeep.build(shop.workspace + 1, 0) is False


def test_orders_from_files_count_in_the_ready_settings_where_no_shop_tells_of_them(shop: Shop) -> None:
    def events() -> set[str]:
        return {weight.event for weight in queries.ready(shop.workspace).weights}

    shop.tell(viewed("a"))
    assert queries.ready(shop.workspace) == DEFAULTS
    who = [("user_id", "default", "a", True)]
    record_own(shop.workspace, [OwnEvent("ab" * 16, "order.line", to_micros(system_clock()), who)])
    shop.brand.run()
    assert events() - {weight.event for weight in DEFAULTS.weights} == {"order.placed", "order.line"}
    shop.tell({"userId": "a", "event": "Order Completed", "properties": {"order_id": "2"}})
    assert queries.ready(shop.workspace) == DEFAULTS
