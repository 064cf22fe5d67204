"""Rows of the funnel: where a workspace differs from the default."""

from django.db import models


class FunnelStep(models.Model):
    """The step that an event name counts for in this workspace; null takes it out of every step."""

    pk = models.CompositePrimaryKey("workspace", "event")
    workspace = models.BigIntegerField()
    event = models.TextField()
    step = models.SmallIntegerField(null=True)  # schemas.Step

    class Meta:
        db_table = "funnel_step"
