"""Rows of saved looks."""

from django.db import models

from lianyi.foundation.media.models import MediaFile


class SavedLook(models.Model):
    """See schemas.LookDraft."""

    workspace = models.BigIntegerField()
    name = models.TextField()
    dark = models.TextField()
    light = models.TextField()
    quiet = models.SmallIntegerField()
    shape = models.TextField()
    correction = models.TextField()
    logo = models.ForeignKey(MediaFile, models.PROTECT, null=True, related_name="+")
    caption = models.TextField()
    form = models.TextField()
    paper = models.TextField()
    size = models.FloatField()
    usual = models.BooleanField(default=False)

    class Meta:
        db_table = "code_look"
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name"], name="code_look_once"),
            models.UniqueConstraint(fields=["workspace"], condition=models.Q(usual=True), name="code_look_one_usual"),
        ]
