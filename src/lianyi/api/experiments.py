"""Experiments: who gets which arm by lot, and who has seen it."""

import secrets
from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Query
from pydantic import BaseModel, Field
from pyroaring import BitMap

from lianyi.api.cursors import page_of, place_in
from lianyi.api.operations import Request, Section, workspace_of
from lianyi.api.shapes import Body, Number, Page, Paging, PersonNumber, RowId, Whole, moment
from lianyi.audience.arms import actions, queries
from lianyi.audience.arms.judging import chance_of
from lianyi.audience.arms.schemas import HEAVIEST, LONGEST, MOST, Arm, Draft, Test
from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import from_micros, system_clock
from lianyi.people.profiles.schemas import PersonUnknown

_section = Section("Experiments", "Who gets which version of something, by lot and for good, and who has seen it.")
_ARMS = [{"name": "plain", "weight": 1}, {"name": "red", "weight": 3}]
_ONE: dict[str, Any] = {
    "id": 5,
    "name": "Button",
    "seed": "spring",
    "arms": _ARMS,
    "state": "running",
    "created_at": "2026-01-31T08:00:00Z",
    "started_at": "2026-02-01T08:00:00Z",
    "ended_at": None,
}
_DRAFT = {**_ONE, "state": "draft", "started_at": None}
_BODY = {"name": "Button", "seed": "spring", "arms": _ARMS}


class ArmOf(Body):
    """A version of something, and its share: its weight among all weights."""

    name: str = Field(min_length=1, max_length=LONGEST)
    weight: Annotated[int, Field(ge=1, le=HEAVIEST), Whole] = 1


class ExperimentShown(BaseModel):
    """An experiment as it stands."""

    id: int
    name: str
    seed: str
    arms: list[ArmOf]
    state: Literal["draft", "running", "ended"]
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class ExperimentMade(Body):
    """What an experiment is to be. Without a seed it has one of its own."""

    name: str = Field(min_length=1, max_length=LONGEST)
    seed: str | None = Field(None, min_length=1, max_length=LONGEST)
    arms: list[ArmOf] = Field(min_length=2, max_length=MOST)


class ArmSeen(BaseModel):
    """How many people saw an arm as their first, and when the first and the last of them did."""

    name: str
    weight: int
    people: int
    first_at: datetime | None
    last_at: datetime | None


class ExposuresShown(BaseModel):
    """Who saw which arm."""

    arms: list[ArmSeen]
    chance: float | None = Field(
        description="How often chance alone makes a split that is this far from the weights; null while it is too early"
    )


class Shown(Body):
    """Who is shown their arm."""

    people: list[Number] = Field(min_length=1, max_length=5_000)


class Given(BaseModel):
    """Somebody's arm."""

    person: int
    arm: str


class ArmsGiven(BaseModel):
    """Everybody's arm, and of how many this was the first time."""

    people: list[Given]
    new: int


class GivenTo(Given):
    """Somebody's arm, and when they saw it first."""

    exposed_at: datetime | None


@_section.get("/experiments", Ability.SEE_REPORTS, answers=Page[ExperimentShown],
              example={"items": [_ONE], "next": None})  # fmt: skip
def list_experiments(request: Request, paging: Query[Paging]) -> Page[ExperimentShown]:
    """Lists the experiments. The newest come first."""
    place = place_in(request, paging.cursor)
    rows = queries.newest_tests(workspace_of(request), paging.limit + 1, before=place[0] if place else None)
    return page_of(request, rows, paging.limit, lambda one: [one.id], _shown)


@_section.post("/experiments", Ability.EDIT_SEGMENTS, answers=ExperimentShown, status=201, example=_DRAFT,
               body=_BODY, conflicts=True)  # fmt: skip
def make_experiment(request: Request, body: ExperimentMade) -> ExperimentShown:
    """Makes an experiment, a draft at first."""
    return _shown(actions.create_test(workspace_of(request), _draft(body), system_clock()))


@_section.get("/experiments/{experiment}", Ability.SEE_REPORTS, answers=ExperimentShown, example=_ONE)
def get_experiment(request: Request, experiment: RowId) -> ExperimentShown:
    """Shows an experiment."""
    return _shown(queries.test_of(workspace_of(request), experiment))


@_section.put("/experiments/{experiment}", Ability.EDIT_SEGMENTS, answers=ExperimentShown, example=_DRAFT, body=_BODY,
              conflicts=True)  # fmt: skip
def put_experiment(request: Request, experiment: RowId, body: ExperimentMade) -> ExperimentShown:
    """Changes a draft. Once an experiment runs, its arms and weights are fixed."""
    workspace = workspace_of(request)
    seed = body.seed or queries.test_of(workspace, experiment).seed
    return _shown(actions.change_test(workspace, experiment, _draft(body, seed)))


@_section.post("/experiments/{experiment}/start", Ability.EDIT_SEGMENTS, answers=ExperimentShown, example=_ONE,
               conflicts=True)  # fmt: skip
def start_experiment(request: Request, experiment: RowId) -> ExperimentShown:
    """Starts an experiment. From now on people can be shown their arm."""
    return _shown(actions.start_test(workspace_of(request), experiment, system_clock()))


@_section.post("/experiments/{experiment}/end", Ability.EDIT_SEGMENTS, answers=ExperimentShown, conflicts=True,
               example={**_ONE, "state": "ended", "ended_at": "2026-03-01T08:00:00Z"})  # fmt: skip
def end_experiment(request: Request, experiment: RowId) -> ExperimentShown:
    """Ends an experiment. Nobody is shown an arm for the first time any more."""
    return _shown(actions.end_test(workspace_of(request), experiment, system_clock()))


@_section.delete("/experiments/{experiment}", Ability.EDIT_SEGMENTS, status=204, conflicts=True)
def delete_experiment(request: Request, experiment: RowId) -> None:
    """Deletes a draft. An experiment that ran stays."""
    actions.delete_test(workspace_of(request), experiment)


@_section.get("/experiments/{experiment}/exposures", Ability.SEE_REPORTS, answers=ExposuresShown, example={
    "arms": [{"name": "plain", "weight": 1, "people": 240, "first_at": "2026-02-01T08:01:00Z",
              "last_at": "2026-02-03T10:00:00Z"}], "chance": 0.41})  # fmt: skip
def count_exposures(request: Request, experiment: RowId) -> ExposuresShown:
    """Counts who saw which arm. Of several that a person saw, the first counts."""
    seen = queries.exposures(workspace_of(request), experiment)
    arms = [
        ArmSeen(
            name=one.arm.name,
            weight=one.arm.weight,
            people=one.people,
            first_at=moment(one.first_at),
            last_at=moment(one.last_at),
        )
        for one in seen
    ]
    return ExposuresShown(arms=arms, chance=chance_of(seen))


@_section.post("/experiments/{experiment}/exposures", Ability.EDIT_PEOPLE, answers=ArmsGiven, conflicts=True,
               example={"people": [{"person": 88, "arm": "red"}], "new": 1}, body={"people": [88]})  # fmt: skip
def expose(request: Request, experiment: RowId, body: Shown) -> ArmsGiven:
    """Says which arm people see now, and records that they saw it. Numbers that are no person's are left out."""
    shown = actions.expose(workspace_of(request), experiment, BitMap(body.people), system_clock())
    given = sorted((person, arm) for arm, people in shown.arms.items() for person in people)
    return ArmsGiven(people=[Given(person=person, arm=arm) for person, arm in given], new=shown.new)


@_section.get("/experiments/{experiment}/people/{number}", Ability.SEE_PEOPLE, answers=GivenTo,
              example={"person": 88, "arm": "red", "exposed_at": None})  # fmt: skip
def get_arm(request: Request, experiment: RowId, number: PersonNumber) -> GivenTo:
    """Shows the arm of a person, and when they saw it first. Nothing is recorded."""
    found = queries.arm_of(workspace_of(request), experiment, number)
    if found is None:
        raise PersonUnknown(number)
    return GivenTo(person=number, arm=found.arm, exposed_at=moment(found.exposed_at))


def _draft(body: ExperimentMade, seed: str | None = None) -> Draft:
    arms = tuple(Arm(one.name, one.weight) for one in body.arms)
    return Draft(body.name, body.seed or seed or secrets.token_hex(8), arms)


def _shown(one: Test) -> ExperimentShown:
    return ExperimentShown(
        id=one.id,
        name=one.name,
        seed=one.seed,
        arms=[ArmOf(name=arm.name, weight=arm.weight) for arm in one.arms],
        state=one.state,
        created_at=from_micros(one.created_at),
        started_at=moment(one.started_at),
        ended_at=moment(one.ended_at),
    )
