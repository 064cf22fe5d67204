"""Rows of webhooks: endpoints, what was enqueued for them, and each attempt to deliver it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from lianyi.foundation.workspaces.models import Workspace


class Endpoint(models.Model):
    """An address that is told. Its secret lies in the vault. Events received before `since` are not its matter."""

    class State(models.TextChoices):
        ON = "on"
        OFF = "off"
        DISABLED = "disabled"  # by us; `why` says what for
        REMOVED = "removed"  # until all that was enqueued for it is gone as well

    class Why(models.TextChoices):
        NOTHING = ""
        GONE = "gone"  # it answered 410
        FAILING = "failing"  # for days

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    url = models.TextField()
    label = models.CharField(max_length=100, blank=True)
    patterns = ArrayField(models.TextField())
    state = models.CharField(max_length=10, choices=State.choices, default=State.ON)
    why = models.CharField(max_length=10, choices=Why.choices, blank=True)
    since = models.DateTimeField()
    former_until = models.DateTimeField(null=True)  # until then it is signed with the former secret too
    failing_since = models.DateTimeField(null=True)
    failures = models.IntegerField(default=0)  # in a row
    rests_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "webhook_endpoint"


class Delivery(models.Model):
    """What was enqueued for an endpoint: `row` is that of the outbox, `identity` the number of whom it speaks of."""

    row = models.BigIntegerField(primary_key=True)
    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="+", db_index=False)
    workspace = models.IntegerField()
    identity = models.IntegerField()
    event = models.TextField()
    message = models.CharField(max_length=64)  # the header webhook-id
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "webhook_delivery"
        indexes = [
            models.Index(fields=["endpoint", "-row"], name="webhook_delivery_newest"),
            models.Index(fields=["workspace", "identity"], name="webhook_delivery_of"),
        ]


class Attempt(models.Model):
    """One call: when, how long, and what came of it. `status` is null when nothing was answered."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    took_ms = models.IntegerField()
    status = models.SmallIntegerField(null=True)
    error = models.CharField(max_length=60, blank=True)
    answer = models.TextField(blank=True)  # its beginning

    class Meta:
        db_table = "webhook_attempt"
