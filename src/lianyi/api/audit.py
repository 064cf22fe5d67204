"""The audit log."""

from datetime import datetime
from typing import Any

from ninja import Query
from pydantic import BaseModel, Field

from lianyi.api.cursors import page_of, place_in
from lianyi.api.operations import Request, Section, workspace_of
from lianyi.api.shapes import Page, Paging
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.queries import audit_lines
from lianyi.foundation.audit.schemas import Line

_section = Section("Audit", "Who did what: one line for each write that a person or a rule asked for.")


class LineShown(BaseModel):
    """One write, with ids and never contents."""

    id: int
    at: datetime
    actor: str = Field(description="member:3, token:5, cli or system.")
    action: str
    detail: dict[str, Any]


@_section.get(
    "/audit",
    Ability.SEE_AUDIT,
    answers=Page[LineShown],
    example={
        "items": [
            {"id": 9, "at": "2026-02-03T10:00:00Z", "actor": "token:5", "action": "people.merged",
             "detail": {"a": 12, "b": 15}}
        ],
        "next": None,
    },
)  # fmt: skip
def list_audit(request: Request, paging: Query[Paging]) -> Page[LineShown]:
    """Lists what was done in the workspace. The newest come first."""
    place = place_in(request, paging.cursor)
    rows = audit_lines(workspace_of(request), paging.limit + 1, before=place[0] if place else None)
    return page_of(request, rows, paging.limit, lambda one: [one.id], _line)


def _line(one: Line) -> LineShown:
    return LineShown.model_validate(one._asdict())
