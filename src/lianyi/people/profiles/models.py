"""Rows of profiles. Facts are written in sets, by SQL, under the identity number that they came with.

`workspace` and `identity` carry no foreign key: a check for each of millions of rows is what would make an import
slow. Fields stand in the order that packs a row tightest; times are µs unless a name ends in `_on`.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

_FROM_SOMEWHERE = Q(first_source__isnull=False)
_BACK_FROM_SOMEWHERE = Q(last_source__isnull=False)


class TraitRow(models.Model):
    """One line of the trait catalogue."""

    pk = models.CompositePrimaryKey("workspace", "id")
    workspace = models.IntegerField()
    id = models.SmallIntegerField()
    sensitive = models.BooleanField(default=False)
    name = models.TextField()
    kind = models.TextField()  # traits.values.TraitType
    strategy = models.TextField()  # traits.facts.Strategy
    label_zh = models.TextField(default="")
    label_en = models.TextField(default="")

    class Meta:
        db_table = "trait"
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="trait_once")]


class TrustOrder(models.Model):
    """How far origins of traits are trusted, the most trusted first. Without a row the default holds."""

    workspace = models.IntegerField(primary_key=True)
    origins = ArrayField(models.TextField())

    class Meta:
        db_table = "trust_order"


class SourceRow(models.Model):
    """A number for a source."""

    pk = models.CompositePrimaryKey("workspace", "id")
    workspace = models.IntegerField()
    id = models.IntegerField()
    channel = models.TextField()
    medium = models.TextField()
    campaign = models.TextField()
    code = models.TextField()
    hash = models.BinaryField()  # digest of the four

    class Meta:
        db_table = "source"
        constraints = [models.UniqueConstraint(fields=["workspace", "hash"], name="source_once")]


class OriginRow(models.Model):
    """A number for an origin: who stated a fact."""

    pk = models.CompositePrimaryKey("workspace", "id")
    workspace = models.IntegerField()
    id = models.SmallIntegerField()
    name = models.TextField()
    hash = models.BinaryField()

    class Meta:
        db_table = "origin"
        constraints = [models.UniqueConstraint(fields=["workspace", "hash"], name="origin_once")]


class TagRow(models.Model):
    """A number for a tag."""

    pk = models.CompositePrimaryKey("workspace", "id")
    workspace = models.IntegerField()
    id = models.SmallIntegerField()
    dimension = models.TextField()  # tags.facts.Dimension
    name = models.TextField()
    hash = models.BinaryField()

    class Meta:
        db_table = "tag"
        constraints = [models.UniqueConstraint(fields=["workspace", "hash"], name="tag_once")]


class TraitFact(models.Model):
    """What one origin said of one trait of one identity: see traits.facts.Fact."""

    pk = models.CompositePrimaryKey("workspace", "identity", "trait", "origin", "mode")
    workspace = models.IntegerField()
    identity = models.IntegerField()
    trait = models.SmallIntegerField()  # 0: all of them
    origin = models.SmallIntegerField()
    mode = models.SmallIntegerField()
    at = models.BigIntegerField(null=True)
    first_at = models.BigIntegerField(null=True)
    removed_at = models.BigIntegerField(null=True)
    value = models.TextField(null=True)
    first = models.TextField(null=True)

    class Meta:
        db_table = "trait_fact"


class TagFactRow(models.Model):
    """What was said of one tag of one identity: see tags.facts.TagFact."""

    pk = models.CompositePrimaryKey("workspace", "identity", "tag")
    workspace = models.IntegerField()
    identity = models.IntegerField()
    tag = models.SmallIntegerField()
    origin = models.SmallIntegerField(null=True)
    added_at = models.BigIntegerField(null=True)
    expires_at = models.BigIntegerField(null=True)
    removed_at = models.BigIntegerField(null=True)
    event = models.BinaryField(null=True)

    class Meta:
        db_table = "tag_fact"
        indexes = [models.Index(fields=["workspace", "tag"], name="tag_fact_of_tag")]


class ConsentRow(models.Model):
    """One line of the consent ledger: see consents.facts.ConsentFact."""

    pk = models.CompositePrimaryKey("workspace", "event")
    at = models.BigIntegerField()
    workspace = models.IntegerField()
    identity = models.IntegerField()
    origin = models.SmallIntegerField(null=True)
    given = models.BooleanField()
    event = models.BinaryField()
    channel = models.TextField()
    purpose = models.TextField()
    how = models.TextField()
    proof = models.TextField()

    class Meta:
        db_table = "consent"
        indexes = [
            models.Index(fields=["workspace", "identity"], name="consent_of_identity"),
            models.Index(fields=["workspace", "channel", "purpose"], name="consent_of_purpose"),
        ]


class TouchRow(models.Model):
    """A touch of one identity from one source, with the last moment at which the source still showed."""

    pk = models.CompositePrimaryKey("workspace", "identity", "source", "started_at")
    started_at = models.BigIntegerField()
    until_at = models.BigIntegerField()
    workspace = models.IntegerField()
    identity = models.IntegerField()
    source = models.IntegerField()

    class Meta:
        db_table = "touch"


class OrderRow(models.Model):
    """What one identity (0: nobody) says of one order: see orders.facts.OrderFact."""

    pk = models.CompositePrimaryKey("workspace", "id", "identity")
    first_at = models.BigIntegerField()
    placed_at = models.BigIntegerField(null=True)
    stated_at = models.BigIntegerField(null=True)
    workspace = models.IntegerField()
    identity = models.IntegerField()
    lines = models.IntegerField()
    returns = models.IntegerField()
    adjustments = models.IntegerField()
    stated_lines = models.IntegerField()
    refunded_whole = models.BooleanField()
    cancelled = models.BooleanField()
    id = models.BinaryField()  # digest of system and number
    system = models.TextField()
    number = models.TextField()
    currency = models.TextField()
    quantity = models.DecimalField(max_digits=20, decimal_places=6)
    returned = models.DecimalField(max_digits=20, decimal_places=6)
    gross = models.DecimalField(max_digits=20, decimal_places=6)
    given_back = models.DecimalField(max_digits=20, decimal_places=6)
    adjusted = models.DecimalField(max_digits=20, decimal_places=6)
    stated = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    stated_quantity = models.DecimalField(max_digits=20, decimal_places=6)
    refunded = models.DecimalField(max_digits=20, decimal_places=6)

    class Meta:
        db_table = "orders"
        indexes = [models.Index(fields=["workspace", "identity"], name="orders_of_identity")]


class Presence(models.Model):
    """When an identity was first seen, and the day (since 1970, UTC; 0 never) on which it last did something."""

    pk = models.CompositePrimaryKey("workspace", "identity")
    first_seen_at = models.BigIntegerField()
    workspace = models.IntegerField()
    identity = models.IntegerField()
    last_seen_on = models.IntegerField()

    class Meta:
        db_table = "presence"


class PersonRow(models.Model):
    """What lists and searches show of a person; without a row, nothing is known but that the person is there.

    `number` is the smallest identity number of the person.
    """

    pk = models.CompositePrimaryKey("workspace", "number")
    first_touch_at = models.BigIntegerField(null=True)
    last_touch_at = models.BigIntegerField(null=True)
    workspace = models.IntegerField()
    number = models.IntegerField()
    first_source = models.IntegerField(null=True)
    last_source = models.IntegerField(null=True)
    orders = models.IntegerField(default=0)
    spent = models.DecimalField(max_digits=20, decimal_places=6, default=0)  # in the workspace's currency
    name = models.TextField(default="")
    bigrams = ArrayField(models.TextField(), null=True)  # what the name is found by: search_terms

    class Meta:
        db_table = "person"
        indexes = [
            GinIndex(fields=["bigrams"], name="person_bigrams", condition=Q(bigrams__isnull=False)),
            # For lists: who came from a source, and who bought for how much.
            models.Index(fields=["workspace", "first_source"], name="person_first", condition=_FROM_SOMEWHERE),
            models.Index(fields=["workspace", "last_source"], name="person_last", condition=_BACK_FROM_SOMEWHERE),
            models.Index(fields=["workspace", "-spent", "-number"], name="person_spent", condition=Q(orders__gt=0)),
        ]


class LifecycleRule(models.Model):
    """A workspace's own rule. Without a row the default holds."""

    workspace = models.IntegerField(primary_key=True)
    days_until_dormant = models.IntegerField()
    signals = ArrayField(models.TextField())  # names of events

    class Meta:
        db_table = "lifecycle_rule"


class IntentSignal(models.Model):
    """Signals of one identity: the first moment, and the start of the last day, of those that lie close together."""

    pk = models.CompositePrimaryKey("workspace", "identity", "started_at")
    started_at = models.BigIntegerField()
    until_at = models.BigIntegerField()
    workspace = models.IntegerField()
    identity = models.IntegerField()

    class Meta:
        db_table = "intent_signal"


class Silence(models.Model):
    """Up to when an identity is known to have been silent."""

    pk = models.CompositePrimaryKey("workspace", "identity")
    until_at = models.BigIntegerField()
    workspace = models.IntegerField()
    identity = models.IntegerField()

    class Meta:
        db_table = "silence"
        indexes = [models.Index(fields=["workspace", "until_at"], name="silence_latest")]


class StandingRow(models.Model):
    """The stage of a person who is no prospect, since when, and when its silence will have lasted long enough."""

    pk = models.CompositePrimaryKey("workspace", "number")
    since = models.BigIntegerField()
    due_at = models.BigIntegerField(null=True)
    workspace = models.IntegerField()
    number = models.IntegerField()
    stage = models.TextField()  # lifecycle.stages.Stage

    class Meta:
        db_table = "standing"
        indexes = [
            models.Index(fields=["workspace", "due_at"], name="standing_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["workspace", "stage", "number"], name="standing_of_stage"),
        ]


class TaggingRow(models.Model):
    """A tag that many people get or lose, and how far that is."""

    workspace = models.IntegerField()
    begun_at = models.BigIntegerField()
    worked_at = models.BigIntegerField(default=0, db_default=0)  # when the last block was done; µs
    after = models.IntegerField(null=True)  # where the next block begins
    done = models.IntegerField(default=0)
    about = models.IntegerField()
    taking = models.BooleanField()
    finished = models.BooleanField(default=False)
    stopped = models.BooleanField(default=False, db_default=False)  # finished because somebody said so
    actor = models.TextField()
    dimension = models.TextField()
    tag = models.TextField()
    wanted = models.JSONField(null=True)  # the filter; null where people were chosen
    chosen = ArrayField(models.IntegerField(), default=list)

    class Meta:
        db_table = "tagging"
        indexes = [models.Index(fields=["workspace"], name="tagging_open", condition=Q(finished=False))]
