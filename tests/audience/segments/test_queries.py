"""What is told of segments: sizes by day, overlap, who uses which, and pages of the list."""

from datetime import UTC, date, datetime
from itertools import product
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pyroaring import BitMap
from tests.audience.segments.conftest import Shop
from tests.people.erasing.told import identify

from lianyi.audience.segments import actions, queries, using
from lianyi.audience.segments.schemas import Part, SegmentUnknown
from lianyi.kernel.clock import system_clock

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_the_size_of_a_day_is_that_at_its_end_in_the_zone(shop: Shop) -> None:
    shop.tell(*(identify(user) for user in "abc"))
    a, b, c = shop.people(*"abc")
    segment = actions.create_list(shop.workspace, "L", [a], datetime(2026, 5, 1, 12, tzinfo=UTC))
    actions.change_list(shop.workspace, segment, [b, c], [], datetime(2026, 5, 2, 15, 59, 59, tzinfo=UTC))
    actions.change_list(shop.workspace, segment, [], [a], datetime(2026, 5, 2, 16, 0, tzinfo=UTC))  # 3 May there
    actions.change_list(shop.workspace, segment, [], [b], datetime(2026, 5, 2, 16, 0, tzinfo=UTC))
    first, last = date(2026, 4, 30), date(2026, 5, 4)
    with CaptureQueriesContext(connection) as asked:
        sizes = queries.sizes_by_day(shop.workspace, segment, first, last, SHANGHAI)
    assert [size for _, size in sizes] == [None, 1, 3, 1, 1]
    assert (sizes[0][0], sizes[-1][0], len(asked)) == (first, last, 1)


def test_overlap_is_told_by_combination(shop: Shop) -> None:
    shop.tell(*(identify(user) for user in "abcd"))
    a, b, c, d = shop.people(*"abcd")
    one = actions.create_list(shop.workspace, "1", [a, b, c], system_clock())
    two = actions.create_list(shop.workspace, "2", [b, c, d], system_clock())
    assert queries.overlap(shop.workspace, [one, two]) == [Part((one, two), 2), Part((one,), 1), Part((two,), 1)]
    with pytest.raises(SegmentUnknown):
        queries.overlap(shop.workspace, [one, 99])


@pytest.mark.parametrize("many", [1, 2, 3, 4])
def test_the_parts_are_everybody_once(shop: Shop, many: int) -> None:
    shop.tell(*(identify(f"u{number}") for number in range(8)))
    everybody, chance = shop.people(*(f"u{number}" for number in range(8))), Random(many)
    sets = [set(chance.sample(everybody, 4)) for _ in range(many)]
    made = [actions.create_list(shop.workspace, f"{place}", some, system_clock())
            for place, some in enumerate(sets)]  # fmt: skip
    parts = {part.inside: part.people for part in queries.overlap(shop.workspace, made)}
    expected = {}
    for inside in product([True, False], repeat=len(sets)):
        if any(inside):
            among = [person for person in everybody if [person in some for some in sets] == list(inside)]
            expected[tuple(number for number, one in zip(made, inside, strict=True) if one)] = len(among)
    assert parts == expected
    assert sum(parts.values()) == len(BitMap(set().union(*sets)))


def test_the_list_is_found_by_name_and_note_and_says_who_uses_whom(shop: Shop) -> None:
    inner = actions.create_list(shop.workspace, "B", [], system_clock(), note="from the FAIR")
    actions.create_list(shop.workspace, "C", [], system_clock())
    outer = shop.make({"kind": "in_segment", "segment": inner}, "A")
    assert [one.name for one in queries.segments_found(shop.workspace, 2)] == ["A", "B"]
    assert [one.name for one in queries.segments_found(shop.workspace, 2, after="B")] == ["C"]
    assert [one.name for one in queries.segments_found(shop.workspace, 9, text="fair")] == ["B"]
    used = using.users_of(shop.workspace, [inner, outer])
    assert {number: [one.name for one in users] for number, users in used.items()} == {inner: ["A"]}
