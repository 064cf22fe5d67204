"""Who is offered to whom: by the event of a score, by the rules, once, and not while they are left in peace."""

from datetime import timedelta
from typing import Any

import pytest
from tests.audience.handover.conftest import MONDAY, Team
from tests.people.erasing.told import identify

from lianyi.assembly.replay import replay
from lianyi.audience.handover import actions
from lianyi.audience.handover.schemas import AssignmentRule, Rejection, State, Way
from lianyi.audience.segments.actions import create_list, create_segment, delete_segment
from lianyi.audience.segments.models import MembersRow, SegmentRow
from lianyi.foundation.access.schemas import Role
from lianyi.kernel.clock import from_micros, to_micros
from lianyi.kernel.errors import Refused
from lianyi.rules.reading import BadRule, read

PHONE = {"kind": "identified", "by": "phone"}


def test_whoever_becomes_hot_is_offered_to_those_who_sell_in_turn(team: Team) -> None:
    team.join(Role.OWNER)
    one, other = team.join(), team.join()
    team.join(Role.VIEWER)
    team.tell(*(identify(user) for user in "abcd"))
    team.heat("a", "b", "c")
    team.heat("d", to="watch")
    assert team.given() == [(team.person("a"), one), (team.person("b"), other), (team.person("c"), one)]
    first = team.all()[0]
    assert (first.state, first.fit, first.engagement, first.rule) == (State.OFFERED, 80.0, 61.5, "")


def test_the_same_event_a_second_score_and_a_replay_offer_nobody_again(team: Team) -> None:
    team.join()
    team.tell(identify("a"))
    team.heat("a")
    team.heat("a")
    assert len(team.all()) == 1
    assert replay(team.workspace, "handover", check=True).different == []
    replay(team.workspace, "handover", check=False)
    assert len(team.all()) == 1


def test_what_a_sender_calls_a_score_offers_nobody(team: Team) -> None:
    team.join()
    team.tell({"event": "score.changed", "userId": "a", "properties": {"to": "hot"}}, identify("a"))
    assert team.all() == []


def test_an_offer_is_an_event_and_a_line_of_the_timeline(team: Team) -> None:
    member = team.join()
    team.tell(identify("a"))
    number = team.offer("a")
    (event,) = team.told
    assert (event.name, event.who) == ("handover.offered", [("user_id", "default", "a", True)])
    due = team.one(number).due_at
    assert due is not None
    assert event.properties == {
        "handover": number, "member": member, "rule": "", "due_at": from_micros(due).isoformat()
    }  # fmt: skip


def test_the_clock_runs_in_working_time(team: Team) -> None:
    team.join()
    team.tell(identify("a"), identify("b"))
    due = team.one(team.offer("a")).due_at
    assert due == to_micros(MONDAY + timedelta(days=2, hours=6))  # nine hours a day: Wednesday 15:00
    friday = MONDAY + timedelta(days=4, hours=8)  # 17:00
    team.assign(accept_minutes=120)
    assert team.one(team.offer("b", now=friday)).due_at == to_micros(MONDAY + timedelta(days=7, hours=1))


def test_rules_are_asked_in_order_and_whom_none_finds_is_for_all_who_sell(team: Team) -> None:
    seller, east, north, reach = (team.join() for _ in range(4))
    team.tell(
        identify("a", city="上海", phone="13800000001"),
        identify("b", city="上海"),
        identify("c", city="北京"),
        identify("d", city="广州"),
    )
    team.assign(
        AssignmentRule("reachable", Way.MEMBER, PHONE, (reach,)),
        AssignmentRule("region", Way.TABLE, trait="city", table={"上海": east, "北京": north}),
    )
    team.heat("a", "b", "c", "d")
    assert [(one.member, one.rule) for one in team.all()] == [
        (reach, "reachable"),
        (east, "region"),
        (north, "region"),
        (seller, ""),
    ]


def test_one_who_may_take_no_more_is_passed_over(team: Team) -> None:
    from lianyi.foundation.members.models import Membership

    gone, stays = team.join(), team.join()
    team.in_turns(gone, stays)
    Membership.objects.filter(member=gone).update(role=Role.VIEWER)
    team.tell(identify("a"), identify("b"))
    team.heat("a", "b")
    assert [one.member for one in team.all()] == [stays, stays]


def test_whoever_sold_to_a_person_gets_them_again(team: Team) -> None:
    team.join()
    owner = team.join()
    team.assign(AssignmentRule("owner", Way.OWNER))
    team.tell(identify("a"))
    number = team.offer("a", owner)
    actions.accept(team.workspace, number, MONDAY, record=team.record)
    actions.win(team.workspace, number, None, MONDAY, record=team.record)
    team.heat("a")
    assert (team.all()[1].member, team.all()[1].rule) == (owner, "owner")


def test_where_nobody_may_take_the_offer_waits_for_a_manager(team: Team) -> None:
    team.tell(identify("a"))
    number = team.offer("a")
    assert (team.one(number).member, team.turns(number)) == (None, [])
    manager = team.join(Role.MANAGER)
    assert team.escalate(MONDAY + timedelta(days=3)) == 1
    assert (team.one(number).member, team.turns(number)) == (manager, [(manager, "")])


def test_whoever_was_rejected_is_left_in_peace_for_a_while(team: Team) -> None:
    team.join()
    team.assign(pause_days=30)
    team.tell(identify("a"))
    team.heat("a")
    (first,) = team.all()
    now = from_micros(first.offered_at)
    actions.reject(team.workspace, first.number, Rejection.UNFIT, now, record=team.record)
    assert team.one(first.number).paused_until == to_micros(now + timedelta(days=30))
    team.heat("a")
    assert len(team.all()) == 1
    team.brand.rows("UPDATE handover SET paused_until = 1 WHERE workspace = %s RETURNING 1")
    team.heat("a")
    assert len(team.all()) == 2


def test_by_hand_even_one_who_is_left_in_peace_and_nobody_twice(team: Team) -> None:
    member = team.join()
    team.tell(identify("a"))
    number = team.offer("a", member)
    with pytest.raises(Refused, match="handed over already"):
        team.offer("a")
    actions.reject(team.workspace, number, Rejection.OTHER, MONDAY, record=team.record)
    assert team.offer("a") == number + 1
    with pytest.raises(Refused, match="may not take"):
        actions.offer_person(team.workspace, team.person("a"), team.join(Role.VIEWER), MONDAY)
    with pytest.raises(Refused, match="no person"):
        actions.offer_person(team.workspace, 10**6, None, MONDAY)


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({"name": "", "way": Way.OWNER}, "handover.name"),
        ({"name": " x", "way": Way.OWNER}, "handover.name"),
        ({"name": "x", "way": Way.TURNS}, "handover.members"),
        ({"name": "x", "way": Way.MEMBER, "members": (10**6,)}, "handover.member"),
        ({"name": "x", "way": Way.TABLE, "trait": "nothing", "table": {"a": 1}}, "handover.trait"),
    ],
)
def test_rules_that_cannot_be_meant_are_refused(team: Team, rule: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        team.assign(AssignmentRule(**rule))
    assert refused.value.code == code


def test_two_rules_of_one_name_and_a_rule_of_what_is_not_there_are_refused(team: Team) -> None:
    with pytest.raises(Refused, match="Two rules"):
        team.assign(AssignmentRule("x", Way.OWNER), AssignmentRule("x", Way.OWNER))
    inside = {"kind": "all_of", "rules": [{"kind": "in_segment", "segment": 7}]}
    with pytest.raises(BadRule) as caught:
        team.assign(AssignmentRule("x", Way.OWNER), AssignmentRule("y", Way.OWNER, inside))
    assert [one.place for one in caught.value.problems] == ["rules[1].rule.rules[0].segment"]
    with pytest.raises(Refused, match="1 minute"):
        team.assign(accept_minutes=0)


def test_a_rule_whose_segment_has_gone_holds_for_nobody(team: Team) -> None:
    seller, other = team.join(), team.join()
    team.tell(identify("a"), identify("b"))
    segment = create_list(team.workspace, "S", [team.person("a")], MONDAY)
    team.assign(AssignmentRule("x", Way.MEMBER, {"kind": "in_segment", "segment": segment}, (other,)))
    for model in (MembersRow, SegmentRow):
        model.objects.filter(workspace=team.workspace).delete()
    team.heat("a")
    assert [one.member for one in team.all()] == [seller]


def test_a_segment_that_a_rule_asks_for_is_not_deleted_and_the_refusal_names_all(team: Team) -> None:
    member = team.join()
    team.tell(identify("a"))
    segment = create_list(team.workspace, "S", [team.person("a")], MONDAY)
    inside = {"kind": "in_segment", "segment": segment}
    create_segment(team.workspace, "Outer", read({"kind": "not", "rule": inside}), MONDAY)
    team.assign(
        AssignmentRule("South", Way.MEMBER, {"kind": "any_of", "rules": [inside, inside]}, (member,)),
        AssignmentRule("All", Way.TURNS, None, (member,)),
        AssignmentRule("North", Way.OWNER, inside),
    )
    with pytest.raises(Refused) as caught:
        delete_segment(team.workspace, segment)
    assert str(caught.value.sentence) == (
        "Rules ask for 'S': the segment 'Outer', the rule of hand-over 'North', the rule of hand-over 'South'."
    )
    team.assign()
    with pytest.raises(Refused, match="Rules ask for 'S': the segment 'Outer'"):
        delete_segment(team.workspace, segment)
