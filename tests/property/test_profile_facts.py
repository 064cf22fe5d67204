"""What holds for every set of facts about a person: the order in which they come makes no difference."""

import itertools
from decimal import Decimal
from functools import reduce

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from lianyi.kernel.clock import DAY
from lianyi.people.profiles.consents.facts import ConsentFact, consented, current
from lianyi.people.profiles.orders.facts import OrderFact, is_purchase, merge_all, net
from lianyi.people.profiles.orders.facts import merge as merge_orders
from lianyi.people.profiles.spans import Span, merge
from lianyi.people.profiles.tags.facts import TagFact, holds
from lianyi.people.profiles.tags.facts import merge as merge_tags
from lianyi.people.profiles.traits.facts import STEPS, Candidate, Fact, Mode, Strategy, pick, said
from lianyi.people.profiles.traits.facts import merge as merge_traits

moments = st.integers(1, 12)
shuffles = st.randoms(use_true_random=False)


def folded(facts, merge_two):
    return reduce(merge_two, facts)


def grouped(facts, chance, merge_two):
    """The facts merged in another order and grouping."""
    left = list(facts)
    chance.shuffle(left)
    while len(left) > 1:
        i = chance.randrange(len(left) - 1)
        left[i : i + 2] = [merge_two(left[i], left[i + 1])]
    return left[0]


# Traits

statements = st.lists(st.tuples(moments, st.sampled_from(['"a"', '"b"', '"c"', None])), min_size=1, max_size=8)


@given(statements, shuffles)
def test_what_was_said_of_a_trait_merges_in_any_order(stated, chance):
    facts = [said(value, at) for at, value in stated]

    def merge_two(a, b):
        return merge_traits(a, b, Mode.SAID)

    whole = folded(facts, merge_two)
    assert grouped(facts, chance, merge_two) == whole
    assert merge_two(whole, whole) == whole
    values = [(at, value) for at, value in stated if value is not None]
    assert (whole.at, whole.value) == (max(values) if values else (None, None))
    earliest = min(values, default=None)
    assert earliest is None or earliest in {(whole.first_at, whole.first), (whole.at, whole.value)}
    assert whole.removed_at == max((at for at, value in stated if value is None), default=None)


def picked_of(fact, mode):
    return pick([Candidate(3, "server", mode, fact)], Strategy.LATEST)


@given(st.lists(st.tuples(st.integers(1, 80), st.integers(-50, 50)), min_size=1, max_size=80), shuffles)
def test_increments_add_up_in_any_order(stated, chance):
    def merge_two(a, b):
        return merge_traits(a, b, Mode.ADDED)

    facts = [said(str(value), at, Mode.ADDED) for at, value in stated]
    whole = grouped(facts, chance, merge_two)
    assert Decimal(picked_of(whole, Mode.ADDED).value) == sum(value for _, value in stated)
    assert whole == folded(facts, merge_two)
    assert len(msgspec.json.decode(whole.value)) == min(len({at for at, _ in stated}), STEPS)


@given(st.lists(st.tuples(st.integers(1, 80), st.sampled_from("abc")), min_size=1, max_size=80), shuffles)
def test_what_is_said_once_is_the_first_in_any_order(stated, chance):
    def merge_two(a, b):
        return merge_traits(a, b, Mode.ONCE)

    facts = [said(f'"{value}"', at, Mode.ONCE) for at, value in stated]
    whole = grouped(facts, chance, merge_two)
    at, value = min(stated)
    assert picked_of(whole, Mode.ONCE) == (f'"{value}"', at, "server")
    assert whole == folded(facts, merge_two)
    assert merge_two(whole, whole) == whole


@given(st.lists(st.tuples(moments, st.lists(st.text("xyz", max_size=2), max_size=3)), min_size=1, max_size=6), shuffles)
def test_appended_items_join_in_any_order(stated, chance):
    def merge_two(a, b):
        return merge_traits(a, b, Mode.APPENDED)

    facts = [said(msgspec.json.encode(items).decode(), at, Mode.APPENDED) for at, items in stated]
    whole = grouped(facts, chance, merge_two)
    items = sorted({item for _, items in stated for item in items})
    if items:
        assert msgspec.json.decode(picked_of(whole, Mode.APPENDED).value) == items
    assert whole == folded(facts, merge_two)
    assert merge_two(whole, whole) == whole


def in_turn(stated, join):
    """What comes of statements that are carried out one by one, as by a store that knows the present alone."""
    value = None
    for mode, said_value in stated:
        if said_value is None or mode is Mode.SAID:
            value = said_value
        elif mode is Mode.ONCE:
            value = said_value if value is None else value
        else:
            value = said_value if value is None else join(value, said_value)
    return value


calls = st.lists(
    st.tuples(st.sampled_from(Mode), st.sampled_from(["browser", "server"]), st.one_of(st.none(), st.integers(1, 9))),
    min_size=1,
    max_size=9,
)


@given(calls, shuffles, st.booleans())
def test_the_calls_of_another_vocabulary_give_what_they_give_there(told, chance, lists):
    """In whatever order they come, and whoever of a person's identities they came under."""
    left_out = Mode.ADDED if lists else Mode.APPENDED
    told = [(mode, origin, value) for mode, origin, value in told if mode is not left_out]
    turns = [(mode, {value} if lists and value else value) for mode, _, value in told]
    expected = in_turn(turns, lambda a, b: a | b if lists else a + b)
    facts: dict = {}
    for at, (mode, origin, value) in chance.sample([*enumerate(told, 1)], len(told)):
        text = None if value is None else f"[{value}]" if lists else str(value)
        mode = mode if value is not None else Mode.SAID
        key, fact = (mode, origin, chance.randrange(2)), said(text, at, mode)
        facts[key] = merge_traits(facts[key], fact, mode) if key in facts else fact
    picked = pick([Candidate(0, origin, mode, fact) for (mode, origin, _), fact in facts.items()], Strategy.LATEST)
    found = None if picked is None else msgspec.json.decode(picked.value)
    assert (set(found) if lists and found else found) == expected


origins = st.sampled_from([(0, "member:1"), (1, "import:crm"), (3, "server"), (4, "browser")])
tellings = st.lists(
    st.tuples(origins, st.sampled_from(Mode), moments, st.sampled_from(["1", "2", "3", None])), min_size=1, max_size=8
)


def candidates(told):
    facts: dict = {}
    for (rank, origin), mode, at, value in told:
        mode = Mode.SAID if value is None else mode
        fact = said(f"[{value}]" if mode is Mode.APPENDED and value else value, at, mode)
        key = (rank, origin, mode)
        facts[key] = merge_traits(facts[key], fact, mode) if key in facts else fact
    return [Candidate(rank, origin, mode, fact) for (rank, origin, mode), fact in facts.items()]


@given(tellings, st.sampled_from(Strategy), shuffles)
def test_the_pick_does_not_depend_on_the_order_of_saying(told, strategy, chance):
    # A list trait and a number trait are never one: appended items go with nothing else here.
    told = [one for one in told if one[1] is not Mode.APPENDED]
    picked = pick(candidates(told), strategy)
    again = list(told)
    chance.shuffle(again)
    facts = candidates(again)
    chance.shuffle(facts)
    assert pick(facts, strategy) == picked


@given(
    st.lists(st.tuples(origins, moments, st.sampled_from(["1", "2", "3", None])), min_size=1), st.sampled_from(Strategy)
)
def test_the_pick_is_what_a_reader_of_all_statements_would_say(told, strategy):
    """With everything at hand, and moments that are all different."""
    told = [(origin, at * 100 + place, value) for place, (origin, at, value) in enumerate(told)]
    picked = pick(candidates([(origin, Mode.SAID, at, value) for origin, at, value in told]), strategy)
    removed = max((at for _, at, value in told if value is None), default=0)
    alive = [(at, rank, value, origin) for (rank, origin), at, value in told if value is not None and at > removed]
    if not alive:
        assert picked is None
    elif strategy is Strategy.LATEST:
        at, _, value, origin = max(alive)
        assert picked == (value, at, origin)
    elif strategy is Strategy.MOST_TRUSTED:
        best = min(rank for _, rank, _, _ in alive)
        at, _, value, origin = max(one for one in alive if one[1] == best)
        assert picked == (value, at, origin)
    elif removed == 0:
        at, _, value, origin = min(alive)
        assert picked == (value, at, origin)
    else:  # after a removal the first that is still known: never one from before it
        assert picked is not None
        assert picked.at > removed


# Tags

tag_facts = st.one_of(
    st.builds(
        lambda at, event, origin, expires_at: TagFact(at, event, origin, expires_at),
        moments,
        st.binary(min_size=1, max_size=1),
        st.integers(1, 3),
        st.one_of(st.none(), moments),
    ),
    st.builds(lambda at: TagFact(removed_at=at), moments),
)


@given(st.lists(tag_facts, min_size=1, max_size=8), shuffles, moments)
def test_tags_do_not_depend_on_the_order_of_giving_and_taking(facts, chance, now):
    # One event says one thing: the same moment and id never carry two different ones.
    facts = list({(fact.event, fact.removed_at): fact for fact in facts}.values())
    whole = folded(facts, merge_tags)
    assert grouped(facts, chance, merge_tags) == whole
    assert merge_tags(whole, whole) == whole
    given_last = max((fact for fact in facts if fact.added_at), key=lambda f: (f.added_at, f.event), default=None)
    taken_last = max((fact.removed_at for fact in facts if fact.removed_at), default=0)
    expected = (
        given_last is not None
        and given_last.added_at > taken_last
        and (given_last.expires_at is None or given_last.expires_at > now)
    )
    assert holds(whole, now) is expected


# Consents

consent_facts = st.builds(
    ConsentFact,
    st.integers(1, 3),
    st.sampled_from(["sms", "email"]),
    st.sampled_from(["marketing", "service"]),
    moments,
    st.booleans(),
    st.just("form"),
    st.just(""),
    st.just("server"),
    st.binary(min_size=2, max_size=2),
)


@given(st.lists(consent_facts, unique_by=lambda fact: fact.event), shuffles)
def test_consent_is_the_last_word_and_a_withdrawal_wins_ties(ledger, chance):
    shuffled = list(ledger)
    chance.shuffle(shuffled)
    assert current(shuffled) == current(ledger)
    for channel in ("sms", "email"):
        about = [fact for fact in ledger if (fact.channel, fact.purpose) == (channel, "marketing")]
        last = max((fact.at for fact in about), default=None)
        expected = last is not None and all(fact.given for fact in about if fact.at == last)
        assert consented(shuffled, channel, "marketing") is expected


# Orders

amounts = st.decimals(0, 100, places=2)
order_facts = st.builds(
    lambda **said: OrderFact("shop", "1", **said),
    currency=st.sampled_from(["", "CNY"]),
    first_at=moments,
    placed_at=st.one_of(st.none(), moments),
    lines=st.integers(0, 2),
    gross=amounts,
    given_back=amounts,
    stated=st.one_of(st.none(), amounts),
    stated_at=st.one_of(st.none(), moments),
    refunded=amounts,
    cancelled=st.booleans(),
)


@given(st.lists(order_facts, min_size=1, max_size=6), shuffles)
def test_what_is_known_of_an_order_merges_in_any_order(facts, chance):
    facts = [fact if fact.stated_at is not None else fact._replace(stated=None) for fact in facts]
    whole = merge_all(facts)
    again = grouped(facts, chance, merge_orders)
    assert again == whole
    assert net(again) == net(whole)
    assert is_purchase(again) is is_purchase(whole)


# Spans

points = st.lists(st.integers(0, 400), min_size=1, max_size=30)


@given(points, shuffles, st.integers(0, 30))
def test_spans_are_the_same_in_any_order_and_never_nearer_than_the_gap(at, chance, gap):
    whole = merge([Span(one, one) for one in at], gap)
    shuffled = list(at)
    chance.shuffle(shuffled)
    stepwise: list[Span] = []
    for one in shuffled:
        stepwise = merge([*stepwise, Span(one, one)], gap)
    assert stepwise == whole
    assert all(b.started_at - a.until_at > gap for a, b in itertools.pairwise(whole))
    assert {span.started_at for span in whole} | {span.until_at for span in whole} <= set(at)
    assert all(any(span.started_at <= one <= span.until_at for span in whole) for one in at)


def test_a_moment_between_two_spans_joins_them():
    assert merge([Span(0, 0), Span(20, 20)], 10) == [Span(0, 0), Span(20, 20)]
    assert merge([Span(0, 0), Span(20, 20), Span(10, 10)], 10) == [Span(0, 20)]


def test_a_fact_without_a_first_value_takes_no_room_for_it():
    fact = merge_traits(Fact('"a"', DAY), Fact('"a"', DAY), Mode.SAID)
    assert fact == Fact('"a"', DAY, None, None, None)
