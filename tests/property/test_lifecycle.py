"""What holds for every history of signals and orders."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from lianyi.kernel.clock import DAY
from lianyi.people.profiles.lifecycle.stages import (
    SIGNAL_GAP,
    Facts,
    Stage,
    after_signals,
    day_start,
    history,
    signal_span,
    stage_at,
    standing,
)
from lianyi.people.profiles.spans import merge

moments = st.integers(0, 300).flatmap(lambda day: st.integers(0, DAY - 1).map(lambda rest: day * DAY + rest))
several = st.lists(moments, max_size=8)
days = st.integers(7, 60)
shuffles = st.randoms(use_true_random=False)


def facts_of(signals, orders, until=0):
    return Facts(merge([signal_span(at) for at in signals], SIGNAL_GAP), orders, until)


def naive(signals, orders, until, days_until_dormant):
    """The same machine, stepped a moment at a time over everything that ever happened, with a clock that ticks days."""
    happened = sorted([(at, 1, "signal") for at in signals] + [(at, 0, "order") for at in orders])
    stage, last_day, bought, entered = Stage.PROSPECT, None, False, []

    def sleep(now):
        nonlocal stage
        due = None if last_day is None else last_day + (days_until_dormant + 1) * DAY
        if due is not None and due <= now and stage is not Stage.DORMANT:
            stage = Stage.DORMANT
            entered.append((due, stage))

    for at, _, what in happened:
        if what == "signal" and bought:
            continue
        sleep(at)
        before = stage
        if what == "signal":
            stage = Stage.INTENT if stage in (Stage.PROSPECT, Stage.DORMANT) else stage
        elif not bought:
            stage, bought = Stage.FIRST_PURCHASE, True
        else:
            stage = Stage.WON_BACK if stage is Stage.DORMANT else Stage.REPEAT
        if stage is not before:
            entered.append((at, stage))
        last_day = day_start(at)
    sleep(until)
    return entered


@given(several, several, moments, days)
def test_history_is_what_stepping_through_everything_gives(signals, orders, until, days_until_dormant):
    # A signal and an order of one moment: the order is what counts.
    facts = facts_of(signals, orders, until)
    found = [(change.at, change.stage) for change in history(facts, days_until_dormant)]
    assert found == naive(signals, orders, until, days_until_dormant)


@given(several, several, moments, days, shuffles)
def test_history_does_not_depend_on_the_order_of_facts(signals, orders, until, days_until_dormant, chance):
    facts = facts_of(signals, orders, until)
    spans = list(facts.signals)
    chance.shuffle(spans)
    shuffled = list(orders)
    chance.shuffle(shuffled)
    assert history(Facts(spans, shuffled, until), days_until_dormant) == history(facts, days_until_dormant)


@given(several, several, moments, days)
def test_history_runs_forward_and_never_enters_the_stage_it_is_in(signals, orders, until, days_until_dormant):
    changes = history(facts_of(signals, orders, until), days_until_dormant)
    assert all(a.at <= b.at and a.stage is not b.stage for a, b in itertools.pairwise(changes))
    assert all(change.stage is not Stage.PROSPECT for change in changes)


@given(several, several, moments, moments, days)
def test_a_later_clock_only_adds_to_history(signals, orders, until, later, days_until_dormant):
    early, late = sorted((until, later))
    before = history(facts_of(signals, orders, early), days_until_dormant)
    after = history(facts_of(signals, orders, late), days_until_dormant)
    assert after[: len(before)] == before
    assert len(after) - len(before) in (0, 1)


@given(several, several, days)
def test_somebody_is_due_exactly_when_the_silence_is_complete(signals, orders, days_until_dormant):
    facts = facts_of(signals, orders)
    stands = standing(facts, days_until_dormant)
    if stands.due_at is None:
        assert stands.stage in (Stage.PROSPECT, Stage.DORMANT)
        return
    awake = standing(facts._replace(until=stands.due_at - 1), days_until_dormant)
    asleep = standing(facts._replace(until=stands.due_at), days_until_dormant)
    assert awake == stands
    assert (asleep.stage, asleep.since, asleep.due_at) == (Stage.DORMANT, stands.due_at, None)


@given(several, several, st.one_of(st.just(0), moments), days, st.lists(moments, min_size=1, max_size=4))
def test_what_more_signals_change_follows_from_the_standing_or_is_not_said(
    signals, orders, until, days_until_dormant, more
):
    facts = facts_of(signals, orders, until)
    before = standing(facts, days_until_dormant)
    after = after_signals(before, more, days_until_dormant)
    if after is None:
        return
    whole = facts_of([*signals, *more], orders, until)
    assert after == standing(whole, days_until_dormant)
    assert history(whole, days_until_dormant) == history(facts, days_until_dormant)


@given(several, st.lists(moments, min_size=1, max_size=3), days)
def test_signals_in_their_order_are_said_from_the_standing(orders, signals, days_until_dormant):
    # So that the law above is not about nothing: whoever bought, or showed interest lately, needs no look at all facts.
    latest = max([*orders, 0])
    before = standing(facts_of([latest], orders), days_until_dormant)
    later = [latest + min(at, 6 * DAY) for at in signals]
    assert (after_signals(before, later, days_until_dormant) is None) is (before.stage is Stage.DORMANT)


@given(several, several, moments, days)
def test_the_stage_at_a_moment_knows_nothing_of_later_ones(signals, orders, now, days_until_dormant):
    past = facts_of([at for at in signals if at <= now], [at for at in orders if at <= now], now)
    assert stage_at(facts_of(signals, orders), now, days_until_dormant) is standing(past, days_until_dormant).stage
