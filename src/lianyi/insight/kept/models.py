"""Rows of kept answers."""

from django.db import models


class KeptAnswer(models.Model):
    """The last answer to one question of a workspace."""

    pk = models.CompositePrimaryKey("workspace", "question")
    workspace = models.BigIntegerField()
    question = models.TextField()  # with everything that it was asked by
    stamp = models.TextField()  # of what it was counted from
    answer = models.TextField()  # JSON as it was written: jsonb would put its names into an order of its own
    took = models.FloatField()  # seconds
    counted_at = models.DateTimeField()

    class Meta:
        db_table = "kept_answer"
        indexes = [models.Index(fields=["workspace", "counted_at"], name="kept_answer_oldest")]
