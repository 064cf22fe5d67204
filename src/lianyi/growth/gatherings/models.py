"""Rows of gatherings, of what was published of them, of registrations and what happened to them."""

from django.db import models


class GatheringRow(models.Model):
    """A gathering with its draft. `seats` is what was said last; times are those of what was published last."""

    workspace = models.IntegerField()
    slug = models.TextField(unique=True)  # /g/SLUG
    name = models.TextField()  # what members call it
    draft = models.TextField()  # a definition's JSON
    published = models.IntegerField(null=True)  # the newest version
    state = models.TextField()  # lines.State
    seats = models.IntegerField(null=True)  # null: as many as are wanted
    starts_at = models.BigIntegerField(null=True)  # µs
    ends_at = models.BigIntegerField(null=True)
    missed_at = models.BigIntegerField(null=True)  # when it was told who did not come
    called_off_at = models.BigIntegerField(null=True)
    moved = models.IntegerField(null=True)  # the newest version that has another place or time
    created_at = models.BigIntegerField()
    changed_at = models.BigIntegerField()

    class Meta:
        db_table = "gathering"
        indexes = [
            models.Index(fields=["workspace", "-id"], name="gatherings_newest"),
            models.Index(
                fields=["ends_at"], condition=models.Q(missed_at=None, ends_at__isnull=False), name="gatherings_open"
            ),
        ]


class GatheringVersion(models.Model):
    """What was published, as it was. Never changed."""

    gathering = models.ForeignKey(GatheringRow, models.CASCADE, related_name="versions")
    number = models.IntegerField()
    definition = models.TextField()
    digest = models.TextField()
    published_at = models.BigIntegerField()
    published_by = models.TextField()

    class Meta:
        db_table = "gathering_version"
        constraints = [models.UniqueConstraint(fields=["gathering", "number"], name="gathering_version_once")]


class Registration(models.Model):
    """What an event `gathering.registered` says, and what has become of it; derived, under the identity that the event
    came with.
    """

    pk = models.CompositePrimaryKey("workspace", "event")
    at = models.BigIntegerField()  # µs
    batch = models.BigIntegerField()  # with `position` its place in the order of all that happened
    workspace = models.IntegerField()
    gathering = models.IntegerField()
    position = models.IntegerField()
    version = models.IntegerField()
    identity = models.IntegerField()  # 0: nobody is known by it
    came_at = models.BigIntegerField(null=True)
    promoted = models.BooleanField()
    event = models.BinaryField()
    seat = models.TextField()  # seats.Seat
    holder = models.TextField()  # stands for the phone or e-mail; "" none
    answers = models.TextField()  # JSON
    found_by = models.TextField()  # what the answers hold as text, to be searched
    language = models.TextField()
    channel = models.TextField()  # of its source; "" none
    campaign = models.TextField()
    code = models.TextField()

    class Meta:
        db_table = "gathering_registration"
        indexes = [
            models.Index(fields=["workspace", "gathering", "batch", "position"], name="registrations_in_order"),
            models.Index(fields=["workspace", "identity"], name="registration_of_identity"),
        ]


class GatheringAct(models.Model):
    """What else happened: a cancellation, a check-in, another number of seats; derived."""

    pk = models.CompositePrimaryKey("workspace", "event")
    at = models.BigIntegerField()  # µs
    batch = models.BigIntegerField()
    workspace = models.IntegerField()
    gathering = models.IntegerField()
    position = models.IntegerField()
    seats = models.IntegerField(null=True)
    event = models.BinaryField()
    registration = models.BinaryField(null=True)
    kind = models.TextField()

    class Meta:
        db_table = "gathering_act"
        indexes = [
            models.Index(fields=["workspace", "gathering", "batch", "position"], name="gathering_acts_in_order"),
            models.Index(fields=["workspace", "registration"], name="gathering_acts_of_one"),
        ]


class Arrival(models.Model):
    """The first check-in of a registration, as it was taken: what says no to the second; or one that was undone. It is
    not derived.
    """

    pk = models.CompositePrimaryKey("workspace", "registration")
    at = models.BigIntegerField()  # µs, of the scan
    taken_at = models.BigIntegerField()
    undone_at = models.BigIntegerField(null=True)
    workspace = models.IntegerField()
    turn = models.IntegerField(db_default=0)  # how often one was undone before it
    registration = models.BinaryField()
    by = models.TextField()  # an actor's name

    class Meta:
        db_table = "gathering_arrival"


class Told(models.Model):
    """What somebody who registered was told by mail. It is not derived: a replay tells nobody anything."""

    pk = models.CompositePrimaryKey("workspace", "registration", "what")
    at = models.BigIntegerField()  # µs
    workspace = models.IntegerField()
    registration = models.BinaryField()
    what = models.TextField()

    class Meta:
        db_table = "gathering_told"
