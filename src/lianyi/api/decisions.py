"""Decisions about who is who: merge, split, keep apart, and take a merge back."""

from typing import Annotated

from ninja import Path
from pydantic import Field

from lianyi.api.operations import Request, workspace_of
from lianyi.api.people import section
from lianyi.api.person import known
from lianyi.api.shapes import RECORDED, Body, Number, PersonNumber, Recorded
from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import system_clock
from lianyi.people.identity import actions


class Other(Body):
    """The other person."""

    other: Number


class Split(Body):
    """Identities that are another person's, by their numbers."""

    identities: list[Number] = Field(min_length=1, max_length=1_000)


@section.post(
    "/people/{number}/merge",
    Ability.EDIT_PEOPLE,
    **RECORDED,
    body={"other": 15},
    conflicts=True,
)
def merge_people(request: Request, number: PersonNumber, body: Other) -> Recorded:
    """Says that two people are one. The smaller number stays; the decision's `event` takes it back."""
    known(request, number)
    known(request, body.other)
    return Recorded(event=actions.merge(workspace_of(request), number, body.other, system_clock()))


@section.post(
    "/people/{number}/split",
    Ability.EDIT_PEOPLE,
    **RECORDED,
    body={"identities": [15]},
)
def split_person(request: Request, number: PersonNumber, body: Split) -> Recorded:
    """Splits identities off a person. They are somebody else from now on, whoever joined them."""
    known(request, number)
    return Recorded(event=actions.unmerge(workspace_of(request), number, body.identities, system_clock()))


@section.post(
    "/people/{number}/keep-apart",
    Ability.EDIT_PEOPLE,
    **RECORDED,
    body={"other": 15},
    conflicts=True,
)
def keep_people_apart(request: Request, number: PersonNumber, body: Other) -> Recorded:
    """Says that two people are different. It holds whatever is stated later."""
    known(request, number)
    known(request, body.other)
    return Recorded(event=actions.keep_apart(workspace_of(request), number, body.other, system_clock()))


@section.post(
    "/merges/{merge}/undo",
    Ability.EDIT_PEOPLE,
    **RECORDED,
    conflicts=True,
)
def undo_merge(
    request: Request, merge: Path[Annotated[str, Field(pattern=r"^[0-9a-f]{32}$", description="The merge's event.")]]
) -> Recorded:
    """Takes back exactly this merge. What it joined is kept apart."""
    return Recorded(event=actions.undo_merge(workspace_of(request), merge, system_clock()))
