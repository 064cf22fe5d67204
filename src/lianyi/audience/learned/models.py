"""Rows of models and of the scores that they gave."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from lianyi.foundation.pieces import Piece


class LearnedModel(Piece):
    """A model of an outcome, which the worker learns when it is asked to; see schemas.Model."""

    name = models.TextField()
    outcome = models.JSONField()  # a stored rule
    days = models.IntegerField()
    chosen = models.BooleanField(default=False)
    report = models.JSONField(null=True)  # schemas.Report, of the last time that it was learned

    class Meta:
        db_table = "learned_model"
        constraints = [
            models.UniqueConstraint("workspace", Lower("name"), name="learned_model_once"),
            models.UniqueConstraint(fields=["workspace"], condition=Q(chosen=True), name="learned_model_chosen"),
        ]
        indexes = [
            models.Index(fields=["workspace", "-id"], name="learned_models_newest"),
            models.Index(fields=["asked_at"], name="learned_models_to_do", condition=Q(state="running")),
        ]


class LearnedScores(models.Model):
    """The scores that a model gave, of everybody in one value: a million people take 6 MB."""

    model = models.OneToOneField(LearnedModel, models.CASCADE, primary_key=True)
    workspace = models.IntegerField()
    made_at = models.BigIntegerField()  # µs
    persons = models.BinaryField()  # a bitmap
    scores = models.BinaryField()  # hundredths of a percent, two bytes each, in the order of the persons

    class Meta:
        db_table = "learned_scores"
        indexes = [models.Index(fields=["workspace"], name="learned_scores_of")]
