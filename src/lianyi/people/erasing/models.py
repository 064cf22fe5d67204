"""Rows of erasures: numbers and times, nothing of anybody."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Erasure(models.Model):
    """A person who was erased here. Until `laked_at`, the lake's files may hold rows of `numbers`, and events of the
    identities `beside` that name one of them.
    """

    pk = models.CompositePrimaryKey("workspace", "person", "erased_at")
    erased_at = models.BigIntegerField()  # µs
    laked_at = models.BigIntegerField(null=True)
    workspace = models.IntegerField()
    person = models.IntegerField()
    numbers = ArrayField(models.IntegerField())
    beside = ArrayField(models.IntegerField())

    class Meta:
        db_table = "erasure"
        indexes = [models.Index(fields=["workspace"], name="erasure_waiting", condition=Q(laked_at__isnull=True))]
