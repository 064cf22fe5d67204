"""Rows of share packs."""

from django.db import models

from lianyi.campaigns.campaigns.models import Campaign


class SharePack(models.Model):
    """See schemas.Pack."""

    campaign = models.OneToOneField(Campaign, models.PROTECT, primary_key=True, related_name="+")
    workspace = models.BigIntegerField()
    texts = models.JSONField(default=list)
    ranking = models.BooleanField(default=True)
    created_at = models.BigIntegerField()

    class Meta:
        db_table = "share_pack"


class PackHolder(models.Model):
    """What is kept of a holder, where there is something: how often the address was made anew, and a wish."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+")
    workspace = models.BigIntegerField()
    kind = models.TextField()
    holder = models.TextField()
    serial = models.IntegerField(default=0)
    hidden = models.BooleanField(default=False)  # not named to the others

    class Meta:
        db_table = "pack_holder"
        constraints = [models.UniqueConstraint(fields=["campaign", "kind", "holder"], name="pack_holder_once")]
