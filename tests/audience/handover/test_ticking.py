"""What time does: offers go to the next and then to a manager, once, and members hear of what is theirs, once."""

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection
from tests.audience.handover.conftest import MONDAY, Team
from tests.people.erasing.told import identify

from lianyi.audience.handover import actions, ticking
from lianyi.audience.handover.schemas import Level, State
from lianyi.foundation.access.schemas import Role
from lianyi.foundation.audit.models import AuditLine
from lianyi.foundation.members.actions import change_role, remove_member
from lianyi.foundation.outbox.models import OutboxRow
from lianyi.foundation.workspaces.queries import workspace_of_id
from lianyi.kernel.clock import to_micros

DAYS = [MONDAY + timedelta(days=days) for days in range(30)]


def test_the_next_gets_it_then_a_manager_and_there_it_stays(team: Team) -> None:
    manager, one, other = team.join(Role.MANAGER), team.join(), team.join()
    team.in_turns(one, other)
    team.tell(identify("a"))
    number = team.offer("a")
    due = MONDAY + timedelta(days=2, hours=6)
    assert team.escalate(due - timedelta(microseconds=1)) == 0
    assert team.escalate(due) == 1
    assert (team.one(number).member, team.one(number).level) == (other, Level.NEXT)
    assert team.escalate(due) == 0
    assert team.escalate(DAYS[8]) == 1
    assert (team.one(number).member, team.one(number).level) == (manager, Level.LAST)
    assert team.escalate(DAYS[29]) == 0
    assert team.turns(number) == [(one, "expired"), (other, "expired"), (manager, "")]
    assert team.names() == ["offered", "offered", "offered"]
    assert len({event.id for event in team.told}) == 3


def test_whoever_sells_alone_loses_it_to_an_owner_and_an_owner_keeps_it(team: Team) -> None:
    one, owner = team.join(), team.join(Role.OWNER)
    team.tell(identify("a"))
    number = team.offer("a")
    team.escalate(DAYS[9])
    assert (team.one(number).member, team.one(number).level) == (owner, Level.LAST)
    assert team.turns(number) == [(one, "expired"), (owner, "")]


def test_an_answer_stops_the_clock(team: Team) -> None:
    member = team.join()
    team.join()
    team.tell(identify("a"))
    number = team.offer("a", member)
    actions.accept(team.workspace, number, MONDAY, record=team.record)
    assert team.escalate(DAYS[20]) == 0
    assert (team.one(number).state, team.one(number).member) == (State.ACCEPTED, member)


def give_back(team: Team, now: datetime) -> int:
    return ticking.give_back(team.workspace, to_micros(now), team.record)


def test_what_somebody_has_who_leaves_is_offered_to_the_next_with_a_clock_of_their_own(team: Team) -> None:
    one, other = team.join(), team.join()
    team.in_turns(one, other)
    team.tell(identify("a"), identify("b"), identify("c"))
    accepted, offered, won = (team.offer(user, one) for user in "abc")
    for number in (accepted, won):
        actions.accept(team.workspace, number, MONDAY, record=team.record)
    actions.win(team.workspace, won, None, MONDAY, record=team.record)
    assert give_back(team, MONDAY) == 0
    remove_member(workspace_of_id(team.workspace), one, MONDAY)
    assert (give_back(team, DAYS[1]), give_back(team, DAYS[1])) == (2, 0)
    found = team.one(accepted)
    assert (found.state, found.member, found.due_at) == (State.OFFERED, other, to_micros(DAYS[3] + timedelta(hours=6)))
    assert [(each.member, each.state) for each in team.all()[1:]] == [(other, State.OFFERED), (one, State.WON)]
    assert team.turns(accepted) == [(one, "accepted"), (other, "")]
    assert team.turns(offered) == [(one, "passed"), (other, "")]
    assert team.names()[-2:] == ["offered", "offered"]
    assert team.told[-1].properties["member"] == other
    line = AuditLine.objects.filter(workspace=team.workspace, action="handover.given_back").order_by("pk").first()
    assert line is not None
    assert line.detail == {"handover": accepted, "person": team.person("a"), "member": other, "before": one}


def test_another_role_is_enough_and_where_nobody_may_it_waits_for_whoever_comes(team: Team) -> None:
    one = team.join()
    team.tell(identify("a"))
    number = team.offer("a", one)
    actions.accept(team.workspace, number, MONDAY, record=team.record)
    change_role(workspace_of_id(team.workspace), one, Role.VIEWER)
    assert (give_back(team, MONDAY), give_back(team, MONDAY)) == (1, 0)
    assert (team.one(number).state, team.one(number).member) == (State.OFFERED, None)
    manager = team.join(Role.MANAGER)
    assert team.escalate(DAYS[9]) == 1
    assert (team.one(number).member, team.turns(number)) == (manager, [(one, "accepted"), (manager, "")])


def test_workers_give_each_on_once(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ticking, "AT_ONCE", 20)
    members = [team.join() for _ in range(4)]
    team.in_turns(*members)
    users = [f"u{number}" for number in range(50)]
    team.tell(*(identify(user) for user in users))
    team.heat(*users[:1])
    for user in users[1:]:
        team.offer(user, members[0])
    team.told.clear()
    start, found, errors = threading.Barrier(3), [], []

    def work() -> None:
        try:
            start.wait()
            while many := ticking.escalate(team.workspace, to_micros(DAYS[20]), team.record):
                found.append(many)
        except BaseException as error:
            errors.append(error)
            raise
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert errors == []
    assert len({event.properties["handover"] for event in team.told}) == len(team.told) == len(users)
    assert {len(team.turns(one.number)) for one in team.all()} == {2}
    assert {one.level for one in team.all()} == {Level.NEXT}


def test_a_member_hears_once_of_all_that_came(team: Team) -> None:
    one, other = team.join(), team.join()
    team.tell(*(identify(user) for user in "abc"))
    team.offer("a", one), team.offer("b", one), team.offer("c", other)
    now = to_micros(MONDAY)
    assert ticking.tell_members(team.workspace, "https://marketing.example.com", now) == 2
    assert ticking.tell_members(team.workspace, "https://marketing.example.com", now) == 0
    rows = OutboxRow.objects.filter(workspace=team.workspace, kind="mail").order_by("pk")
    link = "https://marketing.example.com/handovers"
    assert [row.payload for row in rows] == [
        {"notice": "handover.offered", "member": one, "values": {"count": 2, "link": link}},
        {"notice": "handover.offered", "member": other, "values": {"count": 1, "link": link}},
    ]


def test_what_was_answered_before_the_mail_needs_none(team: Team) -> None:
    member = team.join()
    team.tell(identify("a"))
    actions.accept(team.workspace, team.offer("a", member), MONDAY, record=team.record)
    assert ticking.tell_members(team.workspace, "", to_micros(MONDAY)) == 0
