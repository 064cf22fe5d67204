"""Rows of campaigns."""

from django.db import models


class Campaign(models.Model):
    """See schemas.Campaign. Moments are microseconds."""

    workspace = models.BigIntegerField()
    key = models.TextField()
    name = models.TextField()
    begins_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)  # included
    note = models.TextField(default="")
    created_at = models.BigIntegerField()
    archived_at = models.BigIntegerField(null=True)

    class Meta:
        db_table = "campaign"
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="campaign_once")]
        indexes = [models.Index(fields=["workspace", "-id"], name="campaigns_newest")]
