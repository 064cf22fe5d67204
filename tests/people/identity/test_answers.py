"""Answers to questions and decisions that are taken back: as if they had never been said."""

import random

import pytest
from django.db import connection
from tests.people.identity.histories import asked, claim, event, new_workspace, partition, project
from tests.people.identity.test_actions import ANN, BOB, COOKIE, PHONE, now, run_pipeline, state

from lianyi.foundation.access.acting import acting_as
from lianyi.foundation.access.schemas import ABILITIES, Actor, Denied, Role
from lianyi.foundation.audit.models import AuditLine
from lianyi.kernel.errors import Refused
from lianyi.people.identity import actions, queries
from lianyi.people.identity.models import LinkQuestion, QuestionAnswer
from lianyi.people.identity.projector import IdentityProjector
from lianyi.people.identity.schemas import Said

pytestmark = pytest.mark.django_db


def torn() -> int:
    """Ann has the phone, and Bob is said to have it, too."""
    workspace = new_workspace()
    project(workspace, [event(1, ANN, PHONE), event(2, BOB, PHONE)])
    assert asked(workspace) == {(2, 3)}
    return workspace


@pytest.mark.parametrize("said", ["same", "different"])
def test_an_answer_and_its_undo_are_exact_inverses(said: Said) -> None:
    workspace = torn()
    before, open_before = state(workspace), queries.questions(workspace)
    decision = actions.answer(workspace, 3, 2, said, now())
    assert queries.questions(workspace) == [], "it is hidden while the decision is on its way"
    run_pipeline(workspace)
    assert state(workspace) != before
    (answered,) = queries.answered_questions(workspace, said)
    assert (answered.question.a, answered.question.b, answered.decision) == (2, 3, decision)
    assert answered.question.reasons == ("two_strong",)
    assert actions.undo_answer(workspace, 2, 3, now()) != ""
    run_pipeline(workspace)
    assert state(workspace) == before
    assert queries.questions(workspace) == open_before
    assert queries.answered_questions(workspace, said) == []
    assert queries.keeping_apart(workspace, 1, 3) == []


def test_undone_before_the_pipeline_came_to_the_decision() -> None:
    workspace = torn()
    before = state(workspace)
    actions.answer(workspace, 2, 3, "same", now())
    actions.undo_answer(workspace, 2, 3, now())
    run_pipeline(workspace)
    assert state(workspace) == before


def test_a_merge_that_overruled_a_decision_is_taken_back_and_the_decision_holds_again() -> None:
    workspace = torn()
    actions.keep_apart(workspace, 1, 3, now())
    run_pipeline(workspace)
    apart = queries.keeping_apart(workspace, 1, 3)
    merged = actions.merge(workspace, 1, 3, now())
    run_pipeline(workspace)
    assert len(partition(workspace)) == 1
    actions.take_back(workspace, merged, 1, now())
    run_pipeline(workspace)
    assert queries.keeping_apart(workspace, 1, 3) == apart
    actions.take_back(workspace, apart[0], 1, now())
    run_pipeline(workspace)
    assert queries.keeping_apart(workspace, 1, 3) == []
    assert asked(workspace) == {(2, 3)}


def test_later_hides_a_question_until_it_is_taken_back() -> None:
    workspace = torn()
    assert actions.answer(workspace, 2, 3, "later", now()) == ""
    project(workspace, [event(9, BOB, PHONE)], first=2)
    assert queries.questions(workspace) == []
    assert asked(workspace) == {(2, 3)}
    assert actions.undo_answer(workspace, 2, 3, now()) == ""
    assert [(one.a, one.b) for one in queries.questions(workspace)] == [(2, 3)]
    assert [line.action for line in AuditLine.objects.filter(workspace=workspace).order_by("pk")][-2:] == [
        "people.question_put_off",
        "people.question_reopened",
    ]


def test_a_question_that_came_back_after_its_answer_is_asked_again() -> None:
    workspace = torn()
    decision = actions.answer(workspace, 2, 3, "different", now())
    run_pipeline(workspace)
    actions.take_back(workspace, decision, 2, now())
    run_pipeline(workspace)
    assert [(one.a, one.b) for one in queries.questions(workspace)] == [(2, 3)]
    actions.answer(workspace, 2, 3, "same", now())
    run_pipeline(workspace)
    assert len(partition(workspace)) == 1
    assert [one.said for one in queries.answered_questions(workspace, "same")] == ["same"]
    assert queries.answered_questions(workspace, "different") == []


def test_what_is_refused_changes_nothing() -> None:
    workspace, other = torn(), new_workspace()
    actions.answer(workspace, 2, 3, "same", now())
    before = (IdentityProjector().fingerprint(workspace), AuditLine.objects.count(), QuestionAnswer.objects.count())
    for code, attempt in (
        ("people.answered", lambda: actions.answer(workspace, 2, 3, "different", now())),
        ("people.no_question", lambda: actions.answer(workspace, 1, 3, "same", now())),
        ("people.no_question", lambda: actions.answer(workspace, 2**40, 3, "same", now())),
        ("people.no_question", lambda: actions.answer(other, 2, 3, "same", now())),
        ("people.no_answer", lambda: actions.undo_answer(other, 2, 3, now())),
        ("people.no_answer", lambda: actions.undo_answer(workspace, 1, 3, now())),
        ("people.unknown", lambda: actions.take_back(workspace, "00" * 16, 99, now())),
    ):
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.code == code
    with acting_as(Actor("member:1", workspace, ABILITIES[Role.VIEWER])):
        for attempt in (
            lambda: actions.answer(workspace, 2, 3, "later", now()),
            lambda: actions.undo_answer(workspace, 2, 3, now()),
            lambda: actions.take_back(workspace, "00" * 16, 1, now()),
        ):
            with pytest.raises(Denied):
                attempt()
    assert (
        IdentityProjector().fingerprint(workspace),
        AuditLine.objects.count(),
        QuestionAnswer.objects.count(),
    ) == before


def test_questions_about_a_person() -> None:
    workspace = torn()
    project(workspace, [event(4, COOKIE)], first=2)
    for person in (1, 3):
        assert [(one.a, one.b) for one in queries.questions_about(workspace, person)] == [(2, 3)]
    assert queries.questions_about(workspace, 4) == []


def test_a_page_among_many_walks_the_index() -> None:
    workspace = new_workspace()
    random_ = random.Random(5)
    project(workspace, [event(n, claim("user_id", f"u{n}", strong=True)) for n in range(3_000)])
    LinkQuestion.objects.bulk_create(
        LinkQuestion(workspace=workspace, a=n, b=n + 1, stated_at=random_.randrange(10**6)) for n in range(1, 3_000)
    )
    put_off = {"said": "later", "said_at": 1, "stated_at": 1, "actor": "member:1", "reasons": {}}
    QuestionAnswer.objects.bulk_create(
        QuestionAnswer(workspace=workspace, a=n, b=n + 1, **put_off) for n in range(1, 1_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE link_question, identity, question_answer")
        values = {"workspace": workspace, "at": 500_000, "a": 1, "b": 1, "limit": 31}
        cursor.execute(
            f"EXPLAIN {queries._OPEN} AND (q.stated_at, q.a, q.b) > (%(at)s, %(a)s, %(b)s) "
            "ORDER BY q.stated_at, q.a, q.b LIMIT %(limit)s",
            values,
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "question_in_order" in plan
    assert "Sort" not in plan
    assert "Seq Scan" not in plan
    found, after = [], None
    while some := queries.questions(workspace, 700, after=after):
        found += some
        after = (some[-1].stated_at, some[-1].a, some[-1].b)
    assert len({(one.a, one.b) for one in found}) == len(found) == 2_000
    assert [one.stated_at for one in found] == sorted(one.stated_at for one in found)
