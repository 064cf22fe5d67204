"""Rows of hand-overs. Moments are µs."""

from django.db import models

from lianyi.audience.handover.schemas import OPEN, State


class AssignmentRow(models.Model):
    """How a workspace assigns. Whoever gives somebody a hand-over holds it, so turns have an order."""

    workspace = models.IntegerField(primary_key=True)
    last = models.IntegerField(default=0)  # the last number given
    accept_minutes = models.IntegerField()  # of working time
    pause_days = models.IntegerField()
    rules = models.JSONField(default=list)  # schemas.AssignmentRule, in order
    turns = models.JSONField(default=dict)  # name of a rule, "" for the rest → the member who had the last turn

    class Meta:
        db_table = "handover_assignment"


class HandoverRow(models.Model):
    """A person offered to members. `person` is who `identity` is now."""

    pk = models.CompositePrimaryKey("workspace", "number")
    offered_at = models.BigIntegerField()
    changed_at = models.BigIntegerField()
    due_at = models.BigIntegerField(null=True)  # of the present offer
    paused_until = models.BigIntegerField(null=True)
    workspace = models.IntegerField()
    number = models.IntegerField()
    person = models.IntegerField()
    identity = models.IntegerField()
    member = models.IntegerField(null=True)  # null: nobody may take it
    level = models.SmallIntegerField(default=0)  # schemas.Level
    merged_into = models.IntegerField(null=True)
    fit = models.FloatField(null=True)
    engagement = models.FloatField(null=True)
    state = models.TextField()
    merged_from = models.TextField(default="")  # the state before it was closed as merged
    rule = models.TextField(default="")  # the name of the rule that assigned it
    channel = models.TextField(default="")  # where the person came from last, when it was offered
    campaign = models.TextField(default="")
    reason = models.TextField(default="")
    note = models.TextField(default="")
    currency = models.TextField(default="")
    amount = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    cause = models.BinaryField(null=True)  # the event that made the person hot; null: a member offered them

    class Meta:
        db_table = "handover"
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "person"], condition=models.Q(state__in=sorted(OPEN)), name="handover_open_once"
            ),
            models.UniqueConstraint(fields=["workspace", "cause"], name="handover_cause_once"),
        ]
        indexes = [
            models.Index(fields=["workspace", "person"], name="handover_of_person"),
            models.Index(fields=["workspace", "identity"], name="handover_of_identity"),
            models.Index(fields=["workspace", "offered_at"], name="handover_period"),
            models.Index(fields=["workspace", "state", "-changed_at", "-number"], name="handover_board"),
            models.Index(fields=["workspace", "member", "state", "-changed_at", "-number"], name="handover_mine"),
            models.Index(
                fields=["workspace", "due_at"], condition=models.Q(state=State.OFFERED.value), name="handover_due"
            ),
        ]


class TakeRow(models.Model):
    """One member's turn with a hand-over, and what came of it."""

    pk = models.CompositePrimaryKey("workspace", "handover", "place")
    offered_at = models.BigIntegerField()
    ended_at = models.BigIntegerField(null=True)
    workspace = models.IntegerField()
    handover = models.IntegerField()
    place = models.IntegerField()
    member = models.IntegerField()
    worked = models.IntegerField(null=True)  # seconds of working time from the offer to its end
    untold = models.BooleanField(default=True)  # the member gets a notice
    outcome = models.TextField(default="")  # schemas.Outcome; "" while it is open
    channel = models.TextField(default="")

    class Meta:
        db_table = "handover_take"
        indexes = [
            models.Index(fields=["workspace", "offered_at"], name="handover_take_period"),
            models.Index(fields=["workspace", "member"], condition=models.Q(untold=True), name="handover_take_untold"),
        ]
