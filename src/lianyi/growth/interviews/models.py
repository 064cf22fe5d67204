"""Rows of interview notes."""

from django.db import models


class InterviewRow(models.Model):
    """A note: see schemas.Interview."""

    workspace = models.IntegerField()
    identity = models.IntegerField()  # of the person it is about
    held_by = models.TextField()  # as audit lines call them: member:3
    held_on = models.DateField()
    place = models.TextField()
    said = models.JSONField()  # [[question, answer], …]
    text = models.TextField()
    quotes = models.JSONField()
    tags = models.JSONField()
    found_by = models.TextField()  # all of its words, to be searched
    created_at = models.BigIntegerField()  # µs
    changed_at = models.BigIntegerField()

    class Meta:
        db_table = "interview"
        indexes = [
            models.Index(fields=["workspace", "-id"], name="interviews_newest"),
            models.Index(fields=["workspace", "identity"], name="interviews_of_identity"),
        ]
