"""Writes to the audit log."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from lianyi.foundation.audit.models import AuditLine

_actor: ContextVar[str] = ContextVar("actor", default="system")


@contextmanager
def acting_as(actor: str) -> Iterator[None]:
    """Every audit line written inside names `actor`; the doors open one per request or command."""
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)


def current_actor() -> str:
    """Who the present work is done for."""
    return _actor.get()


def record_audit(workspace: int | None, action: str, detail: Mapping[str, Any]) -> None:
    """One line, in the caller's transaction."""
    AuditLine.objects.create(workspace=workspace, actor=_actor.get(), action=action, detail=dict(detail))
