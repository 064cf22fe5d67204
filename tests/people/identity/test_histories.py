"""Random histories: kept up to date batch by batch, the groups are always those of all facts together."""

import random
from typing import Any

import pytest
from django.test import TestCase
from tests.people.identity.histories import (
    Opinion,
    asked,
    batch,
    new_workspace,
    partition,
    persons,
    project,
    random_decision,
    random_event,
)

from lianyi.events.schemas import Event
from lianyi.people.identity import queries
from lianyi.people.identity.projector import IdentityProjector

pytestmark = pytest.mark.django_db


def _seeds(first: int, fast: int, all_of_them: int) -> list[Any]:
    """A few for every run, and many for the slow lane."""
    slow = [pytest.param(seed, marks=pytest.mark.slow) for seed in range(first + fast, first + all_of_them)]
    return [*range(first, first + fast), *slow]


def _cut(random_: random.Random, events: list[Event]) -> list[list[Event]]:
    cuts = sorted(random_.sample(range(1, len(events)), min(len(events) - 1, random_.randrange(8))))
    return [events[start:end] for start, end in zip([0, *cuts], [*cuts, len(events)], strict=True)]


@pytest.mark.parametrize("seed", _seeds(0, 8, 200))
def test_after_every_batch_the_groups_are_those_of_all_facts(seed: int) -> None:
    random_ = random.Random(seed)
    workspace = new_workspace()
    history: list[Event] = []
    projector = IdentityProjector()
    before: dict[int, int] = {}
    for number in range(1, 15):
        events = [random_event(random_) for _ in range(random_.randrange(1, 7))]
        for _ in range(random_.choice([0, 0, 1, 2])):
            decision = random_decision(random_, workspace, random_.randrange(50))
            if decision is not None:
                events.insert(random_.randrange(len(events) + 1), decision)
        history += events
        made = batch(workspace, number, events)
        with TestCase.captureOnCommitCallbacks(execute=True):
            projector.project(made)
        opinion = Opinion(history)
        people, questions = opinion.groups()
        assert persons(workspace) == people
        assert asked(workspace) == questions
        for one, came_with in zip(made.events, made.numbers, strict=True):
            counts = one.claims and not (one.machine and not any(said.strong for said in one.claims))
            assert came_with == (opinion.numbers[one.claims[0][:3]] if counts else 0)
        after = dict(zip(opinion.numbers.values(), people.values(), strict=True))
        moved = {move.number: (move.was, move.became) for move in queries.moves(workspace, number)}
        assert moved == {n: (before[n], after[n]) for n in before if before[n] != after[n]}
        numbers, owners = queries.moved_map(workspace)
        assert dict(zip(numbers.tolist(), owners.tolist(), strict=True)) == {n: p for n, p in after.items() if n != p}
        before = after
    again = batch(workspace, 14, made.events)
    for fresh in (projector, IdentityProjector()):
        fresh.attach(again)
        assert again.numbers == made.numbers


@pytest.mark.parametrize("seed", _seeds(1_000, 5, 60))
def test_rebuilt_is_kept_up_to_date(seed: int) -> None:
    random_ = random.Random(seed)
    workspace = new_workspace()
    history: list[Event] = []
    batches: list[list[Event]] = []
    for number in range(1, 9):
        events = [random_event(random_) for _ in range(random_.randrange(1, 9))]
        decision = random_decision(random_, workspace, random_.randrange(50))
        if decision is not None:
            events.append(decision)
        batches.append(events)
        history += events
        project(workspace, events, first=number)
    projector = IdentityProjector()
    kept = projector.fingerprint(workspace)

    projector.forget(workspace)
    assert queries.counts(workspace) == (0, 0, 0)
    assert all(digest == "0:0" for digest in projector.fingerprint(workspace).values())
    project(workspace, *batches)
    assert projector.fingerprint(workspace) == kept

    at_once, cut = new_workspace(), new_workspace()
    project(at_once, history)
    project(cut, *_cut(random_, history))
    kept.pop("move")  # which depends on where batches end
    for other in (at_once, cut):
        found = projector.fingerprint(other)
        found.pop("move")
        assert found == kept


@pytest.mark.parametrize("seed", _seeds(2_000, 5, 60))
def test_the_order_of_events_plays_no_part_in_who_is_who(seed: int) -> None:
    random_ = random.Random(seed)
    events = [random_event(random_) for _ in range(60)]
    one, other = new_workspace(), new_workspace()
    project(one, *_cut(random_, events))
    random_.shuffle(events)
    project(other, *_cut(random_, events))
    assert partition(one) == partition(other)
    assert len(asked(one)) == len(asked(other))


@pytest.mark.parametrize("seed", _seeds(3_000, 2, 20))
def test_the_same_events_again_change_nothing(seed: int) -> None:
    random_ = random.Random(seed)
    events = [random_event(random_) for _ in range(60)]
    workspace = new_workspace()
    project(workspace, events)
    before = IdentityProjector().fingerprint(workspace)
    project(workspace, *_cut(random_, events), first=2)
    assert IdentityProjector().fingerprint(workspace) == before
