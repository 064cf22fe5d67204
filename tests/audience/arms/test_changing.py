"""What can be changed of a test, and until when."""

from datetime import UTC, datetime

import pytest
from tests.people.profiles.builders import Told

from lianyi.audience.arms import actions, queries
from lianyi.audience.arms.schemas import Arm, Draft
from lianyi.foundation.access.acting import acting_as
from lianyi.foundation.access.schemas import NOBODY, Denied
from lianyi.kernel.errors import Refused

pytestmark = pytest.mark.django_db

NOW = datetime(2024, 6, 1, tzinfo=UTC)
AB = Draft("Button", "spring", (Arm("plain"), Arm("red", 3)))


def test_a_draft_can_be_changed_and_a_running_test_cannot() -> None:
    workspace = Told().workspace
    test = actions.create_test(workspace, AB, NOW)
    assert (test.state, test.arms) == ("draft", AB.arms)
    heavier = AB._replace(arms=(Arm("plain", 2), Arm("red", 3)))
    assert actions.change_test(workspace, test.id, heavier).arms == heavier.arms
    running = actions.start_test(workspace, test.id, NOW)
    assert running.state == "running"
    for change in (
        lambda: actions.change_test(workspace, test.id, AB),
        lambda: actions.delete_test(workspace, test.id),
        lambda: actions.start_test(workspace, test.id, NOW),
    ):
        with pytest.raises(Refused):
            change()
    assert queries.test_of(workspace, test.id) == running
    ended = actions.end_test(workspace, test.id, NOW)
    assert ended.state == "ended"
    with pytest.raises(Refused, match="arms and weights are fixed"):
        actions.change_test(workspace, test.id, AB)
    with pytest.raises(Refused, match="does not run"):
        actions.end_test(workspace, test.id, NOW)
    with pytest.raises(Refused, match="started before"):
        actions.start_test(workspace, test.id, NOW)
    assert queries.newest_tests(workspace) == [ended]


@pytest.mark.parametrize(
    ("draft", "sentence"),
    [
        (AB._replace(name=""), "A name is missing"),
        (AB._replace(seed=" spring"), "has blanks around it"),
        (AB._replace(name="a\x00b"), "A name is missing"),
        (AB._replace(arms=(Arm("one"),)), "2 to 20 arms"),
        (AB._replace(arms=tuple(Arm(str(one)) for one in range(21))), "2 to 20 arms"),
        (AB._replace(arms=(Arm("one"), Arm("one"))), "Two arms have the same name"),
        (AB._replace(arms=(Arm("one"), Arm("two", 0))), "A weight is no whole number from 1 to 10000"),
        (AB._replace(arms=(Arm("one"), Arm("two", 10_001))), "A weight is no whole number"),
    ],
)
def test_what_cannot_be_drawn_by_is_refused(draft: Draft, sentence: str) -> None:
    workspace = Told().workspace
    with pytest.raises(Refused, match=sentence):
        actions.create_test(workspace, draft, NOW)
    assert queries.newest_tests(workspace) == []


def test_names_are_given_once_and_other_workspaces_see_nothing() -> None:
    mine, theirs = Told().workspace, Told().workspace
    test = actions.create_test(mine, AB, NOW)
    with pytest.raises(Refused, match="There is an experiment named 'button' already"):
        actions.create_test(mine, AB._replace(name="button"), NOW)
    actions.create_test(theirs, AB, NOW)
    other = actions.create_test(mine, AB._replace(name="Other"), NOW)
    with pytest.raises(Refused, match="already"):
        actions.change_test(mine, other.id, AB)
    assert actions.change_test(mine, test.id, AB).name == "Button"
    assert [one.name for one in queries.newest_tests(mine)] == ["Other", "Button"]
    assert queries.newest_tests(mine, before=other.id) == [test]
    for reach in (
        lambda: queries.test_of(theirs, test.id),
        lambda: queries.arms_of(theirs, test.id),
        lambda: actions.start_test(theirs, test.id, NOW),
        lambda: actions.delete_test(theirs, test.id),
        lambda: queries.test_of(mine, 2**40),
        lambda: actions.end_test(mine, -1, NOW),
    ):
        with pytest.raises(Refused, match="There is no experiment"):
            reach()
    actions.delete_test(mine, other.id)
    assert queries.newest_tests(mine) == [test]


def test_who_may_not_edit_people_makes_no_test() -> None:
    workspace = Told().workspace
    with acting_as(NOBODY), pytest.raises(Denied):
        actions.create_test(workspace, AB, NOW)
    assert queries.newest_tests(workspace) == []
