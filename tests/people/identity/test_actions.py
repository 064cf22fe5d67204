"""Members' decisions, by the way they really go: action, log, sequencer, decoding, projector."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import connection
from tests.people.identity.histories import asked, claim, event, new_workspace, partition, persons, project

from lianyi.events.log.queries import signed
from lianyi.events.log.reading import decode
from lianyi.events.log.sequencer import Sequencer
from lianyi.foundation.access.acting import acting_as
from lianyi.foundation.access.schemas import ALL, Actor
from lianyi.foundation.audit.models import AuditLine
from lianyi.kernel.errors import Refused
from lianyi.people.identity import actions, queries
from lianyi.people.identity.projector import IdentityProjector

pytestmark = pytest.mark.django_db

COOKIE, OTHER = claim("cookie", "c1"), claim("cookie", "c2")
ANN, BOB = claim("user_id", "ann", strong=True), claim("user_id", "bob", strong=True)
PHONE = claim("phone", "+8613912345670", strong=True)
NOW = datetime(2026, 11, 1, tzinfo=UTC)
_later = count(1)


def now() -> datetime:
    return NOW + timedelta(minutes=next(_later))


def run_pipeline(workspace: int) -> list[Any]:
    """What the log holds goes through the projector."""
    made = []
    for numbered in Sequencer(lambda _, __: set()).number_rows():
        one, failed = decode(numbered, signed())
        assert failed == []
        assert one.workspace == workspace
        one.number += 1_000
        IdentityProjector().project(one)
        made.append(one)
    return made


def state(workspace: int) -> tuple[Any, ...]:
    return persons(workspace), asked(workspace)


def logged() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM log")
        return int(cursor.fetchone()[0])


def test_a_merge_and_its_unmerge_are_exact_inverses() -> None:
    workspace = new_workspace()
    project(workspace, [event(1, COOKIE), event(2, ANN, OTHER), event(3, BOB, COOKIE), event(4, BOB, PHONE)])
    before = state(workspace)
    assert queries.numbers_of(workspace, 1) == [1, 4, 5]
    assert queries.numbers_of(workspace, 2) == [2, 3]

    with acting_as(Actor("member:3", None, ALL)):
        merged = actions.merge(workspace, 2, 1, now())
    assert state(workspace) == before, "nothing happens before the pipeline comes to it"
    made = run_pipeline(workspace)[0]
    assert made.numbers == [2]
    assert (made.events[0].origin, made.events[0].name) == ("member:3", "person.merged")
    assert queries.numbers_of(workspace, 1) == [1, 2, 3, 4, 5]
    assert queries.moves(workspace, made.number) == [(2, 2, 1), (3, 2, 1)]
    assert [one.event_id for one in queries.merges_of(workspace, 1)] == [merged]

    actions.undo_merge(workspace, merged, now())
    made = run_pipeline(workspace)[0]
    assert state(workspace) == before
    assert queries.moves(workspace, made.number) == [(2, 1, 2), (3, 1, 2)]
    assert queries.merges_of(workspace, 1) == []
    assert [line.action for line in AuditLine.objects.filter(workspace=workspace).order_by("pk")][1:] == [
        "people.merged",
        "people.unmerged",
    ]


def test_a_merge_joins_what_nothing_else_may_and_a_later_cookie_still_finds_its_way() -> None:
    workspace = new_workspace()
    project(workspace, [event(1, ANN), event(2, BOB)])
    actions.merge(workspace, 1, 2, now())
    run_pipeline(workspace)
    project(workspace, [event(3, BOB, COOKIE)], first=2)
    assert len(partition(workspace)) == 1


def test_a_merge_drives_nobody_out_however_many_strong_identities_meet() -> None:
    workspace = new_workspace()
    phone = claim("phone", "+8613912345671", strong=True)
    project(workspace, [event(1, COOKIE, ANN), event(2, OTHER, BOB), event(3, ANN, PHONE), event(4, BOB, phone)])
    before = state(workspace)
    merged = actions.merge(workspace, 1, 3, now())
    run_pipeline(workspace)
    assert set(persons(workspace).values()) == {1}
    actions.undo_merge(workspace, merged, now())
    run_pipeline(workspace)
    assert state(workspace) == before


def test_one_identity_is_split_off_a_merged_person_and_the_rest_stays_merged() -> None:
    workspace = new_workspace()
    project(workspace, [event(1, ANN, PHONE), event(2, BOB, COOKIE)])
    actions.merge(workspace, 1, 3, now())
    run_pipeline(workspace)
    actions.unmerge(workspace, 1, [2], now())
    run_pipeline(workspace)
    assert partition(workspace) == {frozenset({ANN[:3], BOB[:3], COOKIE[:3]}), frozenset({PHONE[:3]})}
    assert asked(workspace) == set()


def test_what_was_learned_after_a_merge_stays_where_it_belongs_after_the_unmerge() -> None:
    workspace = new_workspace()
    project(workspace, [event(1, ANN), event(2, BOB)])
    merged = actions.merge(workspace, 1, 2, now())
    run_pipeline(workspace)
    project(workspace, [event(3, ANN, COOKIE), event(4, BOB, OTHER), event(5, OTHER, PHONE)], first=2)
    actions.undo_merge(workspace, merged, now())
    run_pipeline(workspace)
    assert partition(workspace) == {frozenset({ANN[:3], COOKIE[:3]}), frozenset({BOB[:3], OTHER[:3], PHONE[:3]})}
    project(workspace, [event(6, ANN, OTHER), event(7, BOB, COOKIE)], first=3)
    assert partition(workspace) == {frozenset({ANN[:3], COOKIE[:3]}), frozenset({BOB[:3], OTHER[:3], PHONE[:3]})}


def test_a_group_that_the_system_made_can_be_split_and_stays_split() -> None:
    workspace = new_workspace()
    project(workspace, [event(1, ANN, COOKIE), event(2, COOKIE, OTHER), event(3, ANN, PHONE)])
    assert persons(workspace) == dict.fromkeys((ANN[:3], COOKIE[:3], OTHER[:3], PHONE[:3]), 1)
    actions.unmerge(workspace, 1, [2, 3], now())
    run_pipeline(workspace)
    assert partition(workspace) == {frozenset({ANN[:3], PHONE[:3]}), frozenset({COOKIE[:3], OTHER[:3]})}
    project(workspace, [event(9, ANN, OTHER), event(10, PHONE, COOKIE)], first=2)
    assert partition(workspace) == {frozenset({ANN[:3], PHONE[:3]}), frozenset({COOKIE[:3], OTHER[:3]})}


def test_a_split_holds_against_merges_before_it_and_a_new_merge_overrules_it() -> None:
    workspace = new_workspace()
    project(workspace, [event(1, ANN), event(2, BOB), event(3, COOKIE)])
    actions.merge(workspace, 1, 2, now())
    run_pipeline(workspace)
    actions.merge(workspace, 1, 3, now())
    run_pipeline(workspace)
    actions.unmerge(workspace, 1, [2], now())
    run_pipeline(workspace)
    assert partition(workspace) == {frozenset({ANN[:3], COOKIE[:3]}), frozenset({BOB[:3]})}
    assert len(queries.keeping_apart(workspace, 1, 2)) == 1
    again = actions.merge(workspace, 1, 2, now())
    run_pipeline(workspace)
    assert len(partition(workspace)) == 1
    assert queries.keeping_apart(workspace, 1, 1) == []
    actions.undo_merge(workspace, again, now())
    run_pipeline(workspace)
    assert partition(workspace) == {frozenset({ANN[:3], COOKIE[:3]}), frozenset({BOB[:3]})}
    assert len(queries.keeping_apart(workspace, 1, 2)) == 2, "the first split is in force again, beside the second"


def test_a_question_answered_same_is_a_merge() -> None:
    workspace = new_workspace()
    project(workspace, [event(1, ANN, PHONE), event(2, BOB, PHONE)])
    assert asked(workspace) == {(2, 3)}
    actions.answer(workspace, 3, 2, "same", now())
    run_pipeline(workspace)
    assert len(partition(workspace)) == 1
    assert asked(workspace) == set()


def test_a_question_answered_different_is_not_asked_again() -> None:
    workspace = new_workspace()
    project(workspace, [event(1, ANN, PHONE), event(2, BOB, PHONE)])
    actions.answer(workspace, 2, 3, "different", now())
    run_pipeline(workspace)
    assert partition(workspace) == {frozenset({ANN[:3], PHONE[:3]}), frozenset({BOB[:3]})}
    assert asked(workspace) == set()
    project(workspace, [event(9, BOB, PHONE)], first=2)
    assert asked(workspace) == set()


def test_what_is_vouched_for_against_a_decision_is_asked_about() -> None:
    workspace = new_workspace()
    email = claim("email", "ann@example.com", strong=True)
    project(workspace, [event(1, ANN), event(2, email)])
    actions.keep_apart(workspace, 1, 2, now())
    run_pipeline(workspace)
    project(workspace, [event(3, PHONE, email)], [event(4, ANN, PHONE)], first=2)
    assert queries.questions(workspace) == [(1, 3, 1, 2, ("kept_apart",), (), 4)]
    actions.answer(workspace, 1, 3, "same", now())
    run_pipeline(workspace)
    assert len(partition(workspace)) == 1
    assert asked(workspace) == set()


def test_kept_apart_means_the_strong_identities_so_that_a_cookie_may_change_sides() -> None:
    workspace = new_workspace()
    project(workspace, [event(5, ANN, COOKIE), event(6, BOB)])
    actions.keep_apart(workspace, 1, 3, now())
    run_pipeline(workspace)
    project(workspace, [event(1, BOB, COOKIE)], first=2)
    assert partition(workspace) == {frozenset({ANN[:3]}), frozenset({BOB[:3], COOKIE[:3]})}


@pytest.mark.parametrize(
    ("code", "attempt"),
    [
        ("people.same", lambda w: actions.merge(w, 1, 1, NOW)),
        ("people.unknown", lambda w: actions.merge(w, 1, 99, NOW)),
        ("people.unknown", lambda w: actions.merge(w, 2, 3, NOW)),  # 2 is no person but part of 1
        ("people.unknown", lambda w: actions.unmerge(w, 99, [1], NOW)),
        ("people.not_theirs", lambda w: actions.unmerge(w, 1, [3], NOW)),
        ("people.no_split", lambda w: actions.unmerge(w, 1, [], NOW)),
        ("people.no_split", lambda w: actions.unmerge(w, 1, [1, 2], NOW)),
        ("people.no_merge", lambda w: actions.undo_merge(w, "00" * 16, NOW)),
        ("people.no_merge", lambda w: actions.undo_merge(w, "what?", NOW)),
        ("people.same", lambda w: actions.keep_apart(w, 1, 1, NOW)),
        ("people.unknown", lambda w: actions.keep_apart(w, 1, 0, NOW)),
        ("people.no_question", lambda w: actions.answer(w, 1, 3, "same", NOW)),
    ],
)
def test_what_is_refused_changes_nothing(code: str, attempt: Any) -> None:
    workspace = new_workspace()
    project(workspace, [event(1, ANN, COOKIE), event(2, BOB)])
    before = (IdentityProjector().fingerprint(workspace), AuditLine.objects.count(), logged())
    with pytest.raises(Refused) as refused:
        attempt(workspace)
    assert refused.value.code == code
    assert (IdentityProjector().fingerprint(workspace), AuditLine.objects.count(), logged()) == before


def test_a_merge_is_taken_back_once() -> None:
    workspace = new_workspace()
    project(workspace, [event(1, ANN), event(2, BOB)])
    merged = actions.merge(workspace, 1, 2, now())
    run_pipeline(workspace)
    actions.undo_merge(workspace, merged, now())
    run_pipeline(workspace)
    with pytest.raises(Refused) as refused:
        actions.undo_merge(workspace, merged, now())
    assert refused.value.code == "people.unmerged"


def test_a_decision_that_cannot_be_read_stops_its_own_event() -> None:
    workspace = new_workspace()
    for said in ({}, {"a": ["phone", "", "1"]}, {"a": [], "b": []}):
        with pytest.raises((KeyError, ValueError)):
            project(workspace, [event(1, ANN, own="person.merged", said=said)])


def test_a_decision_about_nobody_changes_nobody() -> None:
    workspace = new_workspace()
    project(workspace, [event(1, ANN, COOKIE)])
    said = {"a": list(ANN[:3]), "b": list(COOKIE[:3]), "anchors": [77]}
    apart = {"left": [1, 78], "right": [79]}
    for number, (name, what) in enumerate([("person.merged", said), ("person.kept_apart", apart)], 2):
        project(workspace, [event(number, ANN, own=name, said=what)], first=number)
    assert partition(workspace) == {frozenset({ANN[:3], COOKIE[:3]})}


def test_a_name_of_ours_from_outside_decides_nothing() -> None:
    workspace = new_workspace()
    said = {"a": list(ANN[:3]), "b": list(BOB[:3])}
    forged = event(1, ANN, own="person.merged", said=said)
    forged.form = "segment"
    project(workspace, [event(0, BOB), forged])
    assert len(partition(workspace)) == 2
