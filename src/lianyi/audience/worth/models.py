"""Rows of fits: parameters and counts, nothing of anybody."""

from django.db import models

from lianyi.foundation.pieces import Piece


class WorthFit(models.Model):
    """A fit to the orders up to the end of a day; see schemas.Fit."""

    pk = models.CompositePrimaryKey("workspace", "as_of")
    fitted_at = models.BigIntegerField()  # µs
    as_of = models.DateField()
    workspace = models.IntegerField()
    buyers = models.IntegerField()
    returning = models.IntegerField()
    kept = models.FloatField()
    correlation = models.FloatField(null=True)
    currency = models.TextField()
    purchasing = models.JSONField()  # the fields of schemas.Purchasing
    spending = models.JSONField(null=True)  # those of schemas.Spending
    problem = models.JSONField(null=True)  # a packed Refused

    class Meta:
        db_table = "worth_fit"


class WorthRun(Piece):
    """The fit that a member asked for last, which the worker does: one row for each workspace, so never two at once."""

    workspace = models.IntegerField(primary_key=True)
    as_of = models.DateField()

    class Meta:
        db_table = "worth_run"
        indexes = [models.Index(fields=["asked_at"], name="worth_runs_to_do", condition=models.Q(state="running"))]
