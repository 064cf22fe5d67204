"""What both kinds of pairs share, likely duplicates and identity conflicts: how one is named, and what is answered."""

from typing import Annotated, Literal

from ninja import Path
from pydantic import BaseModel, Field

from lianyi.api.problems import Unserved
from lianyi.api.shapes import LARGEST_NUMBER, Body, Number
from lianyi.people.identity.queries import persons_of

StateName = Literal["open", "same", "different", "later"]
End = Path[Annotated[int, Field(ge=1, le=LARGEST_NUMBER, description="As the list names it.")]]
EVENT = "5f2b7c1e0d9a4b638c7d6e5f4a3b2c1d"  # in examples


class Ends(Body):
    """A pair, as the list names it."""

    a: Number
    b: Number


class Answer(Ends):
    """What to say of a pair."""

    said: Literal["same", "different", "later"]


class Answered(BaseModel):
    """What stands now. A decision takes effect within seconds, in the order of all events."""

    state: StateName
    event: str | None = Field(description="The id of the event that carries the decision; null where there is none.")


def both_known(workspace: int, ends: Ends) -> None:
    """Answers 404 where either end is nobody's."""
    found = persons_of(workspace, [ends.a, ends.b])
    for number in (ends.a, ends.b):
        if not found.get(number):
            raise Unserved(404, "person.unknown", "There is no person {number} here.", number=number)
