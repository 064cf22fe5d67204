"""Single cases of what a batch does."""

from contextlib import suppress

import pytest
from django.db import connection, transaction
from django.test import TestCase
from tests.people.identity.histories import asked, batch, claim, event, new_workspace, partition, persons, project

from lianyi.foundation.workspaces.models import Workspace
from lianyi.people.identity import queries
from lianyi.people.identity.projector import IdentityProjector

pytestmark = pytest.mark.django_db

COOKIE, OTHER = claim("cookie", "c1"), claim("cookie", "c2")
ANN, BOB = claim("user_id", "ann", strong=True), claim("user_id", "bob", strong=True)
PHONE = claim("phone", "+8613912345670", strong=True)


def test_numbers_are_given_in_order_of_first_appearance() -> None:
    workspace = new_workspace()
    one, two = project(workspace, [event(1, OTHER), event(2, ANN, COOKIE)], [event(3, COOKIE), event(4, BOB, COOKIE)])
    assert one.numbers == [1, 2]
    assert two.numbers == [3, 4]
    assert queries.find(workspace, [OTHER, ANN, COOKIE, BOB]) == {OTHER: 1, ANN: 2, COOKIE: 3, BOB: 4}


def test_an_anonymous_history_joins_its_person_on_identification() -> None:
    workspace = new_workspace()
    first, second, third = project(
        workspace, [event(1, COOKIE)], [event(2, ANN, COOKIE)], [event(3, COOKIE), event(4, ANN)]
    )
    assert (first.numbers, second.numbers, third.numbers) == ([1], [2], [1, 2])
    assert persons(workspace) == {("cookie", "shop", "c1"): 1, ("user_id", "shop", "ann"): 1}
    assert queries.numbers_of(workspace, 1) == [1, 2]
    assert queries.moves(workspace, 2) == [], "the user id was new, so nothing moved"


def test_two_histories_of_one_user_become_one_person() -> None:
    workspace = new_workspace()
    project(workspace, [event(1, COOKIE), event(2, ANN)], [event(3, BOB, OTHER), event(4, ANN, COOKIE)])
    assert queries.moves(workspace, 2) == [(2, 2, 1)]
    assert queries.persons_of(workspace, [1, 2, 3, 4, 99]) == {1: 1, 2: 1, 3: 3, 4: 3}
    assert queries.person_exists(workspace, 1)
    assert not queries.person_exists(workspace, 2)
    assert not queries.person_exists(workspace, 99)
    assert queries.counts(workspace) == (4, 2, 0)


def test_a_shared_browser_stays_with_its_first_user_and_each_strong_id_with_its_own() -> None:
    workspace = new_workspace()
    made = project(workspace, [event(1, ANN, COOKIE), event(2, BOB, COOKIE), event(3, COOKIE)])[0]
    assert made.numbers == [1, 3, 2]
    assert partition(workspace) == {frozenset({ANN[:3], COOKIE[:3]}), frozenset({BOB[:3]})}
    assert asked(workspace) == set(), "a weak link is left out without a question"


def test_a_shared_browser_goes_to_the_earlier_user_when_word_of_them_comes_late() -> None:
    workspace = new_workspace()
    project(workspace, [event(5, BOB, COOKIE)], [event(2, ANN, COOKIE)])
    assert partition(workspace) == {frozenset({ANN[:3], COOKIE[:3]}), frozenset({BOB[:3]})}
    assert queries.moves(workspace, 2) == [(2, 1, 2)]


def test_a_vouched_link_between_two_users_is_asked_about() -> None:
    workspace = new_workspace()
    project(workspace, [event(1, ANN, PHONE)], [event(2, BOB, PHONE)])
    assert partition(workspace) == {frozenset({ANN[:3], PHONE[:3]}), frozenset({BOB[:3]})}
    assert queries.questions(workspace) == [(2, 3, 1, 3, ("two_strong",), (("user_id", "shop"),), 2)]


def test_a_question_goes_when_an_earlier_statement_settles_it() -> None:
    workspace = new_workspace()
    spare = claim("phone", "+8613912345671", strong=True)
    project(workspace, [event(5, ANN, PHONE)], [event(6, BOB, PHONE)])
    assert asked(workspace) == {(2, 3)}
    project(workspace, [event(1, BOB, PHONE), event(2, ANN, spare)], first=3)
    assert partition(workspace) == {frozenset({BOB[:3], PHONE[:3]}), frozenset({ANN[:3], spare[:3]})}
    assert asked(workspace) == {(1, 2)}


def test_a_weak_link_yields_to_a_vouched_one() -> None:
    workspace = new_workspace()
    weak_phone = PHONE._replace(strong=False)
    project(workspace, [event(1, ANN, weak_phone)], [event(9, BOB, PHONE)])
    assert partition(workspace) == {frozenset({BOB[:3], PHONE[:3]}), frozenset({ANN[:3]})}


def test_a_browser_can_vouch_for_nothing_but_the_server_can_later() -> None:
    workspace = new_workspace()
    weak_ann, weak_bob = ANN._replace(strong=False), BOB._replace(strong=False)
    project(workspace, [event(1, weak_ann, COOKIE), event(2, weak_bob, COOKIE)])
    assert len(partition(workspace)) == 1
    project(workspace, [event(3, ANN)], first=2)
    assert len(partition(workspace)) == 1
    project(workspace, [event(4, BOB)], first=3)
    assert partition(workspace) == {frozenset({ANN[:3], COOKIE[:3]}), frozenset({BOB[:3]})}
    assert queries.moves(workspace, 3) == [(3, 1, 3)]


def test_a_cookie_is_never_strong_whatever_is_claimed() -> None:
    workspace = new_workspace()
    project(workspace, [event(1, ANN, COOKIE._replace(strong=True))])
    assert [(one.value, one.strong) for one in queries.identities_of(workspace, 1)] == [("ann", True), ("c1", False)]


def test_what_is_no_identity_gives_no_number_and_creates_nobody() -> None:
    workspace = new_workspace()
    nobody = claim("phone", "138****8888", strong=True)
    made = project(
        workspace, [event(1, nobody), event(2, nobody, COOKIE), event(3), event(4, claim("user_id", "null"))]
    )
    assert made[0].numbers == [0, 1, 0, 0]
    assert persons(workspace) == {COOKIE[:3]: 1}


def test_a_machine_creates_nobody_unless_somebody_vouches() -> None:
    workspace = new_workspace()
    made = project(
        workspace,
        [
            event(1, COOKIE, machine=True),
            event(2, OTHER),
            event(3, OTHER, machine=True),
            event(4, ANN, COOKIE, machine=True),
        ],
    )
    assert made[0].numbers == [0, 1, 0, 2]
    assert queries.counts(workspace) == (3, 2, 0)


def test_one_number_however_it_is_written() -> None:
    workspace = new_workspace()
    written = [claim("phone", text) for text in ("139 1234 5670", "+86-139-1234-5670", "１３９１２３４５６７０")]
    made = project(workspace, [event(at, one) for at, one in enumerate(written)], [event(9, written[1])])
    assert [one.numbers for one in made] == [[1, 1, 1], [1]]
    assert queries.find(workspace, written) == dict.fromkeys(written, 1)


def test_the_same_pair_a_thousand_times_is_one_row_with_the_earliest_time() -> None:
    workspace = new_workspace()
    project(
        workspace, [event(at, ANN, COOKIE) for at in range(100, 600)], [event(at, ANN, COOKIE) for at in range(50, 550)]
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT a, b, strength, occurred_at FROM link WHERE workspace = %s", [workspace])
        assert cursor.fetchall() == [(1, 2, 2, 50)]


def test_workspaces_do_not_know_each_other() -> None:
    one, other = new_workspace(), new_workspace()
    projector = IdentityProjector()
    for workspace in (one, other):
        with TestCase.captureOnCommitCallbacks(execute=True):
            projector.project(batch(workspace, 1, [event(1, ANN, COOKIE)]))
    with TestCase.captureOnCommitCallbacks(execute=True):
        projector.project(batch(one, 2, [event(2, OTHER)]))
    assert queries.counts(one) == (3, 2, 0)
    assert queries.counts(other) == (2, 1, 0)
    projector.forget(one)
    assert queries.counts(other) == (2, 1, 0)


def test_a_batch_projected_in_parts_ends_the_same() -> None:
    """As the pipeline does when one event of a batch cannot be taken: several calls with one batch number."""
    workspace, whole = new_workspace(), new_workspace()
    history = [[event(1, COOKIE), event(2, ANN), event(3, BOB)], [event(4, ANN, COOKIE), event(5, OTHER, COOKIE)]]
    project(whole, *history)
    project(workspace, history[0])
    for one in history[1]:
        project(workspace, [one], first=2)
    projector = IdentityProjector()
    assert projector.fingerprint(workspace) == projector.fingerprint(whole)
    assert queries.moves(workspace, 2) == [(2, 2, 1)]


def test_an_unknown_region_or_workspace_is_refused() -> None:
    from lianyi.kernel.errors import Refused

    with pytest.raises(Refused, match="There is no workspace"):
        IdentityProjector().project(batch(10**9 - 1, 1, [event(1, COOKIE)]))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM identity WHERE workspace = %s", [10**9 - 1])
        assert cursor.fetchone() == (0,)


def test_another_region_reads_numbers_anew() -> None:
    workspace = new_workspace()
    projector = IdentityProjector()
    national = claim("phone", "0121 234 5678")
    with TestCase.captureOnCommitCallbacks(execute=True):
        made = batch(workspace, 1, [event(1, national)])
        projector.project(made)
    assert made.numbers == [0]
    Workspace.objects.filter(pk=workspace).update(region="GB")
    made = batch(workspace, 2, [event(2, national)])
    projector.project(made)
    assert made.numbers == [1]
    assert persons(workspace) == {("phone", "", "+441212345678"): 1}


def _project_and_crash(projector: IdentityProjector, workspace: int) -> None:
    with suppress(RuntimeError), transaction.atomic():
        projector.project(batch(workspace, 1, [event(1, ANN, COOKIE)]))
        raise RuntimeError("a later projector crashed")


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_batch_leaves_nothing_behind_in_memory_either() -> None:
    workspace = new_workspace()
    projector = IdentityProjector()
    _project_and_crash(projector, workspace)
    assert queries.counts(workspace) == (0, 0, 0)
    made = batch(workspace, 1, [event(2, BOB), event(3, ANN, COOKIE)])
    with transaction.atomic():
        projector.project(made)
    assert made.numbers == [1, 2], "numbers of the lost transaction are given again"
    assert partition(workspace) == {frozenset({BOB[:3]}), frozenset({ANN[:3], COOKIE[:3]})}


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_savepoint_is_not_remembered() -> None:
    workspace = new_workspace()
    projector = IdentityProjector()
    with transaction.atomic():
        _project_and_crash(projector, workspace)
        made = batch(workspace, 1, [event(2, BOB)])
        projector.project(made)
    again = batch(workspace, 2, [event(3, ANN), event(4, BOB)])
    with transaction.atomic():
        projector.project(again)
    assert (made.numbers, again.numbers) == ([1], [2, 1])


@pytest.mark.django_db(transaction=True)
def test_memory_is_true_after_another_process_projected_or_took_numbers_back() -> None:
    workspace = new_workspace()
    mine, theirs = IdentityProjector(), IdentityProjector()
    for number, (projector, events) in enumerate(
        [(mine, [event(1, ANN)]), (theirs, [event(2, BOB, COOKIE), event(3, ANN)]), (mine, [event(4, COOKIE, OTHER)])],
        1,
    ):
        with transaction.atomic():
            projector.project(batch(workspace, number, events))
    assert partition(workspace) == {frozenset({ANN[:3]}), frozenset({BOB[:3], COOKIE[:3], OTHER[:3]})}
    with transaction.atomic():
        theirs.forget(workspace)
    again = batch(workspace, 1, [event(4, COOKIE, OTHER), event(1, ANN)])
    with transaction.atomic():
        mine.project(again)
    assert again.numbers == [3, 1], "the register kept the numbers"
    assert partition(workspace) == {frozenset({ANN[:3]}), frozenset({COOKIE[:3], OTHER[:3]})}


@pytest.mark.django_db(transaction=True)
def test_memory_is_bounded() -> None:
    workspace = new_workspace()
    projector = IdentityProjector(entries=50)
    for number in range(1, 11):
        events = [event(at, claim("user_id", f"u{number}-{at}", strong=True), COOKIE) for at in range(20)]
        made = batch(workspace, number, events)
        with transaction.atomic():
            projector.project(made)
        assert len(projector._memory) <= 100
        again = batch(workspace, number, events)
        projector.attach(again)
        assert again.numbers == made.numbers
    assert queries.counts(workspace) == (201, 200, 0)
    projector.forget_cache()
    assert len(projector._memory) == 0


@pytest.mark.django_db(transaction=True)
def test_attaching_changes_nothing_and_learns_nothing_that_is_still_to_be_projected() -> None:
    workspace = new_workspace()
    projector = IdentityProjector()
    weak = ANN._replace(strong=False)
    with transaction.atomic():
        projector.project(batch(workspace, 1, [event(1, weak, COOKIE), event(2, BOB)]))
    before = projector.fingerprint(workspace)
    fresh = IdentityProjector()
    ahead = batch(workspace, 2, [event(3, ANN, COOKIE), event(4, OTHER), event(5, BOB)])
    for _ in range(2):
        fresh.attach(ahead)
        assert ahead.numbers == [1, 0, 3]
    assert projector.fingerprint(workspace) == before
    with transaction.atomic():
        fresh.project(ahead)
    assert ahead.numbers == [1, 4, 3]
    assert [one.strong for one in queries.identities_of(workspace, 1)] == [True, False]
