"""What other rooms and pages are told."""

import pytest
from tests.people.identity.histories import claim, event, new_workspace, project

from lianyi.people.identity import queries
from lianyi.people.identity.projector import IdentityProjector
from lianyi.people.identity.schemas import IdentityOf

pytestmark = pytest.mark.django_db

COOKIE, OTHER = claim("cookie", "c1"), claim("cookie", "c2")
ANN = claim("user_id", "ann", strong=True)
PHONE = claim("phone", "139 1234 5670", strong=True)


def test_a_person_s_identities_in_order_of_appearance() -> None:
    workspace = new_workspace()
    project(workspace, [event(7, COOKIE), event(8, ANN, COOKIE), event(9, OTHER), event(10, ANN, PHONE)])
    assert queries.identities_of(workspace, 1) == [
        IdentityOf(1, "cookie", "shop", "c1", False, 7),
        IdentityOf(2, "user_id", "shop", "ann", True, 8),
        IdentityOf(4, "phone", "", "+8613912345670", True, 10),
    ]
    assert queries.numbers_of(workspace, 3) == [3]
    for nobody in (-1, 0, 2, 99, 2**31, 2**64):
        assert queries.numbers_of(workspace, nobody) == []
        assert not queries.person_exists(workspace, nobody)


def test_finding_is_by_what_is_stated_and_not_by_how_or_by_whom() -> None:
    workspace = new_workspace()
    project(workspace, [event(1, PHONE), event(2, COOKIE)])
    weak = claim("phone", "+8613912345670")
    unknown, elsewhere = claim("phone", "139 1234 5679"), claim("cookie", "c1", scope="app")
    assert queries.find(workspace, [weak, COOKIE, unknown, elsewhere, claim("phone", "无")]) == {weak: 1, COOKIE: 2}
    assert queries.find(new_workspace(), [weak]) == {}
    assert queries.find(workspace, []) == {}


def test_the_map_of_moved_identities_and_nobody_s_after_a_forget() -> None:
    workspace = new_workspace()
    assert [column.tolist() for column in queries.moved_map(workspace)] == [[], []]
    project(workspace, [event(1, COOKIE), event(2, OTHER), event(3, ANN, COOKIE), event(4, ANN, OTHER)])
    assert [column.tolist() for column in queries.moved_map(workspace)] == [[2, 3], [1, 1]]
    assert queries.persons_of(workspace, [1, 2, 3, 4]) == {1: 1, 2: 1, 3: 1}
    IdentityProjector().forget(workspace)
    assert [column.tolist() for column in queries.moved_map(workspace)] == [[1, 2, 3], [0, 0, 0]]
    assert queries.persons_of(workspace, [1, 2, 3]) == {}
    assert queries.find(workspace, [ANN, COOKIE]) == {}
    assert queries.counts(workspace) == (0, 0, 0)
    assert queries.questions(workspace) == []
    assert queries.merges_of(workspace, 1) == []


def test_questions_are_in_order_of_their_statement() -> None:
    workspace = new_workspace()
    users = [claim("user_id", f"u{n}", strong=True) for n in range(4)]
    phones = [claim("phone", f"139123456{n}0", strong=True) for n in range(2)]
    project(
        workspace,
        [event(1, users[0], phones[0]), event(2, users[1], phones[1])],
        [event(9, users[2], phones[0]), event(5, users[3], phones[1])],
    )
    found = queries.questions(workspace)
    assert [(one.a, one.b, one.person_a, one.person_b) for one in found] == [(4, 6, 3, 6), (2, 5, 1, 5)]
    assert {one.reasons for one in found} == {("two_strong",)}
    assert {one.spaces for one in found} == {(("user_id", "shop"),)}
    assert queries.questions(workspace, limit=1) == found[:1]
