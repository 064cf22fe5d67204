"""What members do with what is offered to them, and what an act leaves: a state, an event, a line of the audit log."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.audience.handover.conftest import MONDAY, Team
from tests.people.erasing.told import identify

from lianyi.audience.handover import actions, measuring, queries
from lianyi.audience.handover.queries import Wish
from lianyi.audience.handover.schemas import Loss, Rejection, State
from lianyi.foundation.access.acting import acting_as
from lianyi.foundation.access.schemas import ABILITIES, Actor, Denied, Role
from lianyi.foundation.audit.models import AuditLine
from lianyi.kernel.clock import DAY, to_micros
from lianyi.kernel.errors import Refused
from lianyi.kernel.money import Money

HOUR = timedelta(hours=1)


def offered(team: Team, *users: str, member: int | None = None) -> list[int]:
    team.tell(*(identify(user) for user in users))
    numbers = [team.offer(user, member) for user in users]
    team.told.clear()
    return numbers


def test_accepted_and_won(team: Team) -> None:
    member = team.join()
    (number,) = offered(team, "a")
    team.as_(member, actions.accept, number, MONDAY + HOUR)
    assert (team.one(number).state, team.turns(number)) == (State.ACCEPTED, [(member, "accepted")])
    assert queries.takes(team.workspace, number)[0].worked == 3600
    money = Money(Decimal("1234.50"), "CNY")
    team.as_(member, actions.win, number, money, MONDAY + 2 * HOUR, note=" signed ")
    one = team.one(number)
    assert (one.state, one.amount, one.currency, one.note) == (State.WON, Decimal("1234.50"), "CNY", "signed")
    assert one.paused_until is None
    assert [(event.name, event.properties) for event in team.told] == [
        ("handover.accepted", {"handover": number, "member": member}),
        ("handover.won", {"handover": number, "member": member, "amount": "1234.5", "currency": "CNY"}),
    ]
    lines = AuditLine.objects.filter(workspace=team.workspace, action__startswith="handover.").order_by("pk")
    detail = {"handover": number, "person": team.person("a"), "member": member}
    assert [(line.actor, line.action, line.detail) for line in lines][1:] == [
        (f"member:{member}", "handover.accepted", detail),
        (f"member:{member}", "handover.won", detail),
    ]


def test_accepted_and_lost_is_left_in_peace(team: Team) -> None:
    member = team.join()
    (number,) = offered(team, "a")
    team.as_(member, actions.accept, number, MONDAY)
    team.as_(member, actions.lose, number, Loss.PRICE, MONDAY, note="too dear")
    one = team.one(number)
    assert (one.state, one.reason, one.paused_until) == (State.LOST, "price", to_micros(MONDAY) + 30 * DAY)
    assert team.told[-1].properties == {"handover": number, "member": member, "reason": "price"}


@pytest.mark.parametrize("act", [actions.win, actions.lose])
def test_only_what_was_accepted_is_won_or_lost(team: Team, act: Any) -> None:
    member = team.join()
    (number,) = offered(team, "a")
    how = None if act is actions.win else Loss.OTHER
    with pytest.raises(Refused) as refused:
        team.as_(member, act, number, how, MONDAY)
    assert refused.value.code == "handover.state"
    team.as_(member, actions.reject, number, Rejection.OTHER, MONDAY)
    with pytest.raises(Refused) as refused:
        team.as_(member, act, number, how, MONDAY)
    assert refused.value.code == "handover.closed"


def test_an_act_twice_is_refused_and_changes_nothing(team: Team) -> None:
    member = team.join()
    (number,) = offered(team, "a")
    team.as_(member, actions.accept, number, MONDAY)
    with pytest.raises(Refused):
        team.as_(member, actions.accept, number, MONDAY + HOUR)
    assert (team.names(), team.one(number).changed_at) == (["accepted"], to_micros(MONDAY))


def test_whose_it_is_not_does_nothing_unless_they_manage(team: Team) -> None:
    one, other, manager = team.join(), team.join(), team.join(Role.MANAGER)
    (number,) = offered(team, "a", member=one)
    for act in (
        actions.accept,
        lambda *given, **named: actions.reject(*given[:2], Rejection.OTHER, *given[2:], **named),
    ):
        with pytest.raises(Refused, match="another member"):
            team.as_(other, act, number, MONDAY)
    viewer = team.join(Role.VIEWER)
    with pytest.raises(Denied):
        team.as_(viewer, actions.accept, number, MONDAY)
    team.as_(manager, actions.accept, number, MONDAY)
    assert (team.one(number).member, team.turns(number)) == (manager, [(one, "passed"), (manager, "accepted")])


def test_a_program_acts_for_the_member_who_has_it_or_whom_it_names(team: Team) -> None:
    one, other = team.join(), team.join()
    first, second = offered(team, "a", "b", member=one)
    program = Actor("token:1", team.workspace, ABILITIES[Role.SALES])
    with acting_as(program):
        actions.accept(team.workspace, first, MONDAY)
        actions.accept(team.workspace, second, MONDAY, member=other)
        with pytest.raises(Refused, match="may not take"):
            actions.pass_on(team.workspace, first, 10**6, MONDAY)
    assert [team.one(number).member for number in (first, second)] == [one, other]


def test_passed_on_it_is_an_offer_again(team: Team) -> None:
    one, other = team.join(), team.join()
    (number,) = offered(team, "a", member=one)
    team.as_(one, actions.accept, number, MONDAY)
    team.as_(one, actions.pass_on, number, other, MONDAY + HOUR)
    found = team.one(number)
    assert (found.state, found.member) == (State.OFFERED, other)
    assert found.due_at == to_micros(MONDAY + timedelta(days=2, hours=7))
    assert team.turns(number) == [(one, "accepted"), (other, "")]
    with pytest.raises(Refused, match="has it already"):
        team.as_(other, actions.pass_on, number, other, MONDAY)


@pytest.mark.parametrize("money", [("-1", "CNY"), ("1.0000001", "CNY"), ("NaN", "CNY"), ("1", "yuan")])
def test_an_amount_that_is_none_is_refused(team: Team, money: tuple[str, str]) -> None:
    member = team.join()
    (number,) = offered(team, "a")
    team.as_(member, actions.accept, number, MONDAY)
    with pytest.raises(Refused):
        team.as_(member, actions.win, number, Money(Decimal(money[0]), money[1]), MONDAY)
    assert team.one(number).state is State.ACCEPTED


def test_what_another_workspace_has_is_unknown(team: Team) -> None:
    team.join()
    (number,) = offered(team, "a")
    for strange in (number + 1, 2**40, 0):
        with pytest.raises(Refused) as refused:
            actions.accept(team.workspace, strange, MONDAY)
        assert refused.value.code == "handover.unknown"
    with pytest.raises(Refused) as refused:
        queries.handover(team.workspace + 1, number)
    assert refused.value.code == "handover.unknown"


def test_lists_go_on_behind_a_place(team: Team) -> None:
    one, other = team.join(), team.join()
    numbers = offered(team, *"abcde", member=one)
    team.as_(one, actions.pass_on, numbers[0], other, MONDAY + HOUR)
    found, behind = [], None
    while page := queries.handovers(team.workspace, behind=behind, limit=2):
        found += [row.number for row in page]
        behind = queries.place_of(page[-1])
    assert found == [numbers[0], *reversed(numbers[1:])]
    mine = queries.handovers(team.workspace, Wish([State.OFFERED], other))
    assert [row.number for row in mine] == numbers[:1]
    assert queries.handovers(team.workspace, Wish([State.WON])) == []
    assert [row.number for row in queries.every_handover(team.workspace)] == found
    assert queries.count(team.workspace, State.OFFERED) == 5
    assert queries.count(team.workspace, State.OFFERED, other) == 1


def test_pace_by_member_and_by_source(team: Team) -> None:
    one, other = team.join(), team.join()
    source = {"campaign": {"source": "wechat", "name": "spring"}}
    team.tell(*(identify(user) for user in "abcd"))
    team.tell({"userId": "a", "context": source}, {"userId": "b", "context": source})
    numbers = [team.offer(user, member) for user, member in zip("abcd", (one, one, other, other), strict=True)]
    team.as_(one, actions.accept, numbers[0], MONDAY + HOUR)
    team.as_(one, actions.accept, numbers[1], MONDAY + 3 * HOUR)
    team.as_(other, actions.reject, numbers[2], Rejection.UNFIT, MONDAY + HOUR)
    team.as_(one, actions.win, numbers[0], Money(Decimal(10), "CNY"), MONDAY + 4 * HOUR)
    team.as_(one, actions.lose, numbers[1], Loss.PRICE, MONDAY + 4 * HOUR)
    since, until = to_micros(MONDAY), to_micros(MONDAY) + DAY
    won = (("CNY", Decimal(10)),)
    found = measuring.pace_by_member(team.workspace, since, until)
    assert found == [
        (one, 2, 2, 0, 0, 0, 2 * 3600.0, 1, 1, won),
        (other, 2, 0, 1, 0, 1, None, 0, 0, ()),
    ]
    assert [pace.rate for pace in found] == [1.0, 0.0]
    assert measuring.pace_by_source(team.workspace, since, until) == [
        ("wechat", 2, 2, 0, 0, 0, 2 * 3600.0, 1, 1, won),
        ("", 2, 0, 1, 0, 1, None, 0, 0, ()),
    ]
    assert measuring.pace_by_member(team.workspace, until, until + DAY) == []
