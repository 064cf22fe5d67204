"""Each change once and in order, whatever happens meanwhile: replays, erasures, two at work, rules that break."""

import contextlib
import threading
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.audience.segments.conftest import Shop
from tests.audience.segments.test_live import SHANGHAI, VIP, both, inside, without
from tests.people.erasing.told import brand, identify, viewed

from lianyi.assembly.replay import replay
from lianyi.audience.facts import Facts
from lianyi.audience.segments import actions, queries, storing, telling, upkeep
from lianyi.audience.segments.models import SegmentRow
from lianyi.audience.segments.schemas import Kind, State
from lianyi.events.log.actions import record_own
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.kernel.errors import Refused
from lianyi.people.identity import actions as identity
from lianyi.people.profiles import queries as queries_of_people
from lianyi.rules.nodes import InSegment
from lianyi.rules.reading import BadRule


def test_a_replay_finds_nothing_other_and_mends_what_is(shop: Shop) -> None:
    shop.tell(identify("a", city="Shanghai"), identify("b", city="Beijing"), viewed("a"))
    cities = shop.make(SHANGHAI)
    outer = shop.make(without(inside(cities)))
    shop.tell(identify("b", city="Shanghai"), identify("c", city="Beijing"))
    assert replay(shop.workspace, "segments", check=True).different == []
    before, history = shop.members(outer), shop.history(outer)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM segment_change WHERE workspace = %s AND cause = 'facts'", [shop.workspace])
        cursor.execute("UPDATE segment_members SET last = 1, change = 1 WHERE workspace = %s", [shop.workspace])
    assert replay(shop.workspace, "segments", check=True).different == ["segment_members"]
    assert shop.history(outer) != history
    assert replay(shop.workspace, "segments", check=False).different == ["segment_members"]
    assert shop.members(outer) == before
    assert replay(shop.workspace, "segments", check=True).different == []


def test_events_come_out_once_and_in_order_through_the_log(shop: Shop) -> None:
    shop.tell(*(identify(f"u{number}", city="Beijing") for number in range(3)))
    segment = shop.make(SHANGHAI, "Here")
    shop.tell(*(identify(f"u{number}", city="Shanghai") for number in range(3)))
    while telling.tell(shop.workspace):
        pass
    shop.brand.run()
    rows = shop.brand.rows("SELECT name, events FROM event_type WHERE workspace = %s AND name LIKE 'segment.%%'")
    assert rows == [("segment.entered", 3)]
    assert telling.tell(shop.workspace) == 0
    # A block whose transaction died is told again, and counts once all the same.
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE segment_change SET untold = entered WHERE workspace = %s AND segment = %s AND cause = 'facts'",
            [shop.workspace, segment],
        )
    assert telling.tell(shop.workspace, record_own) == 3
    shop.brand.run()
    assert shop.brand.rows("SELECT events FROM event_type WHERE workspace = %s AND name = 'segment.entered'") == [(3,)]


@pytest.mark.parametrize("at_once", [1, 2, 100])
def test_who_is_erased_is_in_no_set_and_in_no_history(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(storing, "_AT_ONCE", at_once)
    shop.tell(*(identify(user, city="Shanghai") for user in "abc"))
    cities = shop.make(SHANGHAI)
    chosen = actions.create_list(shop.workspace, "Chosen", shop.people("a", "b"), system_clock())
    shop.tell(identify("b", city="Beijing"), identify("c", city="Beijing"))
    a, _, c = shop.people("a", "b", "c")
    shop.brand.erase("user_id", "b")
    assert (shop.members(cities), shop.members(chosen)) == ([a], [a])
    assert shop.history(cities) == [("rule", [a, c], []), ("facts", [], [c])]
    assert shop.told() == [("segment.left", cities, c), ("segment.entered", chosen, a)]
    assert queries.segment(shop.workspace, chosen).size == 1
    shop.tell(identify("c", city="Shanghai"))
    assert shop.members(cities) == [a, c]
    assert replay(shop.workspace, "segments", check=True).different == []


def test_two_who_build_and_look_at_time_at_once_change_it_once(shop: Shop) -> None:
    shop.tell(*(identify(f"u{number}", city="Shanghai") for number in range(20)))
    segment = actions.create_segment(shop.workspace, "S", shop.rule(SHANGHAI), system_clock())
    now, wrong = to_micros(system_clock()), []

    def work() -> None:
        try:
            upkeep.build(shop.workspace, now)
            upkeep.look_at_time(shop.workspace, now)
        except Exception as error:  # shown by the test
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert [cause for cause, _, _ in shop.history(segment)] == ["rule"]
    assert len(shop.members(segment)) == 20


def test_many_changes_are_folded_and_nothing_is_lost(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "FOLD_AFTER", 3)
    shop.tell(*(identify(f"u{number}", city="Beijing") for number in range(8)))
    segment = shop.make(SHANGHAI)
    for number in range(8):
        shop.tell(identify(f"u{number}", city="Shanghai"))
    assert shop.members(segment) == shop.people(*(f"u{number}" for number in range(8)))
    assert shop.brand.rows("SELECT change, last FROM segment_members WHERE workspace = %s") == [(6, 8)]
    assert len(storing.Memory().held(shop.workspace, [segment])[segment].members) == 8


def test_members_are_taken_back_with_a_transaction(shop: Shop) -> None:
    shop.tell(identify("a", city="Shanghai"))
    chosen = actions.create_list(shop.workspace, "Chosen", [], system_clock())
    with transaction.atomic():
        actions.change_list(shop.workspace, chosen, shop.people("a"), [], system_clock())
        transaction.set_rollback(True)
    assert shop.members(chosen) == []


def test_what_was_read_of_a_transaction_that_was_taken_back_is_forgotten(shop: Shop) -> None:
    shop.tell(identify("a"), identify("b"), identify("c"))
    a, b, c = shop.people("a", "b", "c")
    chosen = actions.create_list(shop.workspace, "Chosen", [], system_clock())
    for inner in (transaction.atomic, contextlib.nullcontext):
        with transaction.atomic():
            with inner():
                actions.change_list(shop.workspace, chosen, [a], [], system_clock())
                assert shop.members(chosen) == [a]
            transaction.set_rollback(True)
        assert shop.members(chosen) == []
    with transaction.atomic():
        actions.change_list(shop.workspace, chosen, [a], [], system_clock())
        assert shop.members(chosen) == [a]
        transaction.set_rollback(True)
    actions.change_list(shop.workspace, chosen, [b], [], system_clock())  # by the number that was taken back
    assert shop.members(chosen) == [b]
    actions.change_list(shop.workspace, chosen, [c], [], system_clock())
    assert shop.members(chosen) == [b, c]


def test_more_segments_than_are_kept_in_memory(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "_KEPT", 2)
    shop.tell(identify("a", city="Shanghai"), identify("b", city="Beijing"))
    cities = [shop.make(SHANGHAI) for _ in range(5)]
    shop.tell(identify("b", city="Shanghai"))
    memory = storing.Memory()
    for _ in range(2):
        held = memory.held(shop.workspace)
        assert [list(held[one].members) for one in cities] == [shop.people("a", "b")] * 5


def test_rules_about_what_is_not_there_are_refused_at_their_place(shop: Shop) -> None:
    shop.tell(identify("a", city="Shanghai"))
    for rule, place in (
        ({"kind": "trait", "trait": "nothing", "is": {"test": "known"}}, "trait"),
        ({"kind": "trait", "trait": "city", "is": {"test": "range", "at_least": 1}}, "is"),
        (both(SHANGHAI, {"kind": "in_segment", "segment": 9}), "rules[1].segment"),
        (without({"kind": "did", "event": "segment.entered"}), "rule.event"),
    ):
        with pytest.raises(BadRule) as caught:
            shop.make(rule)
        assert caught.value.problems[0].place == place
        assert queries.segments(shop.workspace) == []


def test_bad_names_are_refused(shop: Shop) -> None:
    shop.tell(identify("a", city="Shanghai"))
    shop.make(SHANGHAI, "Taken")
    for name in ("", "  ", "x" * 101, "a\x00b", "a\nb", "Taken"):
        with pytest.raises(Refused) as refused:
            actions.create_segment(shop.workspace, name, shop.rule(VIP), system_clock())
        assert refused.value.code == ("segment.name_taken" if name == "Taken" else "segment.name"), name
        assert [one.name for one in queries.segments(shop.workspace)] == ["Taken"]


CITIES = st.sampled_from(["Shanghai", "Beijing", None])
USERS = st.sampled_from("abcd")
STEPS = st.lists(
    st.tuples(st.just("city"), USERS, CITIES)
    | st.tuples(st.just("view"), USERS, st.none())
    | st.tuples(st.just("merge"), USERS, USERS)
    | st.tuples(st.just("split"), USERS, st.none())
    | st.tuples(st.just("erase"), USERS, st.none()),
    max_size=12,
)


@pytest.mark.django_db(transaction=True)
@given(STEPS)
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
def test_kept_up_to_date_is_asked_anew(steps: list[tuple[str, str, Any]]) -> None:
    _check(steps)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@given(STEPS)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_kept_up_to_date_is_asked_anew_often(steps: list[tuple[str, str, Any]]) -> None:
    _check(steps)


def _check(steps: list[tuple[str, str, Any]]) -> None:
    with brand() as made:
        shop = Shop(made)
        shop.tell(*(identify(user, city="Shanghai") for user in "abcd"))
        cities = shop.make(SHANGHAI)
        often = shop.make({"kind": "did", "event": "Product Viewed", "at_least": 2})
        outer = shop.make(both(without(inside(often)), inside(cities)))
        away, seldom = shop.make(without(SHANGHAI)), shop.make(without(inside(often)))
        shop.make(inside(outer), kind=Kind.SNAPSHOT)
        for kind, user, more in steps:
            _step(shop, kind, user, more)
        while telling.tell(shop.workspace):
            pass
        shop.brand.run(to_lake=False)
        assert replay(shop.workspace, "segments", check=True).different == []
        members = [set(shop.members(one)) for one in (cities, often, outer, away, seldom)]
        assert members[2] == members[0] - members[1]
        everybody = set(queries_of_people.everybody(shop.workspace))
        assert members[3:] == [everybody - members[0], everybody - members[1]]
        for segment in (cities, often, outer, away, seldom):
            rebuilt: set[int] = set()
            for _, entered, left in shop.history(segment):
                assert not rebuilt & set(entered)
                assert rebuilt >= set(left)
                rebuilt = (rebuilt | set(entered)) - set(left)
            assert rebuilt == set(shop.members(segment))


def _step(shop: Shop, kind: str, user: str, more: Any) -> None:
    brand_, now = shop.brand, system_clock()
    number = brand_.identity("user_id", user)
    person = brand_.person("user_id", user) if number else 0
    match kind:
        case "city":
            shop.tell(identify(user, city=more))
        case "view":
            shop.tell(viewed(user))
        case "merge" if person and brand_.identity("user_id", more) and brand_.person("user_id", more) != person:
            identity.merge(shop.workspace, person, brand_.person("user_id", more), now)
            shop.brand.run(to_lake=False)
        case "split" if person and number != person:
            identity.unmerge(shop.workspace, person, [number], now)
            shop.brand.run(to_lake=False)
        case "erase" if person:
            brand_.erase("user_id", user)


def test_a_rule_that_cannot_be_read_is_broken_and_says_why(shop: Shop) -> None:
    shop.tell(identify("a", city="Shanghai"))
    now = system_clock()
    segment = actions.create_segment(shop.workspace, "S", shop.rule(SHANGHAI), now, kind=Kind.SNAPSHOT)
    later = {"version": 1, "rule": {"kind": "of_a_later_version"}}
    SegmentRow.objects.filter(workspace=shop.workspace, number=segment).update(rule=later)
    assert shop.build() == 0
    row = SegmentRow.objects.get(workspace=shop.workspace, number=segment)
    assert (row.state, row.problem) == (State.BUILDING, None)  # a version that can read it builds it
    shown = queries.segment(shop.workspace, segment)
    assert shown.state is State.BROKEN
    assert shown.problem is not None
    shop.tell(identify("b", city="Shanghai"))  # nobody else is held up by it
    cities = shop.make(SHANGHAI)
    assert shop.members(cities) == shop.people("a", "b")


def test_a_segment_is_no_fact(shop: Shop) -> None:
    with pytest.raises(Refused, match="Nothing answers 'in_segment' here"):
        Facts(shop.workspace, to_micros(system_clock())).answer(InSegment(segment=1), None)


def test_what_is_not_ready_is_waited_for(shop: Shop) -> None:
    shop.tell(identify("a", city="Shanghai"))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE column_state SET filled = NULL WHERE workspace = %s", [shop.workspace])
    segment = actions.create_segment(shop.workspace, "S", shop.rule(SHANGHAI), system_clock())
    assert shop.build() == 0
    assert queries.segment(shop.workspace, segment).state is State.BUILDING
    replay(shop.workspace, "columns", check=False)
    assert shop.build() == 1
    assert shop.members(segment) == shop.people("a")


def test_a_trait_of_another_type_is_said_by_the_segment_which_keeps_its_members(shop: Shop) -> None:
    shop.tell(identify("a", level=3), identify("b", level=1))
    high = shop.make({"kind": "trait", "trait": "level", "is": {"test": "range", "at_least": 2}})
    cities = shop.make({"kind": "not", "rule": {"kind": "tagged", "tag": "x"}})
    (a,) = shop.people("a")
    assert (upkeep.check_anew(shop.workspace), shop.members(high)) == (0, [a])
    _retype(shop, "text")
    assert (upkeep.check_anew(shop.workspace), upkeep.check_anew(shop.workspace)) == (1, 0)
    one = queries.segment(shop.workspace, high)
    assert (one.state, shop.members(high)) == (State.BROKEN, [a])
    assert one.problem is not None
    assert str(one.problem.sentence) == "is: 'level' is of the type text; this test is for number."
    assert queries.segment(shop.workspace, cities).state is State.CURRENT
    shop.tell(identify("c"))
    shop.pass_to(system_clock())
    assert shop.members(high) == [a]
    _retype(shop, "number")
    assert upkeep.check_anew(shop.workspace) == 1
    shop.build()
    assert (queries.segment(shop.workspace, high).state, shop.members(high)) == (State.CURRENT, [a])


def test_a_trait_that_is_no_more_is_said_too(shop: Shop) -> None:
    shop.tell(identify("a", level=3))
    known = shop.make({"kind": "trait", "trait": "level", "is": {"test": "known"}})
    _retype(shop, "unknown")
    assert upkeep.check_anew(shop.workspace) == 1
    problem = queries.segment(shop.workspace, known).problem
    assert str(problem and problem.sentence) == "trait: There is no trait 'level'."


def _retype(shop: Shop, kind: str) -> None:
    """As when everything is read again, and the first value is another since somebody was erased."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE trait SET kind = %s WHERE workspace = %s AND name = 'level'", [kind, shop.workspace])
