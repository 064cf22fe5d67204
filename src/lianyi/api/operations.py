"""What an operation declares: the ability that it asks for, what it answers, and an example of both.

    people = Section("People", "Who is known, and what is known of them.")

    @people.get("/people", Ability.SEE_PEOPLE, answers=Page[PersonLine], example={…})
    def list_people(request: Request, filters: Query[Filters]) -> Page[PersonLine]:
        \"\"\"Lists people, the newest first.\"\"\"

The function's name is the operation's id, its docstring the description. The check of the ability stands before the
function, so a new operation cannot forget it; `DECLARED` is what the description and the tests go through.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast

from django.http import HttpRequest
from ninja import Router, Status

from lianyi.foundation.access.acting import require
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.tokens.schemas import Bearer

_View = TypeVar("_View", bound=Callable[..., Any])


class Request(HttpRequest):
    """A call that the door let in."""

    bearer: Bearer
    told: Any  # the body


@dataclass(frozen=True)
class Declared:
    """One operation."""

    name: str
    method: str
    path: str
    tag: str
    ability: Ability | None  # None: any token
    status: int
    example: Any
    body: Any  # an example of what is sent; None where nothing is
    conflicts: bool  # whether the state of things can forbid it (409)
    misses: bool  # whether what is asked for can be missing (404)
    takes: str  # content type of the body
    gives: str  # content type of the answer
    most: int  # bytes of a body that is a file; 0: as many as an upload may have


OCTETS = "application/octet-stream"
DECLARED: dict[str, Declared] = {}
SECTIONS: list["Section"] = []


def workspace_of(request: HttpRequest) -> int:
    """The workspace of the token."""
    return cast(Request, request).bearer.workspace.pk


class Section:
    """Operations about one thing: a tag of the description."""

    def __init__(self, tag: str, about: str) -> None:
        self.tag, self.about = tag, about
        self.router = Router(tags=[tag])
        SECTIONS.append(self)

    def get(self, path: str, ability: Ability | None, **more: Any) -> Callable[[_View], _View]:
        """Reads."""
        return self._operation("GET", path, ability, **more)

    def post(self, path: str, ability: Ability, **more: Any) -> Callable[[_View], _View]:
        """Makes something, or has something done."""
        return self._operation("POST", path, ability, **more)

    def put(self, path: str, ability: Ability, **more: Any) -> Callable[[_View], _View]:
        """Puts something into the place of what is there."""
        return self._operation("PUT", path, ability, **more)

    def patch(self, path: str, ability: Ability, **more: Any) -> Callable[[_View], _View]:
        """Changes parts."""
        return self._operation("PATCH", path, ability, **more)

    def delete(self, path: str, ability: Ability, **more: Any) -> Callable[[_View], _View]:
        """Takes something away."""
        return self._operation("DELETE", path, ability, **more)

    def _operation(
        self,
        method: str,
        path: str,
        ability: Ability | None,
        *,
        answers: Any = None,
        example: Any = None,
        body: Any = None,
        status: int = 200,
        conflicts: bool = False,
        misses: bool = False,
        takes: str = "application/json",
        gives: str = "application/json",
        most: int = 0,
    ) -> Callable[[_View], _View]:
        def declare(view: _View) -> _View:
            name = view.__name__
            missing = misses or "{" in path
            declared = Declared(
                name, method, path, self.tag, ability, status, example, body, conflicts, missing, takes, gives, most
            )
            assert name not in DECLARED, name
            DECLARED[name] = declared

            @wraps(view)
            def guarded(request: Request, *arguments: Any, **named: Any) -> Any:
                if ability is not None:
                    require(ability, workspace_of(request))
                result = view(request, *arguments, **named)
                return Status(status, result) if answers is not None or status == 204 else result

            told = " ".join((view.__doc__ or "").split())
            summary = told.partition(". ")[0].rstrip(".")
            self.router.api_operation(
                [method], path, response={status: answers}, operation_id=name, summary=summary, description=told
            )(guarded)
            return view

        return declare
