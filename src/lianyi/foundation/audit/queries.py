"""Reads of the audit log."""

from lianyi.foundation.audit.models import AuditLine
from lianyi.foundation.audit.schemas import Line


def audit_lines(workspace: int, limit: int = 50, *, before: int | None = None) -> list[Line]:
    """The workspace's lines, the newest first; those older than number `before`."""
    rows = AuditLine.objects.filter(workspace=workspace).order_by("-id")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [Line(row.pk, row.at, row.actor, row.action, row.detail) for row in rows[:limit]]
