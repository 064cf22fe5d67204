"""Identity conflicts: identities that somebody vouches are one person's, and that had to stay apart."""

from datetime import datetime
from typing import Literal

from ninja import Query
from pydantic import BaseModel, Field

from lianyi.api.cursors import page_of, place_in
from lianyi.api.operations import Request, Section, workspace_of
from lianyi.api.pairs import EVENT, Answer, Answered, End, Ends, StateName, both_known
from lianyi.api.problems import Unserved
from lianyi.api.shapes import Page, Paging, moment
from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import system_clock
from lianyi.people.identity import actions
from lianyi.people.identity.queries import answer_to, answered_questions, question_of, questions
from lianyi.people.identity.schemas import Answered as AnsweredQuestion
from lianyi.people.identity.schemas import Question

_section = Section("Identity conflicts", "Identities that are said to be one person's and had to stay apart.")


class Space(BaseModel):
    """What two different strong identities are unique in."""

    kind: str
    scope: str


class QuestionShown(BaseModel):
    """Two identities that somebody vouches are one person's, and that had to stay apart."""

    a: int
    b: int
    person_a: int = Field(description="0: nobody any more.")
    person_b: int
    reasons: list[Literal["two_strong", "kept_apart"]]
    spaces: list[Space]
    stated_at: datetime
    state: StateName
    answered_at: datetime | None
    answered_by: str
    event: str | None = Field(description="Of the decision that the answer led to.")


class QuestionsAsked(Paging):
    """Conflicts of a state."""

    state: StateName = "open"


_QUESTION = {
    "a": 12,
    "b": 15,
    "person_a": 12,
    "person_b": 15,
    "reasons": ["two_strong"],
    "spaces": [{"kind": "phone", "scope": ""}],
    "stated_at": "2026-01-31T08:00:00Z",
    "state": "open",
    "answered_at": None,
    "answered_by": "",
    "event": None,
}


@_section.get(
    "/identity-questions",
    Ability.SEE_PEOPLE,
    answers=Page[QuestionShown],
    example={"items": [_QUESTION], "next": None},
)
def list_identity_questions(request: Request, which: Query[QuestionsAsked]) -> Page[QuestionShown]:
    """Lists the identity conflicts of a state. Open ones come as they were stated, others by their last answer."""
    workspace, limit = workspace_of(request), which.limit
    place = place_in(request, which.cursor)
    after = (int(place[0]), int(place[1]), int(place[2])) if place else None
    if which.state == "open":
        rows = questions(workspace, limit + 1, after=after)
        return page_of(request, rows, limit, lambda one: [one.stated_at, one.a, one.b], _open)
    answered = answered_questions(workspace, which.state, limit + 1, after=after)
    return page_of(request, answered, limit, lambda one: [one.said_at, one.question.a, one.question.b], _answered)


@_section.post(
    "/identity-questions/answer",
    Ability.EDIT_PEOPLE,
    answers=Answered,
    status=202,
    example={"state": "different", "event": EVENT},
    body={"a": 12, "b": 15, "said": "different"},
    conflicts=True,
    misses=True,
)
def answer_identity_question(request: Request, body: Answer) -> Answered:
    """Answers an identity conflict. Same merges the people, different keeps them apart, later puts it off."""
    workspace = workspace_of(request)
    both_known(workspace, body)
    event = actions.answer(workspace, body.a, body.b, body.said, system_clock())
    return Answered(state=body.said, event=event or None)


@_section.post(
    "/identity-questions/undo",
    Ability.EDIT_PEOPLE,
    answers=Answered,
    status=202,
    example={"state": "open", "event": EVENT},
    body={"a": 12, "b": 15},
    conflicts=True,
    misses=True,
)
def undo_identity_answer(request: Request, body: Ends) -> Answered:
    """Takes an answer back. What it merged or kept apart is as if it had never been said."""
    event = actions.undo_answer(workspace_of(request), body.a, body.b, system_clock())
    return Answered(state="open", event=event or None)


@_section.get("/identity-questions/{a}/{b}", Ability.SEE_PEOPLE, answers=QuestionShown, example=_QUESTION)
def get_identity_question(request: Request, a: End, b: End) -> QuestionShown:
    """Shows one identity conflict. It is named by the two numbers that the list gives it."""
    workspace = workspace_of(request)
    asked = question_of(workspace, a, b)
    if asked is not None:
        return _open(asked)
    found = answer_to(workspace, a, b)
    if found is None:
        raise Unserved(404, "conflict.unknown", "There is no such conflict here.", "See /identity-questions.")
    return _answered(found)


def _open(one: Question) -> QuestionShown:
    return _shown(one, "open", None, "", "")


def _answered(one: AnsweredQuestion) -> QuestionShown:
    return _shown(one.question, one.said, one.said_at, one.actor, one.decision)


def _shown(one: Question, state: StateName, answered_at: int | None, actor: str, decision: str) -> QuestionShown:
    return QuestionShown(
        a=one.a,
        b=one.b,
        person_a=one.person_a,
        person_b=one.person_b,
        reasons=list(one.reasons),
        spaces=[Space(kind=kind, scope=scope) for kind, scope in one.spaces],
        stated_at=moment(one.stated_at),  # type: ignore[arg-type]
        state=state,
        answered_at=moment(answered_at),
        answered_by=actor,
        event=decision or None,
    )
