"""Whom sales let go counts as nurture for a while; who is still hot then becomes hot, and is offered, again."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.audience.handover.conftest import Team
from tests.people.erasing.told import identify

from lianyi.assembly.replay import replay
from lianyi.audience.facts import Facts
from lianyi.audience.handover import actions
from lianyi.audience.handover.schemas import Loss, Rejection, State
from lianyi.audience.scoring import actions as scoring
from lianyi.audience.scoring import queries as scores
from lianyi.audience.scoring import telling, upkeep
from lianyi.audience.scoring.checking import read_document
from lianyi.audience.scoring.schemas import Cause
from lianyi.audience.segments import actions as segments
from lianyi.audience.segments import queries as members_of
from lianyi.audience.segments import upkeep as keeping
from lianyi.events.intake.own import OwnEvent
from lianyi.events.log.actions import record_own
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.people.identity.actions import merge, undo_merge
from lianyi.rules.compiling import compile
from lianyi.rules.nodes import Warm

DAY = timedelta(days=1)
SETTINGS: dict[str, Any] = {
    "fit": [{"rule": {"kind": "identified", "by": "user_id"}, "points": 80}],
    "weights": [{"event": "Quote Asked", "points": 80}],
    "half_life": 365,
}


def asked(user: str) -> dict[str, Any]:
    return {"userId": user, "event": "Quote Asked"}


def score(team: Team) -> None:
    scoring.change_settings(team.workspace, read_document(SETTINGS), system_clock())
    upkeep.build(team.workspace, to_micros(system_clock()))


def hear(team: Team) -> None:
    """What scores say goes through the log."""
    while telling.tell(team.workspace):
        pass
    team.brand.run(to_lake=False)


def heated(team: Team, *users: str) -> list[int]:
    """Members; these people are hot, and offered by number."""
    members = [team.join(), team.join()]
    team.tell(*(identify(user) for user in users))
    score(team)
    team.tell(*(asked(user) for user in users))
    hear(team)
    return members


def pass_to(team: Team, moment: datetime) -> None:
    upkeep.look_at_time(team.workspace, to_micros(moment))
    keeping.look_at_time(team.workspace, to_micros(moment))


def who(team: Team, state: Any, moment: datetime) -> list[int]:
    return list(compile(Warm(one_of=(state,)), Facts(team.workspace, to_micros(moment))))


def standing(team: Team, user: str, moment: datetime) -> tuple[str, int | None]:
    found = scores.standing(team.workspace, team.person(user), to_micros(moment))
    assert found is not None
    return found.state, found.paused_until


def let_go(team: Team, number: int, now: datetime) -> None:
    actions.reject(team.workspace, number, Rejection.OTHER, now, record=team.record)


def lose(team: Team, number: int, now: datetime) -> None:
    actions.accept(team.workspace, number, now, record=team.record)
    actions.lose(team.workspace, number, Loss.PRICE, now, record=team.record)


@pytest.mark.parametrize("end", [let_go, lose])
def test_nurture_until_the_pause_ends_and_then_hot_and_offered_again(
    team: Team, end: Callable[[Team, int, datetime], None]
) -> None:
    heated(team, "a", "b")
    a, b = team.person("a"), team.person("b")
    hot = segments.create_segment(team.workspace, "Hot", Warm(one_of=("hot",)), system_clock())
    keeping.build(team.workspace, to_micros(system_clock()))
    assert set(members_of.members(team.workspace, hot)) == {a, b}
    now = system_clock()
    (number,) = [one.number for one in team.all() if one.person == a]
    end(team, number, now)
    until = to_micros(now + 30 * DAY)
    assert standing(team, "a", now) == ("nurture", until)
    assert (who(team, "hot", now), who(team, "nurture", now)) == ([b], [a])
    pass_to(team, now + timedelta(seconds=1))
    assert set(members_of.members(team.workspace, hot)) == {b}
    pass_to(team, now + 29 * DAY)
    hear(team)
    assert [one.person for one in team.all()] == [a, b]
    assert standing(team, "a", now + 29 * DAY) == ("nurture", until)
    assert standing(team, "a", now + 30 * DAY) == ("hot", None)
    pass_to(team, now + 30 * DAY)
    assert set(members_of.members(team.workspace, hot)) == {a, b}
    assert [(one.cause, len(one.entered), len(one.left)) for one in members_of.changes(team.workspace, hot)] == [
        ("time", 1, 0),
        ("time", 0, 1),
        ("rule", 2, 0),
    ]
    hear(team)
    again = team.all()[-1]
    assert (again.person, again.state, again.number) == (a, State.OFFERED, 3)
    pass_to(team, now + 60 * DAY)
    hear(team)
    assert len(team.all()) == 3  # once


def test_it_is_told_as_what_sales_did_and_then_as_what_time_did(team: Team) -> None:
    heated(team, "a")
    now = system_clock()
    let_go(team, 1, now)
    pass_to(team, now + 30 * DAY)
    told: list[tuple[str, str, str]] = []

    def record(_: int, events: list[Any]) -> None:
        told.extend((one.properties["from"], one.properties["to"], one.properties["cause"]) for one in events)

    while telling.tell(team.workspace, record):
        pass
    assert told == [("hot", "nurture", Cause.HANDOVER), ("nurture", "hot", Cause.TIME)]


def test_who_has_cooled_meanwhile_is_not_offered(team: Team) -> None:
    heated(team, "a")
    now = system_clock()
    team.assign(pause_days=400)
    let_go(team, 1, now)
    assert standing(team, "a", now + 399 * DAY)[0] == "nurture"
    pass_to(team, now + 1200 * DAY)
    hear(team)
    assert (standing(team, "a", now + 1200 * DAY), len(team.all())) == (("watch", None), 1)


def test_a_pause_comes_along_and_goes_again(team: Team) -> None:
    heated(team, "a", "b")
    a, b = team.person("a"), team.person("b")
    now = system_clock()
    until = to_micros(now + 30 * DAY)
    numbers = {one.person: one.number for one in team.all()}
    let_go(team, numbers[a], now)
    let_go(team, numbers[b], now - DAY)
    done = merge(team.workspace, a, b, now)
    team.brand.run(to_lake=False)
    assert standing(team, "a", now) == ("nurture", until)
    assert replay(team.workspace, "handover", check=True).different == []
    assert standing(team, "a", now) == ("nurture", until)
    undo_merge(team.workspace, done, now)
    team.brand.run(to_lake=False)
    assert standing(team, "a", now) == ("nurture", until)
    assert standing(team, "b", now) == ("nurture", until - to_micros(now) + to_micros(now - DAY))
    assert replay(team.workspace, "scoring", check=True).different == []


def test_whoever_was_one_with_somebody_let_go_is_free_when_apart(team: Team) -> None:
    heated(team, "a", "b")
    a, b = team.person("a"), team.person("b")
    now = system_clock()
    (number,) = [one.number for one in team.all() if one.person == b]
    let_go(team, number, now)
    done = merge(team.workspace, a, b, now)
    team.brand.run(to_lake=False)
    assert standing(team, "a", now)[0] == "nurture"
    undo_merge(team.workspace, done, now)
    team.brand.run(to_lake=False)
    assert (standing(team, "a", now)[0], standing(team, "b", now)[0]) == ("hot", "nurture")


def test_a_pause_holds_though_scores_are_taken_later(team: Team) -> None:
    team.join()
    team.tell(identify("a"), asked("a"))
    now = system_clock()
    let_go(team, team.offer("a", now=now), now)
    score(team)
    assert standing(team, "a", now)[0] == "nurture"
    assert who(team, "hot", now) == []


def test_who_is_handed_over_by_hand_comes_with_the_scores_of_then(team: Team) -> None:
    member = team.join()
    team.tell(identify("a"))
    score(team)
    team.tell(asked("a"))
    one = team.one(team.offer("a", member, system_clock()))
    assert (one.fit, one.engagement) == (80, 80)


@pytest.mark.parametrize("end", [let_go, lose])
def test_without_a_pause_only_who_becomes_hot_anew_is_offered_again(
    team: Team, end: Callable[[Team, int, datetime], None]
) -> None:
    heated(team, "a")
    team.assign(pause_days=0)
    now = system_clock()
    end(team, 1, now)
    assert standing(team, "a", now) == ("hot", None)
    # Neither time, nor more of the same, nor settings that are saved anew bring back who stays hot.
    pass_to(team, now + DAY)
    team.tell(asked("a"))
    score(team)
    pass_to(team, now + 2 * DAY)
    hear(team)
    assert (standing(team, "a", now + 2 * DAY)[0], len(team.all())) == ("hot", 1)
    # Cooled off, and hot anew: once.
    long_after = now + 1500 * DAY
    pass_to(team, long_after)
    hear(team)
    assert (standing(team, "a", long_after)[0], len(team.all())) == ("watch", 1)
    team.heat("a")
    hear(team)
    assert [(one.number, one.state) for one in team.all()][1:] == [(2, State.OFFERED)]


def test_who_became_hot_before_they_were_let_go_is_not_offered_by_it_however_late_it_is_heard(team: Team) -> None:
    team.join()
    team.assign(pause_days=0)
    team.tell(identify("a"))
    number, before = team.offer("a", now=system_clock()), system_clock()
    said = {"from": "nurture", "to": "hot", "fit": 80, "engagement": 61.5}
    who = [("user_id", "default", "a", True)]
    record_own(team.workspace, [OwnEvent("ab" * 16, "score.changed", to_micros(before), who, properties=said)])
    let_go(team, number, system_clock())
    team.brand.run(to_lake=False)
    assert len(team.all()) == 1
    team.heat("a")
    assert len(team.all()) == 2
