"""Everybody's answer, the answer for a few, and the plain reading are one, over a real lake and a real tail."""

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap
from tests.audience.behaviour.living import Living, living
from tests.rules.behaviours import Done, histories, leaves, moments

from lianyi.audience.behaviour.answering import BehaviourAnswers
from lianyi.audience.behaviour.queries import everybody_who, waiting
from lianyi.audience.behaviour.store import reach, store_of
from lianyi.events.lake import sheets
from lianyi.people.identity.queries import moved_map
from lianyi.rules.nodes import Behaviour
from lianyi.rules.person import Moment

pytestmark = pytest.mark.django_db(transaction=True)

some = settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # each example is a story in a database: no shrinking
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(autouse=True)
def every_file_may_have_a_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "LEAST_ROWS", 1)


def agree(one: Living, asked: list[Behaviour], moment: Moment) -> None:
    people = BitMap(range(1, 12))
    live = BehaviourAnswers(one.workspace, moment, asked, live=True)
    for leaf, expected in zip(asked, one.by_hand(asked, moment), strict=True):
        full = BehaviourAnswers(one.workspace, moment, asked)
        assert set(full.answer(leaf)) == expected, leaf
        assert set(live.answer(leaf, people)) == expected, leaf
        assert set(live.answer(leaf)) == expected, leaf
        for person in (1, 2):
            for asking in (full, live):
                assert set(asking.answer(leaf, BitMap([person]))) == expected & {person}, leaf


@some
@given(data=st.data(), moment=moments)
def test_full_restricted_and_plain_are_one(data: st.DataObject, moment: Moment) -> None:
    asked = [data.draw(leaves(moment)) for _ in range(4)]
    told: list[list[Done]] = [data.draw(histories(moment, leaf, most=6)) for leaf in asked]
    with living(moment) as one:
        one.tell(told[0], into_lake=True)
        agree(one, asked, moment)
        one.make_sheets()
        agree(one, asked, moment)
        one.tell(told[1])
        agree(one, asked, moment)  # a lake and a tail
        one.merge(1, 3)
        one.tell(told[2], into_lake=data.draw(st.booleans()))
        agree(one, asked, moment)  # occurrences are appended to; identities have moved
        one.tell(told[3], into_lake=True)
        agree(one, asked, moment)
        for leaf, expected in zip(asked, one.by_hand(asked, moment), strict=True):  # the question itself
            to = reach(one.workspace)
            found = everybody_who(one.workspace, leaf, moment, moved_map(one.workspace), to, waiting(one.workspace, to))
            assert set(np.asarray(found).tolist()) == expected, leaf
        store_of(one.workspace).drop()
        agree(one, asked, moment)  # made anew, some files with sheets and some without
        store_of(one.workspace).drop()
        one.make_sheets()
        agree(one, asked, moment)


@some
@given(data=st.data(), moment=moments)
def test_time_moves_no_others(data: st.DataObject, moment: Moment) -> None:
    leaf = data.draw(leaves(moment))
    with living(moment) as one:
        one.tell(data.draw(histories(moment, leaf)), into_lake=data.draw(st.booleans()))
        one.merge(2, 3)
        for away in (1, 1_000_000, 3_600_000_000, 86_400_000_000, 3 * 86_400_000_000):
            later = moment._replace(now=moment.now + away)
            before = BehaviourAnswers(one.workspace, moment).answer(leaf)
            after = BehaviourAnswers(one.workspace, later).answer(leaf)
            moved = BehaviourAnswers(one.workspace, later).moved_by_time(leaf, moment.now, later.now)
            assert (before ^ after) <= moved
