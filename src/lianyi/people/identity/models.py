"""Rows of identities, and of the facts that group them.

Written in sets, by SQL; fields stand in the order that packs a row tightest. `workspace` carries no foreign key: a
check for each of millions of rows is what would make an import slow, and a workspace is emptied by `forget`.
"""

from django.db import models
from django.db.models import F, Q

_MOVED = Q(person__lt=F("number"))


class IdentityRow(models.Model):
    """One identity. `person` is the smallest number of its group, most often its own number."""

    pk = models.CompositePrimaryKey("workspace", "number")
    first_seen_at = models.BigIntegerField()  # µs: the time of the event that brought it
    workspace = models.IntegerField()
    number = models.IntegerField()
    person = models.IntegerField()
    strong = models.BooleanField()  # whether anybody ever vouched for it
    kind = models.TextField()
    scope = models.TextField()
    value = models.TextField()
    hash = models.BinaryField()  # digest(kind, scope, value), 16 bytes

    class Meta:
        db_table = "identity"
        constraints = [models.UniqueConstraint(fields=["workspace", "hash"], name="identity_once")]
        indexes = [
            # Only those that are not their own person; whoever asks for a person adds the one with number = person.
            models.Index(fields=["workspace", "person", "number"], name="identity_moved", condition=_MOVED)
        ]


class IdentityCounter(models.Model):
    """The last number given in a workspace. `epoch` grows whenever numbers or strengths were taken back."""

    workspace = models.IntegerField(primary_key=True)
    last = models.IntegerField(default=0)
    epoch = models.IntegerField(default=0)

    class Meta:
        db_table = "identity_counter"


class LinkRow(models.Model):
    """A fact: two identities were stated together. Of all statements of a strength, the first in order stands here;
    the others could change nothing.
    """

    pk = models.CompositePrimaryKey("workspace", "a", "b", "strength")
    occurred_at = models.BigIntegerField()
    workspace = models.IntegerField()
    a = models.IntegerField()  # the smaller number
    b = models.IntegerField()
    strength = models.SmallIntegerField()  # grouping.Strength
    ordinal = models.SmallIntegerField()
    event_id = models.BinaryField()

    class Meta:
        db_table = "link"
        indexes = [models.Index(fields=["workspace", "b"], name="link_of_b")]


class MergeRow(models.Model):
    """A fact: a member said that two identities are one person. Not in force once an un-merge took it back.

    A merge is several such rows; the first, with ordinal 0, has the two identities that the member named.
    """

    pk = models.CompositePrimaryKey("workspace", "event_id", "ordinal")
    occurred_at = models.BigIntegerField()
    workspace = models.IntegerField()
    a = models.IntegerField()
    b = models.IntegerField()
    ordinal = models.SmallIntegerField()
    in_force = models.BooleanField()
    event_id = models.BinaryField()

    class Meta:
        db_table = "person_merge"
        indexes = [
            models.Index(fields=["workspace", "a"], name="merge_of_a"),
            models.Index(fields=["workspace", "b"], name="merge_of_b"),
        ]


class KeptApartRow(models.Model):
    """A fact: a member said that two sides are different persons. Not in force while a later merge lifts it."""

    pk = models.CompositePrimaryKey("workspace", "event_id")
    occurred_at = models.BigIntegerField()
    workspace = models.IntegerField()
    in_force = models.BooleanField()
    event_id = models.BinaryField()

    class Meta:
        db_table = "kept_apart"


class KeptApartSide(models.Model):
    """One identity on one side of what is kept apart."""

    pk = models.CompositePrimaryKey("workspace", "number", "event_id")
    workspace = models.IntegerField()
    number = models.IntegerField()
    side = models.SmallIntegerField()  # 0 left, 1 right
    event_id = models.BinaryField()

    class Meta:
        db_table = "kept_apart_side"
        indexes = [models.Index(fields=["workspace", "event_id"], name="kept_apart_sides")]


class Overruling(models.Model):
    """A fact: decision `by` takes back decision `overruled`: an un-merge a merge, or a merge something kept apart."""

    pk = models.CompositePrimaryKey("workspace", "overruled", "by")
    workspace = models.IntegerField()
    overruled = models.BinaryField()
    by = models.BinaryField()

    class Meta:
        db_table = "overruling"
        indexes = [models.Index(fields=["workspace", "by"], name="overruling_by")]


class LinkQuestion(models.Model):
    """Two identities that a sender or a member says are one person, and that had to stay apart: a member decides."""

    pk = models.CompositePrimaryKey("workspace", "a", "b")
    stated_at = models.BigIntegerField(db_default=0)  # µs: when it was first said
    workspace = models.IntegerField()
    a = models.IntegerField()
    b = models.IntegerField()

    class Meta:
        db_table = "link_question"
        indexes = [
            models.Index(fields=["workspace", "b"], name="question_of_b"),
            models.Index(fields=["workspace", "stated_at", "a", "b"], name="question_in_order"),
        ]


class QuestionAnswer(models.Model):
    """What a member said of a question, kept so that it can be taken back. No part of the projection: the decision that
    it led to is an event. It hides the question while that is on its way; "later" hides it for as long as it stands.
    """

    class Said(models.TextChoices):
        SAME = "same"
        DIFFERENT = "different"
        LATER = "later"

    pk = models.CompositePrimaryKey("workspace", "a", "b")
    said_at = models.BigIntegerField()  # µs
    stated_at = models.BigIntegerField()  # µs: that of the question
    workspace = models.IntegerField()
    a = models.IntegerField()
    b = models.IntegerField()
    said = models.CharField(max_length=9, choices=Said.choices)
    actor = models.CharField(max_length=64)
    decision = models.BinaryField(null=True)  # the event's id; null for "later"
    reasons = models.JSONField()  # why it was asked: {reasons, spaces}

    class Meta:
        db_table = "question_answer"
        indexes = [
            models.Index(fields=["workspace", "said", "-said_at", "a", "b"], name="answers_newest"),
            models.Index(fields=["workspace", "b"], name="answer_of_b"),
        ]


class Move(models.Model):
    """A batch gave an identity that was there before to another person. One that is new in the batch has not moved.
    Kept until every projector has passed the batch.
    """

    pk = models.CompositePrimaryKey("workspace", "batch", "number")
    batch = models.BigIntegerField()
    workspace = models.IntegerField()
    number = models.IntegerField()
    was = models.IntegerField()
    became = models.IntegerField()

    class Meta:
        db_table = "move"


class ErasedIdentity(models.Model):
    """An identity of a person who was erased, by a keyed hash: what happened up to `erased_at` (µs) must not bring it
    back. `number` is the one it had in this database; 0 when it had none here.
    """

    pk = models.CompositePrimaryKey("workspace", "mark", "erased_at")
    erased_at = models.BigIntegerField()
    workspace = models.IntegerField()
    number = models.IntegerField()
    mark = models.BinaryField()

    class Meta:
        db_table = "erased_identity"
        indexes = [models.Index(fields=["workspace", "number"], name="erased_number")]
