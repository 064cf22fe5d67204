"""What holds for every story told about people: columns say what profiles say, kept up to date or made as a whole."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap
from tests.people.columns.builders import Kept, plainly
from tests.people.profiles.builders import cookie, event, moment, own, user

from lianyi.kernel.clock import DAY, HOUR, MINUTE
from lianyi.people.columns import actions as columns
from lianyi.people.columns import storing
from lianyi.people.columns.answering import ColumnAnswers
from lianyi.people.identity import actions as identity_actions
from lianyi.people.profiles import actions, queries
from lianyi.people.profiles.traits.facts import Strategy
from lianyi.people.profiles.traits.values import TraitType
from lianyi.rules.nodes import Consented, Identified, Source, Stage, Tagged, Trait
from lianyi.rules.values import (
    Anniversary,
    Contains,
    Dates,
    Equals,
    FromToday,
    Has,
    Known,
    OneOf,
    Range,
    StartsWith,
)

pytestmark = pytest.mark.django_db

START = moment("2024-01-01")
NOW = moment("2024-02-10")
WHO = [cookie("c1"), cookie("c2"), cookie("c3"), user("u1"), user("u2"), user("u3")]
SOURCES = [None, None, ("wechat", "social", "", ""), ("google", "cpc", "spring", ""), ("weibo", "", "", "W1")]

some = settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # each example is a story in a database: no shrinking
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
people = st.sampled_from(WHO)
times = st.tuples(st.sampled_from([0, 24, 40 * 24]).flatmap(lambda most: st.integers(0, most)), st.integers(0, 5)).map(
    lambda at: START + at[0] * HOUR + at[1] * 10 * MINUTE
)
expiries = st.one_of(st.none(), st.integers(-3, 3).map(lambda days: NOW + days * DAY))


def said(name, **properties):
    return st.builds(
        lambda at, who, source, salt, chosen: event(name, at, who, source=source, salt=str(salt), **chosen),
        times,
        people,
        st.sampled_from(SOURCES),
        st.integers(0, 10**6),
        st.fixed_dictionaries(properties),
    )


def told_of(traits, name="person.identified"):
    return st.builds(
        lambda at, who, stated, origin, salt: event(name, at, who, traits=stated, origin=origin, salt=str(salt)),
        times,
        people,
        traits,
        st.sampled_from(["server", "browser", "import:crm", "member:1"]),
        st.integers(0, 10**6),
    )


def maybe(*values):
    return st.sampled_from([*values, None])


links = st.builds(
    lambda at, one, other: event("person.identified", at, one, other),
    times,
    st.sampled_from(WHO[3:]),
    st.sampled_from(WHO[:3]),
)
stated = st.fixed_dictionaries(
    {},
    optional={
        "city": maybe("上海", "北京", "Paris", "PARIS", "Parma"),
        "points": maybe(1, 2.5, 10**17, -3),
        "vip": maybe(True, False),
        "birthday": maybe("1990-02-10", "1988-02-29", "1990-03-01", "2024-02-12"),
        "last_call": maybe("2024-02-09T15:59:59Z", "2024-02-09T16:00:00Z", "2024-02-11T01:00:00Z"),
        "likes": maybe(["tea", "Go"], ["go", 1, True], ["1", "tea"], []),
    },
)
events = st.one_of(
    links,
    told_of(stated),
    told_of(stated),
    told_of(st.fixed_dictionaries({"points": st.integers(1, 3)}), "trait.incremented"),
    told_of(st.fixed_dictionaries({"likes": st.sampled_from([["tea"], ["chess"]])}), "trait.appended"),
    told_of(st.fixed_dictionaries({"city": st.sampled_from(["Oslo", "Paris"])}), "trait.set_once"),
    told_of(st.just({}), "trait.cleared"),
    said("page.viewed"),
    said("add_to_cart"),
    said("Order Completed", order_id=st.sampled_from(["1", "2", "3"]), total=st.integers(0, 20)),
    said("tag.added", tag=st.sampled_from(["x", "y"]), expires_at=expiries),
    said("tag.removed", tag=st.sampled_from(["x", "y"])),
    said("consent.given", channel=st.just("sms"), purpose=st.sampled_from(["marketing", "service"])),
    said("consent.withdrawn", channel=st.just("sms"), purpose=st.just("marketing")),
)
stories = st.lists(events, min_size=1, max_size=25, unique_by=(lambda one: one.id, lambda one: one.occurred_at))

tests = st.sampled_from(
    [
        ("city", Known()),
        ("city", Equals(value="paris")),
        ("city", Equals(value=1.0)),
        ("city", OneOf(values=("上海", "PARMA", 3.0))),
        ("city", Contains(text="AR")),
        ("city", StartsWith(text="Par")),
        ("points", Known()),
        ("points", Equals(value=2.5)),
        ("points", Equals(value="2.5")),
        ("points", OneOf(values=(1.0, float(10**17)))),
        ("points", Range(at_least=1.0, less_than=10.0)),
        ("points", Range(more_than=1.0)),
        ("vip", Equals(value=True)),
        ("vip", Equals(value=False)),
        ("vip", Equals(value=1.0)),
        ("birthday", Dates(from_on=date(1990, 1, 1), to_on=date(1990, 2, 10))),
        ("birthday", Anniversary(within_days=0)),
        ("birthday", Anniversary(within_days=19)),
        ("birthday", FromToday(from_days=0, to_days=3)),
        ("birthday", Equals(value="1990-02-10")),
        ("last_call", FromToday(from_days=-1, to_days=0)),
        ("last_call", Dates(from_on=date(2024, 2, 10))),
        ("last_call", Anniversary(within_days=0)),
        ("likes", Has(values=("GO",))),
        ("likes", Has(values=(1.0, "chess"))),
        ("likes", Has(values=(True,))),
        ("likes", Known()),
        ("nothing", Known()),
    ]
).map(lambda one: Trait(**{"trait": one[0], "is": one[1]}))
leaves = st.one_of(
    tests,
    st.builds(Tagged, tag=st.sampled_from(["x", "y", "z"])),
    st.lists(
        st.sampled_from(["prospect", "intent", "first_purchase", "repeat", "dormant"]), min_size=1, max_size=3
    ).map(lambda stages: Stage(one_of=tuple(stages))),
    st.builds(Consented, channel=st.just("sms"), purpose=st.sampled_from(["marketing", "service", "x"])),
    st.builds(
        Source,
        touch=st.sampled_from(["first", "last", "any"]),
        channel=st.sampled_from(["wechat", "google", "x"]),
        medium=st.sampled_from([None, "cpc"]),
    ),
    st.builds(Identified, by=st.sampled_from(["cookie", "user_id", "phone"])),
)


def tell(told, story, size):
    """In batches of a size, some of which are followed by what the projectors recorded of it."""
    for start in range(0, len(story), size):
        told.tell(*story[start : start + size])
        if start % 2:
            told.listen()


@some
@given(stories, st.integers(1, 6), st.data())
def test_rebuilt_is_kept_up_to_date_and_says_what_profiles_say(story, size, data):
    told = Kept()
    tell(told, story, size)
    actions.record_dormancy(told.workspace, datetime(2024, 9, 1, tzinfo=UTC), lambda _, e: told.recorded.extend(e))
    told.listen()
    persons = queries.everybody(told.workspace)
    for leaf in data.draw(st.lists(leaves, min_size=6, max_size=6)):
        expected = plainly(told.workspace, leaf, NOW)
        within = BitMap(data.draw(st.sets(st.sampled_from(persons))))
        assert told.answer(leaf, NOW, within) == expected & set(within), leaf
        assert told.answer(leaf, NOW) == expected, leaf
        assert told.answer(leaf, NOW, within) == expected & set(within), leaf
    assert set(ColumnAnswers(told.workspace, NOW).everybody()) == set(persons)
    kept = told.columns()
    assert told.reread() == kept
    assert told.refilled() == kept


@some
@given(stories, st.integers(1, 4), st.data())
def test_merges_and_unmerges_leave_what_a_rebuild_makes(story, size, data):
    told = Kept()
    tell(told, story, size)
    before = told.columns()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lianyi.people.identity.actions.record_own", lambda _, some: told.tell(*map(own, some)))
        for number in range(2):
            persons = queries.everybody(told.workspace)
            if len(persons) < 2:
                return
            a, b = data.draw(st.permutations(persons))[:2]
            merge = identity_actions.merge(told.workspace, a, b, datetime(2025, 7, 1 + number, tzinfo=UTC))
            kept = told.columns()
            assert told.refilled() == kept
            undone = data.draw(st.booleans())
            if undone:
                identity_actions.undo_merge(told.workspace, merge, datetime(2025, 8, 1 + number, tzinfo=UTC))
                told.listen()
                kept = told.columns()
                assert told.reread() == kept
                assert told.refilled() == kept
                if not number:
                    assert kept == before


@some
@given(stories, st.integers(1, 3), st.data())
def test_folding_changes_no_answer(story, size, data):
    told = Kept()
    tell(told, story, size)
    asked = data.draw(st.lists(leaves, min_size=4, max_size=4))
    before = [told.answer(leaf, NOW) for leaf in asked]
    kept = told.columns()
    for name in storing.names(told.workspace):
        columns.fold(told.workspace, name)
    assert [told.answer(leaf, NOW) for leaf in asked] == before
    assert told.reread() == kept
    assert [told.answer(leaf, NOW) for leaf in asked] == before


@some
@given(stories, st.data())
def test_time_alone_moves_only_whom_it_is_said_to(story, data):
    told = Kept()
    tell(told, story, 9)
    leaf = data.draw(leaves)
    since = NOW + data.draw(st.integers(-4 * 24, 4 * 24)) * HOUR
    until = since + data.draw(st.integers(0, 72)) * HOUR
    moved = set(ColumnAnswers(told.workspace, until).moved_by_time(leaf, since, until))
    assert told.answer(leaf, since) ^ told.answer(leaf, until) <= moved


@some
@given(stories, st.sampled_from(Strategy), st.permutations(["server", "browser", "import", "member"]))
def test_what_a_member_sets_up_anew_counts_with_the_next_batch(story, strategy, trust):
    told = Kept()
    tell(told, story, 4)
    kinds = {trait.name: trait.kind for trait in queries.trait_catalogue(told.workspace)}
    actions.set_trust(told.workspace, trust)
    for name, kind in kinds.items():
        if kind is TraitType.TEXT:
            actions.declare_trait(told.workspace, name, kind=kind, strategy=strategy)
    told.tell(event("tag.added", NOW, user("u1"), tag="later"))
    kept = told.columns()
    assert told.reread() == kept
    assert told.refilled() == kept
