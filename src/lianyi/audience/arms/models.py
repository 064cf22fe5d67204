"""Rows of tests and of exposures."""

from django.db import models
from django.db.models.functions import Lower


class ArmTest(models.Model):
    """See schemas.Test."""

    workspace = models.IntegerField()
    name = models.TextField()
    seed = models.TextField()
    arms = models.JSONField()  # [[name, weight]], in order
    created_at = models.BigIntegerField()
    started_at = models.BigIntegerField(null=True)
    ended_at = models.BigIntegerField(null=True)

    class Meta:
        db_table = "arm_test"
        constraints = [models.UniqueConstraint("workspace", Lower("name"), name="arm_test_once")]
        indexes = [models.Index(fields=["workspace", "-id"], name="arm_tests_newest")]


class ArmExposure(models.Model):
    """The first time that an identity saw an arm of a test: of two at one moment the smaller event."""

    pk = models.CompositePrimaryKey("workspace", "test", "identity")
    at = models.BigIntegerField()  # µs
    workspace = models.IntegerField()
    test = models.IntegerField()
    identity = models.IntegerField()
    event = models.BinaryField()
    arm = models.TextField()

    class Meta:
        db_table = "arm_exposure"
        indexes = [models.Index(fields=["workspace", "identity"], name="arm_exposure_of_identity")]
