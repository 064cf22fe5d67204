"""The ordered funnel agrees with the plain reading of each person."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.audience.behaviour.living import living
from tests.rules.behaviours import Done

from lianyi.insight.funnel.ordered import _people, _Reached, ordered_funnel
from lianyi.kernel.clock import DAY
from lianyi.rules.nodes import Pattern, Where
from lianyi.rules.person import Moment
from lianyi.rules.values import Range

NOW = Moment(1_780_000_000_000_000, ZoneInfo("Asia/Shanghai"))


def plainly(steps: Sequence[list[tuple[int, int]]], within: int) -> list[int]:
    """The people of each step, by trying every chain of events."""
    counts = []
    chains = {(who, at, at) for who, at in steps[0]}
    counts.append(len({who for who, _, _ in chains}))
    for done in steps[1:]:
        chains = {
            (who, later, began)
            for who, at, began in chains
            for other, later in done
            if other == who and at < later <= began + within
        }
        counts.append(len({who for who, _, _ in chains}))
    return counts


def arrays(rows: list[tuple[int, int]]) -> _Reached:
    rows = sorted(rows)
    who, at = np.array([who for who, _ in rows], np.int64), np.array([at for _, at in rows], np.int64)
    return _Reached(who, at, at)


moments = st.one_of(st.integers(0, 12), st.integers(0, 2**55))
events = st.lists(st.tuples(st.sampled_from([1, 2, 3, 2**32 - 1]), moments), max_size=10)


@given(st.lists(events, min_size=2, max_size=4), st.one_of(st.integers(1, 12), st.integers(1, 2**55)))
def test_it_agrees_with_the_plain_reading(steps: list[list[tuple[int, int]]], within: int) -> None:
    assert _people([arrays(done) for done in steps], within) == plainly(steps, within)


@pytest.mark.django_db(transaction=True)
def test_people_and_not_identities_go_through_it_in_the_lake_and_in_the_tail() -> None:
    steps = [Pattern(event="seen"), Pattern(event="put"), Pattern(event="paid", where=(_paid(10),))]
    with living(NOW) as one:
        one.tell(
            [
                *(did(who, "seen", 9) for who in (1, 2, 3, 4)),
                *(did(who, "put", 8) for who in (1, 3)),
                did(4, "put", 9),  # not later
            ],
            into_lake=True,
        )
        one.tell([did(1, "paid", 1, 10), did(2, "put", 8), did(3, "paid", 1, 9), did(5, "paid", 1, 99)])
        assert ordered_funnel(one.workspace, steps, 30, NOW.now) == [4, 3, 1]
        assert ordered_funnel(one.workspace, steps, 7, NOW.now) == [4, 3, 0]
        assert ordered_funnel(one.workspace, steps, 30, NOW.now, (NOW.now, NOW.now + 1)) == [0, 0, 0]
        one.merge(3, 5)
        assert ordered_funnel(one.workspace, steps, 30, NOW.now) == [4, 3, 2]


def test_many_things_at_one_moment_come_after_none_of_them() -> None:
    once = [(7, 5)] * 50
    assert _people([arrays(once), arrays(once), arrays([(7, 6)])], 10) == [1, 0, 0]


def did(who: int, name: str, days_ago: int, total: int = 0) -> Done:
    raw = b'{"properties":{"total":%d},"messageId":"1"}' % total
    return Done(who, name, NOW.now - days_ago * DAY, False, raw)


def _paid(least: float) -> Where:
    return Where(property="total", **{"is": Range(at_least=least)})
