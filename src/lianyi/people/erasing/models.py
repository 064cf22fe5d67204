"""Rows of erasures: numbers and times, nothing of anybody."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Erasure(models.Model):
    """A person who was erased here. Until `laked_at`, the lake's files may hold rows of `numbers`, and events of the
    identities `beside` that name one of them. The tables `unwashed` may hold in their files what was deleted from them,
    and so may the write-ahead log, until the former is null.
    """

    pk = models.CompositePrimaryKey("workspace", "person", "erased_at")
    erased_at = models.BigIntegerField()  # µs
    laked_at = models.BigIntegerField(null=True)
    workspace = models.IntegerField()
    person = models.IntegerField()
    numbers = ArrayField(models.IntegerField())
    beside = ArrayField(models.IntegerField())
    unwashed = ArrayField(models.TextField(), null=True)

    class Meta:
        db_table = "erasure"
        indexes = [
            models.Index(fields=["workspace", "-erased_at"], name="erasure_newest"),
            models.Index(fields=["workspace"], name="erasure_waiting", condition=Q(laked_at__isnull=True)),
            models.Index(fields=["workspace"], name="erasure_unwashed", condition=Q(unwashed__isnull=False)),
        ]
