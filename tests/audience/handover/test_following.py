"""Hand-overs follow their people: merged, taken apart again, erased."""

from datetime import UTC, datetime

from tests.audience.handover.conftest import Team
from tests.people.erasing.told import identify

from lianyi.assembly.replay import replay
from lianyi.audience.handover import actions
from lianyi.audience.handover.schemas import Rejection, State
from lianyi.people.identity.actions import merge, undo_merge


def test_of_two_who_become_one_the_earlier_stays_and_apart_each_goes_on(team: Team) -> None:
    one, other = team.join(), team.join()
    team.tell(identify("a"), identify("b"))
    a, b = team.person("a"), team.person("b")
    early, late = team.offer("b", other), team.offer("a", one)
    done = merge(team.workspace, a, b, datetime.now(UTC))
    team.brand.run(to_lake=False)
    assert team.person("b") == a
    assert [(found.number, found.person, found.state) for found in team.all()] == [
        (early, a, State.OFFERED),
        (late, a, State.MERGED),
    ]
    assert team.one(late).merged_into == early
    assert team.turns(late) == [(one, "merged")]
    assert replay(team.workspace, "handover", check=True).different == []
    undo_merge(team.workspace, done, datetime.now(UTC))
    team.brand.run(to_lake=False)
    assert [(found.number, found.person, found.state, found.merged_into) for found in team.all()] == [
        (early, b, State.OFFERED, None),
        (late, a, State.OFFERED, None),
    ]
    assert team.turns(late) == [(one, "merged"), (one, "")]


def test_a_closed_one_comes_along_and_its_pause_counts(team: Team) -> None:
    member = team.join()
    team.tell(identify("a"), identify("b"))
    number = team.offer("b", member)
    actions.reject(team.workspace, number, Rejection.OTHER, datetime.now(UTC), record=team.record)
    merge(team.workspace, team.person("a"), team.person("b"), datetime.now(UTC))
    team.brand.run(to_lake=False)
    team.heat("a")
    assert [(found.person, found.state) for found in team.all()] == [(team.person("a"), State.REJECTED)]


def test_whoever_is_erased_leaves_nothing(team: Team) -> None:
    member = team.join()
    team.tell(identify("a"), identify("b", name="Ursula Aldermoor"))
    team.offer("a")
    number = team.offer("b", member)
    actions.reject(
        team.workspace, number, Rejection.OTHER, datetime.now(UTC), note="Ursula Aldermoor moved", record=team.record
    )
    assert "Ursula Aldermoor" in team.brand.stored()
    erased = team.brand.erase("user_id", "b")
    assert "Ursula Aldermoor" not in team.brand.stored()
    assert [found.person for found in team.all()] == [team.person("a")]
    assert team.brand.rows("SELECT count(*) FROM handover_take WHERE workspace = %s") == [(1,)]
    assert erased is not None
