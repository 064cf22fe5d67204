"""Rows of suggestions: numbers and degrees of agreement, never a value of anybody."""

from django.db import models

from lianyi.foundation.pieces import Piece


class DuplicateSuggestion(models.Model):
    """`a` < `b`, two identities that were persons when it was found, may be one. They keep their numbers when either
    becomes part of another person, so a suggestion is shown for the persons they belong to now.
    """

    class Answer(models.TextChoices):
        SAME = "same"
        NOT_SAME = "not_same"
        LATER = "later"

    pk = models.CompositePrimaryKey("workspace", "a", "b")
    found_at = models.BigIntegerField()  # µs: when it was first found
    workspace = models.IntegerField()
    a = models.IntegerField()
    b = models.IntegerField()
    probability = models.FloatField()
    answered = models.CharField(max_length=8, choices=Answer.choices, null=True)
    answered_at = models.BigIntegerField(null=True)  # µs
    actor = models.CharField(max_length=64, db_default="")  # who answered
    decision = models.BinaryField(null=True)  # the event that the answer led to; null for "later"
    reasons = models.JSONField()  # [{field, level, bits}]

    class Meta:
        db_table = "duplicate_suggestion"
        indexes = [
            models.Index(
                fields=["workspace", "-probability", "a", "b"],
                name="duplicates_open",
                condition=models.Q(answered=None),
            ),
            models.Index(
                fields=["workspace", "answered", "-probability", "a", "b"],
                name="duplicates_answered",
                condition=~models.Q(answered=None),
            ),
            models.Index(fields=["workspace", "b"], name="duplicates_of_b"),
        ]


class DuplicateSearch(models.Model):
    """The last search of a workspace, and what it left out."""

    workspace = models.IntegerField(primary_key=True)
    found_at = models.BigIntegerField()  # µs
    people = models.IntegerField()
    compared = models.BigIntegerField()
    skipped = models.JSONField()  # [{rule, limit, blocks, people, largest}]

    class Meta:
        db_table = "duplicate_search"


class DuplicateRun(Piece):
    """The search that a member asked for last, which the worker runs: one row for each workspace, so never two at once.
    What it found is a `DuplicateSearch`.
    """

    workspace = models.IntegerField(primary_key=True)

    class Meta:
        db_table = "duplicate_run"
        indexes = [models.Index(fields=["asked_at"], name="duplicate_runs_to_do", condition=models.Q(state="running"))]
