"""Writes to the audit log."""

from collections.abc import Mapping
from typing import Any

from lianyi.foundation.access.acting import current_actor
from lianyi.foundation.audit.models import AuditLine


def record_audit(workspace: int | None, action: str, detail: Mapping[str, Any]) -> None:
    """One line that names the present actor, in the caller's transaction."""
    AuditLine.objects.create(workspace=workspace, actor=current_actor().name, action=action, detail=dict(detail))
