"""Reads of the audit log."""

from collections.abc import Iterator

from django.db.models import Q, QuerySet

from lianyi.foundation.access.acting import require
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.models import AuditLine
from lianyi.foundation.audit.schemas import ABOUT, EVERY, Line, Wanted


def audit_lines(workspace: int, limit: int = 50, *, wanted: Wanted = EVERY, before: int | None = None) -> list[Line]:
    """Lines of the workspace, the newest first, those before a line when one is named."""
    rows = _wanted(workspace, wanted)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [_line(row) for row in rows[:limit]]


def every_audit_line(workspace: int, wanted: Wanted, piece: int = 2000) -> Iterator[Line]:
    """The same without an end, read in pieces, so that a long log takes no memory."""
    before: int | None = None
    while lines := audit_lines(workspace, piece, wanted=wanted, before=before):
        yield from lines
        before = lines[-1].id


def actions_seen(workspace: int) -> list[str]:
    """The actions that the log of the workspace knows, by name. Skips through the index: one step for each."""
    require(Ability.SEE_AUDIT, workspace)
    found: list[str] = []
    rows = AuditLine.objects.filter(workspace=workspace).order_by("action").values_list("action", flat=True)
    action = rows.first()
    while action is not None:
        found.append(action)
        action = rows.filter(action__gt=action).first()
    return found


def _wanted(workspace: int, wanted: Wanted) -> QuerySet[AuditLine]:
    require(Ability.SEE_AUDIT, workspace)
    rows = AuditLine.objects.filter(workspace=workspace).order_by("-pk")
    if wanted.actor:
        rows = rows.filter(actor=wanted.actor)
    if wanted.action:
        rows = rows.filter(action=wanted.action)
    if wanted.since is not None:
        rows = rows.filter(at__gte=wanted.since)
    if wanted.until is not None:
        rows = rows.filter(at__lt=wanted.until)
    if wanted.about is not None:
        anything = Q()
        for name in ABOUT:
            anything |= Q(detail__contains={name: wanted.about})
        rows = rows.filter(anything)
    return rows


def _line(row: AuditLine) -> Line:
    return Line(row.pk, row.at, row.actor, row.action, row.detail)
