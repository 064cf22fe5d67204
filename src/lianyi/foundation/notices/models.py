"""Rows of notices."""

from django.db import models


class Episode(models.Model):
    """Something that lasts, such as a pause of intake: told once while it goes on. `number` counts its episodes."""

    name = models.CharField(max_length=60, primary_key=True)
    number = models.IntegerField(default=1)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "episode"
