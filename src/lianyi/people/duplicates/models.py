"""Rows of suggestions: numbers and degrees of agreement, never a value of anybody."""

from django.db import models


class DuplicateSuggestion(models.Model):
    """`a` < `b`, two identities that were persons when it was found, may be one. They keep their numbers when either
    becomes part of another person, so a suggestion is shown for the persons they belong to now.
    """

    class Answer(models.TextChoices):
        SAME = "same"
        NOT_SAME = "not_same"

    pk = models.CompositePrimaryKey("workspace", "a", "b")
    found_at = models.BigIntegerField()  # µs: when it was first found
    workspace = models.IntegerField()
    a = models.IntegerField()
    b = models.IntegerField()
    probability = models.FloatField()
    answered = models.CharField(max_length=8, choices=Answer.choices, null=True)
    reasons = models.JSONField()  # [{field, level, bits}]

    class Meta:
        db_table = "duplicate_suggestion"
        indexes = [
            models.Index(
                fields=["workspace", "-probability", "a", "b"],
                name="duplicates_open",
                condition=models.Q(answered=None),
            )
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
