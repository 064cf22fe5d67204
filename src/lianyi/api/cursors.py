"""Cursors: where a list goes on, signed, so that nobody can make one up, and good for one list of one workspace."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.conf import settings
from django.core.signing import BadSignature, Signer

from lianyi.api.operations import Request, workspace_of
from lianyi.api.problems import Unserved
from lianyi.api.shapes import Page

_T = TypeVar("_T")
_R = TypeVar("_R")


def place_in(request: Request, cursor: str | None) -> list[Any] | None:
    """The place that a cursor names; None for the beginning. Refuses one that is not of this list."""
    if cursor is None:
        return None
    try:
        place: list[Any] = _signer(request).unsign_object(cursor)
    except (BadSignature, ValueError, UnicodeError):
        raise Unserved(
            422,
            "cursor.invalid",
            "This cursor is not of this list.",
            "Use `next` of the page before as it came, with the same filters, or leave it out.",
        ) from None
    return place


def page_of(
    request: Request,
    rows: Sequence[_R],
    limit: int,
    place: Callable[[_R], Sequence[Any]],
    shown: Callable[[_R], _T],
) -> Page[_T]:
    """A page of `rows`, of which there is one more than `limit` when the list goes on."""
    items = rows[:limit]
    return page_to(request, [shown(row) for row in items], place(items[-1]) if len(rows) > limit else None)


def page_to(request: Request, items: list[_T], further: Sequence[Any] | None) -> Page[_T]:
    """A page of `items` that goes on at `further`; None at the end."""
    return Page(items=items, next=None if further is None else _signer(request).sign_object(list(further)))


def _signer(request: Request) -> Signer:
    filters = sorted((name, value) for name, value in request.GET.items() if name not in ("cursor", "limit"))
    return Signer(key=str(settings.SECRET_KEY), salt=f"lianyi.cursor {workspace_of(request)} {request.path} {filters}")
