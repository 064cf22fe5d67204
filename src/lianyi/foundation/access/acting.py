"""The present actor, and the check of an action."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from lianyi.foundation.access.schemas import ALL, SYSTEM, Ability, Actor, Denied
from lianyi.kernel.errors import Refused

_P = ParamSpec("_P")
_R = TypeVar("_R")
_actor: ContextVar[Actor] = ContextVar("actor", default=SYSTEM)


class _Row(Protocol):
    @property
    def pk(self) -> int: ...


_W = TypeVar("_W", bound=int | _Row)


@contextmanager
def acting_as(actor: Actor) -> Iterator[None]:
    """What is done inside is done for `actor`; the doors open one per request or command."""
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)


def current_actor() -> Actor:
    """Who the present work is done for."""
    return _actor.get()


def require(ability: Ability, workspace: int) -> None:
    """Refuses when the present actor lacks the ability there."""
    if not _actor.get().may(ability, workspace):
        raise Denied(ability)


def require_oneself(member: int) -> None:
    """Refuses when the present actor is neither this member nor whoever may do everything everywhere."""
    actor = _actor.get()
    if actor.name != f"member:{member}" and not (actor.workspace is None and actor.abilities == ALL):
        raise Refused("access.not_yours", "This belongs to another member.", "Ask them to do it.")


def needs(ability: Ability) -> Callable[[Callable[Concatenate[_W, _P], _R]], Callable[Concatenate[_W, _P], _R]]:
    """An action, whose first parameter is a workspace or its id, refuses an actor who lacks the ability there."""

    def guard(action: Callable[Concatenate[_W, _P], _R]) -> Callable[Concatenate[_W, _P], _R]:
        @wraps(action)
        def guarded(workspace: _W, /, *arguments: _P.args, **named: _P.kwargs) -> _R:
            require(ability, workspace if isinstance(workspace, int) else workspace.pk)
            return action(workspace, *arguments, **named)

        guarded.__needs__ = ability  # type: ignore[attr-defined]  # for the test that finds actions without one
        return guarded

    return guard
