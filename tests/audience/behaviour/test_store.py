"""Occurrences are kept up to date, laid over by what is not committed, and dropped when numbers are taken back."""

from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from pyroaring import BitMap
from tests.audience.behaviour.living import Living, living
from tests.rules.behaviours import Done

from lianyi.audience.behaviour.answering import BehaviourAnswers
from lianyi.audience.behaviour.schemas import specs_of
from lianyi.audience.behaviour.store import store_of
from lianyi.events.log.queries import tail_events
from lianyi.events.schemas import Batch
from lianyi.people.identity.projector import IdentityProjector
from lianyi.rules.nodes import Did, Where
from lianyi.rules.person import Moment
from lianyi.rules.values import Equals

pytestmark = pytest.mark.django_db(transaction=True)

NOW = Moment(1_780_000_000_000_000, ZoneInfo("Asia/Shanghai"))
BOUGHT = Did(event="订单", where=(Where(**{"property": "sku", "is": Equals(value="a")}),))
TWICE = BOUGHT.model_copy(update={"at_least": 2})


def bought(*identities: int, sku: str = "A") -> list[Done]:
    raw = b'{"total":7,"properties":{"sku":"%b"},"messageId":"1"}' % sku.encode()
    return [Done(one, "订单", NOW.now - one, False, raw) for one in identities]


def ask(one: Living, leaf: Did = BOUGHT) -> set[int]:
    return set(BehaviourAnswers(one.workspace, NOW).answer(leaf))


def fresh(one: Living) -> Batch:
    """The last batch of the log, with its numbers."""
    with transaction.atomic():
        batch = list(tail_events(one.workspace, 0))[-1]
        IdentityProjector().attach(batch)
    return batch


def test_what_comes_later_is_appended_from_the_tail_and_from_the_lake() -> None:
    with living(NOW) as one:
        one.tell(bought(1, 2), into_lake=True)
        assert ask(one) == {1, 2}
        one.tell(bought(3))
        assert ask(one) == {1, 2, 3}
        one.tell(bought(1, 4), into_lake=True)
        one.tell(bought(2))
        assert ask(one) == {1, 2, 3, 4}
        assert ask(one, TWICE) == {1, 2}


def test_batches_that_are_not_committed_count_and_are_kept_when_they_are() -> None:
    with living(NOW) as one:
        one.tell(bought(1), into_lake=True)
        assert ask(one) == {1}
        one.tell(bought(1, 2))
        batch = fresh(one)
        with transaction.atomic():
            here = BehaviourAnswers(one.workspace, NOW, [TWICE], live=True, fresh=[batch])
            assert set(here.answer(TWICE, BitMap([1, 2]))) == {1}
            transaction.set_rollback(True)
        with transaction.atomic():  # nothing of the first attempt is left, or it would be three
            here = BehaviourAnswers(one.workspace, NOW, [TWICE], live=True, fresh=[batch])
            assert set(here.answer(BOUGHT.model_copy(update={"at_least": 3}), BitMap([1, 2]))) == set()
            assert set(here.answer(TWICE, BitMap([1, 2]))) == {1}
        assert ask(one, TWICE) == {1}
        assert ask(one) == {1, 2}


def test_everything_is_dropped_when_numbers_were_taken_back() -> None:
    with living(NOW) as one:
        one.tell(bought(1), into_lake=True)
        assert ask(one) == {1}
        store = store_of(one.workspace)
        assert not store.has(specs_of(BOUGHT))  # the lake was asked
        store.prepare(specs_of(BOUGHT))
        assert store.has(specs_of(BOUGHT))
        assert ask(one) == {1}
        with connection.cursor() as cursor:
            cursor.execute("UPDATE identity_counter SET epoch = epoch + 1 WHERE workspace = %s", [one.workspace])
        assert not store.has(specs_of(BOUGHT))
        assert ask(one) == {1}


def test_nothing_of_another_workspace_counts() -> None:
    with living(NOW) as one:
        one.tell(bought(1), into_lake=True)
        other = Living(NOW)
        other.tell(bought(1, 2))
        assert ask(one) == {1}
        assert ask(other) == {1, 2}


def test_an_absorbed_identity_is_no_person() -> None:
    with living(NOW) as one:
        one.tell(bought(1, 2), into_lake=True)
        assert set(BehaviourAnswers(one.workspace, NOW).answer(BOUGHT, BitMap([2]))) == {2}
        one.merge(1, 2)
        assert set(BehaviourAnswers(one.workspace, NOW).answer(BOUGHT, BitMap([1, 2]))) == {1}
        assert ask(one, TWICE) == {1}
