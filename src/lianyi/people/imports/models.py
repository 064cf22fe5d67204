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


class ImportUpload(models.Model):
    """A file that a member gave, and what is being done with it. Its cells stand in the file alone, which goes when it
    is not needed any more (`stored` is empty then).
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded"
        PREVIEWED = "previewed"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        STOPPED = "stopped"

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    dry = models.BooleanField(default=False)  # what runs, or ran last, only counts
    stop = models.BooleanField(default=False)  # somebody asked what runs to stop
    kind = models.CharField(max_length=10)
    file_name = models.CharField(max_length=255)
    stored = models.CharField(max_length=32)  # the folder of the file below the uploads
    seen = models.JSONField()  # what one pass over it showed
    header = models.BinaryField(max_length=16)  # digest of its columns
    fields = models.JSONField()  # the mapping as plain data, complete or not
    mapping = models.TextField(blank=True)  # YAML, as it was run
    actor = models.CharField(max_length=64)
    language = models.CharField(max_length=10)
    created_at = models.BigIntegerField()  # µs
    started_at = models.BigIntegerField(null=True)
    finished_at = models.BigIntegerField(null=True)
    position = models.BigIntegerField(default=0)  # bytes that are read
    tried = models.JSONField(null=True)  # what the last dry run counted
    result = models.JSONField(null=True)
    problem = models.JSONField(null=True)  # a packed Refused
    claimed_by = models.CharField(max_length=64, blank=True)
    claimed_until = models.BigIntegerField(default=0)  # µs of the database's clock

    class Meta:
        db_table = "import_upload"
        indexes = [
            models.Index(fields=["workspace", "-id"], name="upload_newest"),
            models.Index(fields=["started_at"], name="upload_running", condition=Q(state="running")),
            models.Index(fields=["workspace", "header", "-id"], name="upload_like"),
            models.Index(fields=["created_at"], name="upload_kept", condition=~Q(stored="")),
        ]
