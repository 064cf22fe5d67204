"""What holds for every story told about people: in whatever order and batches it is told, kept or rebuilt."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.people.profiles.builders import Told, cookie, event, moment, own, user

from lianyi.events.schemas import Claim
from lianyi.kernel.clock import DAY, HOUR, MINUTE
from lianyi.people.identity import actions as identity_actions
from lianyi.people.identity import queries as identity
from lianyi.people.profiles import actions, queries

pytestmark = pytest.mark.django_db

START = moment("2024-01-01")
NOW = moment("2025-06-01")
WHO = [cookie("c1"), cookie("c2"), user("u1"), user("u2"), user("u3")]
SOURCES = [None, None, ("wechat", "social", "", ""), ("google", "cpc", "spring", ""), ("weibo", "", "", "W1")]

some = settings(
    max_examples=15,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # each example is a story in a database: no shrinking
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
people = st.sampled_from(WHO)
# Some far apart, some within the half hour in which a source is still the same touch.
times = st.tuples(st.sampled_from([0, 24, 400 * 24]).flatmap(lambda most: st.integers(0, most)), st.integers(0, 5)).map(
    lambda at: START + at[0] * HOUR + at[1] * 10 * MINUTE
)


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
        lambda at, who, stated, origin: event(name, at, who, traits=stated, origin=origin),
        times,
        people,
        traits,
        st.sampled_from(["server", "browser", "import:crm", "member:1"]),
    )


links = st.builds(
    lambda at, one, other: event("person.identified", at, one, other),
    times,
    st.sampled_from(WHO[2:]),
    st.sampled_from(WHO[:2]),
)
texts = st.sampled_from(["a", "b", "c", None])
events = st.one_of(
    links,
    said("page.viewed"),
    said("add_to_cart"),
    said("purchase"),
    said("Order Completed", order_id=st.sampled_from(["1", "2", "3"]), total=st.integers(0, 20)),
    said("Order Refunded", order_id=st.sampled_from(["1", "2"]), total=st.integers(1, 5)),
    said("order.line", order=st.sampled_from(["3", "4"]), quantity=st.integers(-2, 3), price=st.just("2.5")),
    said("tag.added", tag=st.sampled_from(["x", "y"])),
    said("tag.removed", tag=st.sampled_from(["x", "y"])),
    said("consent.given", channel=st.just("sms"), purpose=st.just("marketing")),
    said("consent.withdrawn", channel=st.just("sms"), purpose=st.just("marketing")),
    told_of(st.fixed_dictionaries({"name": texts}, optional={"city": texts})),
    told_of(st.fixed_dictionaries({"points": st.integers(1, 3)}), "trait.incremented"),
    told_of(st.fixed_dictionaries({"plan": st.sampled_from(["free", "paid"])}), "trait.set_once"),
    told_of(st.just({}), "trait.cleared"),
)
# Of two sources that show in the same microsecond, the one that the log knew first comes first: no such pairs here.
stories = st.lists(events, min_size=1, max_size=14, unique_by=(lambda one: one.id, lambda one: one.occurred_at))


def known(told) -> dict[Claim, object]:
    """Everything that pages show of the person of each identity, without the numbers."""
    found = identity.find(told.workspace, WHO)
    person_of = identity.persons_of(told.workspace, found.values())
    return {claim: page(told, person_of[number]) for claim, number in found.items() if number in person_of}


def page(told, person):
    whole = queries.person_page(told.workspace, person, NOW)
    return (
        whole.row._replace(number=0),
        {(one.kind, one.value) for one in whole.identities},
        [trait._replace(history=()) for trait in whole.traits],
        [{(one.value, one.at, one.origin) for one in trait.history} for trait in whole.traits],
        whole.tags,
        whole.consents,
        whole.touches,
        sorted(whole.orders),
        whole.stages,
    )


@some
@given(stories, st.randoms(use_true_random=False))
def test_no_order_and_no_batching_makes_a_difference(story, chance):
    together, shuffled = Told(), Told()
    together.tell(*story)
    again = list(story)
    chance.shuffle(again)
    for one in again:
        shuffled.tell(one)
    assert known(shuffled) == known(together)
    assert together.refused == shuffled.refused == []


@some
@given(stories, st.integers(1, 5))
def test_rebuilt_is_kept_up_to_date(story, size):
    told = Told()
    for start in range(0, len(story), size):
        told.tell(*story[start : start + size])
        told.listen()
    actions.record_dormancy(told.workspace, datetime(2024, 9, 1, tzinfo=UTC), lambda _, e: told.recorded.extend(e))
    told.listen()
    kept, pages = told.fingerprint(), known(told)
    told.replay()
    assert told.fingerprint() == kept
    told.replay(batches_of=3)
    assert (told.fingerprint(), known(told)) == (kept, pages)


def let_time_pass(told):
    """Everybody who may be dormant is."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    told.listen()
    for _ in range(3):
        actions.record_dormancy(told.workspace, now, lambda _, some: told.recorded.extend(some))
        told.listen()
    assert actions.record_dormancy(told.workspace, now, lambda _, some: told.recorded.extend(some)) == 0


@some
@given(stories, st.data())
def test_an_unmerge_restores_everything(story, data):
    told = Told()
    told.tell(*story)
    let_time_pass(told)
    persons = [row.number for row in queries.newest_people(told.workspace)]
    if len(persons) < 2:
        return
    a, b = data.draw(st.permutations(persons))[:2]
    before, kept = known(told), told.fingerprint()
    del kept["lifecycle.silence"]  # how far the clock has come is not forgotten
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lianyi.people.identity.actions.record_own", lambda _, some: told.tell(*map(own, some)))
        merge = identity_actions.merge(told.workspace, a, b, datetime(2025, 7, 1, tzinfo=UTC))
        let_time_pass(told)
        assert [row.number for row in queries.people(told.workspace, [a, b])] == [min(a, b)]
        identity_actions.undo_merge(told.workspace, merge, datetime(2025, 7, 2, tzinfo=UTC))
    let_time_pass(told)
    assert known(told) == before
    assert told.fingerprint().items() >= kept.items()
    kept = told.fingerprint()
    told.replay()
    assert told.fingerprint() == kept


@some
@given(stories)
def test_nobody_is_lost_and_every_sum_adds_up(story):
    told = Told()
    told.tell(*story)
    rows = queries.newest_people(told.workspace, limit=100)
    assert sum(queries.stage_counts(told.workspace).values()) == len(rows)
    totals = queries.order_totals(told.workspace)
    assert sum(row.spent for row in rows) == totals.net
    assert {row.stage for row in rows if row.orders} <= {"first_purchase", "repeat", "won_back", "dormant"}
    for row in rows:
        assert row.orders == sum(order.state == "placed" and order.total != 0 for order in _orders(told, row.number))
    assert all(at % DAY >= 0 for at in [row.first_seen_at for row in rows if row.first_seen_at])


def _orders(told, person):
    return queries.person_page(told.workspace, person, NOW).orders
