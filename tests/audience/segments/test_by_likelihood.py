"""Live segments of people by what a learned model says of them."""

from datetime import timedelta

import numpy as np
from tests.audience.segments.conftest import Shop
from tests.people.erasing.told import identify

from lianyi.audience.learned import actions as learned
from lianyi.audience.learned.answering import stamp_of
from lianyi.audience.learned.models import LearnedModel
from lianyi.audience.learned.scores import keep_scores
from lianyi.audience.segments import queries
from lianyi.audience.segments.schemas import State
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.people.identity import actions as identity

LIKELY = {"kind": "score", "axis": "likelihood", "at_least": 50}


def model(shop: Shop, name: str = "Buys") -> int:
    return learned.create_model(shop.workspace, name, "purchase", 30, system_clock()).id


def says(shop: Shop, number: int, likely: dict[int, float], after: float = 0) -> None:
    """What a training of the model comes to, `after` seconds."""
    now = to_micros(system_clock() + timedelta(seconds=after))
    keep_scores(
        shop.workspace, number, np.array(sorted(likely)), np.array([likely[one] for one in sorted(likely)]), now
    )


def choose(shop: Shop, number: int) -> None:
    LearnedModel.objects.filter(workspace=shop.workspace, chosen=True).update(chosen=False)
    LearnedModel.objects.filter(pk=number).update(chosen=True)


def look(shop: Shop) -> None:
    shop.pass_to(system_clock())


def test_members_follow_a_new_training_and_another_model(shop: Shop) -> None:
    shop.tell(*(identify(user, city="Shanghai") for user in "abc"))
    a, b, c = (shop.people(user)[0] for user in "abc")
    segment = shop.make(LIKELY)
    unlikely = shop.make({"kind": "score", "axis": "likelihood", "at_most": 49.99})
    assert (shop.members(segment), shop.members(unlikely)) == ([], [])  # of whom nothing is said
    assert queries.segment(shop.workspace, segment).state is State.CURRENT

    first = model(shop)
    says(shop, first, {a: 0.5, b: 0.4999})
    look(shop)
    assert shop.members(segment) == []  # nobody has chosen it
    choose(shop, first)
    look(shop)
    assert (shop.members(segment), shop.members(unlikely)) == ([a], [b])
    says(shop, first, {a: 0.1, b: 0.9, c: 0.8}, after=1)
    look(shop)
    assert (shop.members(segment), shop.members(unlikely)) == ([b, c], [a])
    assert shop.history(segment) == [("facts", [a], []), ("facts", [b, c], [a])]
    look(shop)
    assert len(shop.history(segment)) == 2

    second = model(shop, "Others")
    says(shop, second, {a: 1.0})
    choose(shop, second)
    look(shop)
    assert shop.members(segment) == [a]
    learned.delete_model(shop.workspace, second)
    assert stamp_of(shop.workspace) == ""
    look(shop)
    assert (shop.members(segment), shop.members(unlikely)) == ([], [])


def test_who_is_made_one_with_another_leaves_and_comes_back_and_the_erased_are_gone(shop: Shop) -> None:
    shop.tell(*(identify(user, city="Shanghai") for user in "abc"))
    a, b, c = (shop.people(user)[0] for user in "abc")
    number = model(shop)
    says(shop, number, {a: 0.6, b: 0.7, c: 0.8})
    choose(shop, number)
    segment = shop.make(LIKELY)
    assert shop.members(segment) == [a, b, c]
    identity.merge(shop.workspace, a, b, system_clock())
    shop.brand.run(to_lake=False)
    assert shop.members(segment) == [a, c]
    assert shop.members(shop.make({"kind": "not", "rule": {"kind": "not", "rule": LIKELY}})) == [a, c]
    identity.unmerge(shop.workspace, a, [b], system_clock())
    shop.brand.run(to_lake=False)
    assert shop.members(segment) == [a, b, c]
    shop.brand.erase("user_id", "c")
    look(shop)
    assert shop.members(segment) == [a, b]
    assert shop.members(shop.make(LIKELY)) == [a, b]


def test_a_batch_asks_those_whom_it_is_about(shop: Shop) -> None:
    shop.tell(identify("a", city="Shanghai"), identify("b", city="Beijing"))
    a, b = shop.people("a") + shop.people("b")
    number = model(shop)
    says(shop, number, {a: 0.6, b: 0.7})
    choose(shop, number)
    beijing = {"kind": "trait", "trait": "city", "is": {"test": "equals", "value": "Beijing"}}
    both = shop.make({"kind": "all_of", "rules": [LIKELY, beijing]})
    assert shop.members(both) == [b]
    shop.tell(identify("a", city="Beijing"), identify("b", city="Chengdu"), identify("c", city="Beijing"))
    assert shop.members(both) == [a]
