"""People who are alike: pairs, what was answered, and the search for them, which the worker runs."""

from datetime import datetime
from typing import Any, Literal

from django.utils.translation import gettext
from ninja import Query
from pydantic import BaseModel, Field

from lianyi.api.cursors import page_to, place_in
from lianyi.api.operations import Request, Section, workspace_of
from lianyi.api.pairs import EVENT, Answer, Answered, End, Ends, StateName, both_known
from lianyi.api.person import known
from lianyi.api.problems import Unserved
from lianyi.api.shapes import Page, Paging, PersonNumber, moment
from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused
from lianyi.people.duplicates import actions
from lianyi.people.duplicates.queries import last_search, open_pairs_of, page, pair_of
from lianyi.people.duplicates.reasons import sentence
from lianyi.people.duplicates.schemas import Pair
from lianyi.people.duplicates.searches.actions import start_search, stop_search
from lianyi.people.duplicates.searches.queries import STEPS, run_of

_section = Section("Duplicates", "People who may be one: pairs with their reasons, the answers, and the search.")
_OUR: dict[str, Any] = {"open": "open", "same": "same", "different": "not_same", "later": "later"}
_THEIR: dict[str, Any] = {ours: theirs for theirs, ours in _OUR.items()}


class ReasonShown(BaseModel):
    """What one field says."""

    field: str
    level: str
    bits: float = Field(description="Each bit doubles the odds for one person, each negative one halves them.")
    sentence: str = Field(description="In the language of the answer.")


class PairShown(BaseModel):
    """Two people who may be one, what speaks for and against it, and what was answered."""

    a: int
    b: int
    person_a: int = Field(description="0: nobody any more.")
    person_b: int = Field(description="The same as `person_a` when they are one by now.")
    probability: float = Field(ge=0, le=1)
    reasons: list[ReasonShown]
    found_at: datetime
    state: StateName
    answered_at: datetime | None
    answered_by: str
    event: str | None = Field(description="Of the decision that the answer led to.")


class PairsAsked(Paging):
    """Pairs of a state."""

    state: StateName = "open"


class Search(BaseModel):
    """The search that was asked for last, and what the last one that was completed found."""

    state: Literal["never", "running", "done", "stopped", "failed"]
    step: int = Field(description="Done, of `steps`.")
    steps: int
    asked_at: datetime | None
    finished_at: datetime | None
    problem: str | None
    found_at: datetime | None = Field(description="When everybody was compared last.")
    people: int
    compared: int = Field(description="Pairs.")
    suggested: int = Field(description="Pairs, answered ones included.")


_PAIR = {
    "a": 12,
    "b": 15,
    "person_a": 12,
    "person_b": 15,
    "probability": 0.97,
    "reasons": [{"field": "phone", "level": "same", "bits": 12.4, "sentence": "Phone: the same"}],
    "found_at": "2026-01-31T08:00:00Z",
    "state": "open",
    "answered_at": None,
    "answered_by": "",
    "event": None,
}
_SEARCH = {
    "state": "running",
    "step": 2,
    "steps": STEPS,
    "asked_at": "2026-02-01T08:00:00Z",
    "finished_at": None,
    "problem": None,
    "found_at": "2026-01-31T08:00:00Z",
    "people": 1200,
    "compared": 5400,
    "suggested": 7,
}


@_section.get("/duplicates", Ability.SEE_PEOPLE, answers=Page[PairShown], example={"items": [_PAIR], "next": None})
def list_duplicates(request: Request, which: Query[PairsAsked]) -> Page[PairShown]:
    """Lists pairs of people who may be one. The surest come first; a page may have fewer rows than asked for."""
    place = place_in(request, which.cursor)
    after = (float(place[0]), int(place[1]), int(place[2])) if place else None
    rows, further = page(workspace_of(request), which.limit, state=_OUR[which.state], after=after)
    return page_to(request, [_shown(one) for one in rows], further)


@_section.get("/duplicates/search", Ability.SEE_PEOPLE, answers=Search, example=_SEARCH)
def get_duplicate_search(request: Request) -> Search:
    """Shows how far the search is. It also says when everybody was compared last, and what came of it."""
    return _search(workspace_of(request))


@_section.post("/duplicates/search", Ability.EDIT_PEOPLE, answers=Search, status=202, example=_SEARCH, conflicts=True)
def start_duplicate_search(request: Request) -> Search:
    """Has everybody compared. It takes up to some minutes; there is one search at a time."""
    start_search(workspace_of(request), system_clock())
    return _search(workspace_of(request))


@_section.delete("/duplicates/search", Ability.EDIT_PEOPLE, answers=Search, example={**_SEARCH, "state": "stopped"})
def stop_duplicate_search(request: Request) -> Search:
    """Stops the search within seconds. What was suggested before stays."""
    stop_search(workspace_of(request), system_clock())
    return _search(workspace_of(request))


@_section.post(
    "/duplicates/answer",
    Ability.EDIT_PEOPLE,
    answers=Answered,
    status=202,
    example={"state": "same", "event": EVENT},
    body={"a": 12, "b": 15, "said": "same"},
    conflicts=True,
    misses=True,
)
def answer_duplicate(request: Request, body: Answer) -> Answered:
    """Answers whether two people are one. Same merges them, different keeps them apart, later puts the pair off."""
    workspace = workspace_of(request)
    both_known(workspace, body)
    event = actions.answer(workspace, body.a, body.b, _OUR[body.said], system_clock())
    return Answered(state=body.said, event=event or None)


@_section.post(
    "/duplicates/undo",
    Ability.EDIT_PEOPLE,
    answers=Answered,
    status=202,
    example={"state": "open", "event": EVENT},
    body={"a": 12, "b": 15},
    conflicts=True,
    misses=True,
)
def undo_duplicate_answer(request: Request, body: Ends) -> Answered:
    """Takes an answer back. What it merged or kept apart is as if it had never been said."""
    event = actions.reopen(workspace_of(request), body.a, body.b, system_clock())
    return Answered(state="open", event=event or None)


@_section.get("/duplicates/{a}/{b}", Ability.SEE_PEOPLE, answers=PairShown, example=_PAIR)
def get_duplicate(request: Request, a: End, b: End) -> PairShown:
    """Shows one pair. It is named by the two numbers that the list gives it."""
    found = pair_of(workspace_of(request), a, b)
    if found is None:
        raise Unserved(404, "pair.unknown", "There is no such pair here.", "See /duplicates.")
    return _shown(found)


@_section.get(
    "/people/{number}/duplicates",
    Ability.SEE_PEOPLE,
    answers=Page[PairShown],
    example={"items": [_PAIR], "next": None},
)
def list_duplicates_of_person(request: Request, number: PersonNumber) -> Page[PairShown]:
    """Lists the surest open pairs that a person is one half of. At most twenty."""
    known(request, number)
    return Page(items=[_shown(one) for one in open_pairs_of(workspace_of(request), number, 20)], next=None)


def _shown(one: Pair) -> PairShown:
    return PairShown(
        a=one.a,
        b=one.b,
        person_a=one.person_a,
        person_b=one.person_b,
        probability=one.probability,
        reasons=[
            ReasonShown(field=why.field, level=why.level, bits=why.bits, sentence=sentence(why)) for why in one.reasons
        ],
        found_at=moment(one.found_at),  # type: ignore[arg-type]
        state=_THEIR[one.state],
        answered_at=moment(one.answered_at),
        answered_by=one.actor,
        event=one.decision or None,
    )


def _search(workspace: int) -> Search:
    run, last = run_of(workspace), last_search(workspace)
    return Search(
        state=run.state if run else "done" if last else "never",
        step=run.step if run else 0,
        steps=STEPS,
        asked_at=moment(run.asked_at) if run else None,
        finished_at=moment(run.finished_at) if run else None,
        problem=_told(run.problem) if run and run.problem else None,
        found_at=moment(last.found_at) if last else None,
        people=last.people if last else 0,
        compared=last.compared if last else 0,
        suggested=last.suggested if last else 0,
    )


def _told(problem: Refused) -> str:
    return problem.whole.told(gettext)
