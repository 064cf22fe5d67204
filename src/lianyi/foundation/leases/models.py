"""Rows of leases."""

from django.db import models


class Lease(models.Model):
    """Who may do the job `name` until `until`. `fence` grows by one with each change of holder."""

    name = models.CharField(max_length=100, primary_key=True)
    holder = models.CharField(max_length=100)
    fence = models.BigIntegerField()
    until = models.DateTimeField()

    class Meta:
        db_table = "lease"
