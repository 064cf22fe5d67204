"""A rule that this version cannot read, as after a step back in version: that segment says so and stays as it is, and
the others go on.
"""

from typing import Any

import pytest
from tests.audience.segments.conftest import Shop
from tests.audience.segments.test_live import SHANGHAI, both, inside, without
from tests.people.erasing.told import identify

from lianyi.audience.segments import actions, queries, storing, upkeep
from lianyi.audience.segments.models import SegmentRow
from lianyi.audience.segments.schemas import Kind, State
from lianyi.kernel.clock import system_clock
from lianyi.people.identity.actions import merge
from lianyi.rules.reading import stored

BEIJING = {"kind": "trait", "trait": "city", "is": {"test": "equals", "value": "Beijing"}}


def put(shop: Shop, segment: int, rule: dict[str, Any]) -> None:
    """The rule is in the database, as another version left it."""
    SegmentRow.objects.filter(workspace=shop.workspace, number=segment).update(rule=rule)
    storing.stamp(shop.workspace)


def row(shop: Shop, segment: int) -> SegmentRow:
    return SegmentRow.objects.get(workspace=shop.workspace, number=segment)


@pytest.mark.parametrize(
    "newer", [{"version": 99, "rule": {"kind": "horoscope"}}, {"version": 1, "rule": {"kind": "horoscope", "is": 1}}]
)
def test_one_that_cannot_be_read_says_so_and_the_others_go_on(shop: Shop, newer: dict[str, Any]) -> None:
    shop.tell(*(identify(user, city="Shanghai") for user in "ab"), identify("c", city="Beijing"))
    a, b = (shop.people(user)[0] for user in "ab")
    unread, other = shop.make(SHANGHAI, "Unread"), shop.make(BEIJING, "Other")
    outer = shop.make(both(inside(unread), without(inside(other))), "Outer")
    put(shop, unread, newer)

    shop.tell(identify("a", city="Beijing"), identify("d", city="Shanghai"), identify("c", city="Chengdu"))
    shop.pass_to(system_clock())
    assert (shop.members(unread), shop.members(other), shop.members(outer)) == ([a, b], [a], [b])
    one = queries.segment(shop.workspace, unread)
    assert (one.state, one.rule, one.size) == (State.BROKEN, None, 2)
    assert str(one.problem) == (
        "This version of Lianyi cannot read the rule, which a newer one wrote; its people are those of before. "
        "Bring Lianyi up to date."
    )
    assert [(found.name, found.state) for found in queries.segments(shop.workspace)] == [
        *(("Other", State.CURRENT), ("Outer", State.CURRENT), ("Unread", State.BROKEN))
    ]
    # The worker leaves rule and members alone, however often it looks.
    for _ in range(2):
        upkeep.check_anew(shop.workspace)
        assert shop.build() == 0
        upkeep.ask_anew(shop.workspace, 2**50)
    assert (row(shop, unread).rule, row(shop, unread).problem) == (newer, None)
    assert (shop.members(unread), shop.members(other), shop.members(outer)) == ([a, b], [a], [b])
    merge(shop.workspace, a, b, system_clock())
    shop.brand.run(to_lake=False)
    assert shop.members(unread) == [a]
    # A version that reads it again asks everybody.
    put(shop, unread, stored(shop.rule(SHANGHAI)))
    assert shop.build() == 1
    again = queries.segment(shop.workspace, unread)
    assert (again.state, again.problem) == (State.CURRENT, None)
    assert shop.members(unread) == shop.people("d")  # who a and b are lives in Beijing


def test_it_can_be_written_anew_or_deleted_and_a_snapshot_of_one_keeps_its_people(shop: Shop) -> None:
    shop.tell(identify("a", city="Shanghai"), identify("b", city="Beijing"))
    newer = {"version": 99, "rule": {"kind": "horoscope"}}
    live, snapshot = shop.make(SHANGHAI, "Live"), shop.make(SHANGHAI, "Then", Kind.SNAPSHOT)
    put(shop, live, newer)
    put(shop, snapshot, newer)
    assert queries.segment(shop.workspace, snapshot).state is State.BROKEN
    assert shop.members(snapshot) == shop.people("a")
    actions.change_rule(shop.workspace, live, shop.rule(BEIJING), system_clock())
    shop.build()
    assert (queries.segment(shop.workspace, live).state, shop.members(live)) == (State.CURRENT, shop.people("b"))
    actions.delete_segment(shop.workspace, snapshot)
    assert [one.name for one in queries.segments(shop.workspace)] == ["Live"]
