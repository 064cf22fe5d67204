"""Rows of the outbox, and the holds on it."""

from django.db import models
from django.db.models.functions import Now

from lianyi.foundation.workspaces.models import Workspace

OPEN = ["queued", "sending", "failed", "unsettled"]
BY_A_MEMBER = "by a member"  # the error of a row of which a person said that it failed


class OutboxRow(models.Model):
    """One thing that leaves. `attempts` grows with each claim, so it also tells one claim from the next."""

    class State(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"
        UNSETTLED = "unsettled"

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)  # which sender: "mail"
    key = models.CharField(max_length=200)
    payload = models.JSONField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    due_at = models.DateTimeField(null=True)  # null when only a person can move it on
    attempts = models.SmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)
    error = models.CharField(max_length=120, blank=True)  # "Unavailable smtp.421": never contents
    receipt = models.CharField(max_length=200, blank=True)  # what the other side calls it
    created_at = models.DateTimeField(db_default=Now())
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "outbox"
        constraints = [models.UniqueConstraint(fields=["workspace", "kind", "key"], name="outbox_once")]
        indexes = [
            models.Index(fields=["kind", "due_at"], name="outbox_due", condition=models.Q(state="queued")),
            models.Index(fields=["claimed_until"], name="outbox_claimed", condition=models.Q(state="sending")),
            models.Index(fields=["kind", "due_at"], name="outbox_unsettled", condition=models.Q(state="unsettled")),
            # For lists and counts; what is sent, nearly all of it, costs them nothing.
            models.Index(fields=["workspace", "-id"], name="outbox_open", condition=models.Q(state__in=OPEN)),
            models.Index(
                fields=["settled_at"],
                name="outbox_over",
                condition=models.Q(state="sent") | models.Q(state="failed", error=BY_A_MEMBER),
            ),
        ]


class SpentKey(models.Model):
    """The key of a row that was forgotten: it stays used for ever. About 130 bytes each, with its index."""

    digest = models.BinaryField(primary_key=True)  # of workspace, kind and key
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    row = models.BigIntegerField()  # the number it had
    payload = models.BinaryField()  # a digest

    class Meta:
        db_table = "outbox_spent"


class OutboxHold(models.Model):
    """While there is one, nothing of this workspace is claimed."""

    workspace = models.OneToOneField(Workspace, models.CASCADE, primary_key=True, related_name="+")
    since = models.DateTimeField()

    class Meta:
        db_table = "outbox_hold"
