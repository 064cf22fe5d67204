"""Searches that members ask for: one at a time, exact whatever dies, stopped when somebody wants that."""

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.people.duplicates.test_answers import ANN, Brand

from lianyi.foundation.access.acting import acting_as
from lianyi.foundation.access.schemas import ABILITIES, Actor, Denied, Role
from lianyi.foundation.audit.models import AuditLine
from lianyi.foundation.pieces import MOST_DEATHS
from lianyi.kernel.clock import to_micros
from lianyi.kernel.errors import Refused
from lianyi.people.duplicates import actions as duplicates
from lianyi.people.duplicates.models import DuplicateRun, DuplicateSuggestion
from lianyi.people.duplicates.queries import last_search
from lianyi.people.duplicates.searches import actions
from lianyi.people.duplicates.searches.queries import run_of
from lianyi.people.duplicates.searches.running import PIECES
from lianyi.people.duplicates.searches.schemas import Run

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.fixture
def brand(db: None) -> Brand:
    """Two Annikas and Carla."""
    DuplicateRun.objects.all().delete()
    brand = Brand()
    brand.know("ann-1", **ANN)
    brand.know("ann-2", **{**ANN, "last_name": "Lindqvst"})
    brand.know("carla", first_name="Carla", last_name="Dawson", birthday="1990-10-10", city="Leeds")
    brand.run()
    return brand


def member(workspace: int, role: Role = Role.EDITOR) -> Any:
    return acting_as(Actor("member:7", workspace, ABILITIES[role]))


def asked(brand: Brand) -> None:
    with member(brand.workspace):
        actions.start_search(brand.workspace, NOW)


def found(brand: Brand) -> Run:
    run = run_of(brand.workspace)
    assert run is not None
    return run


def clock() -> datetime:
    return NOW


def test_a_search_is_run_for_who_asked(brand: Brand) -> None:
    asked(brand)
    assert (found(brand).state, found(brand).waits, found(brand).step) == ("running", True, 0)
    assert PIECES.claim("one") == brand.workspace
    assert PIECES.claim("two") is None
    PIECES.run(brand.workspace, "one", clock)
    assert found(brand) == Run("done", 5, 5, False, False, to_micros(NOW), to_micros(NOW), "member:7", None)
    assert brand.shown() == [(brand.person("ann-1"), brand.person("ann-2"))]
    search = last_search(brand.workspace)
    assert search is not None
    assert (search.people, search.suggested, search.found_at) == (3, 1, to_micros(NOW))
    lines = AuditLine.objects.filter(workspace=brand.workspace, action__startswith="duplicates.").order_by("pk")
    assert [(line.action, line.actor) for line in lines] == [
        ("duplicates.asked", "member:7"),
        ("duplicates.found", "member:7"),
    ]
    assert PIECES.claim("one") is None


def test_one_at_a_time_in_a_workspace_and_others_in_their_turn(brand: Brand) -> None:
    asked(brand)
    with member(brand.workspace), pytest.raises(Refused, match="being compared already"):
        actions.start_search(brand.workspace, NOW)
    with pytest.raises(Refused, match="being compared already"):
        duplicates.find_duplicates(brand.workspace, NOW)
    other = Brand()
    with member(other.workspace):
        actions.start_search(other.workspace, NOW)
    assert PIECES.claim("one") == brand.workspace
    assert PIECES.claim("one") == brand.workspace, "who has one goes on with it"
    PIECES.run(brand.workspace, "one", clock)
    assert PIECES.claim("one") == other.workspace
    PIECES.run(other.workspace, "one", clock)
    assert (found(other).state, last_search(other.workspace)[1]) == ("done", 0)  # type: ignore[index]
    asked(brand)
    assert found(brand).state == "running"


def test_one_that_died_is_begun_anew_and_nothing_is_there_twice(brand: Brand, monkeypatch: Any) -> None:
    asked(brand)
    assert PIECES.claim("dead") == brand.workspace
    with monkeypatch.context() as patch:
        patch.setattr(PIECES, "finish", _die)  # in the transaction that has written what was found
        with pytest.raises(KeyboardInterrupt):
            PIECES.run(brand.workspace, "dead", clock)
    assert DuplicateSuggestion.objects.filter(workspace=brand.workspace).count() == 0
    assert found(brand).step == 5
    PIECES.release_claims()
    assert PIECES.claim("two") == brand.workspace
    assert found(brand).step == 0
    PIECES.run(brand.workspace, "dead", clock)  # wakes up, and is not heard
    assert found(brand).state == "running"
    PIECES.run(brand.workspace, "two", clock)
    assert found(brand).state == "done"
    assert brand.shown() == [(brand.person("ann-1"), brand.person("ann-2"))]


def _die(*_arguments: Any) -> None:
    raise KeyboardInterrupt


def test_one_that_dies_again_and_again_is_given_up_and_says_so(brand: Brand) -> None:
    asked(brand)
    for _ in range(MOST_DEATHS):
        assert PIECES.claim("one") == brand.workspace
        PIECES.settle(brand.workspace, "one", clock)
    assert PIECES.claim("one") is None
    run = found(brand)
    assert (run.state, run.finished_at) == ("failed", to_micros(NOW))
    assert "3 times" in str(run.problem)
    asked(brand)
    assert found(brand).problem is None


def test_stopped_while_it_waits_and_while_it_runs(brand: Brand) -> None:
    asked(brand)
    with member(brand.workspace):
        assert actions.stop_search(brand.workspace, NOW).state == "stopped"  # type: ignore[union-attr]
    assert PIECES.claim("one") is None
    asked(brand)
    assert PIECES.claim("one") == brand.workspace
    assert not PIECES.asked_to_stop(brand.workspace, "one")
    with member(brand.workspace):
        assert actions.stop_search(brand.workspace, NOW).stopping  # type: ignore[union-attr]
    assert PIECES.asked_to_stop(brand.workspace, "one")
    PIECES.run(brand.workspace, "one", clock)
    assert DuplicateSuggestion.objects.filter(workspace=brand.workspace).count() == 0
    PIECES.settle(brand.workspace, "one", clock)
    assert (found(brand).state, last_search(brand.workspace)) == ("stopped", None)
    with member(brand.workspace):
        assert actions.stop_search(brand.workspace, NOW).state == "stopped"  # type: ignore[union-attr]
    stops = AuditLine.objects.filter(workspace=brand.workspace, action="duplicates.stopped")
    assert stops.count() == 2


def test_who_may_not_search_changes_nothing(brand: Brand) -> None:
    for role in (Role.ANALYST, Role.VIEWER):
        with member(brand.workspace, role):
            for attempt in (actions.start_search, actions.stop_search):
                with pytest.raises(Denied):
                    attempt(brand.workspace, NOW)
    other = Brand()
    with member(other.workspace), pytest.raises(Denied):
        actions.start_search(brand.workspace, NOW)
    with member(brand.workspace):
        assert actions.stop_search(brand.workspace, NOW) is None
    assert run_of(brand.workspace) is None


def test_forgetting_a_workspace_forgets_its_search(brand: Brand) -> None:
    asked(brand)
    duplicates.forget(brand.workspace)
    assert run_of(brand.workspace) is None
