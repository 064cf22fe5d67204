"""Tags for many people at once: a task that is begun, looked at while the worker does it, and stopped."""

from typing import Literal

from ninja import Query
from pydantic import BaseModel, Field

from lianyi.api.catalogue import DimensionName
from lianyi.api.operations import Request, workspace_of
from lianyi.api.people import Fits, section
from lianyi.api.problems import Unserved
from lianyi.api.shapes import Body, Number, RowId
from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused
from lianyi.people.profiles.bulk.actions import begin_tagging, stop_tagging
from lianyi.people.profiles.bulk.queries import tagging
from lianyi.people.profiles.bulk.schemas import Tagging
from lianyi.people.profiles.tags.facts import Dimension

_TASK = {
    "id": 4,
    "dimension": "preference",
    "tag": "咖啡",
    "do": "add",
    "done": 0,
    "about": 120,
    "finished": False,
    "stopped": False,
}


class TaskShown(BaseModel):
    """A task, and how far it is."""

    id: int
    dimension: DimensionName
    tag: str
    do: Literal["add", "remove"]
    done: int = Field(description="People.")
    about: int = Field(description="How many there may be.")
    finished: bool
    stopped: bool = Field(description="Whether somebody ended it before everybody was reached.")


class ManyTags(Body):
    """A tag for these people, or for all that the filter of the address finds."""

    do: Literal["add", "remove"] = "add"
    dimension: DimensionName
    tag: str = Field(min_length=1, max_length=100)
    people: list[Number] = Field([], max_length=5_000)
    everybody: bool = Field(False, description="All that the filter finds; without `people`.")


@section.post(
    "/taggings",
    Ability.EDIT_PEOPLE,
    answers=TaskShown,
    status=202,
    example=_TASK,
    body={"do": "add", "dimension": "preference", "tag": "咖啡", "people": [12, 15]},
)
def tag_people(request: Request, filters: Query[Fits], body: ManyTags) -> TaskShown:
    """Begins to give many people a tag, or to take it off. They are named, or found by the filter of the list."""
    if body.everybody == bool(body.people):
        raise Refused("people.chosen", "Say either `people` or `everybody`.", "Leave one of them out.")
    workspace, wanted = workspace_of(request), filters.wanted  # which refuses a tag that is half said, always
    number = begin_tagging(
        workspace,
        wanted if body.everybody else body.people,
        Dimension(body.dimension),
        body.tag,
        system_clock(),
        taking=body.do == "remove",
    )
    return get_tagging(request, number)


@section.get("/taggings/{task}", Ability.EDIT_PEOPLE, answers=TaskShown, example=_TASK)
def get_tagging(request: Request, task: RowId) -> TaskShown:
    """Shows a task of tags, and how far it is."""
    found = tagging(workspace_of(request), task)
    if found is None:
        raise Unserved(404, "tag.no_task", "There is no such task here.")
    return _shown(found)


@section.post(
    "/taggings/{task}/stop",
    Ability.EDIT_PEOPLE,
    answers=TaskShown,
    example={**_TASK, "finished": True, "stopped": True},
)
def stop_tagging_people(request: Request, task: RowId) -> TaskShown:
    """Ends a task of tags where it stands. Who has the tag by now keeps it."""
    return _shown(stop_tagging(workspace_of(request), task))


def _shown(one: Tagging) -> TaskShown:
    return TaskShown(
        id=one.number,
        dimension=one.dimension,  # type: ignore[arg-type]
        tag=one.tag,
        do="remove" if one.taking else "add",
        done=one.done,
        about=one.about,
        finished=one.finished,
        stopped=one.stopped,
    )
