"""Rows of the audit log."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now


class AuditLine(models.Model):
    """Who did what, with ids and never contents. `workspace` is null for what concerns the whole installation."""

    workspace = models.BigIntegerField(null=True)
    at = models.DateTimeField(db_default=Now())
    actor = models.CharField(max_length=64)  # "member:3", "cli", "system"
    action = models.CharField(max_length=64)  # "people.merged"
    detail = models.JSONField(default=dict)

    class Meta:
        db_table = "audit_line"
        indexes = [
            models.Index(fields=["workspace", "-id"], name="audit_newest"),
            models.Index(fields=["workspace", "actor", "-id"], name="audit_by_actor"),
            models.Index(fields=["workspace", "action", "-id"], name="audit_by_action"),
            GinIndex(fields=["detail"], name="audit_by_detail", opclasses=["jsonb_path_ops"]),
        ]
