"""Rows of the catalogue: which types of events came, how many, by whom, and what their properties are called.

Names and counts, never a value. A workspace has at most as many rows as `limits.py` allows, whatever is sent to it.
`workspace` carries no foreign key, as with all that is written a batch at a time.
"""

from django.db import models


class EventType(models.Model):
    """One name that events bear. Moments are when events happened, µs."""

    pk = models.CompositePrimaryKey("workspace", "name")
    workspace = models.IntegerField()
    name = models.TextField()
    events = models.BigIntegerField()
    examined = models.BigIntegerField()  # events whose properties were looked at
    first_at = models.BigIntegerField()
    last_at = models.BigIntegerField()
    properties = models.IntegerField()  # rows of its properties
    senders = models.IntegerField()  # rows of its senders
    left_out = models.BigIntegerField()  # times that a property was met which has no row

    class Meta:
        db_table = "event_type"


class EventDay(models.Model):
    """How many events of a type happened on a day of the workspace's zone; the newest days only."""

    pk = models.CompositePrimaryKey("workspace", "name", "day")
    workspace = models.IntegerField()
    day = models.DateField()
    name = models.TextField()
    events = models.BigIntegerField()

    class Meta:
        db_table = "event_day"


class EventSender(models.Model):
    """By whom events of a type came: a write key and the protocol it speaks, or an origin inside."""

    pk = models.CompositePrimaryKey("workspace", "name", "form", "origin", "key")
    workspace = models.IntegerField()
    key = models.BigIntegerField()
    name = models.TextField()
    form = models.TextField()
    origin = models.TextField()
    events = models.BigIntegerField()

    class Meta:
        db_table = "event_sender"


class EventProperty(models.Model):
    """A property of a type: how often it was a text, a number and so on, among the examined events."""

    pk = models.CompositePrimaryKey("workspace", "name", "property")
    workspace = models.IntegerField()
    name = models.TextField()
    property = models.TextField()
    texts = models.BigIntegerField()
    numbers = models.BigIntegerField()
    truths = models.BigIntegerField()
    nulls = models.BigIntegerField()
    lists = models.BigIntegerField()
    maps = models.BigIntegerField()

    class Meta:
        db_table = "event_property"


class ErasedSince(models.Model):
    """How many people were erased since the events of a workspace were counted from the first one."""

    workspace = models.IntegerField(primary_key=True)
    people = models.IntegerField()

    class Meta:
        db_table = "event_erased"


class EventsLeftOut(models.Model):
    """Events whose type has no row: there were too many types, or the name may be somebody's."""

    workspace = models.IntegerField(primary_key=True)
    events = models.BigIntegerField()

    class Meta:
        db_table = "event_left_out"
