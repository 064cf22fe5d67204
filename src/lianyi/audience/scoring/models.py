"""Rows of scoring. Sets of people are Roaring bitmaps in their portable form (`kernel.bitmaps`)."""

from django.db import models


class ScoringRow(models.Model):
    """How a workspace scores, and how far its scores are."""

    workspace = models.IntegerField(primary_key=True)
    changed_at = models.BigIntegerField()  # µs
    asked_at = models.BigIntegerField(default=0)  # µs: up to when the passing of time was looked at
    version = models.BigIntegerField(default=0)  # of the columns, up to which their news were asked about
    edition = models.IntegerField(default=1)  # of the settings
    built = models.IntegerField(default=0)  # how often everybody was scored anew
    last = models.IntegerField(default=0)  # the last change
    due = models.BooleanField(default=True)  # everybody is to be scored anew
    actor = models.TextField()  # who wrote the settings
    settings = models.JSONField()
    current = models.JSONField(null=True)  # the settings by which people are scored now; null before they ever were

    class Meta:
        db_table = "scoring"


class ScoringChange(models.Model):
    """Who became what at one moment. `untold` are those of them whose events are still to be recorded, and `scores`
    the fit and the engagement of each of these, as doubles.
    """

    pk = models.CompositePrimaryKey("workspace", "change", "was", "became")
    at = models.BigIntegerField()  # µs
    workspace = models.IntegerField()
    change = models.IntegerField()
    was = models.SmallIntegerField()  # place in schemas.STATES
    became = models.SmallIntegerField()
    cause = models.TextField()  # schemas.Cause
    people = models.BinaryField()
    untold = models.BinaryField(null=True)
    scores = models.BinaryField(null=True)

    class Meta:
        db_table = "scoring_change"
        indexes = [
            models.Index(
                fields=["workspace", "change"],
                name="scoring_change_untold",
                condition=models.Q(untold__isnull=False),
            ),
        ]
