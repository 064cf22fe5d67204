"""Rows of segments. Sets of people are Roaring bitmaps in their portable form (`kernel.bitmaps`)."""

from django.db import models


class SegmentStamp(models.Model):
    """What is to be known of a workspace's segments at a glance."""

    workspace = models.IntegerField(primary_key=True)
    last = models.IntegerField(default=0)  # the last number given; none is given twice
    edition = models.BigIntegerField(default=0)  # grows with every change of a definition
    version = models.BigIntegerField(default=0)  # of the columns, up to which their news were asked about
    likelihood = models.TextField(default="", db_default="")  # the stamp of those by which segments were asked
    epoch = models.IntegerField(default=0)  # grows when people are taken out of sets as if they had never been

    class Meta:
        db_table = "segment_stamp"


class SegmentRow(models.Model):
    """A definition. `rule` is in its envelope (`rules.reading.stored`); null for a list."""

    pk = models.CompositePrimaryKey("workspace", "number")
    created_at = models.BigIntegerField()
    changed_at = models.BigIntegerField()
    workspace = models.IntegerField()
    number = models.IntegerField()
    edition = models.IntegerField(default=1)  # of the rule
    size = models.IntegerField(default=0)
    kind = models.TextField()  # schemas.Kind
    state = models.TextField()  # schemas.State
    name = models.TextField()
    note = models.TextField(default="")
    actor = models.TextField()  # who made it
    rule = models.JSONField(null=True)
    problem = models.JSONField(null=True)  # a packed Refused, where the state is broken

    class Meta:
        db_table = "segment"
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="segment_name_once")]


class SegmentUse(models.Model):
    """A segment that another's rule asks for."""

    pk = models.CompositePrimaryKey("workspace", "segment", "inner")
    workspace = models.IntegerField()
    segment = models.IntegerField()
    inner = models.IntegerField()

    class Meta:
        db_table = "segment_use"
        indexes = [models.Index(fields=["workspace", "inner"], name="segment_used_by")]


class ListUpload(models.Model):
    """The file of a list: how many rows it had, and which meant nobody. `stored` is where it waits to be looked up."""

    pk = models.CompositePrimaryKey("workspace", "segment")
    claimed_until = models.BigIntegerField(default=0)  # µs: a worker is at it
    workspace = models.IntegerField()
    segment = models.IntegerField()
    rows = models.IntegerField(default=0)  # looked up so far
    missing = models.IntegerField(default=0)
    done = models.BooleanField(default=False)
    stored = models.TextField(default="")
    holds = models.TextField(default="")  # what the first column holds, where no column says so
    missed = models.JSONField(default=list)  # from row, to row

    class Meta:
        db_table = "segment_upload"
        indexes = [
            models.Index(
                fields=["workspace", "segment"], name="segment_upload_waiting", condition=models.Q(done=False)
            ),
        ]


class MembersRow(models.Model):
    """The members after change `change`; those of now are that set with the later changes."""

    pk = models.CompositePrimaryKey("workspace", "segment")
    asked_at = models.BigIntegerField()  # µs: up to when the passing of time was looked at
    workspace = models.IntegerField()
    segment = models.IntegerField()
    change = models.IntegerField(default=0)
    last = models.IntegerField(default=0)  # the last change
    members = models.BinaryField()

    class Meta:
        db_table = "segment_members"


class ChangeRow(models.Model):
    """Who entered and left at one moment. `untold` are those of them whose events are still to be recorded."""

    pk = models.CompositePrimaryKey("workspace", "segment", "change")
    at = models.BigIntegerField()  # µs
    workspace = models.IntegerField()
    segment = models.IntegerField()
    change = models.IntegerField()
    size = models.IntegerField()  # after it
    cause = models.TextField()  # schemas.Cause
    entered = models.BinaryField()
    left = models.BinaryField()
    untold = models.BinaryField(null=True)

    class Meta:
        db_table = "segment_change"
        indexes = [
            models.Index(fields=["workspace", "segment", "-at"], name="segment_change_newest"),
            models.Index(
                fields=["workspace", "segment", "change"],
                name="segment_change_untold",
                condition=models.Q(untold__isnull=False),
            ),
        ]
