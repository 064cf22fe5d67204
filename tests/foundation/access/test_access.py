"""Who may do what, and where."""

import pytest

from lianyi.foundation.access.acting import acting_as, current_actor, needs
from lianyi.foundation.access.schemas import ABILITIES, NOBODY, OPERATOR, SYSTEM, Ability, Actor, Denied, Role


@needs(Ability.EDIT_PEOPLE)
def rename(workspace: int, name: str) -> str:
    return f"{workspace} {name} {current_actor().name}"


def member(role: Role, workspace: int = 1) -> Actor:
    return Actor("member:3", workspace, ABILITIES[role])


def test_an_action_is_done_for_whoever_has_the_ability_there() -> None:
    assert rename(1, "a") == "1 a system"
    with acting_as(OPERATOR):
        assert rename(7, "b") == "7 b cli"
    for role in (Role.OWNER, Role.MANAGER, Role.EDITOR, Role.AGENT, Role.SALES):
        with acting_as(member(role)):
            assert rename(1, "c") == "1 c member:3"
    assert current_actor() is SYSTEM


def test_it_refuses_everybody_else() -> None:
    for actor in (NOBODY, member(Role.ANALYST), member(Role.VIEWER), member(Role.OWNER, workspace=2)):
        with acting_as(actor), pytest.raises(Denied) as denied:
            rename(1, "d")
        assert denied.value.code == "access.denied"
        assert "people.edit" in str(denied.value)


def test_only_an_owner_appoints_owners_and_the_least_may_only_look() -> None:
    assert [role for role in Role if Ability.APPOINT_OWNERS in ABILITIES[role]] == [Role.OWNER]
    assert ABILITIES[Role.VIEWER] == {Ability.SEE_REPORTS, Ability.SEE_PEOPLE}
    assert all(ABILITIES[Role.VIEWER] <= abilities for abilities in ABILITIES.values())
