"""Old changes are put together and come to the same."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap
from tests.audience.segments.conftest import Shop
from tests.people.erasing.told import identify

from lianyi.audience.segments import actions, queries
from lianyi.audience.segments.history import netted, thin_out
from lianyi.kernel.clock import DAY, HOUR, to_micros

NOW = to_micros(datetime(2026, 6, 1, 12, 30, tzinfo=UTC))
PEOPLE = st.sets(st.integers(1, 5))


def change(shop: Shop, segment: int, ago: int, put_in: list[int], take_out: list[int]) -> None:
    moment = datetime.fromtimestamp((NOW - ago) / 1_000_000, UTC)
    actions.change_list(shop.workspace, segment, put_in, take_out, moment)


def test_the_last_week_is_whole_then_hours_then_days(shop: Shop) -> None:
    shop.tell(*(identify(user) for user in "abcd"))
    a, b, c, d = shop.people(*"abcd")
    segment = actions.create_list(shop.workspace, "L", [], datetime(2026, 1, 1, tzinfo=UTC))
    for ago, put_in, take_out in [
        (100 * DAY + 3 * HOUR, [a], []),
        (100 * DAY + 2 * HOUR, [b], [a]),
        (20 * DAY + 2 * HOUR, [a], []),
        (20 * DAY + 2 * HOUR - 1, [c], [b]),
        (20 * DAY, [b], []),
        (6 * DAY + 1, [d], []),
        (6 * DAY, [], [d]),
    ]:
        change(shop, segment, ago, put_in, take_out)
    assert shop.told() != []
    assert thin_out(shop.workspace, NOW) == 2
    assert shop.history(segment) == [
        ("member", [b], []),  # a came and went
        ("member", [a, c], [b]),
        ("member", [b], []),
        ("member", [d], []),
        ("member", [], [d]),
    ]
    assert shop.members(segment) == [a, b, c]
    assert [one.size for one in reversed(queries.changes(shop.workspace, segment))] == [1, 2, 3, 4, 3]
    assert thin_out(shop.workspace, NOW) == 0
    assert thin_out(shop.workspace, NOW + 200 * DAY) == 2  # by the day
    assert shop.members(segment) == [a, b, c]
    change(shop, segment, 0, [d], [a])
    assert shop.members(segment) == [b, c, d]


def test_what_is_still_to_be_told_stays(shop: Shop) -> None:
    shop.tell(*(identify(user) for user in "ab"))
    a, b = shop.people(*"ab")
    segment = actions.create_list(shop.workspace, "L", [], datetime(2026, 1, 1, tzinfo=UTC))
    change(shop, segment, 100 * DAY + 1, [a], [])
    change(shop, segment, 100 * DAY, [b], [])
    assert thin_out(shop.workspace, NOW) == 0
    assert len(shop.told()) == 2
    assert thin_out(shop.workspace, NOW) == 1


@given(PEOPLE, st.lists(st.tuples(PEOPLE, PEOPLE), max_size=6))
def test_the_net_of_changes_is_their_sum(before: set[int], wanted: list[tuple[set[int], set[int]]]) -> None:
    members, changes = BitMap(before), []
    for put_in, take_out in wanted:
        entered, left = BitMap(put_in) - members - BitMap(take_out), BitMap(take_out) & members
        members = (members | entered) - left
        changes.append((entered, left))
    entered, left = netted(changes)
    assert entered == members - BitMap(before)
    assert left == BitMap(before) - members
