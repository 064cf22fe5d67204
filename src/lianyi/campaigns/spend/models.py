"""Rows of spend."""

from django.db import models


class SpendRow(models.Model):
    """One line: see schemas.Spend."""

    workspace = models.BigIntegerField()
    first_on = models.DateField()
    last_on = models.DateField()  # included
    amount = models.DecimalField(max_digits=20, decimal_places=6)
    currency = models.TextField()
    channel = models.TextField()
    medium = models.TextField()
    campaign = models.TextField()
    code = models.TextField()
    note = models.TextField()
    hash = models.BinaryField()  # digest of all the above

    class Meta:
        db_table = "spend"
        indexes = [
            models.Index(fields=["workspace", "-id"], name="spend_newest"),
            models.Index(fields=["workspace", "last_on"], name="spend_of_days"),
        ]
        constraints = [models.UniqueConstraint(fields=["workspace", "hash"], name="spend_once")]
