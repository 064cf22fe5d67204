"""Live segments follow what happens: facts, nested segments, people who become one or two, and time."""

from datetime import timedelta
from typing import Any

import pytest
from tests.audience.segments.conftest import DAY, Shop
from tests.people.erasing.told import brand, identify, viewed

from lianyi.audience.segments import actions, queries, using
from lianyi.audience.segments.schemas import Kind, SegmentUnknown, State
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused
from lianyi.people.identity import actions as identity
from lianyi.people.profiles import actions as profiles
from lianyi.people.profiles.tags.facts import Dimension

SHANGHAI = {"kind": "trait", "trait": "city", "is": {"test": "equals", "value": "Shanghai"}}
VIP = {"kind": "tagged", "tag": "vip"}


def inside(segment: int) -> dict[str, Any]:
    return {"kind": "in_segment", "segment": segment}


def both(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "all_of", "rules": list(rules)}


def without(rule: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "not", "rule": rule}


def test_members_follow_traits(shop: Shop) -> None:
    shop.tell(identify("a", city="Shanghai"), identify("b", city="Beijing"), identify("c"))
    segment = shop.make(SHANGHAI)
    a, b = shop.people("a"), shop.people("b")
    assert shop.members(segment) == a
    shop.tell(identify("b", city="shanghai"), identify("c", name="C"))
    assert shop.members(segment) == [*a, *b]
    shop.tell(identify("a", city=None))
    assert shop.members(segment) == b
    assert shop.history(segment) == [("rule", a, []), ("facts", b, []), ("facts", [], a)]
    assert queries.segment(shop.workspace, segment).size == 1
    assert shop.told() == [("segment.entered", segment, b[0]), ("segment.left", segment, a[0])]
    assert shop.told() == []


def test_somebody_new_may_be_in_a_segment_of_those_without(shop: Shop) -> None:
    shop.tell(identify("a", city="Shanghai"))
    segment = shop.make(without(SHANGHAI))
    assert shop.members(segment) == []
    shop.tell(viewed("b"), identify("c", city="Shanghai"))
    assert shop.members(segment) == shop.people("b")


def test_members_follow_tags_stages_consents_sources_and_identities(shop: Shop) -> None:
    shop.tell(identify("a", city="Shanghai"), identify("b", phone="13800138000"))
    (a,), (b,) = shop.people("a"), shop.people("b")
    by_phone = shop.make({"kind": "identified", "by": "phone"})
    tagged = shop.make(VIP)
    consented = shop.make({"kind": "consented", "channel": "sms", "purpose": "marketing"})
    buyers = shop.make({"kind": "stage", "one_of": ["first_purchase"]})
    from_wechat = shop.make({"kind": "source", "touch": "any", "channel": "wechat"})
    assert shop.members(by_phone) == [b]
    profiles.add_tag(shop.workspace, a, Dimension.ATTRIBUTE, "vip", system_clock())
    profiles.give_consent(shop.workspace, b, "sms", "marketing", system_clock(), how="form")
    shop.tell(
        {"userId": "a", "event": "Order Completed", "properties": {"order_id": "7", "total": 5, "currency": "CNY"}},
        {"userId": "b", "context": {"campaign": {"source": "wechat"}}},
    )
    assert [shop.members(one) for one in (tagged, consented, buyers, from_wechat)] == [[a], [b], [a], [b]]
    profiles.remove_tag(shop.workspace, a, Dimension.ATTRIBUTE, "vip", system_clock())
    profiles.withdraw_consent(shop.workspace, b, "sms", "marketing", system_clock(), how="form")
    shop.brand.run()
    assert [shop.members(one) for one in (tagged, consented)] == [[], []]


def test_members_follow_what_people_do(shop: Shop) -> None:
    shop.tell(viewed("a"), viewed("a"), viewed("b"))
    segment = shop.make({"kind": "did", "event": "Product Viewed", "at_least": 3})
    assert shop.members(segment) == []
    shop.tell(viewed("a"), viewed("b"))
    assert shop.members(segment) == shop.people("a")
    shop.tell(viewed("b"))
    assert shop.members(segment) == shop.people("a", "b")


def test_nested_segments_move_in_the_same_pass(shop: Shop) -> None:
    shop.tell(identify("a", city="Shanghai"), identify("b", city="Beijing"))
    inner = shop.make(SHANGHAI)
    outer = shop.make(both(inside(inner), without(inside(shop.make(VIP)))))
    third = shop.make(without(inside(outer)))
    a, b = shop.people("a", "b")
    assert (shop.members(outer), shop.members(third)) == ([a], [b])
    shop.tell(identify("b", city="Shanghai"))
    assert (shop.members(outer), shop.members(third)) == ([a, b], [])
    assert shop.told() == [
        ("segment.entered", inner, b),
        ("segment.entered", outer, b),
        ("segment.left", third, b),
    ]
    actions.change_rule(shop.workspace, inner, shop.rule(VIP), system_clock())
    assert queries.segment(shop.workspace, inner).state is State.BUILDING
    assert shop.build() == 1
    assert (shop.members(inner), shop.members(outer), shop.members(third)) == ([], [], [a, b])
    assert shop.told() == []  # nobody did anything


def test_rings_are_refused_and_named(shop: Shop) -> None:
    shop.tell(identify("a", city="Shanghai"))
    one = shop.make(SHANGHAI, "One")
    two = shop.make(inside(one), "Two")
    three = shop.make(without(inside(two)), "Three")
    with pytest.raises(Refused) as caught:
        actions.change_rule(shop.workspace, one, shop.rule(inside(three)), system_clock())
    assert caught.value.code == "segment.ring"
    assert "One" in str(caught.value)
    assert "Three" in str(caught.value)
    with pytest.raises(Refused):
        actions.change_rule(shop.workspace, one, shop.rule(inside(one)), system_clock())
    assert queries.segment(shop.workspace, one).rule == shop.rule(SHANGHAI)
    assert queries.segment(shop.workspace, one).state is State.CURRENT


def test_who_becomes_one_neither_enters_nor_leaves(shop: Shop) -> None:
    shop.tell(identify("a", city="Beijing"), identify("b", city="Shanghai"), viewed("a"), viewed("b"))
    cities = shop.make(SHANGHAI)
    twice = shop.make({"kind": "did", "event": "Product Viewed", "at_least": 2})
    snapshot = shop.make(SHANGHAI, kind=Kind.SNAPSHOT)
    a, b = shop.people("a", "b")
    assert [shop.members(one) for one in (cities, twice, snapshot)] == [[b], [], [b]]
    identity.merge(shop.workspace, a, b, system_clock())
    shop.brand.run()
    assert shop.people("a", "b") == [a]
    assert [shop.members(one) for one in (cities, twice, snapshot)] == [[a], [a], [a]]
    assert shop.told() == [("segment.entered", twice, a)]  # two views, for the first time
    identity.unmerge(shop.workspace, a, [b], system_clock())
    shop.brand.run()
    assert shop.people("a", "b") == [a, b]
    assert shop.members(twice) == []
    assert shop.members(cities) == [b]
    assert shop.members(snapshot) == [a, b]
    assert shop.told() == [("segment.left", cities, a), ("segment.left", twice, a)]


def test_time_alone_moves_people(shop: Shop) -> None:
    now = system_clock()
    shop.tell(viewed("a"), at=now - timedelta(hours=20))
    shop.tell(viewed("b"), at=now - timedelta(hours=2))
    lately = shop.make({"kind": "did", "event": "*", "during": {"test": "within", "days": 1}})
    outer = shop.make(without(inside(lately)))
    a, b = shop.people("a", "b")
    assert (shop.members(lately), shop.members(outer)) == ([a, b], [])
    shop.pass_to(now + timedelta(hours=3))
    assert shop.members(lately) == [a, b]
    shop.pass_to(now + timedelta(hours=5))
    assert (shop.members(lately), shop.members(outer)) == ([b], [a])
    shop.pass_to(now + 2 * DAY)
    assert (shop.members(lately), shop.members(outer)) == ([], [a, b])
    assert [cause for cause, _, _ in shop.history(lately)] == ["rule", "time", "time"]
    shop.pass_to(now)  # never back
    assert shop.members(lately) == []


def test_a_tag_that_ends_is_noticed(shop: Shop) -> None:
    shop.tell(identify("a"))
    (a,) = shop.people("a")
    now = system_clock()
    until = int((now + timedelta(hours=1)).timestamp() * 1_000_000)
    profiles.add_tag(shop.workspace, a, Dimension.ATTRIBUTE, "vip", now, expires_at=until)
    shop.brand.run()
    segment = shop.make(VIP)
    assert shop.members(segment) == [a]
    shop.pass_to(now + timedelta(minutes=59))
    assert shop.members(segment) == [a]
    shop.pass_to(now + timedelta(minutes=61))
    assert shop.members(segment) == []


def test_a_snapshot_stays_and_a_list_is_what_was_put_in(shop: Shop) -> None:
    shop.tell(identify("a", city="Shanghai"), identify("b", city="Beijing"))
    a, b = shop.people("a", "b")
    snapshot = shop.make(SHANGHAI, kind=Kind.SNAPSHOT)
    chosen = actions.create_list(shop.workspace, "Chosen", [b], system_clock())
    outer = shop.make(inside(chosen))
    shop.tell(identify("b", city="Shanghai"))
    assert (shop.members(snapshot), shop.members(chosen), shop.members(outer)) == ([a], [b], [b])
    assert actions.change_list(shop.workspace, chosen, [a], [b], system_clock()) == 1
    assert shop.members(chosen) == [a]
    with pytest.raises(Refused, match="no person 99"):
        actions.change_list(shop.workspace, chosen, [99], [], system_clock())
    assert shop.members(chosen) == [a]


def test_what_is_used_is_not_deleted(shop: Shop) -> None:
    shop.tell(identify("a", city="Shanghai"))
    inner = shop.make(SHANGHAI, "Inner")
    outer = shop.make(inside(inner), "Outer")
    with pytest.raises(Refused, match="Rules ask for 'Inner': the segment 'Outer'"):
        actions.delete_segment(shop.workspace, inner)
    assert [(one.kind, one.name, one.number) for one in using.users_of(shop.workspace, [inner, outer])[inner]] == [
        ("segment", "Outer", outer)
    ]
    actions.delete_segment(shop.workspace, outer)
    actions.delete_segment(shop.workspace, inner)
    assert queries.segments(shop.workspace) == []
    with pytest.raises(SegmentUnknown):
        queries.members(shop.workspace, inner)
    assert shop.make(SHANGHAI) > outer  # no number twice


def test_segments_of_another_workspace_are_unknown(shop: Shop) -> None:
    shop.tell(identify("a", city="Shanghai"))
    segment = shop.make(SHANGHAI)
    with brand() as other:
        for ask in (
            lambda: queries.segment(other.workspace, segment),
            lambda: queries.members(other.workspace, segment),
            lambda: actions.delete_segment(other.workspace, segment),
            lambda: actions.rename_segment(other.workspace, segment, "x", ""),
            lambda: actions.change_list(other.workspace, segment, [], [], system_clock()),
        ):
            with pytest.raises(SegmentUnknown):
                ask()
        assert queries.segments(other.workspace) == []
    assert shop.members(segment) == shop.people("a")
