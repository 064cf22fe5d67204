"""Rows of media."""

from django.db import models
from django.db.models.functions import Now

from lianyi.foundation.workspaces.models import Workspace


class MediaFile(models.Model):
    """One use of one content: the same content of two people is two rows and one file."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    type = models.CharField(max_length=50)  # as its content says: image/png
    size = models.BigIntegerField()  # bytes
    width = models.IntegerField(null=True)  # pixels of a picture
    height = models.IntegerField(null=True)
    person = models.BigIntegerField(null=True)
    put_by = models.CharField(max_length=64)
    put_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "media_file"
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "sha256", "person"], name="media_file_once", nulls_distinct=False
            )
        ]
        indexes = [
            models.Index(
                fields=["workspace", "person"], name="media_of_person", condition=models.Q(person__isnull=False)
            )
        ]
