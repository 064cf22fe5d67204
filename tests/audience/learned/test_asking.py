"""What members ask of models, and what the worker does with it, whatever dies when."""

from datetime import UTC, datetime

import pytest
from tests.people.profiles.builders import Told

from lianyi.audience.learned import actions, queries
from lianyi.audience.learned.running import PIECES
from lianyi.foundation.access.acting import acting_as
from lianyi.foundation.access.schemas import NOBODY, Denied
from lianyi.foundation.pieces import MOST_DEATHS
from lianyi.kernel.clock import to_micros
from lianyi.kernel.errors import Refused
from lianyi.rules.nodes import AllOf, Did, Not, Tagged, Within

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def clock() -> datetime:
    return NOW


@pytest.fixture
def workspace(db: None) -> int:
    return Told().workspace


def test_what_is_no_outcome_is_refused(workspace: int) -> None:
    for outcome, days, name, sentence in (
        (Tagged(tag="vip"), 30, "a", "something that people do, and tagged is a state"),
        (AllOf(rules=(Did(event="a"), Not(rule=Tagged(tag="b")))), 30, "a", "tagged is a state"),
        (Did(event="a", during=Within(days=3)), 30, "a", "The outcome has days of its own"),
        ("a", 0, "a", "0 days are no window. Say 1 to 365"),
        ("a", 366, "a", "366 days are no window"),
        ("a", 30, "", "A name is missing"),
        ("a", 30, "x\x00", "A name is missing"),
    ):
        with pytest.raises(Refused, match=sentence):
            actions.create_model(workspace, name, outcome, days, NOW)
    assert queries.newest_models(workspace) == []


def test_a_model_waits_for_the_worker_and_too_little_is_its_problem(workspace: int) -> None:
    model = actions.create_model(workspace, "Buys", "purchase", 30, NOW)
    assert (model.state, model.waits, model.step) == ("running", True, 0)
    assert model.outcome == Did(event="purchase")
    with pytest.raises(Refused, match="already"):
        actions.create_model(workspace, "buys", "purchase", 30, NOW)
    with pytest.raises(Refused, match="being learned already"):
        actions.learn_anew(workspace, model.id, NOW)
    assert PIECES.claim("one") == model.id
    assert PIECES.claim("two") is None
    PIECES.run(model.id, "one", clock)
    after = queries.model_of(workspace, model.id)
    assert (after.state, after.finished_at, after.report) == ("failed", to_micros(NOW), None)
    assert str(after.problem).startswith("Of 0 people known 60 days ago, 0 had the outcome")
    again = actions.learn_anew(workspace, model.id, NOW)
    assert (again.state, again.problem) == ("running", None)


def test_a_model_that_is_stopped_ends_and_one_that_waits_ends_at_once(workspace: int) -> None:
    model = actions.create_model(workspace, "Buys", "purchase", 30, NOW)
    assert actions.stop_learning(workspace, model.id, NOW).state == "stopped"
    actions.learn_anew(workspace, model.id, NOW)
    assert PIECES.claim("one") == model.id
    assert not PIECES.asked_to_stop(model.id, "one")
    stopping = actions.stop_learning(workspace, model.id, NOW)
    assert (stopping.state, stopping.stopping) == ("running", True)
    assert PIECES.asked_to_stop(model.id, "one")
    PIECES.run(model.id, "one", clock)  # it notices, and writes nothing
    assert queries.model_of(workspace, model.id).state == "running"
    PIECES.settle(model.id, "one", clock)
    assert queries.model_of(workspace, model.id).state == "stopped"


def test_one_whose_process_dies_is_begun_anew_but_not_for_ever(workspace: int) -> None:
    model = actions.create_model(workspace, "Buys", "purchase", 30, NOW)
    for _ in range(MOST_DEATHS):
        assert PIECES.claim("one") == model.id
        PIECES.settle(model.id, "one", clock)
    after = queries.model_of(workspace, model.id)
    assert (after.state, str(after.problem)[:47]) == ("failed", "The learning was ended from outside 3 times. It")
    actions.learn_anew(workspace, model.id, NOW)
    assert PIECES.claim("one") == model.id
    PIECES.give_back(model.id, "one")
    assert PIECES.claim("two") == model.id
    PIECES.release_claims()
    assert PIECES.claim("three") == model.id
    assert PIECES.asked_to_stop(model.id, "two")


def test_a_deleted_model_is_learned_by_nobody(workspace: int) -> None:
    model = actions.create_model(workspace, "Buys", "purchase", 30, NOW)
    assert PIECES.claim("one") == model.id
    actions.delete_model(workspace, model.id)
    assert PIECES.asked_to_stop(model.id, "one")
    PIECES.settle(model.id, "one", clock)
    assert queries.newest_models(workspace) == []


def test_other_workspaces_see_nothing_and_who_may_not_asks_for_nothing(workspace: int) -> None:
    model = actions.create_model(workspace, "Buys", "purchase", 30, NOW)
    other = Told().workspace
    for reach in (
        lambda: queries.model_of(other, model.id),
        lambda: actions.learn_anew(other, model.id, NOW),
        lambda: actions.stop_learning(other, model.id, NOW),
        lambda: actions.choose_model(other, model.id),
        lambda: actions.delete_model(other, model.id),
        lambda: queries.model_of(workspace, 2**40),
    ):
        with pytest.raises(Refused, match="There is no model"):
            reach()
    assert queries.newest_models(other) == []
    assert queries.likelihoods(other) is None
    assert queries.scores_by(other, model.id) is None
    actions.create_model(other, "Buys", "purchase", 30, NOW)
    newest = actions.create_model(workspace, "More", "purchase", 30, NOW)
    assert queries.newest_models(workspace, before=newest.id) == [model]
    with acting_as(NOBODY), pytest.raises(Denied):
        actions.create_model(workspace, "Mine", "purchase", 30, NOW)
