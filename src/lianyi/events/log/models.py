"""Rows of the log's tail, its batches, the projectors' cursors and the dead letters.

The table `log` itself is partitioned by day of receipt, which Django cannot say: its migration makes it by SQL, and
`rows.py` says what is in it.
"""

from django.db import models
from django.db.models.functions import Now

from lianyi.foundation.workspaces.models import Workspace


class NumberedBatch(models.Model):
    """A batch that the sequencer made: which positions of it are repeats."""

    number = models.BigIntegerField(primary_key=True)
    workspace = models.ForeignKey(Workspace, models.CASCADE)
    first_day = models.DateField()  # of its rows, so that a look-up opens the right partitions
    last_day = models.DateField()
    count = models.IntegerField()  # positions, repeats and refused ones included
    left_out = models.BinaryField()  # Roaring bitmap of positions: repeats, and refused ones
    repeats = models.IntegerField()
    numbered_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "batch"
        indexes = [models.Index(fields=["workspace", "number"], name="batch_of_workspace")]


class Cursor(models.Model):
    """How far one projector has read one workspace: the number of the last batch whose effect is in the database."""

    pk = models.CompositePrimaryKey("workspace_id", "projector")
    workspace = models.ForeignKey(Workspace, models.CASCADE)
    projector = models.CharField(max_length=40)
    batch = models.BigIntegerField(default=0)

    class Meta:
        db_table = "cursor"


class DeadLetter(models.Model):
    """An event, or a body, that nothing could use: kept with its reason until someone replays or drops it."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    key = models.BigIntegerField()
    form = models.CharField(max_length=16)
    received_at = models.BigIntegerField()  # µs
    reason = models.CharField(max_length=64)  # code
    detail = models.CharField(max_length=500)
    body = models.BinaryField()
    projector = models.CharField(max_length=40, default="")  # empty: undecodable; intake: refused at the door
    batch = models.BigIntegerField(null=True)
    position = models.IntegerField(null=True)
    replayed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "dead_letter"
        indexes = [
            models.Index(fields=["workspace", "-id"], name="dead_letter_newest"),
            models.Index(fields=["workspace", "reason", "-id"], name="dead_letter_of_reason"),
        ]
        constraints = [models.UniqueConstraint(fields=["batch", "position", "projector"], name="dead_letter_once")]
