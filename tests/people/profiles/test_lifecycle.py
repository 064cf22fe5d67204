"""Lifecycles as they run: changes become events once, sleep comes by the clock, and rules are the workspace's own."""

from datetime import UTC, datetime

import pytest
from tests.people.profiles.builders import Told, cookie, event, moment, user

from lianyi.kernel.clock import DAY
from lianyi.kernel.errors import Refused
from lianyi.people.profiles import actions, queries
from lianyi.people.profiles.lifecycle.stages import Stage
from lianyi.people.profiles.projector import LifecycleProjector

pytestmark = pytest.mark.django_db


@pytest.fixture
def told() -> Told:
    return Told()


def heard(told):
    return [(one.properties["from"], one.properties["to"], one.properties["reason"], one.at) for one in told.listen()]


def sleep(told, day: str) -> int:
    now = datetime.fromisoformat(day).replace(tzinfo=UTC)
    return actions.record_dormancy(told.workspace, now, lambda _, events: told.recorded.extend(events))


def stage(told, person=1):
    return queries.stage_of(told.workspace, person)


def test_somebody_goes_through_all_six_stages(told):
    told.tell(event("Product Viewed", "2024-01-01T08:00:00", user("u")))
    assert (stage(told), heard(told)) == (Stage.PROSPECT, [])
    told.tell(event("Product Added", "2024-01-02T08:00:00", user("u")))
    assert heard(told) == [("prospect", "intent", "signal", moment("2024-01-02T08:00:00"))]
    told.tell(event("Order Completed", "2024-01-03T08:00:00", user("u"), order_id="1", total=1))
    assert heard(told) == [("intent", "first_purchase", "order", moment("2024-01-03T08:00:00"))]
    told.tell(event("Order Completed", "2024-01-04T08:00:00", user("u"), order_id="2", total=1))
    assert heard(told) == [("first_purchase", "repeat", "order", moment("2024-01-04T08:00:00"))]
    assert sleep(told, "2024-04-03T23:59:59") == 0
    assert sleep(told, "2024-04-04T00:00:00") == 1
    assert stage(told) is Stage.REPEAT  # until the projector reads the event
    assert heard(told) == [("repeat", "dormant", "silence", moment("2024-04-04"))]
    assert stage(told) is Stage.DORMANT
    assert sleep(told, "2024-12-01") == 0
    told.tell(event("Product Added", "2024-05-01", user("u")))
    assert (stage(told), heard(told)) == (Stage.DORMANT, [])
    told.tell(event("Order Completed", "2024-05-05", user("u"), order_id="3", total=1))
    assert heard(told) == [("dormant", "won_back", "order", moment("2024-05-05"))]
    assert queries.stage_counts(told.workspace) == {**dict.fromkeys(Stage, 0), Stage.WON_BACK: 1}
    assert set(queries.people_in_stage(told.workspace, Stage.WON_BACK)) == {1}
    assert set(queries.people_in_stage(told.workspace, Stage.PROSPECT)) == set()
    kept = told.fingerprint()
    told.replay(batches_of=2)
    assert told.fingerprint() == kept


def test_an_order_that_comes_late_corrects_what_was_thought(told):
    told.tell(event("purchase", "2024-03-01", user("u"), order_id="2"))
    assert heard(told) == [("prospect", "first_purchase", "order", moment("2024-03-01"))]
    told.tell(event("purchase", "2024-02-01", user("u"), order_id="1"))
    assert heard(told) == [("first_purchase", "repeat", "order", moment("2024-03-01"))]


def test_several_changes_in_one_batch_are_all_told(told):
    told.tell(
        event("purchase", "2024-06-01", user("u"), order_id="2"),
        event("add_to_cart", "2024-01-01", user("u")),
        event("purchase", "2024-01-02", user("u"), order_id="1"),
    )
    changes = heard(told)
    assert [(before, after) for before, after, _, _ in changes] == [
        ("prospect", "intent"),
        ("intent", "first_purchase"),
        ("first_purchase", "dormant"),
        ("dormant", "won_back"),
    ]
    assert heard(told) == []


def test_machines_and_nobody_have_no_lifecycle(told):
    told.tell(
        event("add_to_cart", "2024-01-01", cookie("c"), machine=True, trusted=False),
        event("add_to_cart", "2024-01-01", user("u"), machine=True),
        event("purchase", "2024-01-01"),
    )
    assert told.rows("SELECT count(*) FROM standing WHERE workspace = %s") == [(0,)]
    assert told.recorded == []


def test_a_replay_records_nothing(told):
    told.tell(event("add_to_cart", "2024-01-01", user("u")))
    told.listen()
    told.replay()
    assert told.recorded == []
    assert stage(told) is Stage.INTENT


def test_an_order_on_its_way_wins_over_the_sleep_that_was_told_before_it(told):
    told.tell(event("purchase", "2024-01-01", user("u"), order_id="1"))
    told.listen()
    assert sleep(told, "2024-06-01") == 1
    told.tell(event("purchase", "2024-03-31", user("u"), order_id="2"))
    told.listen()
    assert stage(told) is Stage.REPEAT
    assert sleep(told, "2024-06-29") == 0
    assert sleep(told, "2024-06-30") == 1


def test_the_rule_is_the_workspaces_own(told):
    told.tell(event("Asked for a price", "2024-01-01", user("u")), event("purchase", "2024-02-01", user("v")))
    told.listen()
    now = datetime(2024, 2, 2, tzinfo=UTC)

    def record(_, events):
        told.recorded.extend(events)

    assert actions.set_lifecycle_rule(told.workspace, ["Asked for a price"], 30, now, record) is True
    assert told.recorded == []
    assert stage(told, 1) is Stage.PROSPECT  # past events count after a replay
    projector = LifecycleProjector()
    projector.forget(told.workspace)
    told.replay_only(projector)
    assert (stage(told, 1), stage(told, 2)) == (Stage.INTENT, Stage.FIRST_PURCHASE)
    due = "SELECT number, due_at FROM standing WHERE workspace = %s ORDER BY number"
    assert told.rows(due) == [(1, moment("2024-02-01")), (2, moment("2024-03-03"))]
    assert actions.set_lifecycle_rule(told.workspace, ["Asked for a price"], 10, now, record) is False
    assert told.rows(due) == [(1, moment("2024-01-12")), (2, moment("2024-02-12"))]
    assert queries.lifecycle_rule(told.workspace).days_until_dormant == 10


@pytest.mark.parametrize(("signals", "days"), [(["x"], 6), (["x"], 3651), (["x" * 201], 30), (["x"] * 0, 0)])
def test_a_rule_that_nobody_can_mean_is_refused(told, signals, days):
    before = queries.lifecycle_rule(told.workspace)
    with pytest.raises(Refused):
        actions.set_lifecycle_rule(told.workspace, signals, days, datetime(2024, 1, 1, tzinfo=UTC))
    assert queries.lifecycle_rule(told.workspace) == before


def test_who_is_due_is_found_by_an_index(told):
    told.tell(*[event("purchase", moment("2024-01-01") + place * DAY, user(f"u{place}")) for place in range(30)])
    told.listen()
    assert sleep(told, "2024-04-05") == 5
    told.rows("SELECT set_config('enable_seqscan', 'off', true) FROM workspace WHERE id = %s")
    plan = told.rows(
        "EXPLAIN SELECT number FROM standing WHERE workspace = %s AND due_at <= %s ORDER BY due_at LIMIT 1000", 1
    )
    assert "standing_due" in str(plan)
