"""What members ask of fits, and what the worker does with them, whatever dies when."""

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.audience.worth.test_fits import shop
from tests.people.profiles.builders import Told

from lianyi.audience.worth import actions, queries
from lianyi.audience.worth.running import PIECES
from lianyi.foundation.access.acting import acting_as
from lianyi.foundation.access.schemas import NOBODY, Denied
from lianyi.foundation.audit.models import AuditLine
from lianyi.foundation.pieces import MOST_DEATHS
from lianyi.kernel.clock import to_micros
from lianyi.kernel.errors import Refused

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)


def clock() -> datetime:
    return NOW


def test_a_fit_waits_for_the_worker_and_there_is_one_at_a_time() -> None:
    told = Told()
    shop(told)
    assert queries.run_of(told.workspace) is None
    run = actions.start_fit(told.workspace, NOW)
    assert (run.state, run.waits, run.as_of, run.step, run.steps) == ("running", True, date(2024, 5, 31), 0, 3)
    with pytest.raises(Refused, match="being fitted already"):
        actions.start_fit(told.workspace, NOW, date(2024, 5, 1))
    assert queries.run_of(told.workspace) == run
    other = Told()
    assert queries.run_of(other.workspace) is None
    assert actions.stop_fit(other.workspace, NOW) is None
    assert PIECES.claim("one") == told.workspace
    assert PIECES.claim("two") is None
    assert queries.fits(told.workspace) == []
    # The day is that of the asking, however late the worker comes.
    PIECES.run(told.workspace, "one", lambda: NOW + timedelta(3))
    after = queries.run_of(told.workspace)
    assert after is not None
    assert (after.state, after.step, after.finished_at) == ("done", 3, to_micros(NOW + timedelta(3)))
    (fitted,) = queries.fits(told.workspace)
    assert (fitted.as_of, fitted.buyers) == (date(2024, 5, 31), 260)
    acts = AuditLine.objects.filter(workspace=told.workspace, action__startswith="worth.").order_by("id")
    assert [line.action for line in acts] == ["worth.asked", "worth.fitted"]


def test_too_little_is_the_run_s_problem_until_the_next() -> None:
    told = Told()
    actions.start_fit(told.workspace, NOW)
    assert PIECES.claim("one") == told.workspace
    PIECES.run(told.workspace, "one", clock)
    after = queries.run_of(told.workspace)
    assert after is not None
    assert (after.state, str(after.problem)[:58]) == (
        "failed",
        "There are 0 buyers, 0 of whom bought on more than one day;",
    )
    assert queries.fits(told.workspace) == []
    again = actions.start_fit(told.workspace, NOW)
    assert (again.state, again.problem) == ("running", None)


def test_one_that_is_stopped_keeps_nothing_and_one_that_waits_ends_at_once() -> None:
    told = Told()
    shop(told)
    actions.start_fit(told.workspace, NOW)
    stopped = actions.stop_fit(told.workspace, NOW)
    assert stopped is not None
    assert stopped.state == "stopped"
    actions.start_fit(told.workspace, NOW)
    assert PIECES.claim("one") == told.workspace
    assert not PIECES.asked_to_stop(told.workspace, "one")
    stopping = actions.stop_fit(told.workspace, NOW)
    assert stopping is not None
    assert (stopping.state, stopping.stopping) == ("running", True)
    assert PIECES.asked_to_stop(told.workspace, "one")
    PIECES.run(told.workspace, "one", clock)  # it notices, and keeps nothing
    PIECES.settle(told.workspace, "one", clock)
    after = queries.run_of(told.workspace)
    assert after is not None
    assert (after.state, queries.fits(told.workspace)) == ("stopped", [])


def test_one_whose_process_dies_is_begun_anew_but_not_for_ever() -> None:
    workspace = Told().workspace
    actions.start_fit(workspace, NOW)
    for _ in range(MOST_DEATHS):
        assert PIECES.claim("one") == workspace
        PIECES.settle(workspace, "one", clock)
    after = queries.run_of(workspace)
    assert after is not None
    assert (after.state, str(after.problem)[:42]) == ("failed", "The fit was ended from outside 3 times. It")
    actions.start_fit(workspace, NOW)
    assert PIECES.claim("one") == workspace
    PIECES.release_claims()
    assert PIECES.claim("two") == workspace
    assert PIECES.asked_to_stop(workspace, "one")


def test_who_may_not_asks_for_nothing() -> None:
    workspace = Told().workspace
    with acting_as(NOBODY), pytest.raises(Denied):
        actions.start_fit(workspace, NOW)
    with acting_as(NOBODY), pytest.raises(Denied):
        actions.stop_fit(workspace, NOW)
    assert queries.run_of(workspace) is None
