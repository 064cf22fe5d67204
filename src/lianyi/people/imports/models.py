"""Rows of imports: how far each came, and what became of its rows."""

from django.db import models
from django.db.models import Q

from lianyi.foundation.workspaces.models import Workspace


class ImportJob(models.Model):
    """One file, mapped one way. While it runs, `rows` is how many of its rows are dealt with, in order of the file."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    kind = models.CharField(max_length=10)  # people, events, orders
    file_name = models.CharField(max_length=255)
    file_digest = models.BinaryField(max_length=16)
    mapping_digest = models.BinaryField(max_length=16)
    mapping = models.TextField()  # YAML, whole
    started_at = models.BigIntegerField()  # µs; also the time of what the file gives no time for
    finished_at = models.BigIntegerField(null=True)
    rows = models.BigIntegerField(default=0)
    new = models.BigIntegerField(default=0)
    updated = models.BigIntegerField(default=0)
    same = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)

    class Meta:
        db_table = "import_job"
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "kind", "file_digest", "mapping_digest"],
                condition=Q(finished_at=None),
                name="import_running_once",
            )
        ]
        indexes = [models.Index(fields=["workspace", "-id"], name="import_newest")]
