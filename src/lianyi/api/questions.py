"""What waits for somebody to say whether two are one: identities that collided, and people who are alike."""

from datetime import datetime
from typing import Literal

from ninja import Query
from pydantic import BaseModel, Field

from lianyi.api.cursors import page_of, place_in
from lianyi.api.operations import Request, Section, workspace_of
from lianyi.api.problems import Unserved
from lianyi.api.shapes import RECORDED, Body, Number, Page, Paging, Recorded
from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import from_micros, system_clock
from lianyi.people.duplicates import actions as duplicates
from lianyi.people.duplicates.queries import last_search, suggestions
from lianyi.people.duplicates.reasons import sentences
from lianyi.people.duplicates.schemas import OpenSuggestion
from lianyi.people.identity import actions as identity
from lianyi.people.identity.queries import persons_of, questions
from lianyi.people.identity.schemas import Question

_section = Section("Duplicates", "Whether two are one: open questions about identities, and people who are alike.")


class Space(BaseModel):
    """What two different strong identities are unique in."""

    kind: str
    scope: str


class QuestionShown(BaseModel):
    """Two identities that somebody vouches are one person's, and that had to stay apart."""

    a: int
    b: int
    person_a: int
    person_b: int
    reasons: list[Literal["two_strong", "kept_apart"]]
    spaces: list[Space]


class Answer(Body):
    """What to say about `a` and `b`, as the list names them."""

    a: Number
    b: Number
    said: Literal["same", "different"]


class SuggestionShown(BaseModel):
    """Two people who may be one, and what speaks for and against it."""

    a: int
    b: int
    person_a: int
    person_b: int
    probability: float = Field(ge=0, le=1)
    reasons: list[str] = Field(description="Sentences in the language of the answer.")
    found_at: datetime


class Search(BaseModel):
    """The last time that everybody was compared."""

    found_at: datetime
    people: int
    compared: int = Field(description="Pairs.")
    suggested: int = Field(description="Pairs, answered ones included.")


@_section.get(
    "/identity-questions",
    Ability.SEE_PEOPLE,
    answers=Page[QuestionShown],
    example={
        "items": [
            {"a": 12, "b": 15, "person_a": 12, "person_b": 15, "reasons": ["two_strong"],
             "spaces": [{"kind": "phone", "scope": ""}]}
        ],
        "next": None,
    },
)  # fmt: skip
def list_identity_questions(request: Request, paging: Query[Paging]) -> Page[QuestionShown]:
    """Lists the open questions about identities. The one that was stated first is in front."""
    place = place_in(request, paging.cursor)
    rows = questions(workspace_of(request), paging.limit + 1, after=(place[0], place[1]) if place else None)
    return page_of(request, rows, paging.limit, lambda one: [one.a, one.b], _question)


@_section.post(
    "/identity-questions/answer",
    Ability.EDIT_PEOPLE,
    **RECORDED,
    body={"a": 12, "b": 15, "said": "different"},
    conflicts=True,
    misses=True,
)
def answer_identity_question(request: Request, body: Answer) -> Recorded:
    """Answers an open question about two identities. Same merges the people, different keeps them apart."""
    _both_known(request, body)
    return Recorded(event=identity.answer(workspace_of(request), body.a, body.b, body.said, system_clock()))


@_section.get(
    "/duplicates",
    Ability.SEE_PEOPLE,
    answers=Page[SuggestionShown],
    example={
        "items": [
            {"a": 12, "b": 15, "person_a": 12, "person_b": 15, "probability": 0.97, "reasons": ["Phone: the same"],
             "found_at": "2026-01-31T08:00:00Z"}
        ],
        "next": None,
    },
)  # fmt: skip
def list_duplicates(request: Request, paging: Query[Paging]) -> Page[SuggestionShown]:
    """Lists pairs of people who may be one. The surest come first."""
    place = place_in(request, paging.cursor)
    after = (float(place[0]), int(place[1]), int(place[2])) if place else None
    rows = suggestions(workspace_of(request), paging.limit + 1, after=after)
    return page_of(request, rows, paging.limit, lambda one: [one.probability, one.a, one.b], _suggestion)


@_section.get(
    "/duplicates/search",
    Ability.SEE_PEOPLE,
    answers=Search,
    example={"found_at": "2026-01-31T08:00:00Z", "people": 1200, "compared": 5400, "suggested": 7},
    misses=True,
)
def get_duplicate_search(request: Request) -> Search:
    """Shows when everybody was compared last. 404 before the first time."""
    found = last_search(workspace_of(request))
    if found is None:
        raise Unserved(404, "duplicates.never", "Nobody was compared yet.", "Run `lianyi people duplicates --find`.")
    return Search(
        found_at=from_micros(found.found_at), people=found.people, compared=found.compared, suggested=found.suggested
    )


@_section.post(
    "/duplicates/answer",
    Ability.EDIT_PEOPLE,
    **RECORDED,
    body={"a": 12, "b": 15, "said": "same"},
    conflicts=True,
    misses=True,
)
def answer_duplicate(request: Request, body: Answer) -> Recorded:
    """Answers whether two people are one. Same merges them, different keeps them apart for good."""
    _both_known(request, body)
    said: Literal["same", "not_same"] = "same" if body.said == "same" else "not_same"
    return Recorded(event=duplicates.answer(workspace_of(request), body.a, body.b, said, system_clock()))


def _both_known(request: Request, body: Answer) -> None:
    found = persons_of(workspace_of(request), [body.a, body.b])
    for number in (body.a, body.b):
        if not found.get(number):
            raise Unserved(404, "person.unknown", "There is no person {number} here.", number=number)


def _question(one: Question) -> QuestionShown:
    spaces = [Space(kind=kind, scope=scope) for kind, scope in one.spaces]
    return QuestionShown(
        a=one.a, b=one.b, person_a=one.person_a, person_b=one.person_b, reasons=list(one.reasons), spaces=spaces
    )


def _suggestion(one: OpenSuggestion) -> SuggestionShown:
    return SuggestionShown(
        a=one.a,
        b=one.b,
        person_a=one.person_a,
        person_b=one.person_b,
        probability=one.probability,
        reasons=sentences(one.reasons),
        found_at=from_micros(one.found_at),
    )
